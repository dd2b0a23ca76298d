//! DKIM: reading the keys that sign letters, making one, and the record to publish.
//!
//! Must not know: how a letter is signed.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;
use mail::{DkimSigner, ed25519_pem};

use crate::{config::Config, system};

/// Keys at once: one of each kind, or an old and a new one.
const KEYS_MAX: usize = 2;

/// Rights that nobody but the owner may have: of the group, reading is left to service managers, which hand
/// keys over so.
#[cfg(unix)]
const OTHERS: u32 = 0o037;

/// Make a key that signs letters (Ed25519), and print the DNS record to publish
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where to write the key; never over an existing file
    file: PathBuf,
    /// Name of the key in the DNS
    #[arg(long, default_value = "chatham")]
    selector: String,
    /// Domain of the sender's address
    #[arg(long)]
    domain: String,
}

impl Arguments {
    /// Writes the key.
    pub(crate) fn run(&self) -> ExitCode {
        match self.make() {
            Ok((name, text)) => {
                println!("{name} TXT \"{text}\"");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("chatham: {error:#}");
                ExitCode::FAILURE
            }
        }
    }

    fn make(&self) -> anyhow::Result<(String, String)> {
        let pem = ed25519_pem(&system::random());
        let signer = DkimSigner::new(&self.selector, &pem)?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options
            .open(&self.file)
            .with_context(|| format!("make {}", self.file.display()))?;
        file.write_all(pem.as_bytes())?;
        file.sync_all()?;
        Ok(signer.record(&self.domain))
    }
}

/// The signers that the configuration names.
///
/// # Errors
/// A sentence that ends with what to use instead.
pub(crate) fn signers(config: &Config) -> anyhow::Result<Vec<DkimSigner>> {
    anyhow::ensure!(
        config.dkim.len() <= KEYS_MAX,
        "at most {KEYS_MAX} keys sign a letter: take one --dkim away"
    );
    config.dkim.iter().map(|named| signer(named)).collect()
}

fn signer(named: &str) -> anyhow::Result<DkimSigner> {
    let (selector, file) = named.split_once(':').context(
        "a key for letters has a name and a file: use --dkim chatham:/etc/chatham/dkim.pem",
    )?;
    let file = Path::new(file);
    check_mode(file)?;
    let pem = fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    DkimSigner::new(selector, &pem).with_context(|| format!("--dkim {named}"))
}

#[cfg(unix)]
fn check_mode(file: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let found = fs::metadata(file).with_context(|| format!("read {}", file.display()))?;
    anyhow::ensure!(
        found.permissions().mode() & OTHERS == 0,
        "others can read the key that signs letters: chmod 600 {}",
        file.display()
    );
    Ok(())
}

#[cfg(not(unix))]
fn check_mode(_file: &Path) -> anyhow::Result<()> {
    Ok(())
}

/// The records to publish for the sender's domain, for `doctor`.
///
/// # Errors
/// As [`signers`].
pub(crate) fn records(config: &Config) -> anyhow::Result<Vec<(String, String)>> {
    let domain = config
        .mail_from
        .as_deref()
        .and_then(|from| from.rsplit_once('@'))
        .map(|(_, domain)| domain.trim_end_matches('>').trim().to_owned());
    let domain = domain.unwrap_or_default();
    let signers = signers(config)?;
    Ok(signers
        .iter()
        .map(|signer| signer.record(&domain))
        .collect())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn arguments(file: &Path) -> Arguments {
        Arguments {
            file: file.to_owned(),
            selector: "chatham".to_owned(),
            domain: "shop.example".to_owned(),
        }
    }

    #[test]
    fn key_is_made_for_its_owner_alone_and_never_over_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dkim.pem");

        let (name, text) = arguments(&file).make().unwrap();

        assert_eq!(name, "chatham._domainkey.shop.example");
        assert!(text.starts_with("v=DKIM1; k=ed25519; p="), "{text}");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(arguments(&file).make().is_err());
        let named = format!("chatham:{}", file.display());
        assert_eq!(signer(&named).unwrap().record("shop.example"), (name, text));
    }

    #[test]
    fn key_that_others_can_read_is_refused_with_the_line_to_paste() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dkim.pem");
        arguments(&file).make().unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();

        let refused = signer(&format!("chatham:{}", file.display()))
            .err()
            .unwrap();

        assert!(refused.to_string().contains("chmod 600"), "{refused}");
        assert!(signer("no-file").is_err());
    }
}
