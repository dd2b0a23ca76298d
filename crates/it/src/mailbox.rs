//! A real IMAP server for the stories: Debian's dovecot as a process of its own, on loopback, with one mailbox in a
//! folder of the story.

use std::fs::Permissions;
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use crate::clock::real_now;
use crate::folder::Folder;
use crate::letters::make_certificate;
use crate::server::free_port;
use crate::wait::wait_until;

/// Address of the mailbox: the contact of the stories' policy.
pub const CONTACT: &str = "privacy@localhost";
/// Where Debian puts it; not everybody's path has `sbin`.
const DOVECOT: &str = "/usr/sbin/dovecot";
/// Dovecot opens no mailbox as root: then this user's.
const NOBODY: (&str, &str) = ("nobody", "nogroup");
const PASSWORD: &str = "mailbox-password";

/// A mailbox behind a running server; the server stops when dropped.
pub struct Mailbox {
    server: Option<Child>,
    folder: Folder,
    port: u16,
    letters: u64,
}

impl Mailbox {
    /// Starts the server on a free port, with an empty mailbox.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        let folder = Folder::make();
        let home = folder.path();
        std::fs::set_permissions(home, Permissions::from_mode(0o755)).expect("open the folder");
        make_certificate(home, "localhost");
        for name in ["run", "state", "mail/new", "mail/cur", "mail/tmp"] {
            std::fs::create_dir_all(home.join(name)).expect("make a folder of the mailbox");
        }
        let port = free_port();
        let owner = owner(&home.join("mail"));
        let settings = settings(home, port, owner);
        std::fs::write(home.join("dovecot.conf"), settings).expect("write dovecot's settings");
        let mut mailbox = Self {
            server: None,
            folder,
            port,
            letters: 0,
        };
        mailbox.go_up();
        mailbox
    }

    /// Host and port, as a policy file lists a processor's hosts.
    #[must_use]
    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// A processor for the policy file.
    #[must_use]
    pub fn processor(&self) -> String {
        let host = self.host();
        format!(
            r#"
[[processor]]
key = "mailbox"
name = "Mailbox of the tests"
country = "DE"
kind = "service-provider"
purposes = ["rights.request"]
categories = ["user.contact.email", "user.content.private"]
hosts = ["{host}"]
require = ["tls1.3", "auth"]
"#
        )
    }

    /// Settings that read this mailbox.
    #[must_use]
    pub fn settings(&self) -> Vec<(String, String)> {
        let certificate = self.folder.path().join("certificate.pem");
        let user = CONTACT.replace('@', "%40");
        [
            (
                "CHATHAM_IMAP_URL",
                format!("imaps://{user}:{PASSWORD}@{}", self.host()),
            ),
            ("CHATHAM_IMAP_CA", certificate.display().to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// The folder of the mailbox, a Maildir.
    #[must_use]
    pub fn maildir(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    /// Puts a letter into the mailbox, as a mail server does.
    pub fn deliver(&mut self, letter: &[u8]) {
        self.deliver_before(letter, Duration::ZERO);
    }

    /// A letter that came in so long ago.
    pub fn deliver_before(&mut self, letter: &[u8], ago: Duration) {
        let now = u64::try_from(real_now()).expect("after 1970");
        let at = UNIX_EPOCH + Duration::from_micros(now) - ago;
        self.letters += 1;
        let mail = self.maildir();
        let name = format!("{}.{}.localhost", self.port, self.letters);
        let (before, after) = (mail.join("tmp").join(&name), mail.join("new").join(&name));
        std::fs::write(&before, letter).expect("write a letter");
        let file = std::fs::File::options().write(true).open(&before);
        let file = file.expect("open the letter");
        file.set_modified(at).expect("set when it came in");
        std::fs::rename(before, after).expect("deliver a letter");
    }

    /// Letters that nobody has looked at, letters that were left as read, and letters flagged for a person.
    #[must_use]
    pub fn unseen_left_and_flagged(&self) -> (usize, usize, usize) {
        let mail = self.maildir();
        let names = |part: &str| -> Vec<String> {
            let entries = std::fs::read_dir(mail.join(part)).expect("read the mailbox");
            let names = entries.flatten().map(|entry| entry.file_name());
            names
                .map(|name| name.to_string_lossy().into_owned())
                .collect()
        };
        let flags = |name: &String| {
            let flags = name.rsplit_once(":2,").map_or("", |(_, flags)| flags);
            (flags.contains('S'), flags.contains('F'))
        };
        let looked_at: Vec<_> = names("cur").iter().map(flags).collect();
        let count = |wanted| looked_at.iter().filter(|flags| **flags == wanted).count();
        let unseen = names("new").len() + count((false, false));
        (unseen, count((true, false)), count((false, true)))
    }

    /// A person opens every flagged letter in a mail program.
    pub fn open_flagged(&self) {
        let folder = self.maildir().join("cur");
        let entries = std::fs::read_dir(&folder).expect("read the mailbox");
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.to_string_lossy().into_owned();
            if name.ends_with(":2,F") {
                std::fs::rename(&path, format!("{name}S")).expect("mark a letter as read");
            }
        }
    }

    /// Stops the server; what is in the mailbox stays.
    pub fn go_down(&mut self) {
        let Some(mut server) = self.server.take() else {
            return;
        };
        let id = server.id().to_string();
        // It ends its own processes before itself.
        drop(Command::new("kill").args(["-TERM", &id]).status());
        drop(server.wait());
    }

    /// Starts the server again.
    #[track_caller]
    pub fn go_up(&mut self) {
        let program = if Path::new(DOVECOT).is_file() {
            DOVECOT
        } else {
            "dovecot"
        };
        let server = Command::new(program)
            .args(["-F", "-c"])
            .arg(self.folder.path().join("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("start dovecot: `cargo xtask setup` installs it");
        self.server = Some(server);
        let address = ("127.0.0.1", self.port);
        wait_until("dovecot listens", || TcpStream::connect(address).is_ok());
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.go_down();
    }
}

/// Who the mailbox belongs to, and whether that is somebody else than we are.
fn owner(mail: &Path) -> Option<(&'static str, &'static str)> {
    let number = |of: &str, flag: &str| -> u32 {
        let output = Command::new("id").args([flag, of]).output();
        let output = output.expect("run id").stdout;
        let text = String::from_utf8(output).expect("a number");
        text.trim().parse().expect("a number")
    };
    let own = Command::new("id")
        .arg("-u")
        .output()
        .expect("run id")
        .stdout;
    if own != b"0\n" {
        return None;
    }
    let (user, group) = (number(NOBODY.0, "-u"), number(NOBODY.0, "-g"));
    let folders: [PathBuf; 4] = [
        mail.into(),
        mail.join("new"),
        mail.join("cur"),
        mail.join("tmp"),
    ];
    for folder in folders {
        chown(folder, Some(user), Some(group)).expect("hand over the mailbox");
    }
    Some(NOBODY)
}

fn settings(home: &Path, port: u16, owner: Option<(&str, &str)>) -> String {
    let home = home.display();
    let name = |flag: &str| -> String {
        let output = Command::new("id")
            .arg(flag)
            .output()
            .expect("run id")
            .stdout;
        String::from_utf8(output).expect("a name").trim().to_owned()
    };
    let (user, group) = match owner {
        Some((user, group)) => (user.to_owned(), group.to_owned()),
        None => (name("-un"), name("-gn")),
    };
    // Without root, every process of it runs as the one user there is, and in no cage.
    let own = match owner {
        Some(_) => String::new(),
        None => format!(
            "default_internal_user = {user}\ndefault_login_user = {user}\n\
             default_internal_group = {group}\nservice anvil {{\n  chroot =\n}}\n"
        ),
    };
    let cage = if owner.is_some() { "" } else { "  chroot =\n" };
    format!(
        "base_dir = {home}/run\nstate_dir = {home}/state\nlog_path = {home}/dovecot.log\n\
         protocols = imap\nlisten = 127.0.0.1\n\
         ssl = required\nssl_cert = <{home}/certificate.pem\nssl_key = <{home}/key.pem\n\
         ssl_min_protocol = TLSv1.3\nmail_location = maildir:{home}/mail\nfirst_valid_uid = 1\n\
         {own}\
         passdb {{\n  driver = static\n  args = password={PASSWORD}\n}}\n\
         userdb {{\n  driver = static\n  args = uid={user} gid={group} home={home}/mail\n}}\n\
         service imap-login {{\n{cage}  inet_listener imap {{\n    port = 0\n  }}\n  \
         inet_listener imaps {{\n    port = {port}\n    ssl = yes\n  }}\n}}\n"
    )
}
