//! The page at the head of evidence, for people: Markdown, made from the very values that the parts hold.
//!
//! Must not know: the database.

use std::fmt::Write as _;

use ledger::{EntryKind, Scope};
use policy::Timestamp;

use super::fact::Told;

/// Kinds that are told, with the words for them.
const TOLD: [(EntryKind, &str); 10] = [
    (EntryKind::Erasure, "Persons erased"),
    (EntryKind::Consent, "Consents and agreements"),
    (EntryKind::OptOut, "Opt-outs and objections carried out"),
    (EntryKind::Request, "Steps of requests"),
    (EntryKind::Correction, "Corrections"),
    (
        EntryKind::Reading,
        "Readings of personal values by personnel",
    ),
    (EntryKind::RefusedReading, "Readings refused"),
    (EntryKind::Hold, "Legal holds placed and ended"),
    (EntryKind::Child, "Steps about minors' records"),
    (EntryKind::AccessChange, "Changes of who may sign in"),
];

pub(super) fn write(told: &Told) -> String {
    let mut text = String::new();
    for part in [
        head(told),
        policy(told),
        counts(told),
        purges(told),
        how(told),
    ] {
        text.push_str(&part);
        text.push('\n');
    }
    text
}

fn head(told: &Told) -> String {
    let (from, to) = told.period;
    let about = match told.scope {
        Scope::Period => format!(
            "Everything from {} to {}: entries {} to {} of {}.",
            from.map_or("the first entry".to_owned(), Timestamp::date),
            to.map_or("now".to_owned(), Timestamp::date),
            told.places.0,
            told.places.1,
            told.ledger_size
        ),
        Scope::Person => {
            "The entries about one person. They stand here as a keyed mark that only the \
                          installation can tie to them, and nobody once they are erased."
                .to_owned()
        }
        Scope::Entry => format!("Entry {} of {}.", told.places.0, told.ledger_size),
    };
    format!(
        "# Evidence of privacy: {}\n\nMade {} by {}. No personal values are in this file.\n\n{about}\n",
        one_line(&told.host),
        told.made_at,
        told.build
    )
}

fn policy(told: &Told) -> String {
    let mut text = "## Versions of the policy\n\n| Version | In force from | Hash | Entry |\n|---|---|---|---|\n"
        .to_owned();
    for version in told.policy.iter().rev() {
        let index = version.ledger_index;
        let row = writeln!(
            text,
            "| {} | {} | {} | {} |",
            version.version,
            version.effective_at.date(),
            version.hash,
            index.map_or("none yet".to_owned(), |index| index.to_string())
        );
        row.unwrap_or_default();
    }
    text
}

fn counts(told: &Told) -> String {
    let tally = &told.tally;
    let mut text = format!(
        "## What was done\n\n| What | How often |\n|---|---|\n| Requests carried out in time | {} |\n\
         | Requests carried out late | {} |\n",
        tally.requests_in_time, tally.requests_late
    );
    for (kind, words) in TOLD {
        writeln!(text, "| {words} | {} |", tally.sum(kind)).unwrap_or_default();
    }
    let others = tally.by_kind.iter().filter(|(kind, _)| {
        **kind != EntryKind::Purge.key() && !TOLD.iter().any(|(told, _)| told.key() == **kind)
    });
    for (kind, labels) in others {
        let sum: u64 = labels.values().sum();
        writeln!(text, "| {} | {sum} |", kind.replace('_', " ")).unwrap_or_default();
    }
    let by_ground = tally.by_kind.get("disclosure").into_iter().flatten();
    for (ground, times) in by_ground {
        writeln!(text, "| Disclosures: {} | {times} |", one_line(ground)).unwrap_or_default();
    }
    text
}

fn purges(told: &Told) -> String {
    if told.scope != Scope::Period {
        return String::new();
    }
    let mut text =
        "## What was deleted because its time was over\n\n| Rule | Rows |\n|---|---|\n".to_owned();
    let rules = told.tally.by_kind.get(EntryKind::Purge.key());
    for (rule, rows) in rules.into_iter().flatten() {
        writeln!(text, "| {} | {rows} |", one_line(rule)).unwrap_or_default();
    }
    let last = told.sweeper.last_run_at.map(Timestamp);
    let ran = last.map_or("It has not run yet.".to_owned(), |at| {
        format!("Its last whole round was {at}.")
    });
    writeln!(
        text,
        "\nThe sweeper was {} seconds late when this was made. {ran}",
        told.sweeper.lag_s
    )
    .unwrap_or_default();
    text
}

fn how(told: &Told) -> String {
    format!(
        "## How to check it\n\n`chatham verify FILE` needs no server and no network: it replays the parts below and \
         names the first place where something was altered, removed or cut off. Compare the key with the one \
         that the installation publishes:\n\n    {}\n",
        told.key
    )
}

/// What comes from outside stays in its line.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|char| {
            if char.is_control() || char == '|' {
                ' '
            } else {
                char
            }
        })
        .collect()
}
