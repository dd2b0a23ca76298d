//! Installing a folder's npm packages exactly as its lock file says, once.
//!
//! Used by this tool and, by path, by `crates/api/build.rs`, so that both agree on what "installed"
//! means. `npm ci` is all or nothing and never writes the lock file. A file lock in the folder
//! keeps two builds (two cargo profiles, or a build and the tests) from installing at once.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// A cold cache and a slow registry make single downloads fail; `npm ci` starts clean each time.
const TRIES_MAX: u32 = 3;

/// How much of the lock file is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What building needs.
    #[allow(
        dead_code,
        clippy::allow_attributes,
        reason = "one module for two crates: the build script asks for this one, the tests do not"
    )]
    Build,
    /// What checking and testing need as well.
    #[allow(
        dead_code,
        clippy::allow_attributes,
        reason = "one module for two crates: the tests ask for this one, the build script does not"
    )]
    All,
}

/// The right to change a folder's packages; ends when dropped.
pub(crate) struct Guard {
    _file: File,
}

/// Waits until nobody else installs or builds in this folder.
///
/// # Errors
/// When the lock file cannot be made, as in a read-only folder.
pub(crate) fn lock(folder: &Path) -> Result<Guard, String> {
    let path = folder.join(".npm-lock");
    let file = File::create(&path).map_err(|error| format!("make {}: {error}", path.display()))?;
    file.lock()
        .map_err(|error| format!("lock {}: {error}", path.display()))?;
    Ok(Guard { _file: file })
}

/// Installs when the lock file differs from what is installed; says nothing when it does not.
///
/// # Errors
/// A sentence for the person who builds: what was tried, and what npm printed.
pub(crate) fn install(folder: &Path, extent: Extent, _guard: &Guard) -> Result<(), String> {
    let hash = lock_hash(folder)?;
    let stamp = folder.join("node_modules").join(".chatham-installed");
    let found = std::fs::read_to_string(&stamp).unwrap_or_default();
    let is_complete = found == format!("{hash} all");
    if is_complete || (extent == Extent::Build && found == format!("{hash} build")) {
        return Ok(());
    }
    let mut said = String::new();
    for attempt in 1..=TRIES_MAX {
        match run_npm_ci(folder, extent) {
            Ok(()) => {
                let word = if extent == Extent::All {
                    "all"
                } else {
                    "build"
                };
                return std::fs::write(&stamp, format!("{hash} {word}"))
                    .map_err(|error| format!("write {}: {error}", stamp.display()));
            }
            Err(text) => said = text,
        }
        if attempt < TRIES_MAX {
            sleep(Duration::from_secs(u64::from(attempt) * 2));
        }
    }
    Err(format!(
        "`npm ci` failed {TRIES_MAX} times in {}:\n{said}",
        folder.display()
    ))
}

fn run_npm_ci(folder: &Path, extent: Extent) -> Result<(), String> {
    let mut command = Command::new("npm");
    command.args([
        "ci",
        "--no-audit",
        "--no-fund",
        "--no-progress",
        "--loglevel=error",
    ]);
    command.arg(match extent {
        Extent::Build => "--omit=dev",
        Extent::All => "--include=dev",
    });
    let output = command
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("start npm: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

fn lock_hash(folder: &Path) -> Result<String, String> {
    let path = folder.join("package-lock.json");
    let bytes =
        std::fs::read(&path).map_err(|error| format!("read {}: {error}", path.display()))?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}
