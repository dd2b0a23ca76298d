//! The other side of the story of one person's rights: mail server, mailbox, terminal and clock.

use it::clock::day_in;
use it::letters::Letter;
use it::mailbox::CONTACT;
use it::publish::{next, publish};
use it::{Caller, Console, MailSink, Mailbox, Reach, World, browser, wait_until};
use serde_json::{Value, json};

/// Who writes, and where they are written to.
const ADDRESS: &str = "reader@mail.example";
/// The second one who answers.
const COLLEAGUE: &str = "colleague@shop.example";
/// A change that matters.
const LONGER: (&str, &str) = (
    "365d after conversation.closed",
    "400d after conversation.closed",
);
/// Days until the new version rules: more than its notice takes.
const NOTICE_DAYS: u32 = 35;

/// What stands outside the program.
struct Outside {
    sink: MailSink,
    mailbox: Mailbox,
}

/// Runs the story.
pub(crate) fn run(world: &mut World) {
    let mut outside = begin(world);
    let facts = json!({ "address": ADDRESS, "colleague": COLLEAGUE });
    browser::run_with(world, "promise", &facts, |world, ask| {
        outside.answer(world, ask)
    });
}

/// A server with a clock, a mail server that takes signed letters, and a mailbox that is read.
fn begin(world: &mut World) -> Outside {
    let (sink, mailbox) = (MailSink::start(), Mailbox::start());
    world.start_over();
    world.use_test_clock();
    let processor = mailbox.processor();
    world.use_mail_under(&sink, |policy| policy + &processor);
    world.settings.extend(mailbox.settings());
    let key = world.folder().join("dkim.pem").display().to_string();
    let make = ["dkim-key", &key, "--domain", "shop.example", "--selector"];
    let (code, said) = world.run(&[make.as_slice(), &["chatham"]].concat());
    assert_eq!(code, 0, "{said}");
    let dkim = ("CHATHAM_DKIM".to_owned(), format!("chatham:{key}"));
    world.settings.push(dkim);
    world.boot();
    Outside { sink, mailbox }
}

impl Outside {
    fn answer(&mut self, world: &mut World, ask: &Value) -> Option<Value> {
        Some(match ask.text("/ask").as_str() {
            "colleague" => self.join(world),
            "letter" => self.find_letter(&ask.text("/to"), &ask.text("/has")),
            "announce" => announce(world),
            "one_click" => one_click(world, &ask.text("/url")),
            "write" => self.write(&ask.text("/subject")),
            "verify" => verify(world, &ask.text("/text")),
            _ => return None,
        })
    }

    fn join(&self, world: &mut World) -> Value {
        let body = json!({ "email": COLLEAGUE, "role": "agent" });
        let invited = world.owner().call.post("/api/console/invitations", &body);
        invited.expect(201);
        let token = self.sink.wait_for(COLLEAGUE).token_after("#token=");
        drop(Console::accept(&world.base(), &token, "Colleague"));
        Value::Null
    }

    /// The newest letter to an address with these words in it.
    fn find_letter(&self, to: &str, words: &str) -> Value {
        let newest = || {
            let mut letters = self.sink.letters().into_iter();
            let is_it = |one: &Letter| one.to.iter().any(|it| it == to) && one.text.contains(words);
            letters.rfind(is_it)
        };
        wait_until(&format!("a letter to {to} with {words}"), || {
            newest().is_some()
        });
        let letter = newest().expect("it came");
        let header = |name: &str| {
            let place = format!("/headers/{name}");
            letter.whole.has(&place).then(|| letter.whole.text(&place))
        };
        json!({
            "subject": letter.subject,
            "text": letter.text,
            "unsubscribe": header("list-unsubscribe"),
            "unsubscribe_post": header("list-unsubscribe-post"),
            "dkim": header("dkim-signature"),
        })
    }

    /// A letter to the contact address, as a mail program writes it.
    fn write(&mut self, subject: &str) -> Value {
        let letter = format!(
            "Return-Path: <{ADDRESS}>\r\nFrom: Reader <{ADDRESS}>\r\nTo: {CONTACT}\r\nSubject: {subject}\r\n\
             Message-ID: <1@mail.example>\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\r\n"
        );
        self.mailbox.deliver(letter.as_bytes());
        Value::Null
    }
}

fn announce(world: &mut World) -> Value {
    let date = format!("{}T00:00:00Z", day_in(NOTICE_DAYS));
    let text = next(world, Some(&date), &[LONGER]);
    let (code, said) = publish(world, &text);
    assert_eq!(code, 0, "{said}");
    world.clock().advance(1);
    Value::Null
}

/// What a mail program does: no cookie, no page of ours.
fn one_click(world: &World, url: &str) -> Value {
    let path = url
        .strip_prefix(&world.base())
        .expect("a link of this server");
    let call = Caller::new(&world.base()).with("Content-Type", "application/x-www-form-urlencoded");
    let answer = call.send("POST", path, Some(b"List-Unsubscribe=One-Click"));
    json!({ "status": answer.status })
}

/// What `chatham verify` says of a file, without a server.
fn verify(world: &World, text: &str) -> Value {
    let file = world.folder().join("receipt.json");
    std::fs::write(&file, text).expect("write the receipt");
    let (code, said) = world.run(&["verify", file.to_str().expect("a path")]);
    json!({ "code": code, "said": said })
}
