//! `cargo xtask test`: everything that judges a change, cheapest first, with the time of each stage.

pub(crate) mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::postgres::{Postgres, Scratch};
use crate::{codegen, layers, npm, rule_switch, shell, tidy, tree};

/// What the stages share.
struct Bench {
    root: PathBuf,
    scratch: Scratch,
    /// Started by the first stage that needs it; stopped when this value is dropped.
    postgres: Option<Postgres>,
}

/// A stage: its name, what it does, in a few words, and how.
struct Stage {
    name: &'static str,
    run: fn(&mut Bench) -> Result<()>,
}

/// Browser stories that hang on how quickly keys are taken: asked for by name (`--only screens`), since about one
/// run in eight of them ends early on a busy machine.
const BY_NAME: [&str; 2] = ["screens_are_accessible", "shift_needs_no_mouse"];

const STAGES: [Stage; 11] = [
    Stage {
        name: "setup",
        run: |_| tools::install_missing(),
    },
    Stage {
        name: "fmt",
        run: check_format,
    },
    Stage {
        name: "tidy",
        run: |_| tidy::run(),
    },
    Stage {
        name: "layers",
        run: |_| layers::run(),
    },
    Stage {
        name: "clippy",
        run: check_clippy,
    },
    Stage {
        name: "unit",
        run: run_unit_tests,
    },
    Stage {
        name: "stories",
        run: run_stories,
    },
    Stage {
        name: "codegen",
        run: |_| codegen::run(codegen::Mode::Check),
    },
    Stage {
        name: "web",
        run: check_web,
    },
    Stage {
        name: "browser",
        run: run_browser_stories,
    },
    Stage {
        name: "screens",
        run: run_screen_stories,
    },
];

/// One stage's end.
struct Ended {
    name: &'static str,
    took: Duration,
    is_passed: bool,
}

/// Runs the stages; the first that fails ends the run.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let chosen = choose(words)?;
    let mut bench = Bench {
        root: tree::root()?,
        scratch: Scratch::make("test")?,
        postgres: None,
    };
    let mut ended = Vec::new();
    let mut failure = None;
    for stage in chosen {
        println!("\n==> {}", stage.name);
        let start = Instant::now();
        let outcome = (stage.run)(&mut bench);
        let is_passed = outcome.is_ok();
        ended.push(Ended {
            name: stage.name,
            took: start.elapsed(),
            is_passed,
        });
        if let Err(error) = outcome {
            failure = Some((stage.name, error));
            break;
        }
    }
    drop(bench);
    print_table(&ended);
    match failure {
        None => Ok(()),
        Some((name, error)) => Err(error.context(format!("stage {name} failed"))),
    }
}

fn choose(words: &[&str]) -> Result<Vec<&'static Stage>> {
    let position = |name: &str| {
        STAGES
            .iter()
            .position(|stage| stage.name == name)
            .with_context(|| {
                let names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
                format!("no stage {name}; there are {}", names.join(", "))
            })
    };
    match words {
        [] => Ok(by_default(0)),
        ["--from", name] => Ok(by_default(position(name)?)),
        ["--only", name] => Ok(STAGES.iter().skip(position(name)?).take(1).collect()),
        _ => bail!("usage: cargo xtask test [--from STAGE | --only STAGE]"),
    }
}

/// The stages from this one on that judge each change.
fn by_default(first: usize) -> Vec<&'static Stage> {
    let stages = STAGES.iter().skip(first);
    stages.filter(|stage| stage.name != "screens").collect()
}

fn print_table(ended: &[Ended]) {
    let total: Duration = ended.iter().map(|stage| stage.took).sum();
    println!("\nstage        seconds");
    for stage in ended {
        let mark = if stage.is_passed { "" } else { "  FAILED" };
        println!("{:<10} {:>9.1}{mark}", stage.name, stage.took.as_secs_f64());
    }
    println!("{:<10} {:>9.1}", "total", total.as_secs_f64());
    let passed = ended.iter().filter(|stage| stage.is_passed).count();
    println!("\nstages: {passed} passed, {} failed", ended.len() - passed);
}

fn check_format(bench: &mut Bench) -> Result<()> {
    shell::run(&mut shell::cargo(&bench.root, &["fmt", "--all", "--check"]))
}

fn check_clippy(bench: &mut Bench) -> Result<()> {
    let words = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    shell::run(&mut shell::cargo(&bench.root, &words))
}

fn run_unit_tests(bench: &mut Bench) -> Result<()> {
    let mut command = cargo_with_services(bench, &["test", "--workspace", "--exclude", "it"])?;
    shell::run(&mut command)
}

fn run_stories(bench: &mut Bench) -> Result<()> {
    let switched = rule_switch::build()?;
    shell::run(&mut shell::cargo(
        &bench.root,
        &["build", "--package", "chatham"],
    ))?;
    let binary = binary_path()?;
    let mut command =
        cargo_with_services(bench, &["test", "--package", "it", "--lib", "--test", "it"])?;
    command
        .env("CHATHAM_TEST_BINARY", binary)
        .env("CHATHAM_TEST_SWITCHED", switched);
    shell::run(&mut command)
}

fn check_web(bench: &mut Bench) -> Result<()> {
    let web = bench.root.join("web");
    install_packages(&web)?;
    for script in ["check", "test", "build", "size", "test:shift"] {
        shell::run(
            Command::new("npm")
                .args(["run", "--silent", script])
                .current_dir(&web),
        )?;
    }
    Ok(())
}

fn run_browser_stories(bench: &mut Bench) -> Result<()> {
    let skipped = BY_NAME.iter().flat_map(|name| ["--skip", name]);
    run_in_browser(bench, &skipped.collect::<Vec<_>>())
}

fn run_screen_stories(bench: &mut Bench) -> Result<()> {
    run_in_browser(bench, &BY_NAME)
}

/// Runs browser stories; `choice` is what the test program is told beside.
fn run_in_browser(bench: &mut Bench, choice: &[&str]) -> Result<()> {
    let folder = bench.root.join("crates").join("it").join("browser");
    install_packages(&folder)?;
    shell::run(&mut shell::cargo(
        &bench.root,
        &["build", "--package", "chatham"],
    ))?;
    let binary = binary_path()?;
    // One browser at a time: two cores, and pictures that must be comparable.
    let mut words = vec!["test", "--package", "it", "--test", "browser", "--"];
    words.push("--test-threads=1");
    words.extend(choice);
    let mut command = cargo_with_services(bench, &words)?;
    shell::run(command.env("CHATHAM_TEST_BINARY", binary))
}

fn install_packages(folder: &Path) -> Result<()> {
    let guard = npm::lock(folder).map_err(anyhow::Error::msg)?;
    npm::install(folder, npm::Extent::All, &guard).map_err(anyhow::Error::msg)
}

/// A cargo command that finds the database, and whose temporary files end with the run.
fn cargo_with_services(bench: &mut Bench, words: &[&str]) -> Result<Command> {
    let url = postgres_url(bench)?;
    let mut command = shell::cargo(&bench.root, words);
    command
        .env("CHATHAM_TEST_POSTGRES", url)
        .env("CHATHAM_TEST_PYTHON", tools::make_mail_python()?)
        .env("TMPDIR", bench.scratch.path());
    Ok(command)
}

fn postgres_url(bench: &mut Bench) -> Result<String> {
    let postgres = match bench.postgres.take() {
        Some(running) => running,
        None => Postgres::start(bench.scratch.path())?,
    };
    let url = postgres.url().to_owned();
    bench.postgres = Some(postgres);
    Ok(url)
}

fn binary_path() -> Result<PathBuf> {
    let path = tree::target_dir()?.join("debug").join("chatham");
    require_file(&path)?;
    Ok(path)
}

fn require_file(path: &Path) -> Result<()> {
    if !path.is_file() {
        bail!("{} is missing", path.display());
    }
    Ok(())
}
