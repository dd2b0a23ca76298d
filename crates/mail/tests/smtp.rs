//! Letters through a real mail server. It needs a Python with aiosmtpd, which the test command makes and
//! names in `CHATHAM_TEST_PYTHON`; without one only the parts without a server are tested.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    fs,
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use mail::{
    DkimSigner, Letter, Mail, MailError, Mailer, SmtpMailer, SmtpSettings, Transactional, Words,
    ed25519_pem,
};
use policy::SupportLetter;

const OPENSSL_SETTINGS: &str = "[req]\ndistinguished_name = name\nx509_extensions = more\nprompt = no\n\
    [name]\nCN = localhost\n[more]\nsubjectAltName = DNS:localhost,IP:127.0.0.1\n\
    basicConstraints = critical,CA:FALSE\nextendedKeyUsage = serverAuth\n";

struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    port: u16,
    certificate: PathBuf,
    _folder: tempfile::TempDir,
}

impl Server {
    /// A server in a mode; `None` where there is no Python for it.
    fn start(mode: &str) -> Option<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "tests are told where the mail server's Python is"
        )]
        let python = std::env::var_os("CHATHAM_TEST_PYTHON")?;
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = make_certificate(folder.path());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg(mode)
            .args([&certificate, &key])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        Some(Self {
            child,
            output,
            port,
            certificate,
            _folder: folder,
        })
    }

    fn settings(&self, scheme: &str, place: &str) -> SmtpSettings {
        SmtpSettings {
            url: format!("{scheme}://{place}:{}", self.port),
            from: "Shop <chat@shop.example>".to_owned(),
            root_pem: Some(fs::read(&self.certificate).unwrap()),
            tls13: true,
            dkim: Vec::new(),
        }
    }

    /// The next letter the server took, as one line of JSON.
    fn letter(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }
}

impl Server {
    /// The next letter as it came over the wire.
    fn content(&mut self) -> String {
        let line = self.letter();
        let found: serde_json::Value = serde_json::from_str(&line).unwrap();
        found
            .pointer("/content")
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn make_certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let [certificate, key, settings] =
        ["certificate.pem", "key.pem", "settings"].map(|name| folder.join(name));
    fs::write(&settings, OPENSSL_SETTINGS).unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
        .args(["-pkeyopt", "ec_paramgen_curve:prime256v1", "-config"])
        .arg(&settings)
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    (certificate, key)
}

fn letter(to: &str) -> Letter {
    let words = Words {
        subject: "¡Hola!".to_owned(),
        body: "Buenos días,\n.\nadiós\n".to_owned(),
    };
    let id = "0123456789abcdef".repeat(2);
    Mail::<Transactional>::new::<SupportLetter>(id, to.to_owned(), words).into()
}

#[tokio::test]
async fn letter_goes_over_starttls_after_the_sign_in() {
    let Some(mut server) = Server::start("starttls") else {
        return;
    };
    let mailer = SmtpMailer::new(server.settings("smtp", "chat:p%3Aw@localhost")).unwrap();

    mailer.send(&letter("ana@example.com")).await.unwrap();

    let taken = server.letter();
    for part in [
        r#""to": ["ana@example.com"]"#,
        r#""from": "chat@shop.example""#,
        r#""secure": true"#,
        r#""signed_in": true"#,
        r#""hello": "shop.example""#,
        "X-Chatham-Purpose: support.letter",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(taken.contains(part), "{part} is not in {taken}");
    }
}

#[tokio::test]
async fn letter_goes_over_tls_from_the_first_byte() {
    let Some(mut server) = Server::start("tls") else {
        return;
    };
    let mailer = SmtpMailer::new(server.settings("smtps", "localhost")).unwrap();

    mailer.send(&letter("ana@example.com")).await.unwrap();

    assert!(server.letter().contains("ana@example.com"));
}

#[tokio::test]
async fn plain_server_gets_letters_from_this_machine_by_number_only() {
    let Some(mut server) = Server::start("plain") else {
        return;
    };
    let named = SmtpMailer::new(server.settings("smtp", "localhost")).unwrap();
    let refused = named.send(&letter("ana@example.com")).await;
    assert!(
        matches!(refused, Err(MailError::Unavailable(_))),
        "{refused:?}"
    );

    let numbered = SmtpMailer::new(server.settings("smtp", "127.0.0.1")).unwrap();
    numbered.send(&letter("bea@example.com")).await.unwrap();

    let taken = server.letter();
    assert!(taken.contains("bea@example.com"), "{taken}");
    assert!(taken.contains(r#""secure": false"#));
}

#[tokio::test]
async fn unknown_certificate_and_wrong_password_send_nothing() {
    let Some(server) = Server::start("starttls") else {
        return;
    };
    let mut stranger = server.settings("smtp", "chat:p%3Aw@localhost");
    stranger.root_pem = None;
    let wrong = server.settings("smtp", "chat:wrong@localhost");

    for settings in [stranger, wrong] {
        let mailer = SmtpMailer::new(settings).unwrap();
        let outcome = mailer.send(&letter("ana@example.com")).await;
        assert!(outcome.is_err());
    }
}

#[tokio::test]
async fn refused_recipient_is_told_from_one_to_try_again_and_not_repeated() {
    let Some(server) = Server::start("plain") else {
        return;
    };
    let mailer = SmtpMailer::new(server.settings("smtp", "127.0.0.1")).unwrap();

    let refused = mailer.send(&letter("refused@example.com")).await;
    let later = mailer.send(&letter("later@example.com")).await;

    let Err(MailError::Refused(why)) = refused else {
        panic!("{refused:?}");
    };
    assert!(why.contains("550") && !why.contains("example.com"), "{why}");
    assert!(matches!(later, Err(MailError::Unavailable(_))), "{later:?}");
}

#[tokio::test]
async fn server_that_is_away_is_worth_another_try() {
    let settings = SmtpSettings {
        url: "smtp://127.0.0.1:9".to_owned(),
        from: "Shop <chat@shop.example>".to_owned(),
        root_pem: None,
        tls13: false,
        dkim: Vec::new(),
    };

    let away = SmtpMailer::new(settings)
        .unwrap()
        .send(&letter("ana@example.com"))
        .await;

    assert!(matches!(away, Err(MailError::Unavailable(_))), "{away:?}");
}

/// What an independent verifier says of a letter, with the record that the DNS would give it.
fn verify(content: &str, records: &[(String, String)]) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told where the mail server's Python is"
    )]
    let python = std::env::var_os("CHATHAM_TEST_PYTHON").unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verify.py");
    let mut child = Command::new(python)
        .arg(script)
        .args(records.iter().flat_map(|(name, text)| [name, text]))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(content.as_bytes())
        .unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

fn rsa_pem(folder: &Path) -> String {
    let file = folder.join("rsa.pem");
    let made = Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt"])
        .args(["rsa_keygen_bits:2048", "-quiet", "-out"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    fs::read_to_string(file).unwrap()
}

#[tokio::test]
async fn independent_verifier_accepts_both_signatures_and_names_a_changed_letter() {
    let Some(mut server) = Server::start("starttls") else {
        return;
    };
    let keys = tempfile::tempdir().unwrap();
    let signers = || {
        let (rsa, ed25519) = (rsa_pem(keys.path()), ed25519_pem(&[7; 32]));
        [("rsa", rsa), ("ed", ed25519)].map(|(name, pem)| DkimSigner::new(name, &pem).unwrap())
    };
    let signers = signers();
    let records: Vec<_> = signers
        .iter()
        .map(|signer| signer.record("shop.example"))
        .collect();
    let mut settings = server.settings("smtp", "chat:p%3Aw@localhost");
    settings.dkim = signers.into();
    let mailer = SmtpMailer::new(settings).unwrap();

    mailer.send(&letter("ana@example.com")).await.unwrap();

    let content = server.content();
    assert_eq!(verify(&content, &records), "2 good\n", "{content}");
    for (from, to) in [
        ("To: ana@example.com", "To: eve@example.com"),
        (
            "X-Chatham-Purpose: support.letter",
            "X-Chatham-Purpose: account.manage",
        ),
        (
            "\r\nFrom:",
            "\r\nList-Unsubscribe: <https://evil.example>\r\nFrom:",
        ),
        ("Buenos", "Malos"),
    ] {
        let altered = content.replacen(from, to, 1);
        assert_ne!(altered, content, "{from}");
        assert_eq!(verify(&altered, &records), "0 good\n", "{from}");
    }
}
