//! `chatham doctor`: every setting has a check, and a failed check ends with the line to paste.

use std::{
    fs,
    net::{TcpStream, ToSocketAddrs},
    path::Path,
    time::Duration,
};

use policy::{Clock, Purpose};

use crate::{
    compose::{open_store, read_policy},
    config::Config,
    system::SystemClock,
};

/// Free space below which a start is unwise, in bytes.
const FREE_BYTES_MIN: u64 = 256 * 1024 * 1024;
/// 2025-01-01: an older clock is wrong, and notices and retention would be too.
const CLOCK_MICROS_MIN: i64 = 1_735_689_600_000_000;
/// Time a server has to take a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// One check: what was looked at, and what is wrong with the line to paste.
type Check = (&'static str, Result<String, String>);

/// Runs every check.
///
/// # Errors
/// If a check failed; the lines above say which.
pub(crate) async fn run(config: Config) -> anyhow::Result<()> {
    let checks: Vec<Check> = vec![
        (
            "settings",
            config
                .check()
                .map(|()| String::new())
                .map_err(|error| error.to_string()),
        ),
        ("program", crate::rule_switch::diagnose()),
        ("version", crate::release::diagnose(SystemClock.now())),
        ("clock", check_clock(&config)),
        ("disk", check_disk(&config.data)),
        ("keys", check_keys(&config)),
        ("policy", check_policy(&config)),
        ("databases", check_databases(&config).await),
        ("public address", check_address(&config)),
        ("mail", check_mail(&config)),
        ("mailbox", check_mailbox(&config).await),
        ("signatures of letters", check_dkim(&config)),
    ];
    let mut failed = 0;
    for (name, outcome) in checks {
        match outcome {
            Ok(note) if note.is_empty() => println!("ok    {name}"),
            Ok(note) => println!("ok    {name}: {note}"),
            Err(wrong) => {
                failed += 1;
                println!("FAIL  {name}: {wrong}");
            }
        }
    }
    anyhow::ensure!(failed == 0, "{failed} checks failed");
    Ok(())
}

fn check_clock(config: &Config) -> Result<String, String> {
    if let Some(file) = &config.test_clock {
        return Err(format!(
            "it is moved by {}, which is for tests only: take --test-clock away",
            file.display()
        ));
    }
    if SystemClock.now().micros() > CLOCK_MICROS_MIN {
        return Ok(String::new());
    }
    Err(
        "it is years behind, so notices and retention would be wrong: timedatectl set-ntp true"
            .into(),
    )
}

fn check_disk(folder: &Path) -> Result<String, String> {
    let existing = folder
        .ancestors()
        .find(|path| path.exists())
        .unwrap_or(Path::new("/"));
    let free = rustix::fs::statvfs(existing)
        .map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize))
        .map_err(|error| {
            format!(
                "cannot ask for free space at {}: {error}",
                existing.display()
            )
        })?;
    let mebibytes = free / (1024 * 1024);
    if free < FREE_BYTES_MIN {
        return Err(format!(
            "only {mebibytes} MiB free at {}: choose another with --data /path/with/space",
            existing.display()
        ));
    }
    Ok(format!("{mebibytes} MiB free"))
}

#[cfg(unix)]
fn check_keys(config: &Config) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt;
    let file = config.data.join("keys.db");
    let Ok(found) = fs::metadata(&file) else {
        return Ok("none yet".to_owned());
    };
    if found.permissions().mode() & 0o077 != 0 {
        return Err(format!(
            "others can read them: chmod 600 {}",
            file.display()
        ));
    }
    Ok(String::new())
}

fn check_policy(config: &Config) -> Result<String, String> {
    if !config.policy_path().exists() && config.policy.is_none() {
        return Ok("written at the first start".to_owned());
    }
    let policy = read_policy(config, &SystemClock).map_err(|error| format!("{error:#}"))?;
    Ok(format!(
        "version {} of {}",
        policy.version(),
        config.policy_path().display()
    ))
}

async fn check_databases(config: &Config) -> Result<String, String> {
    if config.database_url.is_none() && !config.data.join("data.db").exists() {
        return Ok("made at the first start".to_owned());
    }
    let store = open_store(config, &SystemClock)
        .await
        .map_err(|error| format!("{error:#}"))?;
    for database in [&store.data, &store.keys] {
        let answered: Result<(), store::StoreError> = database.read(store::ping).await;
        answered.map_err(|error| error.to_string())?;
    }
    Ok(String::new())
}

fn check_address(config: &Config) -> Result<String, String> {
    let url = config.public_url();
    let (scheme, host) = url.split_once("://").unwrap_or(("http", &url));
    let port = if scheme == "https" { 443 } else { 80 };
    let target = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:{port}")
    };
    let mut addresses = target.to_socket_addrs().map_err(|error| {
        format!("{host} has no address ({error}): add an A record for it at your name server")
    })?;
    let Some(address) = addresses.next() else {
        return Err(format!(
            "{host} has no address: add an A record for it at your name server"
        ));
    };
    if TcpStream::connect_timeout(&address, CONNECT_TIMEOUT).is_ok() {
        return Ok(format!("{target} takes connections"));
    }
    if address.ip().is_loopback() {
        return Ok("nothing listens there yet: start with chatham serve".to_owned());
    }
    Err(format!(
        "{target} takes no connection: open the port, such as ufw allow {port}/tcp"
    ))
}

fn check_mail(config: &Config) -> Result<String, String> {
    let Some(url) = &config.smtp_url else {
        return Ok(
            "no mail server: invitations and answers by mail are not sent \
                   (--smtp-url smtps://USER:PASSWORD@HOST)"
                .to_owned(),
        );
    };
    let mailer = crate::letters::mailer(config).map_err(|error| format!("{error:#}"))?;
    if let Some(host) = mailer.host() {
        check_relay(config, &host)?;
    }
    let host = url.rsplit('@').next().unwrap_or_default();
    let host = host
        .split("://")
        .last()
        .unwrap_or_default()
        .trim_end_matches('/');
    let port = if url.starts_with("smtps") { 465 } else { 587 };
    let target = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:{port}")
    };
    let found = target
        .to_socket_addrs()
        .ok()
        .and_then(|mut addresses| addresses.next());
    let reached =
        found.is_some_and(|address| TcpStream::connect_timeout(&address, CONNECT_TIMEOUT).is_ok());
    if reached {
        return Ok(format!("{target} takes connections"));
    }
    Err(format!(
        "{target} takes no connection: check --smtp-url smtps://USER:PASSWORD@HOST:PORT"
    ))
}

/// The record of each key, to be compared with what the name server says: doctor asks no name server.
fn check_dkim(config: &Config) -> Result<String, String> {
    let records = crate::dkim::records(config).map_err(|error| format!("{error:#}"))?;
    if records.is_empty() {
        return Ok(
            "none (chatham dkim-key FILE --domain DOMAIN, then --dkim chatham:FILE)".to_owned(),
        );
    }
    let lines: Vec<String> = records
        .iter()
        .map(|(name, text)| format!("\n      {name} TXT \"{text}\""))
        .collect();
    Ok(format!("publish{}", lines.concat()))
}

/// The mailbox must be a processor of the policy, and take the sign-in: nothing is read from it here.
async fn check_mailbox(config: &Config) -> Result<String, String> {
    let mailbox = crate::letters::mailbox(config).map_err(|error| format!("{error:#}"))?;
    let Some(mailbox) = mailbox else {
        return Ok(
            "none read: letters to the policy's contact address are entered by hand \
             (--imap-url imaps://USER:PASSWORD@HOST)"
                .to_owned(),
        );
    };
    let host = mailbox.host();
    check_mailbox_host(config, &host)?;
    match mailbox.try_sign_in().await {
        Ok(()) => Ok(format!("{host} takes the sign-in")),
        Err(error) => Err(format!(
            "{error}: check --imap-url imaps://USER:PASSWORD@HOST:PORT"
        )),
    }
}

fn check_mailbox_host(config: &Config, host: &str) -> Result<(), String> {
    let Ok(policy) = read_policy(config, &SystemClock) else {
        return Ok(());
    };
    let rights = policy::RightsRequest::KEY;
    let categories = [
        policy::Category::ContactEmail,
        policy::Category::PrivateContent,
    ];
    policy.egress(host, rights, &categories).map_err(|refusal| {
        format!(
            "{}: add to the next version of the policy\n\
             [[processor]]\nkey = \"mailbox\"\nname = \"WHO RUNS IT\"\n\
             country = \"WHERE, AS TWO LETTERS\"\nkind = \"service-provider\"\n\
             purposes = [\"{rights}\"]\n\
             categories = [\"user.contact.email\", \"user.content.private\"]\n\
             hosts = [\"{host}\"]\nrequire = [\"tls1.3\", \"auth\"]",
            refusal.what
        )
    })
}

/// The mail relay must be a processor of the policy: otherwise every letter is refused (clause 7).
fn check_relay(config: &Config, host: &str) -> Result<(), String> {
    let Ok(policy) = read_policy(config, &SystemClock) else {
        return Ok(());
    };
    let (letter, rights) = (policy::SupportLetter::KEY, policy::RightsRequest::KEY);
    let may_go = |purpose| policy.egress(host, purpose, &[policy::Category::ContactEmail]);
    let notices = policy::NoticeLetter::KEY;
    let declared = policy.purpose(notices).is_some();
    may_go(letter)
        .and_then(|()| may_go(rights))
        .and_then(|()| if declared { may_go(notices) } else { Ok(()) })
        .map_err(|refusal| {
            format!(
                "{}: add to the next version of the policy\n\
                 [[processor]]\nkey = \"mail-relay\"\nname = \"WHO RUNS IT\"\n\
                 country = \"WHERE, AS TWO LETTERS\"\nkind = \"service-provider\"\n\
                 purposes = [\"{letter}\", \"{rights}\", \"account.manage\", \"{notices}\"]\n\
                 categories = [\"user.name\", \"user.contact.email\", \"user.content.private\"]\n\
                 hosts = [\"{host}\"]\nrequire = [\"tls1.3\", \"auth\"]",
                refusal.what
            )
        })
}
