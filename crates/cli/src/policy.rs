//! `chatham policy init | check | explain | diff | publish`: the policy file at the terminal.
//!
//! Why: a promise is checked before anybody relies on it; each fault names file, line, column and mend, and
//! the exit code is 1 if anything is wrong. `diff` says 3 for a material change, so that scripts can tell.
//! Must not know: databases, the network.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use ::policy::{
    AskAgain, Diagnostic, DiffReport, ExplainRow, Outcome, Policy, Timestamp,
    chain::{self, LoggedVersion},
    diff as compare, diff_since, explain as rows, shipped,
};
use serde_json::json;

use crate::{
    policy_publish::{self, Publish},
    run,
};

/// Exit code for "the policy is not valid" and "the change is refused".
const REFUSED: u8 = 1;
/// Exit code for "this could not be read or written at all".
const UNREADABLE: u8 = 2;
/// Exit code of `policy diff` for "a change is material: it needs notice".
const MATERIAL: u8 = 3;
/// Longest piece of a line that is quoted under a fault, in characters.
const QUOTED_MAX: usize = 100;

/// What `chatham policy` is asked.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Write a complete first policy to start from
    Init(Init),
    /// Check a policy file: every fault with line, column and mend
    Check {
        /// The policy file
        file: PathBuf,
        /// The version in force before: checks number, predecessor and notice period as well
        #[arg(long, value_name = "FILE")]
        after: Option<PathBuf>,
    },
    /// Show who may do what with which data
    Explain {
        /// The policy file
        file: PathBuf,
        /// Every single combination, as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show what changes between two versions, whether it is material, and whom to ask again
    #[command(after_help = DIFF_HELP)]
    Diff {
        /// The version that people saw last
        old: PathBuf,
        /// Versions published since (their promises of notice bind too), and the new version last
        #[arg(required = true, value_name = "NEW")]
        new: Vec<PathBuf>,
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Publish the next version of an installation, also while its server runs
    Publish(Publish),
}

/// Said under `policy diff --help`.
const DIFF_HELP: &str = "Exit codes: 0 nothing is material, 3 something is, 1 a file has faults, 2 a file cannot \
                         be read.\nWith versions between OLD and NEW, OLD is compared with NEW and all small steps \
                         add up.";

/// What a first policy is filled with.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// `strict`, `2014`, or a policy file to start from
    #[arg(long, default_value = "strict")]
    from: String,
    /// Origin of a site it covers, such as https://shop.example; the first is the main one
    #[arg(long = "site", value_name = "ORIGIN", required = true)]
    sites: Vec<String>,
    /// Legal name of who answers for it
    #[arg(long)]
    name: String,
    /// Postal address
    #[arg(long)]
    post: String,
    /// E-mail address for questions and requests
    #[arg(long)]
    email: String,
    /// Where to write it; an existing file is never replaced
    #[arg(long, default_value = "policy.toml")]
    out: PathBuf,
}

impl Command {
    /// Carries it out; `now` is when it is.
    pub(crate) fn run(self, now: Timestamp) -> ExitCode {
        match self {
            Self::Init(wanted) => init(&wanted, now),
            Self::Check { file, after } => check(&file, after.as_deref(), now),
            Self::Explain { file, json } => explain(&file, json),
            Self::Diff { old, new, json } => diff(&old, &new, json, now),
            Self::Publish(publish) => run::block_on(&publish.log(), policy_publish::run(publish)),
        }
    }
}

/// `policy check`: prints every fault; 0 if there is none.
pub(crate) fn check(path: &Path, after: Option<&Path>, now: Timestamp) -> ExitCode {
    let Ok(policy) = read(path) else {
        return ExitCode::from(REFUSED);
    };
    let left_out = policy.without_owner();
    if !left_out.is_empty() {
        println!(
            "note: a purpose names the role \"owner\", so the owner does not stand in for an admin in {}",
            left_out.join(", ")
        );
    }
    let Some(after) = after else {
        println!(
            "{}: valid, version {}, {}",
            path.display(),
            policy.version(),
            policy.hash()
        );
        return ExitCode::SUCCESS;
    };
    let Ok(before) = read(after) else {
        return ExitCode::from(REFUSED);
    };
    let logged = LoggedVersion {
        version: before.version(),
        hash: before.hash().to_owned(),
        effective: before.effective(),
        material: true,
        text: before.text().to_owned(),
    };
    match chain::check(&[logged], &policy, now) {
        Ok(_) => {
            let (version, before) = (policy.version(), before.version());
            println!(
                "{}: valid, version {version} may follow version {before}",
                path.display()
            );
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            eprint!("{}", fault(path, policy.text(), refusal.fault()));
            ExitCode::from(REFUSED)
        }
    }
}

/// `policy explain`: who × action × category × purpose × channel.
pub(crate) fn explain(path: &Path, as_json: bool) -> ExitCode {
    let Ok(policy) = read(path) else {
        return ExitCode::from(REFUSED);
    };
    let rows = rows(&policy);
    if as_json {
        return print_json(&json!({ "version": policy.version(), "rows": rows }));
    }
    say(&table(&policy, &rows))
}

/// `policy diff`: what changes, whether it is material, from when it may rule, who must be asked again.
pub(crate) fn diff(old: &Path, new: &[PathBuf], as_json: bool, now: Timestamp) -> ExitCode {
    let Some((new, between)) = new.split_last() else {
        return ExitCode::from(UNREADABLE);
    };
    let between = between.iter().map(PathBuf::as_path);
    let published: Result<Vec<Policy>, ExitCode> = std::iter::once(old)
        .chain(between)
        .map(read_or_code)
        .collect();
    let (published, new) = match (published, read_or_code(new)) {
        (Ok(published), Ok(new)) => (published, new),
        (Err(code), _) | (_, Err(code)) => return code,
    };
    let Some(seen) = published.first() else {
        return ExitCode::from(UNREADABLE);
    };
    let whole = diff_since(&published, seen.version(), &new);
    let report = whole.unwrap_or_else(|| compare(seen, &new));
    let report = report.report(seen, &new, now);
    let code = match (as_json, serde_json::to_value(&report)) {
        (false, _) => say(&differences(&report)),
        (true, Ok(json)) => print_json(&json),
        (true, Err(_)) => ExitCode::from(UNREADABLE),
    };
    if code == ExitCode::SUCCESS && report.material {
        return ExitCode::from(MATERIAL);
    }
    code
}

/// A comparison for people.
fn differences(report: &DiffReport) -> String {
    let mut text = String::new();
    for change in &report.changes {
        let class = change.class.word();
        let (told, path, reason) = (&change.text, &change.path, change.reason);
        writeln!(text, "{class:<8}  {told}\n          {path} ({reason})").unwrap_or_default();
    }
    let (days, earliest) = (report.notice_days, &report.earliest_effective);
    let verdict = match (report.material, report.changes.is_empty()) {
        (true, _) => format!("material: publish {days} days ahead, effective from {earliest} on\n"),
        (false, false) => "not material: may take effect at once\n".to_owned(),
        (false, true) => "no setting differs\n".to_owned(),
    };
    text.push_str(&verdict);
    if !report.in_time {
        let effective = &report.effective;
        writeln!(text, "too early: the file says {effective}").unwrap_or_default();
    }
    for ask in &report.ask_again {
        let AskAgain {
            purpose,
            subjects,
            first,
        } = ask;
        let (subjects, whom) = (
            subjects.join(", "),
            if *first {
                "ask before the first use"
            } else {
                "ask again everyone who consented to"
            },
        );
        writeln!(text, "{whom} {purpose} ({subjects})").unwrap_or_default();
    }
    text
}

/// The policy in a file, or the exit code: 1 if it has faults, 2 if it cannot be read.
fn read_or_code(path: &Path) -> Result<Policy, ExitCode> {
    if let Err(error) = fs::metadata(path) {
        eprintln!("{}: cannot be read: {error}", path.display());
        return Err(ExitCode::from(UNREADABLE));
    }
    read(path).map_err(|()| ExitCode::from(REFUSED))
}

/// `policy init`: a complete file with the installation's own details.
fn init(wanted: &Init, now: Timestamp) -> ExitCode {
    let text = match wanted.from.as_str() {
        "strict" => shipped::STRICT.to_owned(),
        "2014" => shipped::Y2014.to_owned(),
        file => match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) => {
                eprintln!(
                    "{file}: cannot be read: {error}\n  mend: --from strict, 2014, or a file"
                );
                return ExitCode::from(UNREADABLE);
            }
        },
    };
    let details = shipped::Details {
        sites: wanted.sites.clone(),
        name: wanted.name.clone(),
        post: wanted.post.clone(),
        email: wanted.email.clone(),
        effective: Timestamp(now.micros() - now.micros().rem_euclid(1_000_000)),
    };
    let own = match shipped::starter(&text, &details) {
        Ok(own) => own,
        Err(faults) => {
            for fault in faults {
                eprintln!("{}\n  mend: {}", fault.what, fault.mend);
            }
            return ExitCode::from(REFUSED);
        }
    };
    let new = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&wanted.out);
    match new.and_then(|mut file| file.write_all(own.as_bytes())) {
        Ok(()) => {
            println!(
                "{}: written; next: chatham policy explain {0}",
                wanted.out.display()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: cannot be written: {error}", wanted.out.display());
            ExitCode::from(UNREADABLE)
        }
    }
}

/// The policy in a file; what is wrong is printed.
fn read(path: &Path) -> Result<Policy, ()> {
    let text = fs::read_to_string(path).map_err(|error| {
        eprintln!("{}: cannot be read: {error}", path.display());
    })?;
    Policy::parse(&text).map_err(|faults| {
        for one in &faults {
            eprint!("{}", fault(path, &text, one));
        }
        eprintln!("{}: {} found", path.display(), count(faults.len(), "fault"));
    })
}

/// A fault with its place, the line it stands in, and the mend.
pub(crate) fn fault(path: &Path, text: &str, fault: &Diagnostic) -> String {
    let Diagnostic {
        line,
        column,
        what,
        mend,
        ..
    } = fault;
    let quoted = text.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let quoted: String = quoted.chars().take(QUOTED_MAX).collect();
    let length = text.get(fault.span.clone()).unwrap_or("");
    let length = length.lines().next().unwrap_or("").chars().count();
    let room = quoted.chars().count().saturating_sub(column - 1).max(1);
    let marks = "^".repeat(length.clamp(1, room));
    let number = line.to_string();
    let (gap, indent) = (" ".repeat(number.len()), " ".repeat(column - 1));
    format!(
        "{}:{line}:{column}: {what}\n {number} | {quoted}\n {gap} | {indent}{marks}\n  mend: {mend}\n",
        path.display()
    )
}

/// `1 fault`, `2 faults`.
fn count(number: usize, unit: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

/// The rows folded: everyone with the same rights in one line.
fn table(policy: &Policy, rows: &[ExplainRow]) -> String {
    let mut text = format!("version {}, {}\n", policy.version(), policy.hash());
    for rule in &policy.file().purpose {
        let of_purpose = || rows.iter().filter(|row| row.purpose == rule.key);
        write!(
            text,
            "\n{}  ({}, kept {})\n",
            rule.key, rule.basis, rule.retain
        )
        .unwrap_or_default();
        for (action, outcome, who, categories) in folded(of_purpose()) {
            writeln!(text, "  {outcome}: {action}").unwrap_or_default();
            writeln!(text, "    who:  {who}\n    what: {categories}").unwrap_or_default();
        }
        let refused: BTreeSet<String> = of_purpose()
            .filter_map(|row| match row.outcome {
                Outcome::Refused { clause, code } => Some(format!("clause {clause} {code}")),
                _ => None,
            })
            .collect();
        if of_purpose().all(|row| row.outcome == Outcome::NotBuilt) {
            text.push_str("  not built: refused for everyone\n");
        } else {
            let refused: Vec<_> = refused.into_iter().collect();
            writeln!(text, "  refused: everything else ({})", refused.join(", "))
                .unwrap_or_default();
        }
    }
    text
}

/// What is allowed: action and channel, outcome, who, categories.
fn folded<'a>(
    rows: impl Iterator<Item = &'a ExplainRow>,
) -> BTreeSet<(String, String, String, String)> {
    let mut of_who: BTreeMap<(String, String, &str), Vec<&str>> = BTreeMap::new();
    for row in rows {
        if matches!(row.outcome, Outcome::Allowed { .. }) {
            let action = match row.channel {
                "internal" => row.action.to_owned(),
                channel => format!("{} by {channel}", row.action),
            };
            let key = (action, row.outcome.to_string(), row.who);
            of_who.entry(key).or_default().push(&row.category);
        }
    }
    let mut same: BTreeMap<(String, String, String), Vec<&str>> = BTreeMap::new();
    for ((action, outcome, who), categories) in of_who {
        same.entry((action, outcome, categories.join(", ")))
            .or_default()
            .push(who);
    }
    same.into_iter()
        .map(|((action, outcome, categories), who)| (action, outcome, who.join(", "), categories))
        .collect()
}

/// Writes to standard output; a reader that closed early (`| head`) is no fault.
fn say(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(UNREADABLE),
        _ => ExitCode::SUCCESS,
    }
}

fn print_json(value: &serde_json::Value) -> ExitCode {
    match serde_json::to_string_pretty(value) {
        Ok(text) => say(&format!("{text}\n")),
        Err(error) => {
            eprintln!("cannot be written as JSON: {error}");
            ExitCode::from(UNREADABLE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<Diagnostic> {
        Policy::parse(text).unwrap_err()
    }

    #[test]
    fn a_fault_is_shown_with_its_place_its_line_and_its_mend() {
        let text = shipped::STRICT.replace("material_days = 30 ", "material_days = 3  ");
        let all = faults(&text);

        let shown = fault(Path::new("policy.toml"), &text, all.first().unwrap());

        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(
            lines[0],
            "policy.toml:15:17: `notice.material_days = 3` is looser than the floor \"strict\" (clause 75)"
        );
        assert!(lines[1].starts_with(" 15 | material_days = 3"), "{shown}");
        assert_eq!(lines[2], "    |                 ^");
        assert!(lines[3].starts_with("  mend: write at least 30"), "{shown}");
    }

    #[test]
    fn differences_are_told_with_their_reason_the_date_and_whom_to_ask() {
        let old = Policy::parse(shipped::Y2014).unwrap();
        let text = shipped::Y2014.replace("90d after survey.closed", "91d after survey.closed");
        let new = Policy::parse(&text).unwrap();
        let now = Timestamp::parse("2026-11-24T12:00:00Z").unwrap();

        let told = differences(&compare(&old, &new).report(&old, &new, now));

        let lines: Vec<_> = told.lines().collect();
        assert_eq!(lines.len(), 5, "{told}");
        assert!(lines[0].starts_with("material  Use "), "{told}");
        let path = "          purpose.survey.answer.readers.retain (longer retention)";
        assert_eq!(lines[1], path);
        assert!(
            lines[2].ends_with("effective from 2026-12-08T12:00:00Z on"),
            "{told}"
        );
        assert_eq!(lines[3], "too early: the file says 2014-10-01T00:00:00Z");
        let ask = "ask again everyone who consented to survey.answer.readers (visitor)";
        assert_eq!(lines[4], ask);
        let none = differences(&compare(&old, &old).report(&old, &old, now));
        assert_eq!(none, "no setting differs\n");
    }

    #[test]
    fn a_missing_file_is_told_apart_from_a_faulty_one() {
        let code = read_or_code(Path::new("/nowhere/policy.toml")).unwrap_err();
        assert_eq!(code, ExitCode::from(UNREADABLE));
    }

    #[test]
    fn explain_says_not_built_and_names_the_clauses_of_refusals() {
        let policy = Policy::parse(shipped::Y2014).unwrap();

        let shown = table(&policy, &rows(&policy));

        assert!(shown.contains("control.transfer"), "{shown}");
        assert!(shown.contains("not built: refused for everyone"), "{shown}");
        assert!(shown.contains("clause 69 role_not_in_purpose"), "{shown}");
        assert!(
            shown.contains("allowed: agent, admin, owner") || shown.contains("agent"),
            "{shown}"
        );
    }
}
