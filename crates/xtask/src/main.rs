//! House rules as code: `cargo xtask test` runs everything that judges a change.
//!
//! Each command is one module. Nothing here is shipped; it may start processes and read the
//! environment, and it stops every process it started, by its id, also when a stage fails.

mod codegen;
mod control;
mod layers;
mod npm;
mod postgres;
mod process;
mod rule_switch;
mod shell;
mod test;
mod tidy;
mod tree;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [--from STAGE] [--only STAGE]   everything that judges a change, in order
  tidy                                 file sizes, forbidden words, dead files, documents
  layers                               who may depend on whom
  codegen [--check]                    write docs/reference and the generated client types
  control [WORD]                       take out permission checks, and see the stories turn red
  postgres                             run a throw-away PostgreSQL until Ctrl-C, and print its address
  rule-switch                          build the program that can be told to break a clause, print its path
  setup                                install what the tests need, and stop";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["test", rest @ ..] => test::run(rest),
        ["tidy"] => tidy::run(),
        ["layers"] => layers::run(),
        ["codegen"] => codegen::run(codegen::Mode::Write),
        ["codegen", "--check"] => codegen::run(codegen::Mode::Check),
        ["control"] => control::run(""),
        ["control", word] => control::run(word),
        ["postgres"] => postgres::run_until_interrupted(),
        ["rule-switch"] => rule_switch::build().map(|path| println!("{}", path.display())),
        ["setup"] => test::tools::install_missing(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
