//! The chain of versions: what a start may act on (section 3, "Versions").
//!
//! Why: a policy that could change silently would promise nothing. The file must be the last logged version
//! or exactly its successor, and a material successor waits for its notice period while the version before
//! rules (clauses 72, 73, 75).
//! Must not know: where the log is kept.

use std::fmt;

use crate::{
    diagnostic::Diagnostic,
    diff::{Change, Class, diff},
    policy::Policy,
    time::Timestamp,
};

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
    pub const fn clause(&self) -> u8 {
        match self {
            Self::NoticeTooShort { .. } | Self::BeforePredecessor(_) => 75,
            Self::ExceptionEnded(_)
            | Self::Edited(_)
            | Self::Past(_)
            | Self::Skipped(_)
            | Self::WrongPredecessor(_)
            | Self::LogUnreadable(_) => 72,
        }
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
            "{} (clause {}): {}",
            fault.what,
            self.clause(),
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
            "exception_ended",
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
    let new = successor(last, file, now)?;
    let mut with_new = logged.to_vec();
    with_new.push(new.clone());
    ruling(&with_new, file, now, Some(new))
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
            "version_skipped",
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
    last: &LoggedVersion,
    file: &Policy,
    now: Timestamp,
) -> Result<LoggedVersion, StartRefusal> {
    let next = last.version.saturating_add(1);
    let at_version = |code, what: String| {
        let mend = format!(
            "write `version = {next}` and `predecessor = \"{}\"`",
            last.hash
        );
        file.fault("policy.version", code, what, mend)
    };
    let version = file.version();
    if version == last.version {
        let what = format!("version {version} is not what was logged under this number");
        return Err(StartRefusal::Edited(at_version("version_edited", what)));
    }
    if version < last.version {
        let what = format!(
            "version {version} is past: version {} is logged",
            last.version
        );
        return Err(StartRefusal::Past(at_version("version_past", what)));
    }
    if version > next {
        let what = format!(
            "version {version} skips one: version {} is logged last",
            last.version
        );
        return Err(StartRefusal::Skipped(at_version("version_skipped", what)));
    }
    if file.file().policy.predecessor.as_deref() != Some(last.hash.as_str()) {
        let what = format!(
            "`predecessor` is not the logged hash of version {}",
            last.version
        );
        let mend = format!("write `predecessor = \"{}\"`", last.hash);
        let fault = file.fault("policy.predecessor", "wrong_predecessor", what, mend);
        return Err(StartRefusal::WrongPredecessor(fault));
    }
    if file.effective() < last.effective {
        let what = "the version takes effect before the one it follows".to_owned();
        let mend = format!("write a date from {} on", last.effective);
        let fault = file.fault("policy.effective", "before_predecessor", what, mend);
        return Err(StartRefusal::BeforePredecessor(fault));
    }
    notice(last, file, now)
}

/// The notice gate.
fn notice(
    last: &LoggedVersion,
    file: &Policy,
    now: Timestamp,
) -> Result<LoggedVersion, StartRefusal> {
    // A predecessor that this build cannot read makes the change unknown, and unknown is material.
    let (material, earliest, reasons) = match Policy::parse(&last.text) {
        Ok(old) => {
            let diff = diff(&old, file);
            let earliest = diff.earliest(now);
            (diff.material, earliest, diff.changes)
        }
        Err(_) => (
            true,
            now.plus_days(file.file().notice.material_days),
            Vec::new(),
        ),
    };
    if !material || file.effective() >= earliest {
        return Ok(log_entry(file, material));
    }
    let reasons: Vec<Change> = reasons
        .into_iter()
        .filter(|change| change.class == Class::Material)
        .collect();
    let named: Vec<_> = reasons.iter().map(|change| change.path.as_str()).collect();
    let what = format!(
        "a material change takes effect too early: {}",
        named.join(", ")
    );
    let mend = format!("write `effective = \"{earliest}\"` or later");
    let fault = file.fault("policy.effective", "notice_too_short", what, mend);
    Err(StartRefusal::NoticeTooShort { fault, reasons })
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
    let in_force = versions.iter().filter(|version| version.effective <= now);
    let newest = in_force
        .max_by_key(|version| version.version)
        .or(versions.first());
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
        StartRefusal::LogUnreadable(file.fault("policy.effective", "log_unreadable", what, mend))
    })?;
    Ok(StartDecision {
        ruling: parsed.with_last_material(material),
        waiting: Some(file.clone()),
        log,
    })
}
