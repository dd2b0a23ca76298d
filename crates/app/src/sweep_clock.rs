//! What the sweeper knows of the clock: a clock that was set back must not lengthen a period of keeping.
//!
//! Why: rows carry the time of the clock that ruled when they came. When it is set back, those rows would wait
//! as much longer. So the sweeper goes on as if the clock had not been set back, for rows that are older than
//! that moment; rows that come afterwards carry the new time and count by it. A clock that is set forward only
//! makes rows go earlier.
//! Must not know: rules, rows.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use policy::Timestamp;
use store::SweepState;

/// A clock behind by less is not set back but runs unevenly.
const UNEVEN_MICROS: i64 = 1_000_000;

/// What the last look saw, and when that was by a clock that nobody sets. Kept here, since a round that fails
/// is not noted and must not forget a clock that was set back.
#[derive(Default)]
pub(crate) struct SweepClock(Mutex<Option<(Sight, Instant)>>);

/// What is past its time now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sight {
    /// What the clock shows.
    pub(crate) now: Timestamp,
    /// How far it has been set back.
    pub(crate) ahead_micros: i64,
    /// What it showed when it was set back.
    pub(crate) set_back_at: Timestamp,
}

impl SweepClock {
    /// Looks at the clock. `noted` is what the last round of all noted: the program starts from there.
    pub(crate) fn look(&self, now: Timestamp, noted: Option<SweepState>) -> Sight {
        let tick = Instant::now();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sight = match *last {
            Some((before, since)) => {
                let passed = i64::try_from(tick.duration_since(since).as_micros());
                let expected = before.now.0.saturating_add(passed.unwrap_or(i64::MAX));
                before.next(expected, now)
            }
            None => Sight::start(noted.unwrap_or_default(), now),
        };
        *last = Some((sight, tick));
        sight
    }
}

impl Sight {
    /// The first look of the program. How long it was away nobody knows: not less than nothing.
    fn start(noted: SweepState, now: Timestamp) -> Self {
        let before = Self {
            now: noted.ran_at,
            ahead_micros: noted.ahead_micros,
            set_back_at: noted.set_back_at,
        };
        before.next(noted.ran_at.max(now).0, now)
    }

    /// What must have happened at or before this time is past a period of so many seconds.
    pub(crate) fn before(&self, period_s: i64) -> Timestamp {
        let by_clock = self.now.plus_seconds(-period_s);
        let as_it_was = Timestamp(by_clock.0.saturating_add(self.ahead_micros));
        by_clock.max(as_it_was.min(self.set_back_at))
    }

    /// The next look, where the clock should show `expected` and shows `now`.
    fn next(self, expected: i64, now: Timestamp) -> Self {
        let behind = expected.saturating_sub(now.0);
        let ahead_micros = self.ahead_micros.saturating_add(behind).max(0);
        let is_set_back = behind > 0 && ahead_micros > UNEVEN_MICROS;
        let set_back_at = if is_set_back {
            self.set_back_at.max(Timestamp(expected))
        } else {
            self.set_back_at
        };
        Self {
            now,
            ahead_micros,
            set_back_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * HOUR;

    fn at(seconds: i64) -> Timestamp {
        Timestamp(0).plus_seconds(seconds)
    }

    fn begun(seconds: i64) -> Sight {
        Sight {
            now: at(seconds),
            ahead_micros: 0,
            set_back_at: Timestamp(0),
        }
    }

    #[test]
    fn even_clock_counts_by_itself() {
        let sight = begun(DAY).next(at(DAY + HOUR).0, at(DAY + HOUR));

        assert_eq!(sight.before(HOUR), at(DAY));
        assert_eq!(sight.ahead_micros, 0);
    }

    #[test]
    fn clock_set_back_keeps_older_rows_no_longer() {
        for back in [HOUR, 30 * DAY] {
            let then = 400 * DAY;
            let sight = begun(then).next(at(then + 10).0, at(then + 10 - back));

            // A row of the old time that came to its end just now.
            assert_eq!(sight.before(365 * DAY), at(then + 10 - 365 * DAY));
            // A row of the new time is not past a day before a day has passed.
            assert!(at(then + 10 - back) > sight.before(DAY) || back > DAY);
        }
    }

    #[test]
    fn clock_set_right_again_counts_by_itself_again() {
        let then = 400 * DAY;
        let sight = begun(then).next(at(then).0, at(then - 30 * DAY));
        let sight = sight.next(at(then - 30 * DAY).0, at(then));

        assert_eq!(sight.ahead_micros, 0);
        assert_eq!(sight.before(HOUR), at(then - HOUR));
    }

    #[test]
    fn restart_behind_the_last_round_is_a_clock_set_back() {
        let last = SweepState {
            ran_at: at(400 * DAY),
            ..SweepState::default()
        };

        let sight = SweepClock::default().look(at(370 * DAY), Some(last));
        assert_eq!(sight.before(365 * DAY), at(35 * DAY));

        let sight = SweepClock::default().look(at(401 * DAY), Some(last));
        assert_eq!(sight.before(365 * DAY), at(36 * DAY));
        assert_eq!(SweepClock::default().look(at(5), None).before(5), at(0));
    }

    #[test]
    fn look_whose_round_was_not_noted_is_not_forgotten() {
        let clock = SweepClock::default();
        clock.look(at(400 * DAY), None);

        clock.look(at(370 * DAY), None);
        let sight = clock.look(at(370 * DAY), None);

        assert!(sight.before(365 * DAY) >= at(35 * DAY));
    }

    proptest! {
        /// Whatever is done to the clock, a row goes no later than its period after it came, by a clock
        /// that nobody sets.
        #[test]
        fn no_setting_lengthens_a_period(
            settings in proptest::collection::vec((-60_i64..60, 0_i64..40), 1..8),
            born_after in 0_usize..8,
            period_days in 1_i64..20,
        ) {
            let (mut real, mut shown) = (1_000 * DAY, 1_000 * DAY);
            let mut sight = begun(shown);
            let mut row = None;
            for (index, (shift, pass)) in settings.into_iter().enumerate() {
                real += pass * DAY;
                let expected = shown + pass * DAY;
                shown = expected + shift * DAY;
                sight = sight.next(at(expected).0, at(shown));
                if index == born_after {
                    row = Some((at(shown), real));
                }
                if let Some((stamp, born)) = row
                    && real - born >= period_days * DAY
                {
                    prop_assert!(stamp <= sight.before(period_days * DAY));
                }
            }
        }
    }
}
