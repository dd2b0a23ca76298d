//! The question of age: an answer is judged in memory and forgotten; who may write gets a pass for an hour.
//!
//! Why a pass and no row: whoever is refused must leave nothing, and whoever passes is nobody yet. The pass is
//! a keyed digest over site, browser and time, so it can neither be made nor moved to another browser.
//! Why the lock is on the browser's token: an address stands for a family or a school. What is locked is kept
//! as keyed digests in memory only, at most a day; the browser keeps a word of its own for the session.
//! Must not know: HTTP; what is asked (`policy`).

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::SiteId;
use policy::{BirthMonth, Timestamp, age_refused};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{App, authenticate::token_hash, error::AppError, token::hex};

/// Seconds from an answer to the last moment at which a conversation may begin on it.
pub const AGE_PASS_S: i64 = 3_600;
/// Seconds for which a browser that was refused is not asked again.
const LOCK_S: i64 = 24 * 3_600;
/// Browsers locked at once; past that the oldest lock ends early.
const LOCKED_MAX: usize = 100_000;
const MICROS_A_SECOND: i64 = 1_000_000;

/// Lets one browser begin a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgePassView {
    /// What the first message carries.
    pub age_pass: String,
    /// Until when, in microseconds.
    pub expires_at: i64,
}

/// Browsers that were refused: keyed digests, oldest first.
#[derive(Default)]
pub(crate) struct AgeLock(Mutex<Locked>);

#[derive(Default)]
struct Locked {
    known: HashSet<[u8; 32]>,
    order: VecDeque<(i64, [u8; 32])>,
}

impl AgeLock {
    fn lock(&self, key: [u8; 32], now: Timestamp) {
        let mut locked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locked.forget(now, LOCKED_MAX - 1);
        if locked.known.insert(key) {
            let until = now.plus_seconds(LOCK_S).micros();
            locked.order.push_back((until, key));
        }
    }

    fn is_locked(&self, key: &[u8; 32], now: Timestamp) -> bool {
        let mut locked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locked.forget(now, LOCKED_MAX);
        locked.known.contains(key)
    }
}

impl Locked {
    /// Ends locks that are over, and the oldest past `most`.
    fn forget(&mut self, now: Timestamp, most: usize) {
        while let Some((until, key)) = self.order.front().copied() {
            if until > now.micros() && self.order.len() <= most {
                return;
            }
            self.order.pop_front();
            self.known.remove(&key);
        }
    }
}

impl App {
    /// Judges a month of birth and forgets it. A browser that was refused stays refused, whatever it says then.
    ///
    /// # Errors
    /// `Denied` under clause 61 below the file's minimum and from then on; `Invalid` if it is no month of a
    /// life; `Conflict` where the policy asks nobody; `NotFound` site.
    pub async fn pass_age_gate(
        &self,
        site_id: SiteId,
        token: &str,
        (year, month): (i64, i64),
    ) -> Result<AgePassView, AppError> {
        self.load_public_site(site_id).await?;
        let (policy, now) = (self.policy(), self.now());
        if policy.age_gate().is_none() {
            let detail = "the policy asks nobody for an age";
            return Err(AppError::conflict("age_not_asked", detail));
        }
        let key = self.age_key(token);
        if self.age_lock.is_locked(&key, now) {
            return Err(age_refused().into());
        }
        let born = BirthMonth::new(year, month, now).ok_or_else(|| {
            let why =
                "must be a month of a year, not to come and not longer ago than anybody lives";
            AppError::invalid("month", "unusable_time", why)
        })?;
        let judged = policy.judge_age(born, now);
        if let Err(refusal) = judged
            && !policy::rule::is_off(61)
        {
            self.age_lock.lock(key, now);
            return Err(refusal.into());
        }
        let expires_at = now.plus_seconds(AGE_PASS_S).micros();
        let seconds = expires_at / MICROS_A_SECOND;
        Ok(AgePassView {
            age_pass: format!("{seconds:x}.{}", self.age_seal(site_id, token, seconds)),
            expires_at: seconds * MICROS_A_SECOND,
        })
    }

    /// Whether this browser may begin a conversation, where the policy asks for an age first.
    ///
    /// # Errors
    /// `Denied` under clause 61, or 64 where the site is made for children too.
    pub(crate) fn check_age_pass(
        &self,
        site_id: SiteId,
        token: &str,
        pass: Option<&str>,
    ) -> Result<(), AppError> {
        let policy = self.policy();
        if policy.age_gate().is_none() {
            return Ok(());
        }
        let now = self.now();
        if self.age_lock.is_locked(&self.age_key(token), now) {
            return Err(age_refused().into());
        }
        let seconds = pass
            .and_then(|pass| pass.split_once('.'))
            .and_then(|(seconds, seal)| Some((i64::from_str_radix(seconds, 16).ok()?, seal)))
            .filter(|(seconds, seal)| {
                // Digests of both are compared: how far they agree says nothing of the seal.
                token_hash(&self.age_seal(site_id, token, *seconds)) == token_hash(seal)
            })
            .map(|(seconds, _)| seconds);
        let is_good = seconds.is_some_and(|seconds| {
            let left = seconds - now.micros() / MICROS_A_SECOND;
            // A clock set back must not make a pass last longer.
            (1..=AGE_PASS_S).contains(&left)
        });
        if is_good {
            return Ok(());
        }
        Err(policy.age_not_asked().into())
    }

    fn age_seal(&self, site_id: SiteId, token: &str, seconds: i64) -> String {
        let browser = hex(&token_hash(token));
        let said = format!("age-pass {site_id} {browser} {seconds:x}");
        URL_SAFE_NO_PAD.encode(self.login.commitment(&said))
    }

    fn age_key(&self, token: &str) -> [u8; 32] {
        let browser = hex(&token_hash(token));
        self.login.commitment(&format!("age-lock {browser}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_lasts_a_day_and_the_oldest_goes_first() {
        let lock = AgeLock::default();
        let at = |seconds: i64| Timestamp(1_000_000_000).plus_seconds(seconds);
        lock.lock([1; 32], at(0));
        lock.lock([2; 32], at(10));
        lock.lock([1; 32], at(20));

        assert!(lock.is_locked(&[1; 32], at(LOCK_S - 1)));
        assert!(
            !lock.is_locked(&[1; 32], at(LOCK_S)),
            "not made longer by asking again"
        );
        assert!(lock.is_locked(&[2; 32], at(LOCK_S)));
        assert!(!lock.is_locked(&[3; 32], at(0)));
    }

    #[test]
    fn locks_are_bounded() {
        let lock = AgeLock::default();
        let now = Timestamp(1_000_000_000);
        let key = |number: usize| {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&number.to_le_bytes());
            key
        };
        for number in 0..=LOCKED_MAX {
            lock.lock(key(number), now);
        }

        assert!(!lock.is_locked(&key(0), now));
        assert!(lock.is_locked(&key(1), now));
        assert!(lock.is_locked(&key(LOCKED_MAX), now));
    }
}
