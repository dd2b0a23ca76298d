//! A letter that came in, as far as anybody needs it: who wrote, to whom, the subject, the text, and whether a
//! machine wrote it.
//!
//! Why text alone: HTML of a stranger is never rendered, and attachments are not taken. Whatever the bytes are,
//! the outcome is a letter or `None`, never a failure: everybody can write to a mailbox.
//! Must not know: what a subject means, IMAP.

use std::panic;

use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders};

/// Characters of the text that are kept.
pub const TEXT_CHARS_MAX: usize = 20_000;
/// Characters of the subject that are kept.
pub const SUBJECT_CHARS_MAX: usize = 200;
/// Addresses of recipients that are looked at.
const RECIPIENTS_MAX: usize = 50;
/// Characters of what identifies a letter.
const IDENTITY_CHARS_MAX: usize = 1_000;
/// Hexadecimal digits before the `@` of the Message-ID of our own letters.
const OWN_ID_DIGITS: usize = 32;
/// Headers in which a server notes the recipient of the envelope.
const DELIVERED: [&str; 3] = ["Delivered-To", "X-Original-To", "Envelope-To"];
/// Headers that lists and programs that answer by themselves set (RFC 2369, 2919, 3834, and old habits).
const MACHINES: [&str; 8] = [
    "List-Id",
    "List-Post",
    "List-Unsubscribe",
    "Feedback-ID",
    "X-Autoreply",
    "X-Autorespond",
    "X-Failed-Recipients",
    "X-Chatham-Purpose",
];
/// Local parts nobody reads answers at.
const MACHINE_NAMES: [&str; 5] = [
    "mailer-daemon",
    "postmaster",
    "noreply",
    "no-reply",
    "donotreply",
];

/// A letter as it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    /// The one address in `From`, in lower case.
    pub from: String,
    /// Subject, decoded, on one line, cut to [`SUBJECT_CHARS_MAX`].
    pub subject: String,
    /// When its mailbox got it, microseconds UTC, if the server said so.
    pub arrived_at: Option<i64>,
    /// Plain text, cut to [`TEXT_CHARS_MAX`].
    pub text: String,
    /// Whether something of the text was cut off, or never fetched.
    pub is_cut: bool,
    /// What tells it from every other letter: its Message-ID and sender, or what it says where it has none.
    pub identity: String,
    /// Addresses it went to, in lower case.
    pub to: Vec<String>,
    /// A program wrote it, a list sent it on, or it is one of our own: nobody may be answered.
    pub is_machine: bool,
}

impl Received {
    /// Reads a letter, of which `is_whole` says whether all of it is there. `own_address` is the sender of our
    /// own letters. None: nobody can be told from it who wrote.
    #[must_use]
    pub fn parse(bytes: &[u8], is_whole: bool, own_address: &str) -> Option<Self> {
        let message = parse_safely(bytes)?;
        let from = sender(&message)?;
        let subject = one_line(message.subject().unwrap_or_default(), SUBJECT_CHARS_MAX);
        let (text, is_cut) = text(&message);
        let is_machine = is_machine(&message, &from, own_address);
        let identity = identity(&message, &from, &text);
        Some(Self {
            to: recipients(&message),
            arrived_at: None,
            is_cut: is_cut || !is_whole,
            from,
            subject,
            text,
            identity,
            is_machine,
        })
    }
}

/// The parser counts below zero at some malformed letters (a `=` before a boundary, quoted-printable), and
/// panics where overflow is checked: such a letter is one that cannot be read.
fn parse_safely(bytes: &[u8]) -> Option<Message<'_>> {
    panic::catch_unwind(|| MessageParser::default().parse(bytes)).ok()?
}

/// The one address of the sender; of a letter of several nobody is answered.
fn sender(message: &Message<'_>) -> Option<String> {
    let mut all = message.from()?.iter();
    let from = all.next()?.address()?.trim().to_lowercase();
    (all.next().is_none() && is_plain(&from)).then_some(from)
}

fn is_plain(address: &str) -> bool {
    let has_parts = address
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    has_parts
        && !address
            .chars()
            .any(|letter| letter.is_control() || letter.is_whitespace())
}

fn recipients(message: &Message<'_>) -> Vec<String> {
    let addresses = |address: Option<&Address<'_>>| {
        let all = address.into_iter().flat_map(Address::iter);
        let all = all.filter_map(|one| one.address());
        all.map(str::to_owned).collect::<Vec<_>>()
    };
    let mut all = addresses(message.to());
    all.extend(addresses(message.cc()));
    all.extend(
        DELIVERED
            .iter()
            .filter_map(|name| message.header_raw(*name))
            .map(str::to_owned),
    );
    let all = all.into_iter().take(RECIPIENTS_MAX);
    all.map(|one| {
        one.trim()
            .trim_matches(|it| it == '<' || it == '>')
            .to_lowercase()
    })
    .collect()
}

/// The text part; where there is only HTML, its words without any markup.
fn text(message: &Message<'_>) -> (String, bool) {
    let whole = message.body_text(0).unwrap_or_default();
    let mut kept = String::new();
    let mut letters = whole
        .chars()
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'));
    kept.extend(letters.by_ref().take(TEXT_CHARS_MAX));
    let is_cut = letters.next().is_some();
    (kept.trim().to_owned(), is_cut)
}

fn is_machine(message: &Message<'_>, from: &str, own_address: &str) -> bool {
    let name = from.split('@').next().unwrap_or_default();
    let says = |header: &str| {
        let value = message.header_raw(header.to_owned());
        value.map(|value| value.trim().to_lowercase())
    };
    let automatic = says("Auto-Submitted").is_some_and(|value| !value.starts_with("no"));
    let bulk = says("Precedence")
        .is_some_and(|value| ["bulk", "junk", "list", "auto_reply"].contains(&value.as_str()));
    let bounced = says("Return-Path").is_some_and(|value| value == "<>")
        || message.content_type().is_some_and(|kind| {
            kind.subtype()
                .is_some_and(|it| it.eq_ignore_ascii_case("report"))
        });
    let own = from == own_address.to_lowercase() || is_own_id(message, own_address);
    automatic
        || bulk
        || bounced
        || own
        || MACHINE_NAMES.contains(&name)
        || MACHINES.iter().any(|header| says(header).is_some())
}

/// A Message-ID that only our own letters have.
fn is_own_id(message: &Message<'_>, own_address: &str) -> bool {
    let domain = own_address.split('@').nth(1).unwrap_or_default();
    message
        .message_id()
        .and_then(|id| id.split_once('@'))
        .is_some_and(|(digits, host)| {
            host.eq_ignore_ascii_case(domain)
                && digits.len() == OWN_ID_DIGITS
                && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

fn identity(message: &Message<'_>, from: &str, text: &str) -> String {
    let date = match message.header("Date") {
        Some(HeaderValue::DateTime(date)) => date.to_rfc3339(),
        _ => String::new(),
    };
    let named = message.message_id().filter(|id| !id.trim().is_empty());
    let rest = named.map_or_else(
        || format!("{date}\n{}\n{text}", message.subject().unwrap_or_default()),
        str::to_owned,
    );
    let whole = format!("{from}\n{rest}");
    whole.chars().take(IDENTITY_CHARS_MAX).collect()
}

/// Words with single blanks between them and nothing that is no letter of a line.
fn one_line(text: &str, chars_max: usize) -> String {
    let plain: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OWN: &str = "chat@shop.example";

    fn letter(headers: &str, body: &str) -> Option<Received> {
        let bytes = format!("{headers}\r\n\r\n{body}");
        Received::parse(bytes.as_bytes(), true, OWN)
    }

    fn plain(more: &str) -> Received {
        let headers = format!(
            "From: Ana <Ana@Mail.example>\r\nTo: privacy@shop.example\r\nSubject: Hello\r\n\
             Message-ID: <1@mail.example>{more}"
        );
        letter(&headers, "Good day").expect("a letter")
    }

    #[test]
    fn letter_of_a_person_is_read() {
        let read = plain("");

        assert_eq!(read.from, "ana@mail.example");
        assert_eq!(
            (read.subject.as_str(), read.text.as_str()),
            ("Hello", "Good day")
        );
        assert_eq!(read.to, ["privacy@shop.example"]);
        assert!(!read.is_cut && !read.is_machine);
        assert_eq!(read.identity, "ana@mail.example\n1@mail.example");
    }

    #[test]
    fn encoded_and_folded_subject_is_decoded() {
        let headers =
            "From: a@mail.example\r\nSubject: =?utf-8?Q?Re:_Privacy?=\r\n =?utf-8?B?IFBvbGljeQ==?=";

        assert_eq!(letter(headers, "x").unwrap().subject, "Re: Privacy Policy");
    }

    #[test]
    fn programs_lists_and_our_own_letters_are_machines() {
        for more in [
            "\r\nAuto-Submitted: auto-replied",
            "\r\nPrecedence: bulk",
            "\r\nList-Id: <shop.list.example>",
            "\r\nList-Unsubscribe: <mailto:off@list.example>",
            "\r\nReturn-Path: <>",
            "\r\nX-Chatham-Purpose: rights.request",
            "\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b",
        ] {
            assert!(plain(more).is_machine, "{more}");
        }
        assert!(!plain("\r\nAuto-Submitted: no").is_machine);
        let own = format!(
            "From: x@shop.example\r\nMessage-ID: <{}@shop.example>",
            "0a".repeat(16)
        );
        assert!(letter(&own, "x").unwrap().is_machine);
        assert!(
            letter("From: Chat@Shop.example\r\nSubject: x", "x")
                .unwrap()
                .is_machine
        );
        assert!(
            letter("From: MAILER-DAEMON@mx.example", "x")
                .unwrap()
                .is_machine
        );
    }

    #[test]
    fn markup_is_never_kept() {
        let read = plain("\r\nContent-Type: text/html; charset=utf-8");
        assert!(!read.text.contains('<'));

        let headers = "From: a@mail.example\r\nContent-Type: text/html";
        let read = letter(headers, "<p>See <b>this</b></p><script>alert(1)</script>").unwrap();
        assert!(!read.text.contains('<'), "{}", read.text);
        assert!(read.text.contains("See this"), "{}", read.text);
    }

    #[test]
    fn huge_letter_is_cut_and_says_so() {
        let read = letter("From: a@mail.example", &"word ".repeat(50_000)).unwrap();

        assert!(read.is_cut);
        assert!(read.text.chars().count() <= TEXT_CHARS_MAX);
        assert!(
            Received::parse(b"From: a@mail.example\r\n\r\nx", false, OWN)
                .unwrap()
                .is_cut
        );
    }

    #[test]
    fn letter_without_one_sender_is_none() {
        for headers in [
            "Subject: x",
            "From: a@mail.example, b@mail.example",
            "From: nobody",
            "From: @mail.example",
            "From: \"a b\"@mail.example",
        ] {
            assert_eq!(letter(headers, "x").map(|it| it.from), None, "{headers}");
        }
    }

    #[test]
    fn letters_without_an_id_are_told_apart_by_what_they_say() {
        let one = letter("From: a@mail.example\r\nSubject: x", "one").unwrap();
        let two = letter("From: a@mail.example\r\nSubject: x", "two").unwrap();

        assert_ne!(one.identity, two.identity);
    }

    #[test]
    fn letter_that_the_parser_trips_over_harms_nothing() {
        check(
            b"From: a@mail.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
              Content-Type: message/rfc822; boundary=b\r\nContent-Transfer-Encoding: \
              quoted-printable\r\n\r\n=\r\n--b\r\n",
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_within_the_limits(bytes in proptest::collection::vec(any::<u8>(), 0..4_000)) {
            check(&bytes);
        }

        #[test]
        fn any_headers_and_bytes_are_read_within_the_limits(
            headers in "(From|Subject|To|Content-Type|Content-Transfer-Encoding|Date): [ -~]{0,60}(\r\n[ -~]{0,40}){0,12}",
            bytes in proptest::collection::vec(any::<u8>(), 0..2_000),
        ) {
            let mut whole = format!("From: a@mail.example\r\n{headers}\r\n\r\n").into_bytes();
            whole.extend(bytes);
            check(&whole);
        }

        #[test]
        fn any_parts_are_read_within_the_limits(
            kind in "(text/html|text/plain|multipart/mixed|message/rfc822|application/x)",
            code in "(base64|quoted-printable|8bit|7bit|x)",
            parts in proptest::collection::vec("[ -~\r\n=]{0,200}", 0..6),
        ) {
            let mut whole = "From: a@mail.example\r\nContent-Type: multipart/mixed; boundary=b\r\n".to_owned();
            for part in parts {
                whole.push_str("\r\n--b\r\nContent-Type: ");
                whole = format!("{whole}{kind}; boundary=b\r\nContent-Transfer-Encoding: {code}\r\n\r\n{part}");
            }
            check(whole.as_bytes());
        }
    }

    fn check(bytes: &[u8]) {
        let Some(read) = Received::parse(bytes, true, OWN) else {
            return;
        };
        assert!(read.text.chars().count() <= TEXT_CHARS_MAX);
        assert!(read.subject.chars().count() <= SUBJECT_CHARS_MAX);
        assert!(!read.subject.chars().any(char::is_control));
        assert!(!read.from.chars().any(char::is_whitespace));
    }
}
