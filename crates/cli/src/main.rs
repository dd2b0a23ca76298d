//! The binary `chatham`.
#![expect(
    clippy::doc_markdown,
    reason = "doc comments are the help texts that people read in a terminal"
)]

mod backup;
mod compose;
mod config;
mod demo;
mod dkim;
mod doctor;
mod egress;
mod envelope;
mod incident;
mod ledger;
mod letters;
mod owner_link;
mod policy;
mod policy_publish;
mod prove;
mod reference;
mod release;
mod rule_switch;
mod run;
mod serve;
mod system;
mod test_clock;
mod verify;

use std::process::ExitCode;

use ::policy::Clock;
use clap::{Parser, Subcommand};
use config::Config;

/// Memory returns after a storm; the system allocator keeps its peak (measured).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Self-hosted live chat whose privacy policy is the program's configuration.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the installation
    Serve(Config),
    /// Serve a sample shop with a live chat, in a temporary folder that is gone on exit
    Demo(Config),
    /// Check every setting; a failed check ends with the line to paste
    Doctor(Config),
    /// Print a new one-time link for the owner
    OwnerLink {
        #[command(flatten)]
        config: Config,
        #[command(flatten)]
        arguments: owner_link::Arguments,
    },
    /// Copy the running installation into two files: data, and encrypted keys
    Backup(backup::BackupArguments),
    /// Bring a backup back; who was erased since stays erased
    Restore(backup::RestoreArguments),
    /// Write the ledgers as files that `verify` checks
    Ledger(ledger::Arguments),
    /// Write signed evidence of how the promise was kept, which `verify` checks
    Prove(prove::Arguments),
    /// Open a breach drill, or a real one: whom it reached, and 72 hours
    Incident(incident::Arguments),
    /// Check evidence, a receipt or a ledger file, offline
    Verify(verify::Arguments),
    /// Make a key that signs letters, and print the DNS record to publish
    DkimKey(dkim::Arguments),
    /// Write, check, explain, compare and publish policy files
    #[command(subcommand)]
    Policy(policy::Command),
    /// Print the reference that the documentation is made of
    #[command(subcommand, hide = true)]
    Reference(reference::Command),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(config) => run::block_on(&config.log.clone(), serve::run(config)),
        Command::Demo(config) => run::block_on(&config.log.clone(), demo::run(config)),
        Command::Doctor(config) => run::block_on(&config.log.clone(), doctor::run(config)),
        Command::OwnerLink { config, arguments } => {
            run::block_on(&config.log.clone(), owner_link::run(config, arguments))
        }
        Command::Backup(arguments) => run::block_on("warn", backup::back_up(arguments)),
        Command::Restore(arguments) => run::block_on("warn", backup::restore(arguments)),
        Command::Ledger(arguments) => run::block_on("warn", ledger::run(arguments)),
        Command::Prove(arguments) => run::block_on("warn", prove::run(arguments)),
        Command::Incident(arguments) => run::block_on("warn", incident::run(arguments)),
        Command::Verify(arguments) => arguments.run(),
        Command::DkimKey(arguments) => arguments.run(),
        Command::Policy(command) => command.run(system::SystemClock.now()),
        Command::Reference(command) => command.run(),
    }
}
