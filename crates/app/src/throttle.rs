//! How often something may be tried: a bucket of attempts for each key, refilled with time.
//!
//! Why buckets and no lock: whoever knows an address could otherwise lock its owner out. The owner waits a few
//! seconds at most; a guesser is slowed to a crawl. Keys are keyed digests, and live in memory only.
//! Must not know: addresses, IP numbers.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use policy::Timestamp;

use crate::error::AppError;

/// Keys kept; past that, full buckets are dropped first.
const KEYS_MAX: usize = 20_000;
const MICROS_A_SECOND: i64 = 1_000_000;

type Key = (&'static str, [u8; 32]);

/// How much may be tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// Name of what is tried; keys of different names do not meet.
    pub(crate) name: &'static str,
    /// Attempts at once.
    pub(crate) burst: i64,
    /// Seconds until one more attempt.
    pub(crate) refill_s: i64,
}

/// Wrong passwords for one address.
pub(crate) const SIGN_IN: Rate = Rate {
    name: "sign_in",
    burst: 10,
    refill_s: 6,
};
/// Wrong codes of one member's second factor: three codes of a million are right at any time.
pub(crate) const SECOND_FACTOR: Rate = Rate {
    name: "second_factor",
    burst: 5,
    refill_s: 60,
};
/// Letters with a link for a new password.
pub(crate) const RESET: Rate = Rate {
    name: "reset",
    burst: 3,
    refill_s: 1_200,
};
/// Letters with a link that proves an address.
pub(crate) const VERIFICATION: Rate = Rate {
    name: "verification",
    burst: 3,
    refill_s: 1_200,
};

/// Evidence that one of the personnel has made.
pub(crate) const EVIDENCE: Rate = Rate {
    name: "evidence",
    burst: 6,
    refill_s: 10,
};

/// Fields that one of the personnel has revealed.
pub(crate) const REVEAL: Rate = Rate {
    name: "reveal",
    burst: 20,
    refill_s: 30,
};

/// What a person does in the privacy centre.
pub(crate) const CENTRE: Rate = Rate {
    name: "centre",
    burst: 30,
    refill_s: 60,
};
/// Letters with a way into the privacy centre, to one address.
pub(crate) const CENTRE_LETTER: Rate = Rate {
    name: "centre_letter",
    burst: 3,
    refill_s: 1_200,
};

/// Letters with a parent's link, to one address.
pub(crate) const PARENT_LETTER: Rate = Rate {
    name: "parent_letter",
    burst: 3,
    refill_s: 1_200,
};

/// Wishes for letters about the policy, for one address.
pub(crate) const SUBSCRIBE: Rate = Rate {
    name: "subscribe",
    burst: 3,
    refill_s: 1_200,
};

/// Attempts of all keys. A bucket is stored as the time at which it is full again.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<Key, i64>>);

impl Throttle {
    /// Takes one attempt.
    ///
    /// # Errors
    /// `TooMany` with the seconds to wait if none is left.
    pub(crate) fn take(&self, rate: Rate, key: &[u8; 32], now: Timestamp) -> Result<(), AppError> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEYS_MAX {
            buckets.retain(|_, full_at| *full_at > now.micros());
        }
        if buckets.len() >= KEYS_MAX {
            return Err(AppError::TooMany { retry_after_s: 1 });
        }
        let refill = rate.refill_s * MICROS_A_SECOND;
        let full_at = buckets
            .get(&(rate.name, *key))
            .copied()
            .unwrap_or(0)
            .max(now.micros());
        let after = full_at + refill;
        let wait = after - rate.burst * refill - now.micros();
        if wait > 0 {
            let seconds = (wait + MICROS_A_SECOND - 1) / MICROS_A_SECOND;
            let retry_after_s = u32::try_from(seconds).unwrap_or(u32::MAX);
            return Err(AppError::TooMany { retry_after_s });
        }
        buckets.insert((rate.name, *key), after);
        Ok(())
    }

    /// Gives every attempt back, after a success.
    pub(crate) fn forget(&self, rate: Rate, key: &[u8; 32]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&(rate.name, *key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bucket_empties_and_refills_one_by_one() {
        let throttle = Throttle::default();
        let at = |seconds: i64| Timestamp(1_000_000_000).plus_seconds(seconds);
        for _ in 0..10 {
            assert_eq!(throttle.take(SIGN_IN, &[1; 32], at(0)), Ok(()));
        }

        assert_eq!(
            throttle.take(SIGN_IN, &[1; 32], at(0)),
            Err(AppError::TooMany { retry_after_s: 6 })
        );
        assert_eq!(
            throttle.take(SIGN_IN, &[1; 32], at(4)),
            Err(AppError::TooMany { retry_after_s: 2 })
        );
        assert_eq!(throttle.take(SIGN_IN, &[2; 32], at(4)), Ok(()));
        assert_eq!(throttle.take(SIGN_IN, &[1; 32], at(6)), Ok(()));
        assert!(throttle.take(SIGN_IN, &[1; 32], at(6)).is_err());
        throttle.forget(SIGN_IN, &[1; 32]);
        assert_eq!(throttle.take(SIGN_IN, &[1; 32], at(6)), Ok(()));
    }
}
