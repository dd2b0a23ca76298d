//! A PostgreSQL of the tests' own: a free port on loopback, a scratch folder, an unprivileged user.
//!
//! `fsync` stays on: the stories about acknowledged messages would prove nothing without it.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::Started;
use crate::shell;

const START_WAIT: Duration = Duration::from_secs(30);
const CONNECTIONS_MAX: u32 = 400;

/// A running server; dropping it stops it.
pub(crate) struct Postgres {
    server: Started,
    url: String,
}

/// The account that owns the server: PostgreSQL refuses to run as root.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Postgres {
    /// Makes a cluster in `scratch/postgres` and starts it.
    pub(crate) fn start(scratch: &Path) -> Result<Self> {
        let programs = find_programs()?;
        let owner = find_owner()?;
        let home = scratch.join("postgres");
        std::fs::create_dir_all(&home).context("make the scratch folder of PostgreSQL")?;
        if let Some(owner) = owner {
            chown(&home, Some(owner.user), Some(owner.group)).context("hand over the folder")?;
        }
        let data = home.join("data");
        make_cluster(&programs, owner, &home, &data)?;
        let port = free_port()?;
        let log_path = scratch.join("postgres.log");
        let log = File::create(&log_path).context("make postgres.log")?;
        let mut command = as_owner(programs.join("postgres"), owner, &home);
        command
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", ""])
            .args(["-c", "fsync=on", "-c", "synchronous_commit=on"])
            .args(["-c", &format!("max_connections={CONNECTIONS_MAX}")])
            .stdout(log.try_clone().context("share postgres.log")?)
            .stderr(log);
        let mut server = Started::spawn("postgres", "-INT", &mut command)?;
        wait_until_open(&mut server, port, &log_path)?;
        Ok(Self {
            server,
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        })
    }

    /// The address of the maintenance database, as a superuser without a password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// `cargo xtask postgres`: for running single tests by hand.
pub(crate) fn run_until_interrupted() -> Result<()> {
    let scratch = Scratch::make("postgres")?;
    let mut postgres = Postgres::start(scratch.path())?;
    println!("export CHATHAM_TEST_POSTGRES={}", postgres.url());
    println!("running until Ctrl-C");
    while !postgres.server.has_ended() {
        sleep(Duration::from_millis(200));
    }
    Ok(())
}

/// A folder that is removed with the value that holds it.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes a folder that other accounts may enter, since PostgreSQL runs as one of them.
    pub(crate) fn make(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("chatham-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).context("make the scratch folder")?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))
            .context("open the scratch folder")?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            eprintln!("xtask: cannot remove {}: {error}", self.0.display());
        }
    }
}

/// Debian keeps the server's programs out of PATH, in a folder for each version.
fn find_programs() -> Result<PathBuf> {
    if let Some(program) = shell::find_program("initdb") {
        return program
            .parent()
            .map(Path::to_path_buf)
            .context("initdb stands in a folder");
    }
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| {
            entries
                .flatten()
                .map(|entry| entry.path().join("bin"))
                .collect()
        })
        .unwrap_or_default();
    found.retain(|folder| folder.join("initdb").is_file());
    found.sort();
    found
        .pop()
        .context("PostgreSQL's server is not installed: run `cargo xtask setup`")
}

fn find_owner() -> Result<Option<Owner>> {
    if !shell::is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        let user = shell::read(Command::new("id").args(["-u", name]));
        let group = shell::read(Command::new("id").args(["-g", name]));
        if let (Ok(user), Ok(group)) = (user, group) {
            let user = user.trim().parse().context("read a user's number")?;
            let group = group.trim().parse().context("read a group's number")?;
            return Ok(Some(Owner { user, group }));
        }
    }
    bail!("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")
}

fn as_owner(program: PathBuf, owner: Option<Owner>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(home).env("HOME", home);
    if let Some(owner) = owner {
        command.uid(owner.user).gid(owner.group);
    }
    command
}

fn make_cluster(programs: &Path, owner: Option<Owner>, home: &Path, data: &Path) -> Result<()> {
    let mut command = as_owner(programs.join("initdb"), owner, home);
    command
        .args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ])
        .arg("--pgdata")
        .arg(data);
    shell::read(&mut command).map(|_| ())
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("find a free port")?;
    Ok(listener.local_addr().context("read the free port")?.port())
}

fn wait_until_open(server: &mut Started, port: u16, log: &Path) -> Result<()> {
    let deadline = Instant::now() + START_WAIT;
    while Instant::now() < deadline && !server.has_ended() {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(());
        }
        sleep(Duration::from_millis(50));
    }
    let said = std::fs::read_to_string(log).unwrap_or_default();
    bail!(
        "PostgreSQL did not start within {} s:\n{said}",
        START_WAIT.as_secs()
    )
}
