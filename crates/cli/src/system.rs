//! The outside world: the wall clock and the operating system's randomness. Passed in from here.

use app::Random;
use policy::{Clock, Timestamp};

/// The wall clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the clock is read")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let micros = since.map_or(0, |since| {
            i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
        });
        Timestamp(micros)
    }
}

/// A generator for secrets, seeded by the operating system.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where randomness comes from"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        use rand::Rng;
        rand::rng().fill_bytes(buffer);
    }
}

/// Random bytes for a secret that is made in the terminal.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom.fill(&mut bytes);
    bytes
}
