//! Which mailer the configuration asks for.

use std::{fs, sync::Arc};

use anyhow::Context;
use mail::{Mailer, NoMailer, SmtpMailer, SmtpSettings};

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
