//! `cargo xtask rule-switch`: the second program of the tests, which can be told to break one clause.
//!
//! It shares the target directory, so that only the rooms above `policy` are compiled once more. Cargo puts
//! both programs at one path: this one is copied aside and the ordinary one is put back.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{shell, tree};

/// The file beside `chatham`.
const PROGRAM: &str = "chatham-rule-switch";

/// Builds it, and the ordinary program after it; where it is.
pub(crate) fn build() -> Result<PathBuf> {
    let root = tree::root()?;
    let ordinary = ["build", "--quiet", "--package", "chatham"];
    let switched = [&ordinary[..], &["--features", "rule-switch"]].concat();
    shell::run(&mut shell::cargo(&root, &switched))?;
    let folder = tree::target_dir()?.join("debug");
    let path = folder.join(PROGRAM);
    std::fs::copy(folder.join("chatham"), &path)
        .with_context(|| format!("copy the program to {}", path.display()))?;
    shell::run(&mut shell::cargo(&root, &ordinary))?;
    Ok(path)
}
