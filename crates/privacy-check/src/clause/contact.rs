//! Letters to us, and those whom we let our data go through: clauses 33, 68 and 78.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Check, letter, rights};
use crate::finding::{Stop, Verdict, ensure, list, number, text};
use crate::instance::{Instance, Visitor, new_id};
use crate::mail::{self, Letter};

pub(super) const BY_CONTACT: Check = Check {
    clause: 33,
    rule: "whoever writes to the contact address can opt out by it, with a receipt",
    did: "wrote a letter to the contact address as a visitor, answered the letter that asks, and stopped letters",
    run: by_contact,
};

pub(super) const ENCRYPTED: Check = Check {
    clause: 68,
    rule: "what goes to others goes encrypted and signed in",
    did: "checked a policy whose receiver asks for neither, and read how the letters came in",
    run: encrypted,
};

pub(super) const SUBJECT: Check = Check {
    clause: 78,
    rule: "a letter with exactly the subject opens a request with a clock; its sender is asked first",
    did: "wrote letters to the contact address: with the subject, with another, and in a stranger's name",
    run: subject,
};

const REQUEST: &str = "/privacy/request/";
/// Time in which a letter that must not come would have come.
const SILENCE: Duration = Duration::from_secs(2);
const MICROS_A_DAY: i64 = 86_400 * 1_000_000;
/// Transports over TLS, as a mail server writes them into `Received` (RFC 3848, RFC 6531).
const OVER_TLS: [&str; 4] = ["esmtps", "esmtpsa", "utf8smtps", "utf8smtpsa"];

/// A visitor whose address is known to be theirs.
fn reader(instance: &Instance) -> Result<(Visitor, String), Stop> {
    let address = letter::new_address();
    let (visitor, letter) = letter::left(instance, &address)?;
    letter::follow(instance, &letter, "/verify/", "")?.expect(200)?;
    Ok((visitor, address))
}

/// Puts a letter into the mailbox of the contact address, as a mail server does.
fn write_to_us(instance: &Instance, from: &str, subject: &str) -> Result<(), Stop> {
    let to = &instance.policy().file().policy.contact.email;
    let id = new_id();
    let letter = format!(
        "Return-Path: <{from}>\r\nFrom: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\n\
         Message-ID: <{id}@visitor.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         A test by privacy-check.\r\n"
    );
    mail::deliver(instance.mailbox()?, &id, letter.as_bytes())
}

fn open_requests(instance: &Instance) -> Result<Vec<Value>, Stop> {
    let path = "/api/console/requests?state=open";
    let listed = instance.agent()?.get(path)?.expect(200)?;
    let by_mail = list(&listed, "/requests").iter();
    let by_mail = by_mail.filter(|one| text(one, "/way").is_ok_and(|way| way == "mail"));
    Ok(by_mail.cloned().collect())
}

/// The letter that asks the reader of this address whether it was them.
fn asked(instance: &Instance, address: &str) -> Result<Letter, Stop> {
    mail::wait_until(instance, address, |letter| letter.body.contains(REQUEST))
}

fn by_contact(instance: &mut Instance) -> Verdict {
    instance.mailbox()?;
    let (_, address) = reader(instance)?;
    let subject = instance.policy().file().policy.contact.subject.clone();
    write_to_us(instance, &address, &subject)?;
    let letter = asked(instance, &address)?;
    let answered = letter::follow(instance, &letter, REQUEST, "answer=mine")?;
    answered.expect(303)?;
    let centre = instance.own_page().keeping(&answered);
    let stopped = centre.post_form("/privacy/me", "act=opt_out")?;
    stopped.expect(200)?;
    let page = stopped.text();
    let links = page.split("/privacy/me/receipt/").skip(1);
    let newest: Option<u64> = links
        .filter_map(|rest| rest.split('"').next()?.parse().ok())
        .max();
    let newest = newest.ok_or_else(|| Stop::Failed("stopping leaves no receipt".to_owned()))?;
    let receipt = centre.get(&format!("/privacy/me/receipt/{newest}"))?;
    let receipt = rights::read_receipt(&receipt.expect(200)?)?;
    rights::verify(&receipt, &receipt.key)?;
    Ok(format!(
        "a request, a letter that asks, letters stopped; receipt {newest} verifies"
    ))
}

fn subject(instance: &mut Instance) -> Verdict {
    instance.mailbox()?;
    let contact = instance.policy().file().policy.contact.clone();
    let page = instance.stranger().get("/privacy")?.text();
    for words in [&contact.email, &contact.subject] {
        ensure(page.contains(words.as_str()), || {
            format!("the page does not say {words:?}")
        })?;
    }
    let (_, address) = reader(instance)?;
    let before = open_requests(instance)?.len();
    let stranger = letter::new_address();
    write_to_us(instance, &stranger, &contact.subject)?;
    write_to_us(instance, &address, &format!("{}, please", contact.subject))?;
    std::thread::sleep(SILENCE);
    let opened = open_requests(instance)?.len() - before;
    ensure(opened == 0, || {
        format!("{opened} requests by another subject, or in a stranger's name")
    })?;
    let told = mail::letters_to(instance.mail()?, &stranger)?.len();
    ensure(told == 0, || {
        format!("a stranger is written {told} letters")
    })?;
    write_to_us(instance, &address, &contact.subject)?;
    asked(instance, &address)?;
    let request = open_requests(instance)?.into_iter().next();
    let request = request.unwrap_or_default();
    let days = (number(&request, "/due_at")? - number(&request, "/received_at")?) / MICROS_A_DAY;
    ensure(request.get("proof").is_none(), || {
        "a sender is taken at their word".to_owned()
    })?;
    Ok(format!(
        "the subject alone opens one, due after {days} days, its sender asked first; a stranger gets nothing"
    ))
}

fn encrypted(instance: &mut Instance) -> Verdict {
    let agent = instance.agent()?;
    for (require, code) in [
        ("[]", "not_encrypted"),
        ("[\"tls1.3\"]", "not_authenticated"),
    ] {
        let file = format!("{}\n{}", instance.policy().text(), receiver(require));
        let checked = agent.post("/api/console/policy/check", &json!({ "text": file }))?;
        let checked = checked.expect(200)?;
        let is_named = |fault: &Value| text(fault, "/code").is_ok_and(|known| known == code);
        ensure(list(&checked, "/faults").iter().any(is_named), || {
            format!("a receiver with require = {require} is no fault")
        })?;
    }
    let address = letter::new_address();
    let (_, letter) = letter::left(instance, &address)?;
    let received = letter.header("received").to_ascii_lowercase();
    if received.is_empty() {
        let what =
            "the mail server of --mail writes no Received header, which tells how letters came in";
        return Err(Stop::NotChecked(what.to_owned()));
    }
    let mut words = received.split(|letter: char| !letter.is_ascii_alphanumeric());
    let way = words.find(|word| word.contains("smtp"));
    let way = way.unwrap_or_default();
    ensure(OVER_TLS.contains(&way), || {
        format!("a letter came in by {way:?}, without TLS")
    })?;
    Ok(format!(
        "a receiver without encryption or sign-in is no valid policy; letters come in by {way}"
    ))
}

/// Somebody who would receive data, and what connections to them require.
fn receiver(require: &str) -> String {
    format!(
        "[[processor]]\nkey = \"check\"\nname = \"A test by privacy-check\"\ncountry = \"DE\"\n\
         kind = \"service-provider\"\npurposes = [\"support.reply\"]\ncategories = [\"user.contact.email\"]\n\
         hosts = [\"mail.visitor.example:587\"]\nrequire = {require}\n"
    )
}
