//! `chatham reference`: what the documentation is generated from, so that it cannot drift.

use std::{fmt::Write as _, process::ExitCode};

use clap::{Args, Subcommand};

use crate::config::Config;

/// Which reference.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Command {
    /// The API as OpenAPI 3.1
    Openapi,
    /// Every setting: flag, environment variable, default, meaning
    Config,
    /// Every refusal: code and clause
    Refusals,
}

impl Command {
    /// Prints it.
    pub(crate) fn run(self) -> ExitCode {
        let text = match self {
            Self::Openapi => api::openapi().to_pretty_json().map(|json| json + "\n"),
            Self::Config => Ok(config_table()),
            Self::Refusals => Ok(refusal_table()),
        };
        match text {
            Ok(text) => {
                print!("{text}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("chatham: cannot describe the API: {error}");
                ExitCode::FAILURE
            }
        }
    }
}

fn config_table() -> String {
    let command = Config::augment_args(clap::Command::new("serve"));
    let mut text = String::from(
        "# Settings\n\nGenerated from the program by `cargo xtask codegen`. A flag wins over its \
         environment variable.\n\n| Flag | Environment | Default | Meaning |\n|---|---|---|---|\n",
    );
    for argument in command.get_arguments() {
        let Some(flag) = argument.get_long() else {
            continue;
        };
        let variable = argument
            .get_env()
            .map_or_else(String::new, |name| format!("`{}`", name.to_string_lossy()));
        let default = argument
            .get_default_values()
            .first()
            .map_or_else(String::new, |value| {
                format!("`{}`", value.to_string_lossy())
            });
        let help = argument
            .get_help()
            .map_or_else(String::new, ToString::to_string);
        if writeln!(text, "| `--{flag}` | {variable} | {default} | {help} |").is_err() {
            break;
        }
    }
    text
}

/// Every refusal with its clause; the whole-app tests provoke each row.
fn refusal_table() -> String {
    let mut text = String::from(
        "# Refusals\n\nGenerated from the program by `cargo xtask codegen`: every code with which something is \
         refused, and the clause of the policy (1 to 78) that stands in the answer. Where no number stands, the \
         refused use or setting names its clause.\n\n| Code | Clause |\n|---|---|\n",
    );
    for code in policy::RefusalCode::ALL {
        let clause = code
            .clause()
            .map_or_else(String::new, |clause| clause.to_string());
        if writeln!(text, "| `{code}` | {clause} |").is_err() {
            break;
        }
    }
    text
}
