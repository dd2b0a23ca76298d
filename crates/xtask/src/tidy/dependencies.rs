//! A dependency needs a reason: docs/decisions/dependencies.md has a row for each, and no other.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Finding;
use crate::tree::{TextFile, field};

const PAGE: &str = "docs/decisions/dependencies.md";

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let Some(page) = files.iter().find(|file| file.path == PAGE) else {
        return vec![Finding::Fault(format!("{PAGE} is missing"))];
    };
    let mut used = cargo_dependencies(files);
    used.extend(npm_dependencies(files));
    let explained: BTreeSet<String> = page.text.lines().filter_map(row_name).collect();
    let unexplained = used
        .difference(&explained)
        .map(|name| Finding::Fault(format!("{PAGE} has no row for {name}: say why it is here")));
    let unused = explained
        .difference(&used)
        .map(|name| Finding::Fault(format!("{PAGE} explains {name}, which nothing uses")));
    unexplained.chain(unused).collect()
}

/// Names in `[workspace.dependencies]` that are not rooms of this building.
fn cargo_dependencies(files: &[TextFile]) -> BTreeSet<String> {
    let Some(manifest) = files.iter().find(|file| file.path == "Cargo.toml") else {
        return BTreeSet::new();
    };
    manifest
        .text
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.contains("path = \"crates/"))
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name.trim().to_owned())
        .collect()
}

fn npm_dependencies(files: &[TextFile]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files
        .iter()
        .filter(|file| file.path.ends_with("/package.json"))
    {
        let Ok(manifest) = serde_json::from_str::<Value>(&file.text) else {
            continue;
        };
        for part in ["dependencies", "devDependencies"] {
            let Some(listed) = field(&manifest, part).as_object() else {
                continue;
            };
            names.extend(
                listed
                    .keys()
                    .filter(|name| !name.starts_with("@chatham/"))
                    .cloned(),
            );
        }
    }
    names
}

/// A row reads "| `name` | why |".
fn row_name(line: &str) -> Option<String> {
    let name = line.strip_prefix("| `")?.split('`').next()?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{count_faults, file};

    #[test]
    fn dependency_without_a_row_and_row_without_a_dependency_are_faults() {
        let manifest = "[workspace.dependencies]\napp = { path = \"crates/app\" }\nserde = \"1\"\n";
        let files = [
            file("Cargo.toml", manifest),
            file(PAGE, "| `gone` | once used |\n"),
        ];
        assert_eq!(count_faults(&check(&files)), 2);
    }

    #[test]
    fn packages_of_the_web_need_a_row_too() {
        let package = r#"{"devDependencies":{"vite":"8","@chatham/ui":"*"}}"#;
        let files = [
            file("web/package.json", package),
            file(PAGE, "| `vite` | builds |\n"),
        ];
        assert_eq!(count_faults(&check(&files)), 0);
    }
}
