//! Who may depend on whom: `cargo metadata` against the rooms of ARCHITECTURE.md.
//!
//! A crate depends only on lower layers; siblings never see each other; some libraries belong to
//! one room alone, so that what they do happens in one place.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::tree::field;
use crate::{shell, tree};

/// Layer of each room. Crates beside the building (tests, tools) are above everything.
const LAYERS: [(&str, u8); 16] = [
    ("policy", 0),
    ("ledger", 0),
    ("domain", 1),
    ("vault", 1),
    ("store", 2),
    ("bus", 2),
    ("mail", 2),
    ("app", 3),
    ("pages", 4),
    ("jobs", 4),
    ("api", 5),
    ("chatham", 6),
    ("privacy-check", BESIDE - 1),
    ("it", BESIDE),
    ("bench", BESIDE + 1),
    ("xtask", BESIDE),
];
/// The bench drives the program by the tests' harness; the harness runs the outsider's checks.
const BESIDE: u8 = 9;

/// The feature with which a program can be told to break a clause.
const RULE_SWITCH: &str = "rule-switch";

/// A library and the only rooms that may name it.
struct Wall {
    libraries: &'static [&'static str],
    rooms: &'static [&'static str],
    why: &'static str,
}

const WALLS: [Wall; 8] = [
    Wall {
        libraries: &["rusqlite", "tokio-postgres", "deadpool-postgres", "sqlx"],
        rooms: &["store", "it", "bench"],
        why: "SQL stands only in store",
    },
    Wall {
        libraries: &["axum", "axum-extra", "utoipa-axum", "tower-http"],
        rooms: &["api", "pages"],
        why: "the web framework stands only in api and pages",
    },
    Wall {
        libraries: &["lettre", "mail-parser", "mail-auth", "async-imap"],
        rooms: &["mail"],
        why: "SMTP and IMAP stand only in mail",
    },
    Wall {
        libraries: &["reqwest", "ureq"],
        rooms: &["it", "bench", "privacy-check"],
        why: "the one outbound client stands in app's egress gate",
    },
    Wall {
        libraries: &["async-nats"],
        rooms: &["bus"],
        why: "NATS stands only in bus",
    },
    Wall {
        libraries: &["rand", "mimalloc"],
        rooms: &["chatham", "it", "bench"],
        why: "randomness and the allocator are chosen where the program is composed",
    },
    Wall {
        libraries: &["anyhow"],
        rooms: &["chatham", "xtask", "it", "bench"],
        why: "libraries have errors that say who must act",
    },
    Wall {
        libraries: &["clap"],
        rooms: &["chatham", "xtask", "bench"],
        why: "only the binary reads its command line",
    },
];

/// Rooms that do no input or output, and what they therefore never name.
const PURE_ROOMS: [&str; 4] = ["policy", "ledger", "domain", "vault"];
const NEVER_IN_PURE_ROOMS: [&str; 7] = [
    "tokio",
    "tokio-util",
    "hyper",
    "hyper-util",
    "rustls",
    "tokio-rustls",
    "reqwest",
];

/// Packages that bring a second TLS or a C library that the build does not want.
const BANNED: [&str; 5] = [
    "aws-lc-sys",
    "aws-lc-rs",
    "openssl-sys",
    "native-tls",
    "async-std",
];

/// One dependency line of a crate.
struct Edge {
    from: String,
    to: String,
    is_dev: bool,
}

/// `cargo xtask layers`.
pub(crate) fn run() -> Result<()> {
    let root = tree::root()?;
    let text = shell::read(&mut shell::cargo(
        &root,
        &["metadata", "--format-version", "1", "--no-deps"],
    ))?;
    let metadata: Value = serde_json::from_str(&text).context("read cargo metadata")?;
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).context("read Cargo.lock")?;

    let mut faults = Vec::new();
    let packages = field(&metadata, "packages")
        .as_array()
        .context("cargo metadata lists packages")?;
    for package in packages {
        faults.extend(check_package(package)?);
    }
    faults.extend(check_lock(&lock));
    report("layers", &faults, packages.len())
}

/// Prints the faults; an error when there is one.
fn report(name: &str, faults: &[String], crates: usize) -> Result<()> {
    for fault in faults {
        println!("{name}: {fault}");
    }
    if !faults.is_empty() {
        bail!("{} fault(s) in the layers", faults.len());
    }
    println!("layers: {crates} crates, no fault");
    Ok(())
}

fn check_package(package: &Value) -> Result<Vec<String>> {
    let name = field(package, "name")
        .as_str()
        .context("a package has a name")?;
    let mut faults = Vec::new();
    if layer_of(name).is_none() {
        faults.push(format!(
            "{name} has no layer: name it in xtask/src/layers.rs and in design"
        ));
    }
    let manifest_path = field(package, "manifest_path")
        .as_str()
        .context("a package has a manifest")?;
    let manifest = std::fs::read_to_string(manifest_path).context("read a manifest")?;
    if !inherits_lints(&manifest) {
        faults.push(format!("{name} lacks `[lints] workspace = true`"));
    }
    faults.extend(check_switch(name, package));
    for edge in edges_of(name, package)? {
        faults.extend(check_edge(&edge));
    }
    Ok(faults)
}

/// The rule switch is asked for by name, when the tests are built, and in no other way.
fn check_switch(name: &str, package: &Value) -> Vec<String> {
    let lists = |value: &Value| {
        let mut words = value.as_array().into_iter().flatten();
        words.any(|word| word.as_str().is_some_and(|word| word.contains(RULE_SWITCH)))
    };
    let features = field(package, "features").as_object();
    let mut faults: Vec<String> = features
        .into_iter()
        .flatten()
        .filter(|(feature, parts)| feature.as_str() != RULE_SWITCH && lists(parts))
        .map(|(feature, _)| format!("{name}: the feature {feature} brings {RULE_SWITCH} with it"))
        .collect();
    let dependencies = field(package, "dependencies").as_array();
    let asking = dependencies
        .into_iter()
        .flatten()
        .filter(|one| lists(field(one, "features")));
    faults.extend(asking.map(|_| format!("{name}: a dependency is asked for with {RULE_SWITCH}")));
    faults
}

fn edges_of(name: &str, package: &Value) -> Result<Vec<Edge>> {
    let dependencies = field(package, "dependencies")
        .as_array()
        .context("a package lists what it uses")?;
    Ok(dependencies
        .iter()
        .filter_map(|dependency| {
            Some(Edge {
                from: name.to_owned(),
                to: field(dependency, "name").as_str()?.to_owned(),
                is_dev: field(dependency, "kind").as_str() == Some("dev"),
            })
        })
        .collect())
}

fn check_edge(edge: &Edge) -> Vec<String> {
    let Edge { from, to, is_dev } = edge;
    let mut faults = Vec::new();
    if let (Some(above), Some(below)) = (layer_of(from), layer_of(to)) {
        if above == below {
            faults.push(format!("{from} sees its sibling {to}"));
        } else if below > above {
            faults.push(format!(
                "{from} (layer {above}) sees {to} (layer {below}) above it"
            ));
        }
    }
    if *is_dev {
        return faults;
    }
    for wall in &WALLS {
        if wall.libraries.contains(&to.as_str()) && !wall.rooms.contains(&from.as_str()) {
            faults.push(format!("{from} uses {to}: {}", wall.why));
        }
    }
    if PURE_ROOMS.contains(&from.as_str()) && NEVER_IN_PURE_ROOMS.contains(&to.as_str()) {
        faults.push(format!(
            "{from} uses {to}: this room does no input or output"
        ));
    }
    faults
}

fn check_lock(lock: &str) -> Vec<String> {
    let names: BTreeSet<&str> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .collect();
    BANNED
        .iter()
        .filter(|banned| names.contains(**banned))
        .map(|banned| format!("Cargo.lock holds {banned}: find which feature pulls it, drop that"))
        .collect()
}

fn layer_of(name: &str) -> Option<u8> {
    LAYERS
        .iter()
        .find(|(room, _)| *room == name)
        .map(|(_, layer)| *layer)
}

fn inherits_lints(manifest: &str) -> bool {
    let mut lines = manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[lints]");
    lines.next().is_some()
        && lines
            .take_while(|line| !line.starts_with('['))
            .any(|line| line == "workspace = true")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str) -> Edge {
        Edge {
            from: from.into(),
            to: to.into(),
            is_dev: false,
        }
    }

    #[test]
    fn rule_switch_is_never_on_by_itself() {
        let package = |default: &[&str], asked: &[&str]| {
            serde_json::json!({
                "features": { "default": default, "rule-switch": ["policy/rule-switch"] },
                "dependencies": [{ "name": "policy", "features": asked }],
            })
        };

        assert!(check_switch("chatham", &package(&[], &[])).is_empty());
        assert_eq!(
            check_switch("chatham", &package(&["rule-switch"], &[])).len(),
            1
        );
        assert_eq!(
            check_switch("chatham", &package(&[], &["rule-switch"])).len(),
            1
        );
    }

    #[test]
    fn arrow_upwards_is_a_fault() {
        assert_eq!(check_edge(&edge("domain", "store")).len(), 1);
    }

    #[test]
    fn siblings_do_not_see_each_other() {
        assert_eq!(check_edge(&edge("pages", "jobs")).len(), 1);
    }

    #[test]
    fn arrow_downwards_is_none() {
        assert!(check_edge(&edge("app", "store")).is_empty());
    }

    #[test]
    fn sql_outside_store_is_a_fault() {
        assert_eq!(check_edge(&edge("app", "rusqlite")).len(), 1);
    }

    #[test]
    fn runtime_in_a_pure_room_is_a_fault() {
        assert_eq!(check_edge(&edge("vault", "tokio")).len(), 1);
    }

    #[test]
    fn lints_must_be_inherited() {
        assert!(inherits_lints(
            "[package]\nname = \"a\"\n[lints]\nworkspace = true\n"
        ));
        assert!(!inherits_lints("[package]\nname = \"a\"\n"));
        assert!(!inherits_lints(
            "[lints]\n[dependencies]\nworkspace = true\n"
        ));
    }

    #[test]
    fn banned_package_is_found_in_the_lock() {
        assert_eq!(check_lock("[[package]]\nname = \"openssl-sys\"\n").len(), 1);
    }
}
