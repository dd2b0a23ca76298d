//! Time as the whole program counts it: whole microseconds, UTC, since 1970.
//!
//! Must not know: the wall clock. It is passed in as a [`Clock`] by the binary.

use serde::{Deserialize, Serialize};

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This time plus some seconds (saturating).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

/// Tells the time. The only implementation that reads the wall clock is in the binary.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}
