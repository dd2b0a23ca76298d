//! When a workspace answers: days and hours in its own time zone, and holidays.
//!
//! Must not know: the wall clock, who is signed in.

use jiff::{Timestamp as Instant, civil, tz::TimeZone};
use policy::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Opening times in a week.
const SPANS_MAX: usize = 28;
/// Holidays kept.
const HOLIDAYS_MAX: usize = 200;
const MINUTES_A_DAY: u16 = 24 * 60;

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// One opening time, as it is written: `09:00` to `17:00`, at most to `24:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The day.
    pub day: Day,
    /// First minute open.
    pub from: String,
    /// First minute closed.
    pub to: String,
}

/// Working hours as they are written and stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkingHours {
    /// A name of the IANA time zone database, such as `Europe/Madrid`.
    pub timezone: String,
    /// Always open; days and holidays are kept but not asked.
    pub always: bool,
    /// Opening times.
    pub days: Vec<Span>,
    /// Closed the whole day, such as `2026-12-25`.
    pub holidays: Vec<String>,
}

/// Why working hours are not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidWorkingHours {
    /// Not a known zone.
    #[error("unknown time zone: use a name such as Europe/Madrid")]
    Zone,
    /// Not a time, or not after the other.
    #[error(
        "opening time {0} is not acceptable: write 09:00 to 17:00, at most to 24:00, on one day"
    )]
    Span(usize),
    /// Two times of one day overlap.
    #[error("opening times of one day overlap")]
    Overlap,
    /// Not a day.
    #[error("holiday {0} is not a date: write 2026-12-25")]
    Holiday(usize),
    /// More than the limits.
    #[error("too many: at most 28 opening times and 200 holidays")]
    TooMany,
}

impl Default for WorkingHours {
    fn default() -> Self {
        Self {
            timezone: "UTC".to_owned(),
            always: true,
            days: Vec::new(),
            holidays: Vec::new(),
        }
    }
}

impl WorkingHours {
    /// Checks every part.
    ///
    /// # Errors
    /// The first part that is not acceptable.
    pub fn check(&self) -> Result<(), InvalidWorkingHours> {
        if self.days.len() > SPANS_MAX || self.holidays.len() > HOLIDAYS_MAX {
            return Err(InvalidWorkingHours::TooMany);
        }
        TimeZone::get(&self.timezone).map_err(|_| InvalidWorkingHours::Zone)?;
        let mut spans = Vec::with_capacity(self.days.len());
        for (at, span) in self.days.iter().enumerate() {
            spans.push(span.minutes().ok_or(InvalidWorkingHours::Span(at))?);
        }
        for (at, (day, from, to)) in spans.iter().enumerate() {
            let overlaps =
                |other: &&(Day, u16, u16)| other.0 == *day && other.1 < *to && *from < other.2;
            if spans.iter().skip(at + 1).any(|other| overlaps(&other)) {
                return Err(InvalidWorkingHours::Overlap);
            }
        }
        for (at, holiday) in self.holidays.iter().enumerate() {
            parse_date(holiday).ok_or(InvalidWorkingHours::Holiday(at))?;
        }
        Ok(())
    }

    /// Whether the workspace is open now. Hours that do not hold any more (a zone that vanished from the
    /// database of zones) count as closed.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        if self.always {
            return true;
        }
        let Some(local) = self.local(now) else {
            return false;
        };
        let date = local.date();
        if self
            .holidays
            .iter()
            .any(|day| parse_date(day) == Some(date))
        {
            return false;
        }
        let minute = minute_of_day(local.time());
        let today = day_of(date);
        self.days
            .iter()
            .filter_map(Span::minutes)
            .any(|(day, from, to)| day == today && from <= minute && minute < to)
    }

    fn local(&self, now: Timestamp) -> Option<civil::DateTime> {
        let zone = TimeZone::get(&self.timezone).ok()?;
        let instant = Instant::from_microsecond(now.micros()).ok()?;
        Some(zone.to_datetime(instant))
    }
}

impl Span {
    /// Day, first minute open, first minute closed.
    fn minutes(&self) -> Option<(Day, u16, u16)> {
        let (from, to) = (parse_minute(&self.from)?, parse_minute(&self.to)?);
        (from < to).then_some((self.day, from, to))
    }
}

fn parse_minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= MINUTES_A_DAY).then_some(minute)
}

fn parse_date(text: &str) -> Option<civil::Date> {
    if text.len() != 10 {
        return None;
    }
    text.parse().ok()
}

fn minute_of_day(time: civil::Time) -> u16 {
    let minute = i32::from(time.hour()) * 60 + i32::from(time.minute());
    u16::try_from(minute).unwrap_or(0)
}

fn day_of(date: civil::Date) -> Day {
    match date.weekday() {
        civil::Weekday::Monday => Day::Mon,
        civil::Weekday::Tuesday => Day::Tue,
        civil::Weekday::Wednesday => Day::Wed,
        civil::Weekday::Thursday => Day::Thu,
        civil::Weekday::Friday => Day::Fri,
        civil::Weekday::Saturday => Day::Sat,
        civil::Weekday::Sunday => Day::Sun,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(day: Day, from: &str, to: &str) -> Span {
        Span {
            day,
            from: from.to_owned(),
            to: to.to_owned(),
        }
    }

    fn hours(timezone: &str, days: Vec<Span>) -> WorkingHours {
        WorkingHours {
            timezone: timezone.to_owned(),
            always: false,
            days,
            holidays: vec!["2026-12-25".to_owned()],
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<Instant>().unwrap().as_microsecond())
    }

    #[test]
    fn hours_follow_the_zone_over_both_changes_of_the_clock() {
        // Madrid: 29 March 2026 01:00 UTC to summer time, 25 October 2026 01:00 UTC back.
        let days = vec![
            span(Day::Sun, "02:30", "03:30"),
            span(Day::Mon, "09:00", "17:00"),
        ];
        let madrid = hours("Europe/Madrid", days);
        for (instant, open) in [
            ("2026-03-23T07:59:59Z", false),
            ("2026-03-23T08:00:00Z", true),
            ("2026-03-23T15:59:59Z", true),
            ("2026-03-23T16:00:00Z", false),
            // The hour from 02:00 to 03:00 does not exist; 03:00 to 03:30 does.
            ("2026-03-29T00:59:59Z", false),
            ("2026-03-29T01:00:00Z", true),
            ("2026-03-29T01:30:00Z", false),
            ("2026-03-30T06:59:59Z", false),
            ("2026-03-30T07:00:00Z", true),
            // The hour from 02:00 to 03:00 exists twice: open from 02:30 in both.
            ("2026-10-25T00:30:00Z", true),
            ("2026-10-25T01:15:00Z", false),
            ("2026-10-25T01:45:00Z", true),
            ("2026-10-26T07:59:59Z", false),
            ("2026-10-26T08:00:00Z", true),
        ] {
            assert_eq!(madrid.is_open(at(instant)), open, "{instant}");
        }
    }

    #[test]
    fn holidays_are_closed_by_the_local_date() {
        let fridays = hours("Pacific/Auckland", vec![span(Day::Fri, "00:00", "24:00")]);

        assert!(fridays.is_open(at("2026-12-18T10:00:00Z")));
        // 25 December begins in Auckland at 11:00 UTC of the 24th.
        assert!(!fridays.is_open(at("2026-12-24T11:00:00Z")));
        assert!(!fridays.is_open(at("2026-12-25T10:59:59Z")));
    }

    #[test]
    fn always_open_asks_no_day() {
        let mut always = hours("UTC", Vec::new());
        assert!(!always.is_open(at("2026-12-25T10:00:00Z")));

        always.always = true;

        assert!(always.is_open(at("2026-12-25T10:00:00Z")));
    }

    #[test]
    fn what_cannot_hold_is_refused() {
        use InvalidWorkingHours::{Holiday, Overlap, Span as Wrong, TooMany, Zone};
        let holiday = |text: &str| WorkingHours {
            holidays: vec![text.to_owned()],
            ..hours("UTC", Vec::new())
        };
        let table = [
            (hours("Mars/Base", Vec::new()), Zone),
            (
                hours("UTC", vec![span(Day::Mon, "17:00", "09:00")]),
                Wrong(0),
            ),
            (
                hours("UTC", vec![span(Day::Mon, "09:00", "24:01")]),
                Wrong(0),
            ),
            (
                hours("UTC", vec![span(Day::Mon, "9:00", "10:00")]),
                Wrong(0),
            ),
            (
                hours("UTC", vec![span(Day::Mon, "09:60", "10:00")]),
                Wrong(0),
            ),
            (
                hours(
                    "UTC",
                    vec![
                        span(Day::Mon, "09:00", "12:00"),
                        span(Day::Mon, "11:59", "14:00"),
                    ],
                ),
                Overlap,
            ),
            (holiday("2026-02-30"), Holiday(0)),
            (holiday("tomorrow"), Holiday(0)),
            (
                hours("UTC", vec![span(Day::Mon, "09:00", "09:01"); 29]),
                TooMany,
            ),
        ];
        for (hours, why) in table {
            assert_eq!(hours.check(), Err(why));
        }
        let touching = vec![
            span(Day::Mon, "09:00", "12:00"),
            span(Day::Mon, "12:00", "24:00"),
        ];
        assert_eq!(hours("Asia/Kolkata", touching).check(), Ok(()));
    }
}
