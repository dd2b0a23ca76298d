//! A receiver of webhooks on this machine, over TLS, that checks signatures by itself and answers as a story says;
//! and a trap that only counts who comes.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::folder::Folder;
use crate::letters::{make_certificate, python};
use crate::wait::wait_until;
use crate::world::World;

/// The host that a story's policy declares.
pub const RECEIVER_HOST: &str = "crm.example:443";
/// The address that a story's webhook has.
pub const RECEIVER_URL: &str = "https://crm.example/hook";

/// The running receiver; stops when dropped.
pub struct Receiver {
    child: Child,
    folder: Folder,
    port: u16,
}

impl Receiver {
    /// Starts it on a free port, with a certificate of its own.
    #[must_use]
    pub fn start() -> Self {
        let folder = Folder::make();
        let (certificate, key) = make_certificate(folder.path(), "crm.example");
        std::fs::create_dir_all(folder.path().join("requests")).expect("make a folder");
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("mail")
            .join("receiver.py");
        let mut child = Command::new(python())
            .arg(script)
            .arg(folder.path())
            .args([&certificate, &key])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("start the receiver");
        let output = child.stdout.take().expect("the receiver's output");
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the receiver prints its port");
        let port = line.trim().parse().expect("the receiver's port");
        Self {
            child,
            folder,
            port,
        }
    }

    /// From the next start on, what goes to the declared host comes here.
    pub fn receive_for(&self, world: &mut World) {
        let certificate = self.folder.path().join("certificate.pem");
        world.settings.extend([
            (
                "CHATHAM_TEST_RECEIVER".to_owned(),
                format!("{RECEIVER_HOST}=127.0.0.1:{}", self.port),
            ),
            (
                "CHATHAM_TEST_RECEIVER_CA".to_owned(),
                certificate.display().to_string(),
            ),
        ]);
    }

    /// The secret that signatures are checked with.
    pub fn know(&self, secret: &str) {
        self.write("secret", secret);
    }

    /// What it answers from now on: a status, `302 ADDRESS`, `slow` or `endless`.
    pub fn answer(&self, said: &str) {
        self.write("answer", said);
    }

    /// All requests so far, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        let entries = std::fs::read_dir(self.folder.path().join("requests"));
        let mut paths: Vec<_> = entries
            .expect("read the folder of requests")
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .collect();
        paths.sort();
        let read = |path: &std::path::PathBuf| {
            let text = std::fs::read_to_string(path).expect("read a request");
            serde_json::from_str(&text).expect("a request is JSON")
        };
        paths.iter().map(read).collect()
    }

    /// All requests, as soon as there are so many.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "some stories wait only")]
    pub fn wait_for(&self, count: usize) -> Vec<Value> {
        wait_until(&format!("{count} requests"), || {
            self.requests().len() >= count
        });
        self.requests()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        let part = self.folder.path().join(format!("{name}.part"));
        std::fs::write(&part, text).expect("write for the receiver");
        std::fs::rename(part, path).expect("write for the receiver");
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Listens on this machine where nothing may come, and counts who comes.
pub struct Trap {
    port: u16,
    hits: Arc<AtomicUsize>,
}

impl Trap {
    /// Sets it.
    #[must_use]
    pub fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("set the trap");
        let port = listener.local_addr().expect("the trap's port").port();
        let hits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&hits);
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, hits }
    }

    /// Where it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// How many came.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}
