//! How long something is kept: the language of `retain`.
//!
//! Why: one parser and one arithmetic for the sweeper, the page and `diff`: `365d after conversation.closed`,
//! `24h`, `until withdrawn`.
//! Must not know: rows, the sweeper, the clock.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::{
    time::Timestamp,
    word::{Word, words},
};

/// Longest period that can be said: ten years.
const HOURS_MAX: u32 = 10 * 366 * 24;

/// Days without a message after which a conversation that nobody ended counts as ended, so that every period
/// `after conversation.closed` has an end.
pub const QUIET_DAYS: u32 = 30;
/// [`QUIET_DAYS`] in seconds.
pub const QUIET_S: i64 = QUIET_DAYS as i64 * 24 * 3_600;

words! {
    /// What a period counts from, or what ends an open one.
    Event or Collected {
        /// When the data came in (the default).
        Collected = "collected",
        /// The conversation was resolved or ended, or nobody wrote in it for [`QUIET_DAYS`].
        ConversationClosed = "conversation.closed",
        /// The account, or the membership of the agent, ended.
        AccountClosed = "account.closed",
        /// The visit's last page view.
        VisitEnded = "visit.ended",
        /// The request was answered.
        RequestAnswered = "request.answered",
        /// The order was paid.
        OrderPaid = "order.paid",
        /// The contest's winner was drawn.
        ContestDrawn = "contest.drawn",
        /// The survey ended.
        SurveyClosed = "survey.closed",
        /// The promotion ended.
        PromotionEnded = "promotion.ended",
        /// The hold was lifted.
        HoldReleased = "hold.released",
        /// The person withdrew consent or opted out.
        Withdrawn = "withdrawn",
        /// The person, or the parent for the child, had the data erased.
        Erased = "erased",
    }
}

/// A period of keeping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// Some hours after an event.
    For {
        /// Whole hours, 1 to ten years.
        hours: u32,
        /// What the period counts from.
        after: Event,
    },
    /// No fixed end: the event ends it.
    Until(Event),
}

impl Default for Retention {
    /// The shortest period, so that nothing is kept by accident.
    fn default() -> Self {
        Self::For {
            hours: 1,
            after: Event::Collected,
        }
    }
}

impl Retention {
    /// Reads the words of the policy file.
    ///
    /// # Errors
    /// What is wrong and how to mend it.
    pub fn parse(text: &str) -> Result<Self, (String, String)> {
        if let Some(event) = text.strip_prefix("until ") {
            return match parse_event(event)? {
                Event::Collected => Err(unknown_event(event)),
                event => Ok(Self::Until(event)),
            };
        }
        let (period, after) = match text.split_once(" after ") {
            Some((period, event)) => (period, parse_event(event)?),
            None => (text, Event::Collected),
        };
        let hours = parse_hours(period).ok_or_else(|| {
            let what = format!("\"{text}\" is not a period");
            let example =
                "\"24h\", \"30d\", \"365d after conversation.closed\" or \"until withdrawn\"";
            (
                what,
                format!("write something like {example}, at most 3660d"),
            )
        })?;
        Ok(Self::For { hours, after })
    }

    /// The event the period counts from or ends with.
    #[must_use]
    pub const fn event(self) -> Event {
        match self {
            Self::For { after, .. } => after,
            Self::Until(event) => event,
        }
    }

    /// When data must be gone, given when the event it counts from happened; none if an event ends it.
    #[must_use]
    pub fn ends_at(self, start: Timestamp) -> Option<Timestamp> {
        match self {
            Self::For { hours, .. } => Some(start.plus_seconds(i64::from(hours) * 3_600)),
            Self::Until(_) => None,
        }
    }

    /// Whether data whose event happened at `start` must be gone by `now`.
    #[must_use]
    pub fn is_over(self, start: Timestamp, now: Timestamp) -> bool {
        self.ends_at(start).is_some_and(|end| end <= now)
    }

    /// Whether `self` can keep data longer than `other` or cannot be compared with it.
    #[must_use]
    pub(crate) fn may_outlast(self, other: Self) -> bool {
        match (self, other) {
            (
                Self::For { hours, after },
                Self::For {
                    hours: other_hours,
                    after: other_after,
                },
            ) => after != other_after || hours > other_hours,
            _ => self != other,
        }
    }
}

/// Whole hours of `24h` or `30d`.
pub(crate) fn parse_hours(text: &str) -> Option<u32> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number = number
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| number.parse::<u32>().ok())??;
    let hours = match unit {
        "h" => number,
        "d" => number.checked_mul(24)?,
        _ => return None,
    };
    (1..=HOURS_MAX).contains(&hours).then_some(hours)
}

/// `30d` or `25h`, the shortest way to write whole hours.
pub(crate) fn hours_as_text(hours: u32) -> String {
    if hours.is_multiple_of(24) && hours != 24 {
        format!("{}d", hours / 24)
    } else {
        format!("{hours}h")
    }
}

fn parse_event(text: &str) -> Result<Event, (String, String)> {
    Event::from_word(text).ok_or_else(|| unknown_event(text))
}

fn unknown_event(text: &str) -> (String, String) {
    let events: Vec<_> = Event::WORDS.iter().map(|(_, word)| *word).skip(1).collect();
    let what = format!("\"{text}\" is not an event a period can end with or count from");
    (what, format!("write one of: {}", events.join(", ")))
}

impl fmt::Display for Retention {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Until(event) => write!(formatter, "until {event}"),
            Self::For { hours, after } => {
                formatter.write_str(&hours_as_text(*hours))?;
                match after {
                    Event::Collected => Ok(()),
                    event => write!(formatter, " after {event}"),
                }
            }
        }
    }
}

impl Serialize for Retention {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_retention() -> impl Strategy<Value = Retention> {
        let event = proptest::sample::select(Event::WORDS).prop_map(|(event, _)| event);
        let ending = proptest::sample::select(Event::WORDS.get(1..).unwrap())
            .prop_map(|(event, _)| Retention::Until(event));
        prop_oneof![
            (1..=HOURS_MAX, event).prop_map(|(hours, after)| Retention::For { hours, after }),
            ending,
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(retention in any_retention()) {
            prop_assert_eq!(Retention::parse(&retention.to_string()), Ok(retention));
        }

        #[test]
        fn the_end_is_exactly_the_period_after_the_start(
            hours in 1..=HOURS_MAX,
            start in -4_000_000_000_000_000_i64..4_000_000_000_000_000,
        ) {
            let retention = Retention::For { hours, after: Event::Collected };
            let start = Timestamp(start);

            let end = retention.ends_at(start).unwrap();

            prop_assert_eq!(end.0 - start.0, i64::from(hours) * 3_600_000_000);
            prop_assert!(retention.is_over(start, end));
            prop_assert!(!retention.is_over(start, Timestamp(end.0 - 1)));
        }

        #[test]
        fn a_longer_period_never_ends_earlier(a in 1..=HOURS_MAX, b in 1..=HOURS_MAX) {
            let keep = |hours| Retention::For { hours, after: Event::Collected };
            let start = Timestamp(0);
            prop_assert_eq!(
                keep(a).may_outlast(keep(b)),
                keep(a).ends_at(start) > keep(b).ends_at(start)
            );
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,40}") {
            if let Ok(retention) = Retention::parse(&text) {
                prop_assert_eq!(Retention::parse(&retention.to_string()), Ok(retention));
            }
        }
    }

    #[test]
    fn periods_beyond_ten_years_and_without_unit_are_refused() {
        for text in [
            "3661d",
            "0h",
            "-1d",
            "7",
            "d",
            "",
            "1y",
            "24h after lunch",
            "until collected",
        ] {
            assert!(Retention::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_open_period_has_no_end() {
        let retention = Retention::parse("until withdrawn").unwrap();
        assert_eq!(retention.ends_at(Timestamp(0)), None);
        assert!(!retention.is_over(Timestamp(0), Timestamp(i64::MAX)));
    }
}
