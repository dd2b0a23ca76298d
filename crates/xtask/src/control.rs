//! `cargo xtask control`: takes one permission check out at a time, and demands that the stories turn red.
//!
//! Why: a matrix that stays green without the check it is about proves nothing. Done in a copy of the tree, so that
//! no interrupted run leaves a program without its checks behind.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::test::tools;
use crate::{shell, tree};

/// The stories that must notice.
const STORIES: &str = "permission::sqlite";

/// One check of the program; where two locks guard one door, both are its cuts.
struct Control {
    name: &'static str,
    cuts: &'static [Cut],
}

/// A piece of a file, and what stands in its place while the stories run.
struct Cut {
    file: &'static str,
    check: &'static str,
    without: &'static str,
}

const CONTROLS: &[Control] = &[
    Control {
        name: "role, by the program",
        cuts: &[Cut {
            file: "crates/app/src/actor.rs",
            check: "if roles.contains(&self.role) {",
            without: "if !roles.is_empty() {",
        }],
    },
    Control {
        name: "role, by the policy",
        cuts: &[Cut {
            file: "crates/policy/src/decide.rs",
            check: "if listed(ask.role) || stands_in ||",
            without: "if !rule.roles.is_empty() || listed(ask.role) || stands_in ||",
        }],
    },
    Control {
        name: "workspace of an id in the path",
        cuts: &[Cut {
            file: "crates/store/src/conversation.rs",
            check: "\" from conversation where workspace_id = $1 and conversation_id = $2 and \"",
            without: "\" from conversation where $1 <> '' and conversation_id = $2 and \"",
        }],
    },
    Control {
        name: "workspace of an id in the body",
        cuts: &[Cut {
            file: "crates/app/src/conversation.rs",
            check: "if !is_answering {",
            without: "if !is_answering && assignee_id.to_string().is_empty() {",
        }],
    },
    Control {
        name: "person of an id in a visitor's path, reading",
        cuts: &[Cut {
            file: "crates/app/src/message.rs",
            check: ".filter(|row| owner.is_none_or(|owner| owner == row.person_id))",
            without: ".filter(|_| owner.is_none_or(|owner| !owner.to_string().is_empty()))",
        }],
    },
    Control {
        name: "person of an id in a visitor's path, changing",
        cuts: &[Cut {
            file: "crates/app/src/conversation.rs",
            check: "if changer.owner.is_some_and(|owner| owner != person_id) {",
            without: "if changer.owner.is_some_and(|_| conversation_id.to_string().is_empty()) {",
        }],
    },
    Control {
        name: "workspace of a stream",
        cuts: &[Cut {
            file: "crates/store/src/event.rs",
            check: "where workspace_id = $1 and event_id > $2",
            without: "where $1 <> '' and event_id > $2",
        }],
    },
    Control {
        name: "person of a stream",
        cuts: &[
            Cut {
                file: "crates/store/src/event.rs",
                check: "where workspace_id = $1 and person_id = $2 and event_id > $3",
                without: "where workspace_id = $1 and $2 <> '' and event_id > $3",
            },
            Cut {
                file: "crates/app/src/hydrate.rs",
                check: "Actor::Visitor(_) => Err(AppError::NotFound),",
                without: "Actor::Visitor(_) => Ok(()),",
            },
        ],
    },
    Control {
        name: "role of a stream",
        cuts: &[Cut {
            file: "crates/app/src/hydrate.rs",
            check: "Actor::Agent(agent) => agent.require(LOOKING),",
            without: "Actor::Agent(_) => Ok(LOOKING).map(drop),",
        }],
    },
];

/// Runs every control whose name contains the word.
pub(crate) fn run(word: &str) -> Result<()> {
    let copy = Copy::make()?;
    println!("control: the program as it is");
    if !copy.is_green()? {
        bail!("the stories fail with every check in its place");
    }
    let mut green = Vec::new();
    for control in CONTROLS.iter().filter(|one| one.name.contains(word)) {
        println!("control: without the check of the {}", control.name);
        let whole: Vec<String> = control
            .cuts
            .iter()
            .map(|cut| copy.take_out(cut))
            .collect::<Result<_>>()?;
        let is_green = copy.is_green();
        for (cut, text) in control.cuts.iter().zip(whole) {
            std::fs::write(copy.root.join(cut.file), text).context("put the check back")?;
        }
        if is_green? {
            green.push(control.name);
        }
    }
    if !green.is_empty() {
        bail!("the stories stay green without: {}", green.join("; "));
    }
    println!("control: each removal turned the stories red");
    Ok(())
}

/// A copy of the tree, built in a folder of its own: cargo takes what was built from one tree for that of another
/// with the same names, and a program without a check must never pass for the real one. The first build is whole.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn make() -> Result<Self> {
        let (from, target) = (tree::root()?, tree::target_dir()?);
        let target = target.join("control");
        let root = target.join("tree");
        for path in tree::list_paths()? {
            copy(&from.join(&path), &root.join(&path))?;
        }
        Ok(Self { root, target })
    }

    /// A cargo command in the copy.
    fn cargo(&self, words: &[&str]) -> Command {
        let mut command = shell::cargo(&self.root, words);
        command.env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// Replaces the check; gives the whole file as it was.
    fn take_out(&self, cut: &Cut) -> Result<String> {
        let path = self.root.join(cut.file);
        let whole = std::fs::read_to_string(&path).context("read a file of the copy")?;
        if whole.matches(cut.check).count() != 1 {
            bail!("{} has not once: {}", cut.file, cut.check);
        }
        let without = whole.replace(cut.check, cut.without);
        std::fs::write(&path, without).context("take the check out")?;
        Ok(whole)
    }

    /// Builds the program and runs the stories; a program that does not build is an error.
    fn is_green(&self) -> Result<bool> {
        let words = ["build", "--quiet", "--package", "chatham"];
        shell::run(&mut self.cargo(&words))?;
        let words = [
            "test",
            "--quiet",
            "--package",
            "it",
            "--test",
            "it",
            STORIES,
        ];
        let told = self
            .cargo(&words)
            .env(
                "CHATHAM_TEST_BINARY",
                self.target.join("debug").join("chatham"),
            )
            .env("CHATHAM_TEST_PYTHON", tools::make_mail_python()?)
            .env("RUST_BACKTRACE", "0")
            .output()
            .context("run the stories")?;
        let said = String::from_utf8_lossy(&told.stdout);
        let shown = |line: &&str| line.contains("faults:") || line.contains("test result");
        said.lines()
            .filter(shown)
            .for_each(|line| println!("  {line}"));
        if !said.contains("test result") {
            bail!(
                "the stories did not run: {}",
                String::from_utf8_lossy(&told.stderr)
            );
        }
        Ok(told.status.success())
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.root) {
            eprintln!("xtask: cannot remove {}: {error}", self.root.display());
        }
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().context("a file stands in a folder")?;
    std::fs::create_dir_all(folder).context("make a folder of the copy")?;
    std::fs::copy(from, to).with_context(|| format!("copy {}", from.display()))?;
    Ok(())
}
