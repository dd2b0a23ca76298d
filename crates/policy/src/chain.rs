//! The chain of versions: what a start may act on (section 3, "Versions").
//!
//! Why: a policy that could change silently would promise nothing. The file must be the last logged version
//! or exactly its successor, and a material successor waits for its notice period while the version before
//! rules (clauses 72, 73, 75).
//! Must not know: where the log is kept.

use std::fmt;

use crate::{
    diagnostic::Diagnostic,
    diff::{Change, Class, diff, diff_since},
    policy::Policy,
    refusal::{Refusal, RefusalCode},
    time::Timestamp,
};

/// The clause of changes: a file that no longer keeps within its floor changed by itself.
const CHANGES: u8 = 72;

/// A version as the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedVersion {
    /// Its number.
    pub version: u32,
    /// `sha256:` and the hash of its exact bytes.
    pub hash: String,
    /// From when it rules.
    pub effective: Timestamp,
    /// Whether it changed something material (version 1 did).
    pub material: bool,
    /// Its exact text.
    pub text: String,
}

/// What a start does with the file.
#[derive(Debug, Clone)]
pub struct StartDecision {
    /// The version to act on now.
    pub ruling: Policy,
    /// The file itself while it waits for its date.
    pub waiting: Option<Policy>,
    /// The file if it must be logged first.
    pub log: Option<LoggedVersion>,
}

/// Why the server must not start on this file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartRefusal {
    /// The same version number with other bytes.
    Edited(Diagnostic),
    /// An older version than the last one logged.
    Past(Diagnostic),
    /// More than one version ahead, or the first one is not 1.
    Skipped(Diagnostic),
    /// It does not name the last logged version as its predecessor.
    WrongPredecessor(Diagnostic),
    /// Material, and effective before its notice period is over.
    NoticeTooShort {
        /// Where and how to mend it.
        fault: Diagnostic,
        /// What is material.
        reasons: Vec<Change>,
    },
    /// It would take effect before the version it follows.
    BeforePredecessor(Diagnostic),
    /// An exception has ended: the file no longer keeps within its floor.
    ExceptionEnded(Diagnostic),
    /// A version of the log cannot be read by this build, and it still rules.
    LogUnreadable(Diagnostic),
}

impl StartRefusal {
    /// The clause that the start would break.
    #[must_use]
    pub fn clause(&self) -> u8 {
        self.code().clause().unwrap_or(CHANGES)
    }

    const fn code(&self) -> RefusalCode {
        match self {
            Self::NoticeTooShort { .. } => RefusalCode::NoticeTooShort,
            Self::BeforePredecessor(_) => RefusalCode::BeforePredecessor,
            Self::ExceptionEnded(_) => RefusalCode::ExceptionEnded,
            Self::Edited(_) => RefusalCode::VersionEdited,
            Self::Past(_) => RefusalCode::VersionPast,
            Self::Skipped(_) => RefusalCode::VersionSkipped,
            Self::WrongPredecessor(_) => RefusalCode::WrongPredecessor,
            Self::LogUnreadable(_) => RefusalCode::LogUnreadable,
        }
    }

    /// The refusal for somebody who publishes: the reasons of a material change are named, and the place.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        let fault = self.fault();
        let mut what = fault.what.clone();
        if let Self::NoticeTooShort { reasons, .. } = self {
            let reasons: Vec<_> = reasons
                .iter()
                .map(|change| format!("{}: {}", change.path, change.reason))
                .collect();
            what = format!("{what}; reasons: {}", reasons.join("; "));
        }
        let (line, column) = (fault.line, fault.column);
        let mend = format!("{} (line {line}, column {column})", fault.mend);
        self.code().refuse_under(self.clause(), what, mend)
    }

    /// Line, column, what is wrong and how to mend it.
    #[must_use]
    pub const fn fault(&self) -> &Diagnostic {
        match self {
            Self::Edited(fault)
            | Self::Past(fault)
            | Self::Skipped(fault)
            | Self::WrongPredecessor(fault)
            | Self::NoticeTooShort { fault, .. }
            | Self::BeforePredecessor(fault)
            | Self::ExceptionEnded(fault)
            | Self::LogUnreadable(fault) => fault,
        }
    }
}

impl fmt::Display for StartRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = self.fault();
        write!(
            formatter,
            "{} (clause {}, {}): {}",
            fault.what,
            self.clause(),
            self.code(),
            fault.mend
        )
    }
}

impl std::error::Error for StartRefusal {}

/// Decides what a start does, given the logged versions (oldest first), the file and the time.
///
/// # Errors
/// A refusal that names what is wrong; the server must not start.
pub fn check(
    logged: &[LoggedVersion],
    file: &Policy,
    now: Timestamp,
) -> Result<StartDecision, StartRefusal> {
    check_from(logged, file, now, now)
}

/// As [`check`], where the installation has seen a time that is later than the clock now shows: a notice counts
/// from there, so that setting the clock back shortens none (clause 75).
///
/// # Errors
/// As [`check`].
pub fn check_from(
    logged: &[LoggedVersion],
    file: &Policy,
    now: Timestamp,
    latest: Timestamp,
) -> Result<StartDecision, StartRefusal> {
    if let Some(ended) = file.ended_exceptions(now).next() {
        let path = format!("exception.{}", ended.value);
        let what = format!(
            "the exception \"{}\" ended on {}",
            ended.value,
            ended.until.date()
        );
        let mend = "publish a version that keeps within the floor, or with a later end";
        return Err(StartRefusal::ExceptionEnded(file.fault(
            &path,
            RefusalCode::ExceptionEnded.key(),
            what,
            mend,
        )));
    }
    let Some(last) = logged.last() else {
        return first(file);
    };
    if file.version() == last.version && file.hash() == last.hash {
        return ruling(logged, file, now, None);
    }
    let new = successor(logged, last, file, (now, latest))?;
    let mut with_new = logged.to_vec();
    with_new.push(new.clone());
    ruling(&with_new, file, now, Some(new))
}

/// Where in the file, and how to mend it.
fn fault(
    file: &Policy,
    (path, code): (&str, RefusalCode),
    what: String,
    mend: String,
) -> Diagnostic {
    file.fault(path, code.key(), what, mend)
}

/// The first version of an installation: it has no notice period.
fn first(file: &Policy) -> Result<StartDecision, StartRefusal> {
    if file.version() != 1 {
        let what = format!(
            "no version is logged yet, and the file is version {}",
            file.version()
        );
        let mend = "write `version = 1` and remove `predecessor`";
        return Err(StartRefusal::Skipped(file.fault(
            "policy.version",
            RefusalCode::VersionSkipped.key(),
            what,
            mend,
        )));
    }
    Ok(StartDecision {
        ruling: file.clone(),
        waiting: None,
        log: Some(log_entry(file, true)),
    })
}

/// The file as the one version after the last logged one, if it may be.
fn successor(
    logged: &[LoggedVersion],
    last: &LoggedVersion,
    file: &Policy,
    (now, latest): (Timestamp, Timestamp),
) -> Result<LoggedVersion, StartRefusal> {
    let next = last.version.saturating_add(1);
    let at_version = |code: RefusalCode, what: String| {
        let mend = format!(
            "write `version = {next}` and `predecessor = \"{}\"`",
            last.hash
        );
        fault(file, ("policy.version", code), what, mend)
    };
    let version = file.version();
    if version == last.version && crate::rule::is_off(72) {
        return Ok(log_entry(file, false));
    }
    if version == last.version {
        let what = format!("version {version} is not what was logged under this number");
        let fault = at_version(RefusalCode::VersionEdited, what);
        return Err(StartRefusal::Edited(fault));
    }
    if version < last.version {
        let what = format!(
            "version {version} is past: version {} is logged",
            last.version
        );
        let fault = at_version(RefusalCode::VersionPast, what);
        return Err(StartRefusal::Past(fault));
    }
    if version > next {
        let what = format!(
            "version {version} skips one: version {} is logged last",
            last.version
        );
        let fault = at_version(RefusalCode::VersionSkipped, what);
        return Err(StartRefusal::Skipped(fault));
    }
    if file.file().policy.predecessor.as_deref() != Some(last.hash.as_str()) {
        let what = format!(
            "`predecessor` is not the logged hash of version {}",
            last.version
        );
        let mend = format!("write `predecessor = \"{}\"`", last.hash);
        let place = ("policy.predecessor", RefusalCode::WrongPredecessor);
        let fault = fault(file, place, what, mend);
        return Err(StartRefusal::WrongPredecessor(fault));
    }
    if file.effective() < last.effective {
        let what = "the version takes effect before the one it follows".to_owned();
        let mend = format!("write a date from {} on", last.effective);
        let place = ("policy.effective", RefusalCode::BeforePredecessor);
        let fault = fault(file, place, what, mend);
        return Err(StartRefusal::BeforePredecessor(fault));
    }
    notice(logged, file, (now, latest))
}

/// What a new version is measured against: the one that rules, which people saw last, and each one published
/// since. None if this build cannot read one of them.
fn published(logged: &[LoggedVersion], now: Timestamp) -> Option<Vec<Policy>> {
    let ruling = in_force(logged, now)?.version;
    let since = logged.iter().filter(|version| version.version >= ruling);
    since
        .map(|version| Policy::parse(&version.text).ok())
        .collect()
}

/// The notice gate. A version that waits counts as published: what it changes materially had its notice, and
/// what it promises binds; but nothing passes by being cut into small steps.
fn notice(
    logged: &[LoggedVersion],
    file: &Policy,
    (now, latest): (Timestamp, Timestamp),
) -> Result<LoggedVersion, StartRefusal> {
    // A predecessor that this build cannot read makes the change unknown, and unknown is material.
    let Some(published) = published(logged, now) else {
        let earliest = latest.plus_days(file.file().notice.material_days);
        return in_time(file, earliest, Vec::new());
    };
    let (Some(seen), Some(last)) = (published.first(), published.last()) else {
        return Ok(log_entry(file, true));
    };
    let whole = diff_since(&published, seen.version(), file);
    let whole = whole.unwrap_or_else(|| diff(seen, file));
    let step = diff(last, file);
    let had_notice = logged
        .iter()
        .any(|version| version.material && version.version > seen.version());
    let reasons = match (step.material, whole.material && !had_notice) {
        (true, _) => step.changes,
        (false, true) => whole.changes,
        (false, false) => return Ok(log_entry(file, false)),
    };
    let earliest = latest.plus_days(promised_days(&published));
    in_time(file, earliest, reasons)
}

/// The longest notice that any of them promises, in days.
fn promised_days(published: &[Policy]) -> u32 {
    let promised = published.iter().map(|old| old.file().notice.material_days);
    promised.max().unwrap_or(0)
}

/// The earliest lawful `effective` of a material successor of these versions (oldest first), published now.
#[must_use]
pub fn earliest(logged: &[LoggedVersion], file: &Policy, now: Timestamp) -> Timestamp {
    let days = match published(logged, now) {
        Some(published) => promised_days(&published),
        None if logged.is_empty() => 0,
        None => file.file().notice.material_days,
    };
    let last = logged.last().map_or(now, |last| last.effective);
    now.plus_days(days).max(last)
}

/// A material version, unless it takes effect too early.
fn in_time(
    file: &Policy,
    earliest: Timestamp,
    changes: Vec<Change>,
) -> Result<LoggedVersion, StartRefusal> {
    if file.effective() >= earliest || crate::rule::is_off(75) {
        return Ok(log_entry(file, true));
    }
    let reasons: Vec<Change> = changes
        .into_iter()
        .filter(|change| change.class == Class::Material)
        .collect();
    let named: Vec<_> = reasons.iter().map(|change| change.path.as_str()).collect();
    let what = format!(
        "a material change takes effect too early: {}",
        named.join(", ")
    );
    let mend = format!("write `effective = \"{earliest}\"` or later");
    let place = ("policy.effective", RefusalCode::NoticeTooShort);
    let fault = fault(file, place, what, mend);
    Err(StartRefusal::NoticeTooShort { fault, reasons })
}

/// The last version whose date has come, or the first one before its date.
fn in_force(versions: &[LoggedVersion], now: Timestamp) -> Option<&LoggedVersion> {
    let ruling = versions.iter().filter(|version| version.effective <= now);
    ruling
        .max_by_key(|version| version.version)
        .or(versions.first())
}

fn log_entry(file: &Policy, material: bool) -> LoggedVersion {
    LoggedVersion {
        version: file.version(),
        hash: file.hash().to_owned(),
        effective: file.effective(),
        material,
        text: file.text().to_owned(),
    }
}

/// The last version whose date has come rules; the first one rules (and refuses) before its date.
fn ruling(
    versions: &[LoggedVersion],
    file: &Policy,
    now: Timestamp,
    log: Option<LoggedVersion>,
) -> Result<StartDecision, StartRefusal> {
    let newest = in_force(versions, now);
    let number = newest.map_or(file.version(), |version| version.version);
    let material = versions
        .iter()
        .filter(|version| version.material && version.version <= number)
        .map(|version| version.version)
        .max()
        .unwrap_or(number);
    let old = newest.filter(|version| version.version != file.version());
    let Some(old) = old else {
        let ruling = file.clone().with_last_material(material);
        return Ok(StartDecision {
            ruling,
            waiting: None,
            log,
        });
    };
    let parsed = Policy::parse(&old.text).map_err(|_| {
        let what = format!(
            "version {} rules until {}, but cannot be read",
            old.version,
            file.effective()
        );
        let mend = "start the build that logged it until then";
        StartRefusal::LogUnreadable(file.fault(
            "policy.effective",
            RefusalCode::LogUnreadable.key(),
            what,
            mend,
        ))
    })?;
    Ok(StartDecision {
        ruling: parsed.with_last_material(material),
        waiting: Some(file.clone()),
        log,
    })
}
