//! Intake by mail: letters in a real mailbox, and what comes of each.

use std::thread::sleep;
use std::time::Duration;

use it::mailbox::CONTACT;
use it::{Caller, Console, MailSink, Mailbox, Reach, World, wait_until};
use serde_json::{Value, json};

use super::request::{ADDRESS, browser, proved};

it::stories! {
    letter_with_the_subject_opens_a_request_and_its_answer_leads_to_the_centre,
    forged_sender_gets_nothing_but_the_letter_that_asks,
    same_letter_again_is_one_request_whatever_happens_between,
    other_subjects_wait_for_a_person_who_is_told,
    programs_lists_and_rubbish_cause_nothing_and_stop_nothing,
    mailbox_that_was_down_is_read_from_where_it_was,
    undeclared_mailbox_is_not_read_and_doctor_says_so,
}

/// Time in which a letter that must not come would have come.
const SILENCE: Duration = Duration::from_secs(2);
const SUBJECT: &str = "Re: Privacy Policy";
const DAY_MICROS: i64 = 86_400 * 1_000_000;

/// A world that sends letters and reads a mailbox.
pub(crate) fn with_mailbox(world: &mut World) -> (MailSink, Mailbox) {
    let (sink, mailbox) = (MailSink::start(), Mailbox::start());
    world.start_over();
    world.use_test_clock();
    let processor = mailbox.processor();
    world.use_mail_under(&sink, |policy| policy + &processor);
    world.settings.extend(mailbox.settings());
    world.boot();
    (sink, mailbox)
}

/// A letter as a mail program writes it.
pub(crate) fn letter(from: &str, subject: &str, id: u32, more: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{from}>\r\nFrom: Somebody <{from}>\r\nTo: {CONTACT}\r\nSubject: {subject}\r\n\
         Message-ID: <{id}@mail.example>\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\n{more}\
         Content-Type: text/plain; charset=utf-8\r\n\r\nGood day\r\n"
    )
    .into_bytes()
}

fn requests(desk: &Console, state: &str) -> Vec<Value> {
    let path = format!("/api/console/requests?state={state}");
    desk.call.get(&path).expect(200).list("/requests").to_vec()
}

fn asked(sink: &MailSink) -> Vec<it::letters::Letter> {
    let letters = sink.letters().into_iter();
    letters
        .filter(|one| one.subject.contains("Is this your request?"))
        .collect()
}

#[track_caller]
fn wait_for_request(desk: &Console) -> Value {
    wait_until("the request", || !requests(desk, "open").is_empty());
    requests(desk, "open").remove(0)
}

#[track_caller]
fn wait_until_read(mailbox: &Mailbox) {
    wait_until("the mailbox is read", || {
        mailbox.unseen_left_and_flagged().0 == 0
    });
}

fn letter_with_the_subject_opens_a_request_and_its_answer_leads_to_the_centre(world: &mut World) {
    let (sink, mut mailbox) = with_mailbox(world);
    proved(world, &sink);
    let owner = world.owner();

    // As mail programs write it: encoded, in other capitals, with blanks.
    mailbox.deliver(&letter(ADDRESS, "=?utf-8?Q?RE:__Privacy_policy?= ", 1, ""));

    let request = wait_for_request(&owner);
    assert_eq!(
        (
            request.text("/kind"),
            request.text("/way"),
            request.has("/proof")
        ),
        ("access".to_owned(), "mail".to_owned(), false)
    );
    let days = (request.number("/due_at") - request.number("/received_at")) / DAY_MICROS;
    assert!((28..=30).contains(&days), "{days}");
    wait_until("the letter that asks", || asked(&sink).len() == 1);
    wait_until("it left the mailbox", || {
        mailbox.unseen_left_and_flagged() == (0, 0, 0)
    });
    let asks = asked(&sink).remove(0);
    assert!(asks.text.contains("done by 20"), "{}", asks.text);
    assert!(
        !asks.text.contains("hello"),
        "nothing of what is held: {}",
        asks.text
    );
    let path = format!("/privacy/request/{}", asks.token_after("/privacy/request/"));
    let call = browser(&world.base());
    assert!(!call.get(&path).body.contains(ADDRESS));

    let answered = call.send("POST", &path, Some(b"answer=mine"));

    assert_eq!(answered.status, 303, "{}", answered.body);
    assert_eq!(answered.header("location"), "/privacy/me");
    let done = requests(&owner, "done").remove(0);
    assert_eq!(
        (done.text("/proof"), done.text("/outcome")),
        ("loop".to_owned(), "sent".to_owned())
    );
    let cookie = answered.header("set-cookie");
    let cookie = cookie.split(';').next().expect("its value").to_owned();
    let centre = Caller::new(&world.base())
        .with("Cookie", &cookie)
        .get("/privacy/me");
    assert_eq!(centre.status, 200);
    assert!(centre.body.contains(ADDRESS), "what is held is shown now");
}

fn forged_sender_gets_nothing_but_the_letter_that_asks(world: &mut World) {
    let (sink, mut mailbox) = with_mailbox(world);
    proved(world, &sink);
    let owner = world.owner();
    let before = sink.letters().len();

    for id in 0..6 {
        mailbox.deliver(&letter(ADDRESS, SUBJECT, id, ""));
        mailbox.deliver(&letter("stranger@mail.example", SUBJECT, 100 + id, ""));
    }

    wait_until_read(&mailbox);
    let request = wait_for_request(&owner);
    assert_eq!(
        requests(&owner, "open").len(),
        1,
        "asking again is the same request"
    );
    wait_until("the letter that asks", || !asked(&sink).is_empty());
    sleep(SILENCE);
    let letters = sink.letters().split_off(before);
    assert!(
        letters.iter().all(|one| one.to == [ADDRESS]),
        "nothing to a stranger"
    );
    assert!(
        letters
            .iter()
            .all(|one| one.subject.contains("Is this your request?"))
    );
    assert!(
        (1..=3).contains(&letters.len()),
        "{} letters",
        letters.len()
    );

    let last = letters.last().expect("a letter");
    let path = format!("/privacy/request/{}", last.token_after("/privacy/request/"));
    let call = browser(&world.base());
    let no = call.send("POST", &path, Some(b"answer=not_mine"));
    assert_eq!(no.status, 200, "{}", no.body);
    let path = format!("/api/console/requests/{}", request.text("/id"));
    assert_eq!(
        owner.call.get(&path).expect(200).text("/state"),
        "withdrawn"
    );
}

fn same_letter_again_is_one_request_whatever_happens_between(world: &mut World) {
    let (sink, mut mailbox) = with_mailbox(world);
    proved(world, &sink);
    let owner = world.owner();
    let same = letter(ADDRESS, SUBJECT, 1, "");
    mailbox.deliver(&same);
    wait_for_request(&owner);
    wait_until("the letter that asks", || asked(&sink).len() == 1);
    let asks = asked(&sink).remove(0);
    let path = format!("/privacy/request/{}", asks.token_after("/privacy/request/"));
    let answered = browser(&world.base()).send("POST", &path, Some(b"answer=not_mine"));
    assert_eq!(answered.status, 200);

    // The program dies after taking it and before marking it: it lies there as before.
    world.crash();
    mailbox.deliver(&same);
    world.boot();

    wait_until("it is marked", || {
        mailbox.unseen_left_and_flagged() == (0, 0, 0)
    });
    sleep(SILENCE);
    assert_eq!(world.databases.number("select count(*) from request"), 1);
    assert_eq!(asked(&sink).len(), 1);
}

fn other_subjects_wait_for_a_person_who_is_told(world: &mut World) {
    let (sink, mut mailbox) = with_mailbox(world);
    proved(world, &sink);
    let owner = world.owner();
    let before = sink.letters().len();
    let waiting = || {
        let page = owner.call.get("/api/console/requests").expect(200);
        page.number("/mailbox/waiting")
    };
    wait_until("the first round", || {
        let page = owner.call.get("/api/console/requests").expect(200);
        page.has("/mailbox/read_at") && waiting() == 0
    });

    mailbox.deliver(&letter(ADDRESS, "Re: Privacy Policy, and more", 1, ""));
    mailbox.deliver(&letter(ADDRESS, "Fwd: Re: Privacy Policy", 2, ""));
    mailbox.deliver(&letter("stranger@mail.example", SUBJECT, 3, ""));
    let elsewhere = String::from_utf8(letter(ADDRESS, SUBJECT, 4, "")).expect("text");
    mailbox.deliver(elsewhere.replace(CONTACT, "sales@localhost").as_bytes());

    wait_until("the desk is told", || waiting() == 4);
    assert_eq!(mailbox.unseen_left_and_flagged(), (0, 0, 4));
    assert_eq!(
        sink.letters().len(),
        before,
        "nobody is answered by a machine"
    );
    assert_eq!(world.databases.number("select count(*) from request"), 0);

    // A person reads them in a mail program, and enters the one that asks for something.
    mailbox.open_flagged();
    wait_until("none waits", || waiting() == 0);
    let entered = json!({ "kind": "erase", "way": "mail", "email": ADDRESS });
    let entered = owner
        .call
        .post("/api/console/requests", &entered)
        .expect(201);
    assert_eq!(entered.text("/requests/0/way"), "mail");
}

fn programs_lists_and_rubbish_cause_nothing_and_stop_nothing(world: &mut World) {
    let (sink, mut mailbox) = with_mailbox(world);
    proved(world, &sink);
    let owner = world.owner();
    let before = sink.letters().len();

    for (id, more) in [
        "Auto-Submitted: auto-replied\r\n",
        "Precedence: bulk\r\n",
        "List-Id: <shop.list.example>\r\n",
        "X-Chatham-Purpose: rights.request\r\n",
    ]
    .iter()
    .enumerate()
    {
        let id = u32::try_from(id).expect("few");
        mailbox.deliver(&letter(ADDRESS, SUBJECT, id, more));
    }
    mailbox.deliver(&letter("chat@shop.example", SUBJECT, 10, ""));
    mailbox.deliver(b"");
    mailbox.deliver(&[0xFF; 3_000]);
    mailbox.deliver(b"Subject: Re: Privacy Policy\r\n\r\nnobody wrote this");
    mailbox.deliver(
        b"From: a@mail.example\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\xFE--",
    );
    wait_until_read(&mailbox);
    sleep(SILENCE);

    assert_eq!(sink.letters().len(), before, "nobody is answered");
    assert_eq!(world.databases.number("select count(*) from request"), 0);

    let mut huge = letter(ADDRESS, SUBJECT, 20, "");
    huge.extend(b"word ".repeat(200_000));
    mailbox.deliver(&huge);
    wait_for_request(&owner);
}

fn mailbox_that_was_down_is_read_from_where_it_was(world: &mut World) {
    let (sink, mut mailbox) = with_mailbox(world);
    proved(world, &sink);
    let owner = world.owner();
    mailbox.go_down();
    mailbox.deliver_before(&letter(ADDRESS, SUBJECT, 1, ""), Duration::from_hours(48));
    sleep(SILENCE);
    assert!(requests(&owner, "open").is_empty());

    mailbox.go_up();

    let request = wait_for_request(&owner);
    let age = it::clock::real_now() - request.number("/received_at");
    assert!(
        age >= 2 * DAY_MICROS,
        "its clock runs from the day it came in: {age}"
    );
    let output = world.server.as_ref().expect("a server").output();
    assert!(output.contains("cannot read the mailbox"), "{output}");
    assert!(!output.contains("mailbox-password") && !output.contains(ADDRESS));
}

fn undeclared_mailbox_is_not_read_and_doctor_says_so(world: &mut World) {
    let (sink, mut mailbox) = (MailSink::start(), Mailbox::start());
    world.start_over();
    world.use_test_clock();
    world.use_mail(&sink);
    world.settings.extend(mailbox.settings());
    world.boot();
    proved(world, &sink);
    mailbox.deliver(&letter(ADDRESS, SUBJECT, 1, ""));
    sleep(SILENCE);

    assert_eq!(
        mailbox.unseen_left_and_flagged(),
        (1, 0, 0),
        "nobody looked"
    );
    let (_, said) = world.run(&["doctor"]);
    let line = said
        .lines()
        .find(|line| line.contains("mailbox:"))
        .expect("a line");
    assert!(
        line.starts_with("FAIL") && line.contains(&mailbox.host()),
        "{said}"
    );
    let given = json!({ "mailbox": said.contains("[[processor]]\nkey = \"mailbox\"") });
    assert_eq!(given, json!({ "mailbox": true }), "{said}");
}
