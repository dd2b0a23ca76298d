//! The binary `chatham`.

mod policy;
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
    /// Write, check, explain and compare policy files
    #[command(subcommand)]
    Policy(policy::Command),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Verify(arguments) => arguments.run(),
        Command::Policy(command) => command.run(now()),
    }
}

/// The wall clock, for commands that run without a server.
#[expect(
    clippy::disallowed_methods,
    reason = "the binary is where the clock comes from"
)]
fn now() -> ::policy::Timestamp {
    ::policy::Timestamp(jiff::Timestamp::now().as_microsecond())
}
