//! Letters: clauses 21 and 22.

use serde_json::json;

use super::Check;
use crate::finding::{Stop, Verdict, ensure, text};
use crate::http::Answer;
use crate::instance::{Instance, Visitor, new_id};
use crate::mail::{self, Letter};

pub(super) const VERIFICATION: Check = Check {
    clause: 21,
    rule: "an address is verified by a link that works once, before anything else is sent to it",
    did: "left an address as a visitor, used the link of the letter to it, and used it again",
    run: verification,
};

pub(super) const TRANSACTIONAL: Check = Check {
    clause: 22,
    rule: "a letter says what it is for, and advertises nothing",
    did: "let letters be sent to a visitor and to an invited member, and read them whole",
    run: transactional,
};

/// Where a letter shows something that is not text, or loads it from elsewhere.
const REMOTE: [&str; 3] = ["<img", "<link", "url("];
/// What only letters of promotion carry.
const PROMOTION: [&str; 2] = ["list-unsubscribe", "precedence"];

/// An address that nobody has: the name is reserved (RFC 2606).
pub(super) fn new_address() -> String {
    format!("privacy-check-{}@visitor.example", new_id())
}

/// A visitor who leaves this address, and the letter to it.
pub(super) fn left(instance: &Instance, address: &str) -> Result<(Visitor, Letter), Stop> {
    instance.mail()?;
    let visitor = instance.visitor();
    visitor.start()?;
    let contact = json!({ "policy_version": instance.policy().version(), "email": address });
    let put = visitor
        .call
        .send("PUT", "/api/widget/me/contact", Some(&contact))?;
    put.expect(200)?;
    Ok((visitor, mail::wait_for(instance, address)?))
}

/// The page that the link of a letter leads to.
pub(super) fn link(letter: &Letter, page: &str) -> Result<String, Stop> {
    let missing = || Stop::Failed(format!("the letter has no link {page}…"));
    let token = letter.token_after(page).ok_or_else(missing)?;
    Ok(format!("{page}{token}"))
}

/// Presses the button on the page that the link of a letter leads to.
pub(super) fn follow(
    instance: &Instance,
    letter: &Letter,
    page: &str,
    form: &str,
) -> Result<Answer, Stop> {
    instance.own_page().post_form(&link(letter, page)?, form)
}

fn verification(instance: &mut Instance) -> Verdict {
    let address = new_address();
    let (_, letter) = left(instance, &address)?;
    let path = link(&letter, "/verify/")?;
    let page = instance.own_page();
    page.get(&path)?.expect(200)?;
    page.get(&path)?.expect(200)?;
    page.post_form(&path, "")?.expect(200)?;
    let again = page.post_form(&path, "")?;
    ensure((400..500).contains(&again.status), || {
        format!("the link works a second time: {}", again.brief())
    })?;
    let letters = mail::letters_to(instance.mail()?, &address)?.len();
    ensure(letters == 1, || {
        format!("{letters} letters where one was asked for")
    })?;
    Ok(format!(
        "one letter; opening the link changes nothing, its button works once, then {}",
        again.brief()
    ))
}

fn transactional(instance: &mut Instance) -> Verdict {
    let mut letters = vec![left(instance, &new_address())?.1];
    let invited = new_address();
    let invitation = json!({ "email": invited, "role": "agent" });
    let sent = instance
        .agent()?
        .post("/api/console/invitations", &invitation)?;
    let member = text(&sent.expect(201)?, "/id")?;
    letters.push(mail::wait_for(instance, &invited)?);
    let withdrawn = format!("/api/console/invitations/{member}");
    let withdrawn = instance.agent()?.send("DELETE", &withdrawn, None)?;
    withdrawn.expect(204)?;
    let mut purposes = Vec::new();
    for letter in &letters {
        let purpose = letter.header("x-chatham-purpose").to_owned();
        let is_declared = instance.policy().purpose(&purpose).is_some();
        ensure(is_declared && !purpose.starts_with("marketing"), || {
            format!("a letter for {purpose:?}, which the policy does not declare for it")
        })?;
        let whole = letter.body.to_ascii_lowercase();
        for sign in REMOTE {
            ensure(!whole.contains(sign), || format!("a letter with {sign}"))?;
        }
        for sign in PROMOTION {
            ensure(letter.header(sign).is_empty(), || {
                format!("a letter of this kind carries {sign}")
            })?;
        }
        purposes.push(purpose);
    }
    Ok(format!(
        "{} letters, for {}; nothing in them is loaded from elsewhere or promotes",
        letters.len(),
        purposes.join(" and ")
    ))
}
