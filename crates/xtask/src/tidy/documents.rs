//! Documents say what is: crates named in ARCHITECTURE exist and the reverse, links lead somewhere.

use std::collections::BTreeSet;

use super::Finding;
use crate::tree::{TextFile, has_extension};

/// Documents that a person looks for in the root.
const REQUIRED: [&str; 6] = [
    "README.md",
    "ARCHITECTURE.md",
    "STYLE.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "LICENSE",
];

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = REQUIRED
        .iter()
        .filter(|name| !files.iter().any(|file| file.path == **name))
        .map(|name| Finding::Fault(format!("{name} is missing")))
        .collect();
    findings.extend(check_architecture(files));
    for file in files
        .iter()
        .filter(|file| has_extension(&file.path, &["md"]))
    {
        findings.extend(check_links(file, files));
    }
    findings
}

fn check_architecture(files: &[TextFile]) -> Vec<Finding> {
    let Some(page) = files.iter().find(|file| file.path == "ARCHITECTURE.md") else {
        return Vec::new();
    };
    let existing: BTreeSet<&str> = files
        .iter()
        .filter_map(|file| {
            file.path
                .strip_prefix("crates/")?
                .strip_suffix("/Cargo.toml")
        })
        .collect();
    let named: BTreeSet<&str> = page
        .text
        .split("`crates/")
        .skip(1)
        .filter_map(|rest| rest.split(['`', '/']).next())
        .collect();
    let absent = named.difference(&existing).map(|name| {
        Finding::Fault(format!(
            "ARCHITECTURE.md names crates/{name}, which does not exist"
        ))
    });
    let unnamed = existing
        .difference(&named)
        .map(|name| Finding::Fault(format!("ARCHITECTURE.md does not name crates/{name}")));
    absent.chain(unnamed).collect()
}

fn check_links(file: &TextFile, files: &[TextFile]) -> Vec<Finding> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut findings = Vec::new();
    for rest in file.text.split("](").skip(1) {
        let Some(target) = rest.split([')', '#', ' ']).next() else {
            continue;
        };
        if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let path = resolve(folder, target);
        let exists = files.iter().any(|other| {
            other.path == path
                || other
                    .path
                    .starts_with(&format!("{}/", path.trim_end_matches('/')))
        });
        if !exists {
            findings.push(Finding::Fault(format!(
                "{} links to {target}: no such file",
                file.path
            )));
        }
    }
    findings
}

fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{count_faults, file};

    #[test]
    fn architecture_names_each_crate_and_no_other() {
        let page = file("ARCHITECTURE.md", "`crates/a` and `crates/ghost/src`");
        let files = [
            page,
            file("crates/a/Cargo.toml", ""),
            file("crates/b/Cargo.toml", ""),
        ];
        assert_eq!(count_faults(&check_architecture(&files)), 2);
    }

    #[test]
    fn link_to_nowhere_is_a_fault() {
        let page = file(
            "docs/a.md",
            "[b](../README.md) [c](c.md) [d](https://chat.example)",
        );
        let files = [page, file("README.md", "")];
        assert_eq!(count_faults(&check_links(&files[0], &files)), 1);
    }
}
