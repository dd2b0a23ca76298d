//! Which mailer and which mailbox the configuration asks for.

use std::{fs, sync::Arc};

use anyhow::Context;
use mail::{ImapMailbox, ImapSettings, Mailbox, Mailer, NoMailer, SmtpMailer, SmtpSettings};

use crate::{config::Config, dkim};

/// The mailer of an installation.
///
/// # Errors
/// A mail server without sender, an unreadable certificate file, or an address that is not acceptable.
pub(crate) fn mailer(config: &Config) -> anyhow::Result<Arc<dyn Mailer>> {
    let Some(url) = config.smtp_url.clone() else {
        return Ok(Arc::new(NoMailer));
    };
    let from = config.mail_from.clone().context(
        "letters need a sender: use --mail-from \"Shop <chat@shop.example>\" with --smtp-url",
    )?;
    let root_pem = config
        .smtp_ca
        .as_ref()
        .map(fs::read)
        .transpose()
        .context("read --smtp-ca")?;
    let settings = SmtpSettings {
        url,
        from,
        root_pem,
        tls13: true,
        dkim: dkim::signers(config)?,
    };
    Ok(Arc::new(SmtpMailer::new(settings)?))
}

/// The mailbox of the policy's contact address, if it is read.
///
/// # Errors
/// An unreadable certificate file, or an address that is not acceptable.
pub(crate) fn mailbox(config: &Config) -> anyhow::Result<Option<Arc<dyn Mailbox>>> {
    let Some(url) = config.imap_url.clone() else {
        return Ok(None);
    };
    let root_pem = config
        .imap_ca
        .as_ref()
        .map(fs::read)
        .transpose()
        .context("read --imap-ca")?;
    let settings = ImapSettings {
        url,
        own_address: own_address(config),
        root_pem,
        tls13: true,
    };
    Ok(Some(Arc::new(ImapMailbox::new(&settings)?)))
}

/// The address between the brackets of the sender of our own letters.
fn own_address(config: &Config) -> String {
    let from = config.mail_from.as_deref().unwrap_or_default();
    let address = from.rsplit_once('<').map_or(from, |(_, address)| address);
    address.trim_end_matches('>').trim().to_owned()
}
