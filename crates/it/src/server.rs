//! The real program as a child process: start it, read what it prints, kill it, start it again.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::http::Caller;

/// How long a start may take on a busy machine; the figure that counts is `bench`'s.
const START_WAIT: Duration = Duration::from_secs(30);
const STOP_WAIT: Duration = Duration::from_secs(15);

static BINARY: OnceLock<PathBuf> = OnceLock::new();
static SWITCHED: OnceLock<PathBuf> = OnceLock::new();

/// How a server is started.
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// What follows the program's name.
    pub words: Vec<String>,
    /// Environment variables beside the ones that every process has.
    pub environment: Vec<(String, String)>,
    /// Where its output goes.
    pub log: PathBuf,
    /// Working folder; the program must find nothing of the developer's there.
    pub folder: PathBuf,
}

/// A running server.
pub struct Server {
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts the program and waits until `/healthz` answers.
    #[must_use]
    #[track_caller]
    pub fn start(launch: &Launch, base: &str) -> Self {
        Self::start_with(launch, base, "/healthz", base)
    }

    /// Starts the program and waits until this path answers with 200 to a page of this origin.
    #[must_use]
    #[track_caller]
    pub fn start_with(launch: &Launch, base: &str, path: &str, origin: &str) -> Self {
        let mut server = Self::spawn(launch);
        let caller = Caller::new(base).with("Origin", origin);
        let deadline = Instant::now() + START_WAIT;
        while Instant::now() < deadline {
            if caller
                .try_send("GET", path, None)
                .is_ok_and(|answer| answer.status == 200)
            {
                return server;
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                panic!("the program ended with {status}:\n{}", server.output());
            }
            sleep(Duration::from_millis(1));
        }
        panic!("no answer within {START_WAIT:?}:\n{}", server.output())
    }

    /// Starts the program and waits for nothing.
    #[must_use]
    pub fn spawn(launch: &Launch) -> Self {
        let log = File::options()
            .create(true)
            .append(true)
            .open(&launch.log)
            .expect("open the log of the program");
        let child = Command::new(&launch.program)
            .args(&launch.words)
            .envs(launch.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&launch.folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("share the log"))
            .stderr(log)
            .spawn()
            .expect("start the program");
        Self {
            child,
            log: launch.log.clone(),
        }
    }

    /// All that the program has printed, over all its starts.
    #[must_use]
    pub fn output(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`, and waits until the process is gone.
    pub fn kill(&mut self) {
        self.child.kill().expect("kill the program");
        self.child.wait().expect("wait for the program");
    }

    /// SIGTERM, and waits for a normal end; gives how long it took.
    #[track_caller]
    pub fn terminate(&mut self) -> Duration {
        let start = Instant::now();
        let id = self.child.id().to_string();
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .expect("run kill");
        self.wait_for_end(STOP_WAIT);
        start.elapsed()
    }

    /// Waits for the program to end by itself; gives whether its exit code was zero.
    #[track_caller]
    pub fn wait_for_end(&mut self, wait: Duration) -> bool {
        let deadline = Instant::now() + wait;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("ask for the program's end") {
                return status.success();
            }
            sleep(Duration::from_millis(5));
        }
        panic!(
            "the program did not end within {wait:?}:\n{}",
            self.output()
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the program's last lines:\n{}", last_lines(&self.output()));
        }
        // It may have ended already, which is what the story wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs the program to its end and gives its exit code and what it printed.
#[must_use]
pub fn run(words: &[&str], folder: &Path, environment: &[(String, String)]) -> (i32, String) {
    // A command that was expected to refuse, and serves instead, must not hang the run.
    let output = Command::new("timeout")
        .arg("60")
        .arg(binary())
        .args(words)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("run the program");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap_or(-1), text)
}

/// The program: named by the test command, or built now.
#[must_use]
pub fn binary() -> &'static Path {
    BINARY.get_or_init(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "the test command passes the path so"
        )]
        let named = std::env::var_os("CHATHAM_TEST_BINARY");
        named.map_or_else(build, PathBuf::from)
    })
}

/// The program that can be told to break a clause, `chatham-rule-switch`: named by the test command, or built
/// now.
#[must_use]
pub fn switched_binary() -> &'static Path {
    SWITCHED.get_or_init(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "the test command passes the path so"
        )]
        let named = std::env::var_os("CHATHAM_TEST_SWITCHED");
        named.map_or_else(build_switched, PathBuf::from)
    })
}

/// A port that was free a moment ago. A restarted server must come back where its clients look for
/// it, so that the port is chosen here and not by the program.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("the port's number").port()
}

/// Names the program for this process, before anything is started.
///
/// # Panics
/// When the program was named or built before.
pub fn use_binary(path: PathBuf) {
    BINARY
        .set(path)
        .expect("the program is named once, first of all");
}

fn build() -> PathBuf {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", "chatham"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .expect("start cargo");
    assert!(status.success(), "the program does not build");
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test
        .ancestors()
        .nth(2)
        .expect("a test stands in target/PROFILE/deps");
    folder.join("chatham")
}

fn build_switched() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "xtask", "--", "rule-switch"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("start cargo");
    assert!(output.status.success(), "the program does not build");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    PathBuf::from(said.lines().last().unwrap_or_default())
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .get(lines.len().saturating_sub(40)..)
        .unwrap_or_default()
        .join("\n")
}
