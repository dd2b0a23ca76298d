//! IMAP in: over TLS or not at all (clause 68).
//!
//! `imaps://user:password@host` is TLS from the first byte. Only `imap://127.0.0.1` and `imap://[::1]`, written so
//! by the operator, may stay plain: the bytes do not leave the machine.
//! Must not know: what letters say, what becomes of them.

use std::{fmt, sync::Arc, time::Duration};

use async_imap::{Session, error::Error as ImapError, types::Flag};
use futures_util::{StreamExt as _, TryStreamExt as _};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    version::{TLS12, TLS13},
};
use thiserror::Error;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;

use crate::{
    Mailbox, MailboxError, Received, Taker, Verdict,
    limited::Limited,
    mailbox::{Reading, Round, SignIn},
    smtp::{decode, is_this_machine, split_port},
};

/// Longest wait for one answer of the server.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest time of a round.
const ROUND_TIMEOUT: Duration = Duration::from_mins(5);
/// Letters looked at in one round; the rest waits for the next.
pub const LETTERS_A_ROUND_MAX: usize = 50;
/// Bytes fetched of one letter; what is longer is read as far as that.
pub const LETTER_BYTES_MAX: usize = 256 * 1024;
/// Bytes read in one round, whatever the server sends.
const ROUND_BYTES_MAX: usize = 2 * LETTERS_A_ROUND_MAX * LETTER_BYTES_MAX;
/// Letters that neither this program nor a person has looked at.
const FRESH: &str = "UNSEEN UNFLAGGED UNDELETED";
/// Letters that wait for a person.
const WAITING: &str = "UNSEEN FLAGGED UNDELETED";
const MICROS_A_SECOND: i64 = 1_000_000;
/// Characters of a user's name, of a password, of a folder.
const WORD_CHARS_MAX: usize = 500;

/// Where letters are read, and whose they are.
#[derive(Clone)]
pub struct ImapSettings {
    /// `imaps://user:password@host:993`, with `/Folder` behind it where it is not `INBOX`.
    pub url: String,
    /// Address of the sender of our own letters, which are passed over.
    pub own_address: String,
    /// A further root certificate, PEM.
    pub root_pem: Option<Vec<u8>>,
    /// Refuse less than TLS 1.3: the policy's processor requires it.
    pub tls13: bool,
}

/// Why settings cannot be used. Never repeats the address: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImapSettingsError {
    /// Not an address of a mailbox.
    #[error("the mailbox's address is not one: write imaps://USER:PASSWORD@HOST")]
    Address,
    /// Bytes would travel in clear.
    #[error("a mailbox is read over TLS alone: write imaps://USER:PASSWORD@HOST")]
    Plain,
    /// A certificate that cannot be used.
    #[error("the mailbox's root certificate cannot be used: {0}")]
    Certificate(String),
}

/// Reads a mailbox by IMAP.
pub struct ImapMailbox {
    host: String,
    port: u16,
    sign_in: (String, String),
    folder: String,
    own_address: String,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

/// A stream of either kind.
trait Wire: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + fmt::Debug {}
impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + fmt::Debug> Wire for S {}

type Open = Session<Limited<Box<dyn Wire>>>;

impl ImapMailbox {
    /// A mailbox for these settings. No connection is made yet.
    ///
    /// # Errors
    /// What of the settings cannot be used.
    pub fn new(settings: &ImapSettings) -> Result<Self, ImapSettingsError> {
        let wrong = || ImapSettingsError::Address;
        let (scheme, rest) = settings.url.split_once("://").ok_or_else(wrong)?;
        let is_tls = match scheme {
            "imaps" => true,
            "imap" => false,
            _ => return Err(wrong()),
        };
        let (sign_in, place) = rest.rsplit_once('@').ok_or_else(wrong)?;
        let (user, password) = sign_in.split_once(':').ok_or_else(wrong)?;
        let (place, folder) = place.split_once('/').unwrap_or((place, ""));
        let default_port = if is_tls { 993 } else { 143 };
        let (host, port) = split_port(place, default_port).map_err(|_| wrong())?;
        let usable = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(usable) {
            return Err(wrong());
        }
        if !is_tls && !is_this_machine(host) {
            return Err(ImapSettingsError::Plain);
        }
        let folder = if folder.is_empty() { "INBOX" } else { folder };
        Ok(Self {
            tls: is_tls.then(|| connector(host, settings)).transpose()?,
            host: host.to_owned(),
            port,
            sign_in: (word(user)?, word(password)?),
            folder: word(folder)?,
            own_address: settings.own_address.clone(),
        })
    }

    async fn open(&self) -> Result<Open, MailboxError> {
        let unreachable =
            |error: std::io::Error| MailboxError::Unreachable(error.kind().to_string());
        let name = self.host.trim_matches(|it| it == '[' || it == ']');
        let socket = TcpStream::connect((name, self.port));
        let socket = in_time(socket).await?.map_err(unreachable)?;
        let wire: Box<dyn Wire> = match &self.tls {
            Some((connector, name)) => {
                let secured = in_time(connector.connect(name.clone(), socket)).await?;
                Box::new(secured.map_err(unreachable)?)
            }
            None => Box::new(socket),
        };
        let mut client = async_imap::Client::new(Limited::new(wire, ROUND_BYTES_MAX));
        let greeting = in_time(client.read_response())
            .await?
            .map_err(unreachable)?;
        if greeting.is_none() {
            return Err(MailboxError::Answer("nothing".to_owned()));
        }
        let (user, password) = &self.sign_in;
        let signed_in = in_time(client.login(user, password)).await?;
        let mut session = signed_in.map_err(|(error, _)| match error {
            ImapError::No(_) | ImapError::Bad(_) => MailboxError::SignIn,
            other => answer(&other),
        })?;
        in_time(session.select(&self.folder))
            .await?
            .map_err(|error| answer(&error))?;
        Ok(session)
    }

    async fn round(&self, taker: &dyn Taker) -> Result<Round, MailboxError> {
        let mut session = self.open().await?;
        let found = in_time(session.uid_search(FRESH)).await?;
        let mut uids: Vec<u32> = found.map_err(|error| answer(&error))?.into_iter().collect();
        uids.sort_unstable();
        let mut letters = 0;
        for uid in uids.into_iter().take(LETTERS_A_ROUND_MAX) {
            let letter = self.fetch(&mut session, uid).await?;
            let verdict = taker.take(letter).await;
            if verdict == Verdict::Later {
                break;
            }
            mark(&mut session, uid, verdict).await?;
            letters += 1;
        }
        let waiting = in_time(session.uid_search(WAITING)).await?;
        let waiting = waiting.map_err(|error| answer(&error))?.len();
        // Everything is marked by now: a server that does not say good-bye does no harm.
        drop(in_time(session.logout()).await);
        Ok(Round { letters, waiting })
    }

    async fn fetch(&self, session: &mut Open, uid: u32) -> Result<Option<Received>, MailboxError> {
        let query = format!("(RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{LETTER_BYTES_MAX}>)");
        let fetched = in_time(async {
            let stream = session.uid_fetch(uid.to_string(), query).await?;
            stream
                .take(LETTERS_A_ROUND_MAX)
                .try_collect::<Vec<_>>()
                .await
        });
        let fetched = fetched.await?.map_err(|error| answer(&error))?;
        // A letter that somebody else moved away meanwhile has no body here.
        let found = fetched.iter().find_map(|one| Some((one.body()?, one)));
        let Some((bytes, one)) = found else {
            return Ok(None);
        };
        let size = one.size.map_or(bytes.len(), |size| {
            usize::try_from(size).unwrap_or(usize::MAX)
        });
        let bytes = bytes.get(..LETTER_BYTES_MAX).unwrap_or(bytes);
        let arrived_at = one
            .internal_date()
            .map(|date| date.timestamp().saturating_mul(MICROS_A_SECOND));
        let letter = Received::parse(bytes, size <= bytes.len(), &self.own_address);
        Ok(letter.map(|letter| Received {
            arrived_at,
            ..letter
        }))
    }
}

impl Mailbox for ImapMailbox {
    fn host(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    fn try_sign_in(&self) -> SignIn<'_> {
        Box::pin(async move {
            let mut session = self.open().await?;
            drop(in_time(session.logout()).await);
            Ok(())
        })
    }

    fn read<'a>(&'a self, taker: &'a dyn Taker) -> Reading<'a> {
        Box::pin(async move {
            let round = timeout(ROUND_TIMEOUT, self.round(taker));
            round.await.map_err(|_| MailboxError::Slow)?
        })
    }
}

/// A letter that is taken leaves the mailbox: it is kept under the policy's periods now, and not there too.
async fn mark(session: &mut Open, uid: u32, verdict: Verdict) -> Result<(), MailboxError> {
    let flags = match verdict {
        Verdict::Taken => "+FLAGS (\\Seen \\Deleted)",
        Verdict::ForPerson => "+FLAGS (\\Flagged)",
        Verdict::Left | Verdict::Later => "+FLAGS (\\Seen)",
    };
    let uid = uid.to_string();
    let marked = in_time(async {
        let stream = session.uid_store(&uid, flags).await?;
        stream
            .take(LETTERS_A_ROUND_MAX)
            .try_collect::<Vec<_>>()
            .await
    });
    let marked = marked.await?.map_err(|error| answer(&error))?;
    if verdict != Verdict::Taken || marked.iter().any(|one| !has_deleted(one)) {
        return Ok(());
    }
    let removed = in_time(async {
        let stream = session.uid_expunge(&uid).await?;
        stream
            .take(LETTERS_A_ROUND_MAX)
            .try_collect::<Vec<_>>()
            .await
    });
    match removed.await? {
        // Without UIDPLUS (RFC 4315) the mark stays, and the server's own clearing removes it.
        Ok(_) | Err(ImapError::Bad(_) | ImapError::No(_)) => Ok(()),
        Err(error) => Err(answer(&error)),
    }
}

fn has_deleted(fetched: &async_imap::types::Fetch) -> bool {
    fetched.flags().any(|flag| flag == Flag::Deleted)
}

async fn in_time<T>(work: impl Future<Output = T>) -> Result<T, MailboxError> {
    timeout(ANSWER_TIMEOUT, work)
        .await
        .map_err(|_| MailboxError::Slow)
}

/// A kind of error, never the server's own words: they may repeat an address or a letter.
fn answer(error: &ImapError) -> MailboxError {
    MailboxError::Answer(
        match error {
            ImapError::Io(error) => return MailboxError::Unreachable(error.kind().to_string()),
            ImapError::Bad(_) => "BAD",
            ImapError::No(_) => "NO",
            ImapError::ConnectionLost => {
                return MailboxError::Unreachable("connection lost".to_owned());
            }
            _ => "what is not IMAP",
        }
        .to_owned(),
    )
}

fn word(text: &str) -> Result<String, ImapSettingsError> {
    let word = decode(text).map_err(|_| ImapSettingsError::Address)?;
    let is_usable = !word.is_empty()
        && word.chars().count() <= WORD_CHARS_MAX
        && !word.chars().any(char::is_control);
    is_usable.then_some(word).ok_or(ImapSettingsError::Address)
}

fn connector(
    host: &str,
    settings: &ImapSettings,
) -> Result<(TlsConnector, ServerName<'static>), ImapSettingsError> {
    let wrong = |error: &dyn fmt::Display| ImapSettingsError::Certificate(error.to_string());
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(pem) = &settings.root_pem {
        let mut added = 0;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| wrong(&"it is no PEM file"))?;
            roots.add(certificate).map_err(|error| wrong(&error))?;
            added += 1;
        }
        if added == 0 {
            return Err(wrong(&"there is none in the file"));
        }
    }
    let versions = if settings.tls13 {
        &[&TLS13][..]
    } else {
        &[&TLS13, &TLS12][..]
    };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .map_err(|error| wrong(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = host.trim_matches(|it| it == '[' || it == ']').to_owned();
    let name = ServerName::try_from(name).map_err(|_| ImapSettingsError::Address)?;
    Ok((TlsConnector::from(Arc::new(config)), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> ImapSettings {
        ImapSettings {
            url: url.to_owned(),
            own_address: "chat@shop.example".to_owned(),
            root_pem: None,
            tls13: true,
        }
    }

    #[test]
    fn only_this_machine_by_number_may_stay_plain() {
        for (url, refused) in [
            ("imap://u:p@127.0.0.1:1143", None),
            ("imap://u:p@[::1]:1143", None),
            ("imaps://u:p@mail.example", None),
            ("imap://u:p@localhost:1143", Some(ImapSettingsError::Plain)),
            ("imap://u:p@mail.example", Some(ImapSettingsError::Plain)),
        ] {
            assert_eq!(ImapMailbox::new(&settings(url)).err(), refused, "{url}");
        }
    }

    #[test]
    fn addresses_are_parsed_and_broken_ones_refused() {
        let url = "imaps://us%40er:p%3Aw@mail.example/Privacy%20box";
        let mailbox = ImapMailbox::new(&settings(url)).unwrap();
        assert_eq!(mailbox.host(), "mail.example:993");
        assert_eq!(mailbox.sign_in, ("us@er".to_owned(), "p:w".to_owned()));
        assert_eq!(mailbox.folder, "Privacy box");

        for url in [
            "mail.example",
            "smtp://u:p@mail.example",
            "imaps://mail.example",
            "imaps://u@mail.example",
            "imaps://u:p@",
            "imaps://u:p@mail.example:port",
            "imaps://u:p@a b.example",
            "imaps://u:%zz@mail.example",
            "imaps://u:p%0d%0aA1@mail.example",
        ] {
            let refused = ImapMailbox::new(&settings(url)).err();
            assert_eq!(refused, Some(ImapSettingsError::Address), "{url}");
        }
    }

    #[test]
    fn refusals_never_repeat_the_password() {
        let refused = ImapMailbox::new(&settings("imap://u:secret@mail.example")).err();

        assert!(!refused.unwrap().to_string().contains("secret"));
    }

    #[test]
    fn unusable_certificate_is_refused() {
        let mut settings = settings("imaps://u:p@mail.example");
        settings.root_pem = Some(b"nothing".to_vec());

        let refused = ImapMailbox::new(&settings).err();

        assert!(matches!(refused, Some(ImapSettingsError::Certificate(_))));
    }
}
