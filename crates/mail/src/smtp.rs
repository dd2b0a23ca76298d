//! SMTP out: over TLS or not at all (clause 68).
//!
//! `smtps://host` is TLS from the first byte, `smtp://host` must go over to TLS before the sign-in. Only
//! `smtp://127.0.0.1` and `smtp://[::1]`, written so by the operator, may stay plain: the bytes do not leave
//! the machine.
//! Must not know: what letters say.

use std::{net::IpAddr, time::Duration};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        PoolConfig,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters, TlsVersion},
        extension::ClientId,
    },
};
use thiserror::Error;

use crate::{DkimSigner, Letter, Line, MailError, Mailer, Sending, check};

/// Longest wait for the mail server.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Connections kept to the mail server.
const CONNECTIONS_MAX: u32 = 4;

/// Where letters go, and in whose name.
pub struct SmtpSettings {
    /// `smtps://user:password@host:465` or `smtp://user:password@host:587`.
    pub url: String,
    /// Sender, such as `Shop <chat@shop.example>`.
    pub from: String,
    /// A further root certificate, PEM.
    pub root_pem: Option<Vec<u8>>,
    /// Refuse less than TLS 1.3: the policy's processor requires it.
    pub tls13: bool,
    /// Who signs each letter for the sender's domain; none: nobody does.
    pub dkim: Vec<DkimSigner>,
}

/// Why settings cannot be used. Never repeats the address: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SmtpError {
    /// Not an address of a mail server.
    #[error("the mail server's address is not one: write smtps://user:password@host:465")]
    Address,
    /// Not a sender.
    #[error("the sender is not one: write Shop <chat@shop.example>")]
    From,
    /// A certificate that cannot be used.
    #[error("the mail server's root certificate cannot be used: {0}")]
    Certificate(String),
}

/// Sends letters by SMTP.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
    line: Line,
    dkim: Vec<DkimSigner>,
}

/// The parts of a server's address.
struct Server {
    implicit_tls: bool,
    host: String,
    port: u16,
    credentials: Option<Credentials>,
}

impl SmtpMailer {
    /// A mailer for these settings. No connection is made yet, but its pool needs a running runtime.
    ///
    /// # Errors
    /// What of the settings cannot be used.
    pub fn new(settings: SmtpSettings) -> Result<Self, SmtpError> {
        let server = Server::parse(&settings.url)?;
        let from: Mailbox = settings.from.parse().map_err(|_| SmtpError::From)?;
        let tls = server.tls(&settings)?;
        let encrypted = !matches!(tls, Tls::None);
        let line = Line {
            encrypted,
            tls13: encrypted && settings.tls13,
            signs_in: server.credentials.is_some(),
        };
        let domain = from.email.domain().to_owned();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .hello_name(ClientId::Domain(domain))
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS_MAX));
        if let Some(credentials) = server.credentials {
            builder = builder.credentials(credentials);
        }
        Ok(Self {
            transport: builder.build(),
            from,
            host: format!("{}:{}", server.host, server.port),
            line,
            dkim: settings.dkim,
        })
    }

    fn message(&self, letter: &Letter) -> Result<Message, MailError> {
        check(letter)?;
        let refused = |what: &str| MailError::Refused(what.to_owned());
        let to: Address = letter
            .to
            .parse()
            .map_err(|_| refused("the recipient's address is not one"))?;
        let id = format!("<{}@{}>", letter.id, self.from.email.domain());
        let header = |name: &'static str, value: &str| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
        };
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.clone())
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .raw_header(header("X-Chatham-Purpose", letter.purpose))
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if let Some(url) = &letter.unsubscribe {
            // Never folded or encoded: mail programs want both as they stand (RFC 8058, 3.1).
            let plain = |name: &'static str, value: String| {
                let name = HeaderName::new_from_ascii_str(name);
                HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value)
            };
            let one_click = "List-Unsubscribe=One-Click".to_owned();
            message = message
                .raw_header(plain("List-Unsubscribe", format!("<{url}>")))
                .raw_header(plain("List-Unsubscribe-Post", one_click));
        }
        message
            .body(letter.body.clone())
            .map_err(|error| MailError::Refused(error.to_string()))
    }

    /// The letter as it goes over the wire, with its signatures.
    fn signed(&self, message: &Message) -> Result<Vec<u8>, MailError> {
        let letter = message.formatted();
        let domain = self.from.email.domain();
        let mut out = Vec::with_capacity(letter.len() + 1_024);
        for signer in &self.dkim {
            let header = signer.sign(domain, &letter);
            let header = header.map_err(|error| MailError::Unavailable(error.to_string()))?;
            out.extend_from_slice(header.as_bytes());
        }
        out.extend_from_slice(&letter);
        Ok(out)
    }
}

impl Mailer for SmtpMailer {
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(async move {
            let message = self.message(letter)?;
            let bytes = self.signed(&message)?;
            match self.transport.send_raw(message.envelope(), &bytes).await {
                Ok(_) => Ok(()),
                // The server's own words may repeat the address: only its code is kept.
                Err(error) if error.is_permanent() => Err(MailError::Refused(code(&error))),
                Err(error) => Err(MailError::Unavailable(code(&error))),
            }
        })
    }

    fn host(&self) -> Option<String> {
        Some(self.host.clone())
    }

    fn line(&self) -> Line {
        self.line
    }
}

fn code(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(status) => format!("answered {status}"),
        None if error.is_tls() => "no acceptable TLS".to_owned(),
        None if error.is_timeout() => "did not answer in time".to_owned(),
        None => "cannot be reached or spoken to".to_owned(),
    }
}

impl Server {
    fn parse(url: &str) -> Result<Self, SmtpError> {
        let (scheme, rest) = url.split_once("://").ok_or(SmtpError::Address)?;
        let (implicit_tls, default_port) = match scheme {
            "smtps" => (true, 465),
            "smtp" => (false, 587),
            _ => return Err(SmtpError::Address),
        };
        let rest = rest.trim_end_matches('/');
        let (sign_in, place) = match rest.rsplit_once('@') {
            Some((sign_in, place)) => (Some(sign_in), place),
            None => (None, rest),
        };
        let (host, port) = split_port(place, default_port)?;
        let usable = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(usable) {
            return Err(SmtpError::Address);
        }
        let credentials = sign_in.map(parse_sign_in).transpose()?;
        Ok(Self {
            implicit_tls,
            host: host.to_owned(),
            port,
            credentials,
        })
    }

    fn tls(&self, settings: &SmtpSettings) -> Result<Tls, SmtpError> {
        if !self.implicit_tls && is_this_machine(&self.host) {
            return Ok(Tls::None);
        }
        let wrong =
            |error: lettre::transport::smtp::Error| SmtpError::Certificate(error.to_string());
        let oldest = if settings.tls13 {
            TlsVersion::Tlsv13
        } else {
            TlsVersion::Tlsv12
        };
        let mut parameters = TlsParameters::builder(self.host.clone()).set_min_tls_version(oldest);
        if let Some(pem) = &settings.root_pem {
            parameters =
                parameters.add_root_certificate(Certificate::from_pem(pem).map_err(wrong)?);
        }
        let parameters = parameters.build_rustls().map_err(wrong)?;
        Ok(if self.implicit_tls {
            Tls::Wrapper(parameters)
        } else {
            Tls::Required(parameters)
        })
    }
}

/// Named by number, so that no name server and no hosts file can send the plain bytes elsewhere.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback())
}

pub(crate) fn split_port(place: &str, default_port: u16) -> Result<(&str, u16), SmtpError> {
    match place.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            let port = port.parse().map_err(|_| SmtpError::Address)?;
            Ok((host, port))
        }
        _ => Ok((place, default_port)),
    }
}

fn parse_sign_in(text: &str) -> Result<Credentials, SmtpError> {
    let (user, password) = text.split_once(':').ok_or(SmtpError::Address)?;
    Ok(Credentials::new(decode(user)?, decode(password)?))
}

/// Percent-decoding of one part of the address.
pub(crate) fn decode(text: &str) -> Result<String, SmtpError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, after @ ..] = tail else {
            return Err(SmtpError::Address);
        };
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(SmtpError::Address);
        let value = digit(*high)? * 16 + digit(*low)?;
        bytes.push(u8::try_from(value).map_err(|_| SmtpError::Address)?);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| SmtpError::Address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> SmtpSettings {
        SmtpSettings {
            url: url.to_owned(),
            from: "Shop <chat@shop.example>".to_owned(),
            root_pem: None,
            tls13: false,
            dkim: Vec::new(),
        }
    }

    #[test]
    fn only_this_machine_by_number_may_stay_plain() {
        for (url, plain) in [
            ("smtp://127.0.0.1:2525", true),
            ("smtp://[::1]:2525", true),
            ("smtp://localhost:2525", false),
            ("smtp://127.0.0.1.example:25", false),
            ("smtp://mail.example", false),
            ("smtps://mail.example", false),
            ("smtps://127.0.0.1", false),
        ] {
            let server = Server::parse(url).unwrap();
            let tls = server.tls(&settings(url)).unwrap();
            assert_eq!(matches!(tls, Tls::None), plain, "{url}");
        }
    }

    #[tokio::test]
    async fn addresses_are_parsed_and_broken_ones_refused() {
        let mailer = SmtpMailer::new(settings("smtps://us%40er:p%3Aw@mail.example")).unwrap();
        assert_eq!(mailer.host().unwrap(), "mail.example:465");

        for url in [
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://user@mail.example",
            "smtp://mail.example:port",
            "smtp://a b.example",
            "smtp://u:%zz@mail.example",
        ] {
            assert_eq!(
                SmtpMailer::new(settings(url)).err(),
                Some(SmtpError::Address),
                "{url}"
            );
        }
    }

    #[tokio::test]
    async fn letter_carries_its_purpose_and_no_second_recipient() {
        let mailer = SmtpMailer::new(settings("smtps://mail.example")).unwrap();
        let letter = |to: &str, subject: &str| Letter {
            id: "0a".repeat(16),
            purpose: "support.letter",
            to: to.to_owned(),
            subject: subject.to_owned(),
            body: "Grüße\n.\nBcc: nobody".to_owned(),
            unsubscribe: None,
        };

        let message = mailer
            .message(&letter("ana@example.com", "¡Hola!"))
            .unwrap();

        let text = String::from_utf8(message.formatted()).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains("X-Chatham-Purpose: support.letter\r\n"),
            "{head}"
        );
        assert!(head.contains("Auto-Submitted: auto-generated\r\n"));
        assert!(head.contains("Content-Type: text/plain; charset=utf-8\r\n"));
        assert!(head.contains(&format!("Message-ID: <{}@shop.example>", "0a".repeat(16))));
        assert!(!head.contains("Bcc"));
        for (to, subject) in [
            ("ana@example.com, eve@example.com", "Hello"),
            ("ana@example.com\r\nBcc: eve@example.com", "Hello"),
            ("ana@example.com", "Hello\r\nBcc: eve@example.com"),
            ("ana@example.com", "Hello\nX: y"),
        ] {
            let refused = mailer.message(&letter(to, subject));
            assert!(
                matches!(refused, Err(MailError::Refused(_))),
                "{to} {subject}"
            );
        }
    }

    #[tokio::test]
    async fn one_click_headers_stand_as_rfc_8058_wants_them_and_only_where_there_is_a_link() {
        let mailer = SmtpMailer::new(settings("smtps://mail.example")).unwrap();
        let url = format!("https://shop.example/unsubscribe/{}", "a".repeat(100));
        let letter = |unsubscribe: Option<&str>| Letter {
            id: "0a".repeat(16),
            purpose: "notice.letter",
            to: "ana@example.com".to_owned(),
            subject: "Notice".to_owned(),
            body: "Changes".to_owned(),
            unsubscribe: unsubscribe.map(str::to_owned),
        };

        let with = mailer.message(&letter(Some(&url))).unwrap().formatted();
        let without = mailer.message(&letter(None)).unwrap().formatted();

        let with = String::from_utf8(with).unwrap();
        assert!(
            with.contains(&format!("List-Unsubscribe: <{url}>\r\n")),
            "{with}"
        );
        assert!(with.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(
            !String::from_utf8(without)
                .unwrap()
                .contains("List-Unsubscribe")
        );
        for broken in ["https://a.example/>\r\nBcc: x@y.example", "a b", "ü"] {
            assert!(mailer.message(&letter(Some(broken))).is_err(), "{broken}");
        }
    }
}
