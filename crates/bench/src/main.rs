//! Figures of the real program on this machine: start, memory, idle visitors, latency.
//!
//! `cargo run --release --package bench` builds the program in the same profile, fills it through its
//! own interface, and prints each figure beside its target. How long the disk needed for a flush in
//! that minute stands above them: without it no figure can be compared with another day's.

mod disk;
mod erasure;
mod fill;
mod idle;
mod latency;
mod memory;
mod start;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use it::{Engine, World};

/// What is run, and for how long.
#[derive(Debug, Parser)]
struct Arguments {
    /// Stored messages before the measured starts.
    #[arg(long, default_value_t = 100_000)]
    messages: usize,
    /// Minutes of traffic before memory is read.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Visitors that are connected and say nothing.
    #[arg(long, default_value_t = 1_000)]
    idle: usize,
    /// PostgreSQL instead of the embedded database; `CHATHAM_TEST_POSTGRES` names the server.
    #[arg(long)]
    postgres: bool,
}

/// One printed line.
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: String,
    /// The value with its unit.
    pub(crate) value: String,
    /// The target and whether it is met; nothing where there is none.
    pub(crate) target: Option<(String, bool)>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            println!("a target is missed");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool> {
    it::server::use_binary(build()?);
    let engine = if arguments.postgres {
        Engine::Postgres
    } else {
        Engine::Sqlite
    };
    let mut world = World::prepare(engine);
    // The load comes from one machine; the limits of strangers are another test's.
    world
        .settings
        .push(("CHATHAM_RATE_FACTOR".to_owned(), "10000".to_owned()));
    world.boot();

    let mut figures = vec![disk::measure(&world.folder())?];
    figures.push(fill::run(&mut world, arguments.messages)?);
    figures.push(start::measure(&mut world));
    figures.push(erasure::measure(&mut world)?);
    figures.push(latency::measure(
        &mut world,
        Duration::from_mins(arguments.minutes),
    ));
    figures.push(memory::measure(&world)?);
    figures.push(idle::measure(&mut world, arguments.idle)?);
    print(&figures);
    Ok(figures
        .iter()
        .all(|figure| figure.target.as_ref().is_none_or(|(_, is_met)| *is_met)))
}

fn print(figures: &[Figure]) {
    println!();
    for Figure {
        name,
        value,
        target,
    } in figures
    {
        let verdict = match target {
            None => String::new(),
            Some((text, true)) => format!("  (target {text}: met)"),
            Some((text, false)) => format!("  (target {text}: MISSED)"),
        };
        println!("{name:<44} {value:>28}{verdict}");
    }
}

/// Builds the program in the profile of this one; it stands beside it.
fn build() -> Result<PathBuf> {
    let own = std::env::current_exe().context("find this program")?;
    let folder = own.parent().context("this program stands in a folder")?;
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let status = Command::new(env!("CARGO"))
        .args(["build", "--package", "chatham", "--profile", profile])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .context("start cargo")?;
    ensure!(status.success(), "the program does not build");
    Ok(folder.join("chatham"))
}

/// The value below which the given share of the sorted values lies.
pub(crate) fn percentile(sorted: &[Duration], share: f64) -> Duration {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index into a few thousand values"
    )]
    let index = ((sorted.len().saturating_sub(1)) as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or_default()
}

/// Milliseconds with one more digit than is certain.
pub(crate) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
