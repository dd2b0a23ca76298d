//! Limits on requests: by address, by visitor, by site.
//!
//! Addresses live here only, as hashes under a random key of this process that is thrown away every day
//! (clause 41, `memory-hmac-24h`). Nothing of this is stored or logged.

use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use app::AppError;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

/// How long hashed addresses live.
const ADDRESS_KEY_LIFE: Duration = Duration::from_hours(24);
/// Keys remembered by one limiter before the unused ones are dropped.
const KEYS_MAX: usize = 100_000;

/// What is limited, each with its allowance a minute and its burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Any request to the API from one address.
    AddressRequests,
    /// New conversations from one address.
    AddressConversations,
    /// Attempts to sign in, set a password or use a link from one address.
    AddressSignIns,
    /// Writes of one visitor.
    VisitorWrites,
    /// Writes of visitors on one site.
    SiteWrites,
}

impl Limit {
    const ALL: [Self; 5] = [
        Self::AddressRequests,
        Self::AddressConversations,
        Self::AddressSignIns,
        Self::VisitorWrites,
        Self::SiteWrites,
    ];

    /// Allowance a minute, and how many at once.
    const fn quota(self) -> (u32, u32) {
        match self {
            Self::AddressRequests => (1_200, 300),
            Self::AddressConversations | Self::AddressSignIns => (20, 20),
            Self::VisitorWrites => (60, 30),
            Self::SiteWrites => (6_000, 1_500),
        }
    }
}

struct Day {
    since: Instant,
    hash: RandomState,
    limiters: Vec<DefaultKeyedRateLimiter<u64>>,
}

impl Day {
    fn new(factor: u32) -> Self {
        let limiters = Limit::ALL.map(|limit| {
            let (minute, burst) = limit.quota();
            let at_least_one = |count: u32| {
                NonZeroU32::new(count.saturating_mul(factor)).unwrap_or(NonZeroU32::MIN)
            };
            let quota = Quota::per_minute(at_least_one(minute)).allow_burst(at_least_one(burst));
            RateLimiter::keyed(quota)
        });
        Self {
            since: Instant::now(),
            hash: RandomState::new(),
            limiters: limiters.into(),
        }
    }
}

/// The limits of the process.
#[derive(Clone)]
pub(crate) struct Limits {
    day: Arc<RwLock<Day>>,
    factor: u32,
}

impl Limits {
    /// Limits multiplied by a factor (1 is what the documents say).
    pub(crate) fn new(factor: u32) -> Self {
        Self {
            day: Arc::new(RwLock::new(Day::new(factor))),
            factor,
        }
    }

    /// Counts one use of an address.
    pub(crate) fn check_address(&self, limit: Limit, address: IpAddr) -> Result<(), AppError> {
        // IPv6: one customer holds a whole /64.
        let network = match address {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address) & !u128::from(u64::MAX),
        };
        self.check(limit, &network.to_be_bytes())
    }

    /// Counts one use of a key.
    pub(crate) fn check(&self, limit: Limit, key: &[u8]) -> Result<(), AppError> {
        self.renew();
        let day = self.day.read().unwrap_or_else(PoisonError::into_inner);
        let Some(limiter) = day.limiters.get(limit as usize) else {
            return Ok(());
        };
        if limiter.len() > KEYS_MAX {
            limiter.retain_recent();
        }
        limiter
            .check_key(&day.hash.hash_one(key))
            .map_err(|not_until| {
                let wait = not_until.wait_time_from(governor::clock::DefaultClock::default().now());
                let seconds = u32::try_from(wait.as_secs())
                    .unwrap_or(u32::MAX)
                    .saturating_add(1);
                AppError::TooMany {
                    retry_after_s: seconds,
                }
            })
    }

    fn renew(&self) {
        let old = |day: &Day| day.since.elapsed() > ADDRESS_KEY_LIFE;
        if !old(&self.day.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut day = self.day.write().unwrap_or_else(PoisonError::into_inner);
        if old(&day) {
            *day = Day::new(self.factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn burst_passes_and_the_next_is_told_when_to_come_back() {
        let limits = Limits::new(1);
        let address = "192.0.2.7".parse().unwrap();

        for _ in 0..20 {
            limits
                .check_address(Limit::AddressConversations, address)
                .unwrap();
        }
        let refused = limits.check_address(Limit::AddressConversations, address);

        assert!(
            matches!(
                refused,
                Err(AppError::TooMany {
                    retry_after_s: 1..=4
                })
            ),
            "{refused:?}"
        );
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_an_allowance() {
        let limits = Limits::new(1);
        for last in 0..20 {
            let address = format!("2001:db8::{last:x}").parse().unwrap();
            limits
                .check_address(Limit::AddressConversations, address)
                .unwrap();
        }

        let neighbour = "2001:db8::ffff".parse().unwrap();
        let other = "2001:db8:0:1::1".parse().unwrap();

        assert!(
            limits
                .check_address(Limit::AddressConversations, neighbour)
                .is_err()
        );
        assert!(
            limits
                .check_address(Limit::AddressConversations, other)
                .is_ok()
        );
    }
}
