//! Builds the web parts (`web/`) into `OUT_DIR/web`, which the crate embeds.
//!
//! Two commands are all the set-up there is, so the browser's part must come with `cargo build`.
//! `CHATHAM_WEB_DIST` names a folder that was built before, for machines without Node.

#[path = "../xtask/src/npm.rs"]
mod npm;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const NO_NODE: &str = "the web parts need Node.js and npm to be built, and neither was found: \
    install Node.js 20.19 or newer, or set CHATHAM_WEB_DIST to a folder that holds them built";

/// Names in `web/` that building writes: a change there is no reason to build again.
const WRITTEN: [&str; 3] = ["node_modules", "dist", ".npm-lock"];

fn main() -> ExitCode {
    match find_or_build() {
        Ok(folder) => {
            println!("cargo:rustc-env=CHATHAM_WEB={}", folder.display());
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            println!("cargo:error={}", sentence.replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn find_or_build() -> Result<PathBuf, String> {
    println!("cargo:rerun-if-env-changed=CHATHAM_WEB_DIST");
    println!("cargo:rerun-if-changed=build.rs");
    if let Some(named) = read_variable("CHATHAM_WEB_DIST") {
        return use_prebuilt(&named);
    }
    let manifest = read_variable("CARGO_MANIFEST_DIR").ok_or("cargo names the crate's folder")?;
    let web = manifest.join("..").join("..").join("web");
    let web = web
        .canonicalize()
        .map_err(|error| format!("find {}: {error}", web.display()))?;
    let out = read_variable("OUT_DIR")
        .ok_or("cargo names the output folder")?
        .join("web");
    watch(&web)?;
    require_node()?;
    println!("cargo:warning=building the web parts with npm and Vite: half a minute, once");
    let guard = npm::lock(&web)?;
    npm::install(&web, npm::Extent::Build, &guard)?;
    build(&web, &out)?;
    Ok(out)
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo speaks to build scripts by environment"
)]
fn read_variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

fn use_prebuilt(folder: &Path) -> Result<PathBuf, String> {
    println!("cargo:rerun-if-changed={}", folder.display());
    folder
        .canonicalize()
        .map_err(|error| format!("CHATHAM_WEB_DIST names {}: {error}", folder.display()))
}

/// Cargo builds again when one of these files or folders changes.
fn watch(web: &Path) -> Result<(), String> {
    let entries = std::fs::read_dir(web).map_err(|error| format!("read web/: {error}"))?;
    for entry in entries {
        let entry = entry.map_err(|error| format!("read web/: {error}"))?;
        let name = entry.file_name();
        if !WRITTEN.iter().any(|written| name == *written) {
            println!("cargo:rerun-if-changed={}", entry.path().display());
        }
    }
    Ok(())
}

fn require_node() -> Result<(), String> {
    for program in ["node", "npm"] {
        let found = Command::new(program)
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !found {
            return Err(NO_NODE.to_owned());
        }
    }
    Ok(())
}

fn build(web: &Path, out: &Path) -> Result<(), String> {
    let output = Command::new("npm")
        .args(["run", "--silent", "build"])
        .current_dir(web)
        .env("CHATHAM_WEB_OUT", out)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("start npm: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let also = String::from_utf8_lossy(&output.stdout).into_owned();
    Err(format!("building the web parts failed:\n{also}\n{said}"))
}
