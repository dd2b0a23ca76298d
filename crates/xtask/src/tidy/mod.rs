//! Rules of STYLE.md that no compiler checks. Each file here is one kind of rule.

mod dead_files;
mod dependencies;
mod documents;
mod size;
mod words;

use anyhow::{Result, bail};

use crate::tree::{self, TextFile};

/// What a rule found.
pub(crate) enum Finding {
    /// Printed; the build goes on.
    Warning(String),
    /// Printed; the build fails.
    Fault(String),
}

/// A rule looks at all files and says what it found.
type Rule = fn(&[TextFile]) -> Vec<Finding>;

const RULES: [(&str, Rule); 5] = [
    ("size", size::check),
    ("words", words::check),
    ("dead files", dead_files::check),
    ("documents", documents::check),
    ("dependencies", dependencies::check),
];

/// `cargo xtask tidy`.
pub(crate) fn run() -> Result<()> {
    let files = tree::list_text_files()?;
    let mut faults = 0_usize;
    for (name, rule) in RULES {
        for finding in rule(&files) {
            match finding {
                Finding::Warning(text) => println!("tidy: warning ({name}): {text}"),
                Finding::Fault(text) => {
                    faults += 1;
                    println!("tidy: fault ({name}): {text}");
                }
            }
        }
    }
    if faults > 0 {
        bail!("{faults} fault(s) in tidiness");
    }
    println!("tidy: {} files, no fault", files.len());
    Ok(())
}

/// A file for the tests of the rules.
#[cfg(test)]
pub(crate) fn file(path: &str, text: &str) -> TextFile {
    TextFile {
        path: path.into(),
        text: text.into(),
    }
}

/// How many findings fail the build.
#[cfg(test)]
pub(crate) fn count_faults(findings: &[Finding]) -> usize {
    findings
        .iter()
        .filter(|finding| matches!(finding, Finding::Fault(_)))
        .count()
}
