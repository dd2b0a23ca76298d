//! `privacy-check URL`: runs the checks, prints the table, writes JSON and a page.
//! Exit code 0 when no clause failed, 1 when one did, 2 when it could not run.

mod args;

use std::fs;
use std::process::ExitCode;

use args::Arguments;

/// A clause was found broken.
const BROKEN: u8 = 1;
/// It could not be run.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(BROKEN),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(UNUSABLE)
        }
    }
}

fn run() -> Result<bool, String> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let report = privacy_check::run(arguments.target.clone())?;
    println!("{report}");
    if let Some(path) = &arguments.json {
        let text = format!("{:#}\n", report.json());
        fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if let Some(path) = &arguments.html {
        fs::write(path, report.html()).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if arguments.publish {
        privacy_check::publish(&arguments.target, &report)?;
    }
    Ok(report.is_clean())
}
