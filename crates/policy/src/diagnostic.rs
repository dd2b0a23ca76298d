//! What is wrong with a policy file, where, and how to mend it.
//!
//! Why: a promise is edited by people; every message names line, column and the way out, and all of a
//! file's faults are told at once.
//! Must not know: file names (the caller has the path), terminals.

use std::ops::Range;

use serde::Serialize;

/// One fault of a policy file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Bytes of the text the fault is about.
    pub span: Range<usize>,
    /// Stable code for programs, such as `unknown_key`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub what: String,
    /// What to write instead.
    pub mend: String,
}

impl Diagnostic {
    /// A fault at some bytes of the text.
    #[must_use]
    pub fn new(text: &str, span: Range<usize>, code: &'static str, told: (String, String)) -> Self {
        let (line, column) = position(text, span.start);
        let (what, mend) = told;
        Self {
            line,
            column,
            span,
            code,
            what,
            mend,
        }
    }
}

/// Line and column (both from 1, columns in characters) of a byte of the text.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.get(line_start..).unwrap_or("").chars().count() + 1;
    (line, column)
}

/// The known word nearest to what was written, if one is near enough to be meant.
#[must_use]
pub(crate) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (distance(written, word), word))
        .filter(|(far, word)| *far <= 1 + word.len() / 4)
        .min()
        .map(|(_, word)| word)
}

/// Levenshtein distance.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (from, a) in left.chars().enumerate() {
        let mut next = vec![from + 1];
        for (b, pair) in right.chars().zip(row.windows(2)) {
            let (above_left, above) = match pair {
                [above_left, above] => (*above_left, *above),
                _ => (0, 0),
            };
            let left_of = next.last().copied().unwrap_or(0);
            let changed = above_left + usize::from(a != b);
            next.push(changed.min(above + 1).min(left_of + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        assert_eq!(position("a\näöü = 1", 9), (2, 5));
        assert_eq!(position("", 40), (1, 1));
    }

    #[test]
    fn a_slip_of_the_pen_finds_its_word() {
        let known = ["retain", "roles", "channels"];
        assert_eq!(nearest("retian", known), Some("retain"));
        assert_eq!(nearest("chanels", known), Some("channels"));
        assert_eq!(nearest("basis", known), None);
    }
}
