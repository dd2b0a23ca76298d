//! What the tests need on the machine, and how it comes there: on Debian by `apt-get`, elsewhere by
//! a plain message.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{shell, tree};

/// A tool: the Debian package that brings it, and how to see that it is there.
struct Tool {
    package: &'static str,
    why: &'static str,
    is_there: fn() -> bool,
}

const TOOLS: [Tool; 8] = [
    Tool {
        package: "postgresql",
        why: "the stories run on PostgreSQL too",
        is_there: || shell::find_program("initdb").is_some() || has_entries("/usr/lib/postgresql"),
    },
    Tool {
        package: "chromium",
        why: "the browser stories drive it",
        is_there: || shell::find_program("chromium").is_some(),
    },
    Tool {
        package: "fonts-noto-core",
        why: "Arabic and other scripts in screenshots",
        is_there: || Path::new("/usr/share/fonts/truetype/noto").is_dir(),
    },
    Tool {
        package: "nodejs",
        why: "the web parts are built with it",
        is_there: || shell::find_program("node").is_some(),
    },
    Tool {
        package: "npm",
        why: "the web parts' packages come through it",
        is_there: || shell::find_program("npm").is_some(),
    },
    Tool {
        package: "python3-venv",
        why: "the stories about letters run a real mail server in it",
        is_there: || {
            shell::read(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok()
        },
    },
    Tool {
        package: "dovecot-imapd",
        why: "the stories about letters that come in read them from it",
        is_there: || {
            Path::new("/usr/sbin/dovecot").is_file() || shell::find_program("dovecot").is_some()
        },
    },
    Tool {
        package: "openssl",
        why: "the stories about letters make their own certificate with it",
        is_there: || shell::find_program("openssl").is_some(),
    },
];

/// From the Python package index, pinned: a mail server, and who verifies signatures of letters without us.
const MAIL_PACKAGES: [&str; 3] = ["aiosmtpd==1.4.6", "dkimpy==1.1.8", "PyNaCl==1.6.2"];
/// Fails where one of them is missing.
const IMPORT: &str = "import aiosmtpd, dkim, nacl";
/// Seconds to wait for another package manager at work.
const LOCK_WAIT: &str = "DPkg::Lock::Timeout=600";

/// Installs what is missing, or says what to install.
pub(crate) fn install_missing() -> Result<()> {
    let missing: Vec<&Tool> = TOOLS.iter().filter(|tool| !(tool.is_there)()).collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    let python = make_mail_python()?;
    println!(
        "setup: everything is there; CHATHAM_TEST_PYTHON={}",
        python.display()
    );
    Ok(())
}

/// A Python of the tests' own with the packages for letters, made once.
pub(crate) fn make_mail_python() -> Result<PathBuf> {
    let folder = tree::target_dir()?.join("mail-python");
    let python = folder.join("bin").join("python");
    let has_package =
        |python: &Path| shell::read(Command::new(python).args(["-c", IMPORT])).is_ok();
    if !has_package(&python) {
        shell::run(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&folder),
        )?;
        shell::run(
            Command::new(&python)
                .args(["-m", "pip", "install", "--quiet"])
                .args(MAIL_PACKAGES),
        )?;
    }
    Ok(python)
}

fn install(missing: &[&Tool]) -> Result<()> {
    for tool in missing {
        println!("setup: {} is missing ({})", tool.package, tool.why);
    }
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    let apt = apt_or_explain(&packages)?;
    apt_get(&apt, &["update", "--quiet"])?;
    let mut words = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
    words.extend(&packages);
    apt_get(&apt, &words)
}

fn apt_or_explain(packages: &[&str]) -> Result<PathBuf> {
    let list = packages.join(" ");
    let apt = shell::find_program("apt-get").with_context(|| {
        format!("this is no Debian: install what corresponds to {list}, then run this again")
    })?;
    if !shell::is_root() {
        bail!("run as root: apt-get install --no-install-recommends {list}");
    }
    Ok(apt)
}

fn apt_get(apt: &Path, words: &[&str]) -> Result<()> {
    let mut command = Command::new(apt);
    command.args(["-o", LOCK_WAIT]).args(words);
    shell::run(command.env("DEBIAN_FRONTEND", "noninteractive"))
}

fn has_entries(folder: &str) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}
