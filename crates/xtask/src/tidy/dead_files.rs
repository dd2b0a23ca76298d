//! A file that nothing names is dead: it compiles nowhere and misleads every reader.

use std::collections::BTreeSet;

use super::Finding;
use crate::tree::{TextFile, has_extension};

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let mut findings = dead_rust(files);
    findings.extend(dead_web(files));
    findings
}

/// A Rust file lives when its parent module declares it.
fn dead_rust(files: &[TextFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files
        .iter()
        .filter(|file| has_extension(&file.path, &["rs"]))
    {
        let Some((parents, module)) = expected_parents(&file.path) else {
            continue;
        };
        let declared = files
            .iter()
            .filter(|parent| parents.contains(&parent.path))
            .any(|parent| declares(&parent.text, &module));
        if !declared && !is_part_of_a_test(&file.path, files) {
            findings.push(Finding::Fault(format!(
                "{} is named by no `mod {module};` in {}",
                file.path,
                parents.join(" or ")
            )));
        }
    }
    findings
}

/// Below `tests/`, a test names a folder of modules (`mod common;`) or of fixtures (a path in a text).
fn is_part_of_a_test(path: &str, files: &[TextFile]) -> bool {
    let Some((before, rest)) = path.split_once("/tests/") else {
        return false;
    };
    let Some((folder, _)) = rest.split_once('/') else {
        return false;
    };
    let tests = format!("{before}/tests/");
    files
        .iter()
        .filter(|file| {
            file.path
                .strip_prefix(&tests)
                .is_some_and(|name| !name.contains('/'))
        })
        .any(|test| {
            let is_fixture = test.text.contains(&format!("tests/{folder}"));
            let is_shared = path.ends_with(&format!("/{folder}/mod.rs"));
            is_fixture || (is_shared && declares(&test.text, folder))
        })
}

/// The files that may declare this one, and the module's name; `None` for a root of a crate.
fn expected_parents(path: &str) -> Option<(Vec<String>, String)> {
    let (folder, name) = path.rsplit_once('/')?;
    let stem = name.strip_suffix(".rs")?;
    let is_crate_root = folder.ends_with("/src") && ["lib", "main"].contains(&stem);
    let is_target = folder.ends_with("/tests") || folder.ends_with("/bin") || stem == "build";
    let is_fixture = folder.contains("/compile_fail") || folder.contains("/ui");
    let is_test_root = folder.contains("/tests/") && stem == "main";
    if is_crate_root || is_target || is_fixture || is_test_root {
        return None;
    }
    let (folder, stem) = if stem == "mod" {
        folder.rsplit_once('/')?
    } else {
        (folder, stem)
    };
    let mut parents: Vec<String> = ["lib.rs", "main.rs", "mod.rs"]
        .iter()
        .map(|root| format!("{folder}/{root}"))
        .collect();
    parents.push(format!("{folder}.rs"));
    Some((parents, stem.to_owned()))
}

fn declares(text: &str, module: &str) -> bool {
    let ending = format!("mod {module};");
    text.lines().any(|line| {
        let line = line.trim();
        line == ending || line.ends_with(&format!(" {ending}"))
    })
}

/// A web source lives when another file names its stem after a slash or a quote.
fn dead_web(files: &[TextFile]) -> Vec<Finding> {
    let web: Vec<&TextFile> = files
        .iter()
        .filter(|file| file.path.starts_with("web/"))
        .collect();
    let mut findings = Vec::new();
    for file in &web {
        let is_source =
            has_extension(&file.path, &["ts", "tsx", "css"]) && file.path.contains("/src/");
        let Some((_, name)) = file.path.rsplit_once('/') else {
            continue;
        };
        let is_declaration = name.ends_with(".d.ts") || name.contains(".test.");
        if !is_source || is_declaration {
            continue;
        }
        let stems = stems_of(&file.path, name);
        let named = web
            .iter()
            .filter(|other| other.path != file.path)
            .any(|other| stems.iter().any(|stem| names(&other.text, stem)));
        if !named {
            findings.push(Finding::Fault(format!(
                "{} is imported by no file",
                file.path
            )));
        }
    }
    findings
}

/// `index.ts` is imported by its folder's name as well as by its own.
fn stems_of(path: &str, name: &str) -> BTreeSet<String> {
    let stem = name.split('.').next().unwrap_or(name).to_owned();
    let mut stems = BTreeSet::from([stem.clone()]);
    if stem == "index"
        && let Some(folder) = path.rsplit('/').nth(1)
    {
        stems.insert(folder.to_owned());
    }
    stems
}

fn names(text: &str, stem: &str) -> bool {
    ["'", "\"", "."]
        .iter()
        .any(|end| text.contains(&format!("/{stem}{end}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{count_faults, file};

    #[test]
    fn module_without_declaration_is_dead() {
        let files = [
            file("crates/a/src/lib.rs", "mod b;\n"),
            file("crates/a/src/c.rs", ""),
        ];
        assert_eq!(count_faults(&check(&files)), 1);
    }

    #[test]
    fn declared_modules_live_in_both_layouts() {
        let files = [
            file("crates/a/src/lib.rs", "pub mod b;\nmod c;\n"),
            file("crates/a/src/b.rs", "mod d;\n"),
            file("crates/a/src/b/d.rs", ""),
            file("crates/a/src/c/mod.rs", "mod e;\n"),
            file("crates/a/src/c/e.rs", ""),
            file("crates/a/tests/it/main.rs", "mod story;\n"),
            file("crates/a/tests/it/story.rs", ""),
        ];
        assert_eq!(count_faults(&check(&files)), 0);
    }

    #[test]
    fn web_file_that_nobody_imports_is_dead() {
        let files = [
            file("web/widget/src/main.ts", "import { a } from './used.ts';"),
            file("web/widget/vite.config.ts", "entry: 'src/main.ts'"),
            file("web/widget/src/used.ts", ""),
            file("web/widget/src/unused.ts", ""),
        ];
        assert_eq!(count_faults(&check(&files)), 1);
    }
}
