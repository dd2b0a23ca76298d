//! A real mail server for the stories: takes letters over TLS 1.3 after a sign-in, and keeps them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::folder::Folder;
use crate::json::Reach;
use crate::wait::wait_until;

/// A certificate for one server, and not for signing others: clients refuse the other kind here.
const OPENSSL_SETTINGS: &str = "\
[req]
distinguished_name = name
x509_extensions = server
prompt = no
[name]
CN = localhost
[server]
subjectAltName = DNS:NAME
basicConstraints = critical, CA:FALSE
";

/// A letter as it arrived.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// Everything, as the sink wrote it.
    pub whole: Value,
}

impl Letter {
    /// What follows `marker` in the text, up to the first character that no token has.
    #[must_use]
    #[track_caller]
    pub fn token_after(&self, marker: &str) -> String {
        let (_, rest) = self
            .text
            .split_once(marker)
            .unwrap_or_else(|| panic!("no {marker} in the letter:\n{}", self.text));
        let is_token = |letter: &char| letter.is_ascii_alphanumeric() || "-_".contains(*letter);
        rest.chars().take_while(is_token).collect()
    }
}

/// The running mail server; stops when dropped.
pub struct MailSink {
    child: Child,
    folder: Folder,
    port: u16,
}

impl MailSink {
    /// Starts it on a free port, with a certificate of its own.
    #[must_use]
    pub fn start() -> Self {
        let folder = Folder::make();
        let (certificate, key) = make_certificate(folder.path(), "localhost");
        let letters = folder.path().join("letters");
        std::fs::create_dir_all(&letters).expect("make a folder for letters");
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("mail")
            .join("sink.py");
        let mut child = Command::new(python())
            .arg(script)
            .args([&letters, &certificate, &key])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("start the mail server");
        let output = child.stdout.take().expect("the mail server's output");
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .expect("the mail server prints its port");
        let port = line.trim().parse().expect("the mail server's port");
        Self {
            child,
            folder,
            port,
        }
    }

    /// Host and port, as a policy file lists a processor's hosts.
    #[must_use]
    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// Settings that send a world's letters here.
    #[must_use]
    pub fn settings(&self) -> Vec<(String, String)> {
        let certificate = self.folder.path().join("certificate.pem");
        [
            (
                "CHATHAM_SMTP_URL",
                format!("smtp://chatham:relay-password@{}", self.host()),
            ),
            ("CHATHAM_SMTP_CA", certificate.display().to_string()),
            ("CHATHAM_MAIL_FROM", "Shop <chat@shop.example>".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// The folder of the letters: each as `.json`, and whole as `.eml`.
    #[must_use]
    pub fn letters_folder(&self) -> PathBuf {
        self.folder.path().join("letters")
    }

    /// All letters so far, oldest first.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        let entries = std::fs::read_dir(self.folder.path().join("letters"));
        let mut paths: Vec<PathBuf> = entries
            .expect("read the folder of letters")
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .collect();
        paths.sort();
        paths.iter().map(|path| read_letter(path)).collect()
    }

    /// The first letter to this address that has not been waited for; the story fails when none
    /// comes in time.
    #[must_use]
    #[track_caller]
    pub fn wait_for(&self, to: &str) -> Letter {
        let find = || {
            let letters = self.letters().into_iter().rev();
            let mut theirs = letters.filter(|letter| letter.to.iter().any(|it| it == to));
            theirs.next()
        };
        wait_until(&format!("a letter to {to}"), || find().is_some());
        find().expect("it came")
    }
}

impl Drop for MailSink {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn read_letter(path: &Path) -> Letter {
    let text = std::fs::read_to_string(path).expect("read a letter");
    let whole: Value = serde_json::from_str(&text).expect("a letter is JSON");
    let to = whole
        .list("/to")
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let subject = whole.text("/headers/subject");
    Letter {
        to,
        subject,
        text: whole.text("/text"),
        whole,
    }
}

/// A certificate for a name, and its key.
pub(crate) fn make_certificate(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let settings = folder.join("openssl.cnf");
    std::fs::write(&settings, OPENSSL_SETTINGS.replace("NAME", name))
        .expect("write settings for openssl");
    let output = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
        ])
        .args(["-nodes", "-days", "2", "-config"])
        .arg(&settings)
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .expect("run openssl");
    assert!(
        output.status.success(),
        "openssl: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    (certificate, key)
}

/// The Python that has the mail server's package; the test command makes it.
pub(crate) fn python() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "the test command passes the path so"
    )]
    let named = std::env::var_os("CHATHAM_TEST_PYTHON");
    named.map_or_else(
        || panic!("CHATHAM_TEST_PYTHON names no Python with aiosmtpd: run `cargo xtask setup`"),
        PathBuf::from,
    )
}
