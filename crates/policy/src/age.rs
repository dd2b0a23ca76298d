//! The question of age: whether a file asks it, and what an answer means (clauses 61, 64).
//!
//! Why the month of a birthday counts as before it: the day is never asked, and who may be too young is refused.
//! Must not know: who answered; an answer is judged and forgotten.

use crate::{
    model::{Audience, Gate},
    policy::Policy,
    refusal::{Refusal, RefusalCode},
    time::Timestamp,
};

/// The oldest that anybody says they are, in years: before that it is a slip.
pub const AGE_YEARS_MAX: i64 = 120;
const MONTHS: i64 = 12;

/// A month of a year, as somebody says they were born in it. It has no text form, so that no log repeats it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BirthMonth {
    months: i64,
}

impl BirthMonth {
    /// Reads a year and a month of 1 to 12; none if it is to come or longer ago than anybody lives.
    #[must_use]
    pub fn new(year: i64, month: i64, now: Timestamp) -> Option<Self> {
        let is_month = (1..=MONTHS).contains(&month);
        let current = months_of(now)?;
        let months = year.checked_mul(MONTHS)?.checked_add(month - 1)?;
        let oldest = current - AGE_YEARS_MAX * MONTHS;
        (is_month && (oldest..=current).contains(&months)).then_some(Self { months })
    }

    /// Whether whoever was born on the last day of that month has had their birthday.
    #[must_use]
    pub fn has_reached(self, years: u32, now: Timestamp) -> bool {
        months_of(now).is_some_and(|current| current - self.months > i64::from(years) * MONTHS)
    }
}

impl Policy {
    /// The clause under which an age is asked before anything can be written; none where nobody is asked.
    #[must_use]
    pub fn age_gate(&self) -> Option<u8> {
        let age = self.file().age.as_ref()?;
        match (age.audience, age.gate) {
            (Audience::Mixed, _) if !crate::rule::is_off(64) => Some(64),
            (_, Gate::Neutral) => Some(61),
            (_, Gate::Statement) => None,
        }
    }

    /// Judges an answer. Whoever may be too young is told nothing but that.
    ///
    /// # Errors
    /// Clause 61 below the file's minimum.
    pub fn judge_age(&self, born: BirthMonth, now: Timestamp) -> Result<(), Refusal> {
        let minimum = self.file().age.as_ref().map_or(0, |age| age.minimum);
        if born.has_reached(minimum, now) {
            return Ok(());
        }
        Err(age_refused())
    }

    /// Nobody was asked, and the file asks.
    #[must_use]
    pub fn age_not_asked(&self) -> Refusal {
        RefusalCode::AgePassMissing.refuse_under(
            self.age_gate().unwrap_or(61),
            "month and year of birth are asked before anything is written",
            "answer the question of the chat, then send again",
        )
    }
}

/// The one answer to whoever is below the minimum, and to every later try.
#[must_use]
pub fn age_refused() -> Refusal {
    RefusalCode::AgeRefused.refuse(
        "this chat is not open to you",
        "nothing of your answer was kept; a parent may write to us in your place",
    )
}

/// Months since the year 0.
fn months_of(time: Timestamp) -> Option<i64> {
    let date = time.date();
    let mut parts = date.split('-');
    let year: i64 = parts.next()?.parse().ok()?;
    let month: i64 = parts.next()?.parse().ok()?;
    Some(year * MONTHS + month - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shipped;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn month_of_the_birthday_counts_as_before_it() {
        let now = at("2026-05-31T23:00:00Z");
        let reached = |year, month| {
            BirthMonth::new(year, month, now)
                .unwrap()
                .has_reached(18, now)
        };

        assert!(reached(2008, 4));
        assert!(!reached(2008, 5), "the birthday may be to come");
        assert!(!reached(2008, 6));
        assert!(!reached(2014, 5));
        assert!(reached(1996, 5));
    }

    #[test]
    fn what_is_no_month_or_nobodys_is_not_read() {
        let now = at("2026-05-15T00:00:00Z");
        for (year, month) in [
            (2026, 6),
            (2027, 1),
            (1906, 4),
            (2000, 0),
            (2000, 13),
            (2000, -1),
            (i64::MAX, 1),
            (i64::MIN, 12),
            (0, 1),
        ] {
            assert!(
                BirthMonth::new(year, month, now).is_none(),
                "{year}-{month}"
            );
        }
        assert!(BirthMonth::new(1906, 5, now).is_some());
        assert!(BirthMonth::new(2026, 5, now).is_some());
    }

    #[test]
    fn file_decides_who_is_asked() {
        let asks = |text: &str| Policy::parse(text).unwrap().age_gate();
        let mixed = |text: &str| text.replace("audience = \"general\"", "audience = \"mixed\"");

        assert_eq!(asks(shipped::STRICT), Some(61));
        assert_eq!(asks(shipped::Y2014), None);
        assert_eq!(asks(&mixed(shipped::STRICT)), Some(64));
        assert_eq!(asks(&mixed(shipped::Y2014)), Some(64));
    }

    #[test]
    fn refusal_tells_no_age_and_is_the_same_for_all() {
        let strict = Policy::parse(shipped::STRICT).unwrap();
        let now = at("2026-05-15T00:00:00Z");
        let refused = |year| {
            let born = BirthMonth::new(year, 1, now).unwrap();
            strict.judge_age(born, now).unwrap_err()
        };

        assert_eq!(refused(2009), refused(2020));
        let text = format!("{:?}", refused(2014));
        assert!(!text.contains("18") && !text.contains("2014"), "{text}");
        assert_eq!(refused(2014).clause, 61);
    }

    proptest! {
        #[test]
        fn any_number_is_read_or_not_without_a_panic(year: i64, month: i64, now: i64) {
            if let Some(born) = BirthMonth::new(year, month, Timestamp(now)) {
                prop_assert!(born.has_reached(0, Timestamp(now)) || month > 0);
            }
        }

        #[test]
        fn who_was_born_earlier_is_never_the_younger(a in 1907_i64..2026, b in 1907_i64..2026, month in 1_i64..=12) {
            let now = at("2026-12-15T00:00:00Z");
            let old = BirthMonth::new(a.min(b), month, now).unwrap();
            let young = BirthMonth::new(a.max(b), month, now).unwrap();
            prop_assert!(old.has_reached(18, now) || !young.has_reached(18, now));
        }
    }
}
