//! The binary `chatham`.

mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Self-hosted live chat whose privacy policy is the program's configuration.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a receipt or a ledger file, offline
    Verify(verify::Arguments),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Verify(arguments) => arguments.run(),
    }
}
