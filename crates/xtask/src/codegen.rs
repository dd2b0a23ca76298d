//! What is written by the program about itself: the API, its types for the web parts, the settings.
//!
//! `--check` writes nothing and fails when a file differs from what the program says.

mod typescript;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{shell, tree};

/// Whether files are written or only compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

const OPENAPI_PATH: &str = "docs/reference/openapi.json";
const CONFIG_PATH: &str = "docs/reference/config.md";
const REFUSALS_PATH: &str = "docs/reference/refusals.md";
const TYPES_PATH: &str = "web/client/src/api.gen.ts";

/// `cargo xtask codegen`.
pub(crate) fn run(mode: Mode) -> Result<()> {
    let root = tree::root()?;
    shell::run(&mut shell::cargo(
        &root,
        &["build", "--quiet", "--package", "chatham"],
    ))?;
    let binary = tree::target_dir()?.join("debug").join("chatham");
    let openapi = shell::read(Command::new(&binary).args(["reference", "openapi"]))?;
    let config = shell::read(Command::new(&binary).args(["reference", "config"]))?;
    let refusals = shell::read(Command::new(&binary).args(["reference", "refusals"]))?;
    let parsed: Value = serde_json::from_str(&openapi).context("read the OpenAPI document")?;
    let types = typescript::write(&parsed)?;
    let files = [
        (OPENAPI_PATH, openapi),
        (CONFIG_PATH, config),
        (REFUSALS_PATH, refusals),
        (TYPES_PATH, types),
    ];
    let mut stale = Vec::new();
    for (path, text) in &files {
        let full = root.join(path);
        if std::fs::read_to_string(&full).is_ok_and(|found| found == *text) {
            continue;
        }
        stale.push(*path);
        if mode == Mode::Write {
            write(&full, text)?;
        }
    }
    match (mode, stale.as_slice()) {
        (_, []) => println!("codegen: {} files are up to date", files.len()),
        (Mode::Write, stale) => println!("codegen: wrote {}", stale.join(", ")),
        (Mode::Check, stale) => bail!("stale: {}; run `cargo xtask codegen`", stale.join(", ")),
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path
        .parent()
        .context("a generated file stands in a folder")?;
    std::fs::create_dir_all(folder).context("make a folder for generated files")?;
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
