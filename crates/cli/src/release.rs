//! How old this build is: its version and date are the newest heading of the changelog, `## 1.2.0, 2027-03-01`.
//!
//! Why: who never updates keeps every hole that was mended since (clause 67).

use policy::Timestamp;

const CHANGELOG: &str = include_str!("../../../CHANGELOG.md");
/// Days after which a version is too old to run unasked.
const AGE_DAYS_MAX: i64 = 365;
const MICROS_A_DAY: i64 = 86_400 * 1_000_000;

/// `doctor`'s line about the version.
pub(crate) fn diagnose(now: Timestamp) -> Result<String, String> {
    age(CHANGELOG, now)
}

fn age(changelog: &str, now: Timestamp) -> Result<String, String> {
    let heading = changelog.lines().find_map(|line| line.strip_prefix("## "));
    let heading = heading.unwrap_or_default();
    let (_, date) = heading.split_once(", ").unwrap_or_default();
    let Some(released) = Timestamp::parse(&format!("{date}T00:00:00Z")) else {
        return Ok(heading.to_owned());
    };
    let days = (now.micros() - released.micros()).div_euclid(MICROS_A_DAY);
    if days > AGE_DAYS_MAX {
        return Err(format!(
            "{heading} is {days} days old: what was mended since is missing; install a newer version"
        ));
    }
    Ok(format!("{heading}, {} days old", days.max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Changelog\n\n## 0.2.0, 2027-01-01\n\n- New.\n\n## 0.1.0, 2026-01-01\n";

    fn on(date: &str) -> Result<String, String> {
        age(
            TEXT,
            Timestamp::parse(&format!("{date}T12:00:00Z")).unwrap(),
        )
    }

    #[test]
    fn version_says_its_age_and_is_refused_when_it_is_too_old() {
        assert_eq!(on("2027-01-11").unwrap(), "0.2.0, 2027-01-01, 10 days old");
        assert_eq!(on("2026-12-01").unwrap(), "0.2.0, 2027-01-01, 0 days old");
        assert!(on("2028-01-01").is_ok());
        assert!(
            on("2028-01-02")
                .unwrap_err()
                .contains("install a newer version")
        );
    }

    #[test]
    fn version_that_is_not_released_has_no_age() {
        let now = Timestamp::parse("2030-01-01T00:00:00Z").unwrap();

        assert_eq!(
            age("## 0.1.0, not released yet\n", now).unwrap(),
            "0.1.0, not released yet"
        );
        assert!(
            diagnose(now)
                .unwrap_or_else(|wrong| wrong)
                .contains(env!("CARGO_PKG_VERSION"))
        );
    }
}
