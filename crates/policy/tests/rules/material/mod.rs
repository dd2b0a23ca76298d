//! Section 7 by a table written by hand: changes of the example policy and what each must be called.
//!
//! The table stands in `expected.table`; this reads it, makes both versions and compares.

use std::collections::BTreeMap;

use policy::{Class, Policy, diff, shipped};

const TABLE: &str = include_str!("expected.table");
const EXAMPLE: &str = include_str!("example.toml");
const LOOSE: &str = include_str!("loose.toml");

/// Changes the table must hold, and those that are combined.
const CHANGES_MIN: usize = 60;
const COMBINED_MIN: usize = 10;
/// Changes for each line of section 7.
const LINE_MIN: usize = 3;

/// One change of a version: where, what, by what.
struct Piece {
    scope: String,
    from: String,
    to: String,
}

/// A change of the example and what it must be.
struct Row {
    line: String,
    number: usize,
    class: Class,
    base: String,
    path: String,
    old: Vec<Piece>,
    new: Vec<Piece>,
}

impl Row {
    /// The version with these pieces; what is wrong with it if it is not valid.
    fn version(&self, pieces: &[Piece]) -> Result<Policy, String> {
        let mut text = match self.base.as_str() {
            "strict" => format!("{}{EXAMPLE}", shipped::STRICT),
            "loose" => {
                let text = shipped::STRICT.replace("floor = \"strict\"", "floor = \"us-2014\"");
                format!("{text}{EXAMPLE}{LOOSE}")
            }
            other => panic!("line {}: no example {other}", self.number),
        };
        for piece in pieces {
            text = self.replaced(&text, piece);
        }
        Policy::parse(&text).map_err(|faults| {
            let faults: Vec<_> = faults.into_iter().map(|fault| fault.what).collect();
            format!(
                "line {} ({}): not valid: {faults:?}",
                self.number, self.line
            )
        })
    }

    /// How the program's answer differs from the table.
    fn wrong(&self) -> Result<(), String> {
        let diff = diff(&self.version(&self.old)?, &self.version(&self.new)?);
        let class = diff.changes.iter().map(|change| change.class).max();
        let decided = diff.changes.iter().find(|change| change.path == self.path);
        let as_expected = class == Some(self.class)
            && diff.material == (self.class == Class::Material)
            && decided.is_some_and(|change| change.class == self.class);
        if as_expected {
            return Ok(());
        }
        let told = diff.changes.iter();
        let told: Vec<_> = told
            .map(|change| format!("{:?} {} ({})", change.class, change.path, change.reason))
            .collect();
        Err(format!(
            "line {} ({}): {:?} at {}, but the program says {told:#?}",
            self.number, self.line, self.class, self.path
        ))
    }

    fn replaced(&self, text: &str, piece: &Piece) -> String {
        let Piece { scope, from, to } = piece;
        if from.is_empty() {
            return format!("{text}\n{to}");
        }
        let start = match scope.as_str() {
            "" => 0,
            section if section.starts_with('[') => text.find(&format!("\n{section}")).unwrap() + 1,
            entry => {
                let named = |key| text.find(&format!("\n{key} = \"{entry}\""));
                named("key").or_else(|| named("name")).unwrap_or_else(|| {
                    panic!("line {}: no entry {entry}", self.number);
                })
            }
        };
        let (before, rest) = text.split_at(start);
        let end = if scope.is_empty() {
            rest.len()
        } else {
            rest.get(1..)
                .and_then(|rest| rest.find("\n["))
                .map_or(rest.len(), |at| at + 2)
        };
        let (within, after) = rest.split_at(end);
        assert!(
            within.contains(from),
            "line {}: no {from:?} in {scope:?}",
            self.number
        );
        format!("{before}{}{after}", within.replacen(from, to, 1))
    }
}

/// Reads the table.
fn rows() -> Vec<Row> {
    let (mut rows, mut line): (Vec<Row>, _) = (Vec::new(), String::new());
    let mut pieces: BTreeMap<String, String> = BTreeMap::new();
    for (number, text) in TABLE.lines().enumerate() {
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(named) = text.strip_prefix("def ") {
            let (name, text) = named.split_once(' ').unwrap();
            pieces.insert(format!("${name}"), text.replace("\\n", "\n"));
        } else if let Some(title) = text.strip_prefix("== ") {
            title.clone_into(&mut line);
        } else if text.starts_with("  ") {
            let piece = piece(text, &pieces);
            let row = rows.last_mut().unwrap();
            if text.trim_start().starts_with("old") {
                row.old.push(piece);
            } else {
                row.new.push(piece);
            }
        } else {
            rows.push(row(&line, number + 1, text));
        }
    }
    rows
}

fn row(line: &str, number: usize, text: &str) -> Row {
    let mut words = text.splitn(3, ' ');
    let mut word = || {
        words
            .next()
            .unwrap_or_else(|| panic!("line {number}: {text}"))
    };
    Row {
        line: line.to_owned(),
        number,
        class: match word() {
            "material" => Class::Material,
            "narrower" => Class::Narrower,
            "wording" => Class::Wording,
            other => panic!("line {number}: no class {other}"),
        },
        base: word().to_owned(),
        path: word().to_owned(),
        old: Vec::new(),
        new: Vec::new(),
    }
}

/// `  new SCOPE | A | B`.
fn piece(text: &str, pieces: &BTreeMap<String, String>) -> Piece {
    let mut parts = text.splitn(3, '|');
    let mut part = || parts.next().unwrap_or_else(|| panic!("{text}"));
    let scope = part().trim();
    let scope = scope.split_once(' ').map_or("", |(_, scope)| scope);
    let plain = |text: &str| text.strip_prefix(' ').unwrap_or(text).replace("\\n", "\n");
    let from = part();
    let from = from.strip_suffix(' ').unwrap_or(from);
    let to = plain(part());
    Piece {
        scope: scope.to_owned(),
        from: plain(from),
        to: pieces.get(to.as_str()).cloned().unwrap_or(to),
    }
}

#[test]
fn every_change_of_the_table_is_called_what_the_table_says() {
    let wrong: Vec<_> = rows().iter().filter_map(|row| row.wrong().err()).collect();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_table_has_three_changes_for_each_line_and_ten_combined_ones() {
    let rows = rows();
    let mut of_line: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *of_line.entry(&row.line).or_default() += 1;
    }
    assert!(rows.len() >= CHANGES_MIN, "{} changes", rows.len());
    for (line, count) in &of_line {
        let least = if line.starts_with("Combined") {
            COMBINED_MIN
        } else {
            LINE_MIN
        };
        assert!(*count >= least, "{line}: {count}");
    }
}
