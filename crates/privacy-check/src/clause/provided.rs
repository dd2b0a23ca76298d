//! Personally identifiable information that people provide: clauses 9 to 30.

use serde_json::{Value, json};

use super::Check;
use crate::finding::{Stop, Verdict, ensure, list, text};
use crate::http::{Answer, Caller};
use crate::instance::{Instance, new_id, random_token};

/// Links that are guessed.
const GUESSES: usize = 20;

pub(super) const ANONYMOUS_CHAT: Check = Check {
    clause: 9,
    rule: "anyone may use the chat without saying who they are",
    did: "wrote without name and address, answered as an agent, and read the answer",
    run: anonymous_chat,
};

pub(super) const OWN_CONVERSATION: Check = Check {
    clause: 18,
    rule: "a conversation is between its visitor and those who answer",
    did: "read a conversation as its visitor, then as another visitor",
    run: own_conversation,
};

pub(super) const DECLARED_FIELDS: Check = Check {
    clause: 20,
    rule: "a form takes its declared fields and no others",
    did: "wrote with a field `phone` more, then left a name with one",
    run: declared_fields,
};

pub(super) const OPTIONAL: Check = Check {
    clause: 24,
    rule: "whoever declines a field loses what needs it, and nothing else",
    did: "wrote with a name alone, with an address alone, and with neither, and was answered each time",
    run: optional,
};

pub(super) const PRIVATE_BY_DEFAULT: Check = Check {
    clause: 25,
    rule: "what is somebody else's looks like what does not exist",
    did: "called every widget route that takes an id with another visitor's, and with one that nobody has",
    run: private_by_default,
};

pub(super) const SIGNED_IN: Check = Check {
    clause: 26,
    rule: "what is personal needs a session, and links cannot be guessed",
    did: "asked for the privacy centre and every console route without a session, and guessed links",
    run: signed_in,
};

pub(super) const SESSIONS: Check = Check {
    clause: 27,
    rule: "whoever holds an account sees its sessions and ends them",
    did: "signed in twice, ended one session from the other, and used it again; signed in with a wrong password",
    run: sessions,
};

pub(super) const LEAVING: Check = Check {
    clause: 28,
    rule: "leaving ends the session on the server, and the browser forgets",
    did: "signed out of the console and left the privacy centre, then sent the old cookies again",
    run: leaving,
};

fn anonymous_chat(instance: &mut Instance) -> Verdict {
    let agent = instance.agent()?;
    let visitor = instance.visitor();
    let id = visitor.start()?;
    let reply = json!({ "client_msg_id": new_id(), "kind": "message", "body": "A test answer." });
    agent
        .post(&format!("/api/console/conversations/{id}/messages"), &reply)?
        .expect(201)?;
    let path = format!("/api/widget/conversations/{id}/messages");
    let messages = visitor.call.get(&path)?.expect(200)?;
    ensure(messages.to_string().contains("A test answer."), || {
        "the answer does not arrive".to_owned()
    })?;
    let held = visitor.call.get("/api/widget/me")?.expect(200)?;
    for field in ["visitor.name", "visitor.email"] {
        let is_held = list(&held, "/items")
            .iter()
            .any(|item| item.get("field").and_then(Value::as_str) == Some(field));
        ensure(!is_held, || {
            format!("{field} is held though nobody gave it")
        })?;
    }
    Ok("written and answered; neither name nor address is held".to_owned())
}

fn optional(instance: &mut Instance) -> Verdict {
    let agent = instance.agent()?;
    let address = format!("privacy-check-{}@visitor.example", new_id());
    let given = [
        json!({ "name": "Plain Name" }),
        json!({ "email": address }),
        json!({}),
    ];
    for fields in &given {
        let visitor = instance.visitor();
        let started = visitor.try_start(fields)?.expect(201)?;
        let id = text(&started, "/conversation/id")?;
        let reply = json!({ "client_msg_id": new_id(), "kind": "message", "body": "An answer." });
        let path = format!("/api/console/conversations/{id}/messages");
        agent.post(&path, &reply)?.expect(201)?;
        let path = format!("/api/widget/conversations/{id}/messages");
        let heard = visitor.call.get(&path)?.expect(200)?;
        ensure(heard.to_string().contains("An answer."), || {
            format!("no answer reaches whoever gives {fields}")
        })?;
    }
    Ok(format!(
        "{} ways to leave fields out, answered in each",
        given.len()
    ))
}

fn own_conversation(instance: &mut Instance) -> Verdict {
    let (visitor, other) = (instance.visitor(), instance.visitor());
    let id = visitor.start()?;
    other.start()?;
    let path = format!("/api/widget/conversations/{id}/messages");
    let own = visitor.call.get(&path)?.expect(200)?;
    ensure(!list(&own, "/messages").is_empty(), || {
        "the visitor does not see what they wrote".to_owned()
    })?;
    let foreign = other.call.get(&path)?;
    foreign.expect(404)?;
    let listed = other.call.get("/api/widget/conversations")?.expect(200)?;
    ensure(!listed.to_string().contains(&id), || {
        "another visitor's list holds it".to_owned()
    })?;
    Ok(format!(
        "its visitor reads it; another gets {}",
        foreign.brief()
    ))
}

fn declared_fields(instance: &mut Instance) -> Verdict {
    let visitor = instance.visitor();
    let refused = visitor.try_start(&json!({ "phone": "+1 555 0100" }))?;
    let refused = refused.refusal(422, 20)?;
    let known = visitor.call.get("/api/widget/conversations")?;
    ensure(known.status == 401, || {
        "the refused message was kept".to_owned()
    })?;
    visitor.start()?;
    let contact = json!({ "name": "Name", "phone": "+1 555 0100" });
    let version = json!({ "policy_version": instance.policy().version() });
    let mut body = contact.clone();
    if let (Some(body), Some(more)) = (body.as_object_mut(), version.as_object()) {
        body.extend(more.clone());
    }
    let put = visitor
        .call
        .send("PUT", "/api/widget/me/contact", Some(&body))?;
    put.refusal(422, 20)?;
    let held = visitor.call.get("/api/widget/me")?.expect(200)?;
    let has_name = list(&held, "/items")
        .iter()
        .any(|item| item.get("field").and_then(Value::as_str) == Some("visitor.name"));
    ensure(!has_name, || "the refused name was kept".to_owned())?;
    Ok(format!("{refused} twice, and nothing stored"))
}

/// A body that a route would take from the visitor whose conversation it is.
fn fitting(path: &str, version: u32) -> Value {
    match path.rsplit('/').next().unwrap_or_default() {
        "messages" => {
            json!({ "policy_version": version, "client_msg_id": new_id(), "body": "words" })
        }
        "read" | "delivered" => json!({ "seq": 1 }),
        "rating" => json!({ "policy_version": version, "score": 5 }),
        _ => json!({}),
    }
}

fn private_by_default(instance: &mut Instance) -> Verdict {
    let (visitor, other) = (instance.visitor(), instance.visitor());
    let id = visitor.start()?;
    other.start()?;
    let nobody = new_id();
    let mut tried = 0;
    for (method, path) in super::routes(instance.openapi()) {
        let is_reading = method == "GET" && path.ends_with("/messages");
        // Clause 18 reads; this writes.
        if !path.starts_with("/api/widget/conversations/{") || is_reading {
            continue;
        }
        let body = fitting(&path, instance.policy().version());
        let ask = |id: &str| {
            other
                .call
                .send(&method, &super::fill(&path, id), Some(&body))
        };
        let (foreign, missing) = (ask(&id)?, ask(&nobody)?);
        foreign.expect(404)?;
        ensure(
            foreign.body == missing.body && missing.status == 404,
            || format!("{method} {path} tells what exists from what does not"),
        )?;
        tried += 1;
    }
    ensure(tried > 0, || "no route takes an id".to_owned())?;
    Ok(format!("{tried} routes, the same 404 for both"))
}

fn signed_in(instance: &mut Instance) -> Verdict {
    let page = instance.own_page();
    page.get("/privacy/me")?.expect(401)?;
    let mut closed = 1;
    for (method, path) in super::routes(instance.openapi()) {
        if method != "GET" || !path.starts_with("/api/console/") {
            continue;
        }
        let path = super::fill(&path, &new_id());
        page.get(&path)?.refusal(401, 26)?;
        closed += 1;
    }
    for guess in 0..GUESSES {
        let places = [
            "/privacy/me/open",
            "/privacy/request",
            "/chat/resume",
            "/verify",
        ];
        let place = places
            .get(guess % places.len())
            .copied()
            .unwrap_or_default();
        let answer = page.get(&format!("{place}/{}", random_token()))?;
        ensure((400..500).contains(&answer.status), || {
            format!("a guessed link at {place} answers {}", answer.brief())
        })?;
    }
    Ok(format!(
        "{closed} places closed, {GUESSES} guessed links without a hit"
    ))
}

fn sessions(instance: &mut Instance) -> Verdict {
    let agent = instance.agent()?;
    let second = instance.sign_in_again()?;
    let own = second.get("/api/console/sessions")?.expect(200)?;
    let is_current = |one: &&Value| one.get("current").and_then(Value::as_bool) == Some(true);
    let current = list(&own, "/sessions").iter().find(is_current);
    let id = text(current.unwrap_or(&Value::Null), "/id")?;
    let listed = agent.get("/api/console/sessions")?.text();
    ensure(listed.contains(&id), || {
        "the first browser does not see the second".to_owned()
    })?;
    let ended = agent.send("DELETE", &format!("/api/console/sessions/{id}"), None)?;
    ensure((200..300).contains(&ended.status), || {
        format!("{}: {}", ended.asked, ended.brief())
    })?;
    let after = second.get("/api/console/session")?.refusal(401, 26)?;
    let wrong = json!({ "email": instance.email(), "password": random_token() });
    let wrong = instance
        .own_page()
        .post("/api/console/session", &wrong)?
        .refusal(401, 26)?;
    Ok(format!(
        "the ended session: {after}; a wrong password: {wrong}"
    ))
}

fn leaving(instance: &mut Instance) -> Verdict {
    let console = instance.sign_in_again()?;
    let out = console.send("DELETE", "/api/console/session", None)?;
    forgets(&out)?;
    console.get("/api/console/session")?.refusal(401, 26)?;
    let centre = enter_centre(instance)?;
    let page = centre.get("/privacy/me")?;
    page.expect(200)?;
    ensure(page.header("cache-control").contains("no-store"), || {
        "the browser may keep the page of the privacy centre".to_owned()
    })?;
    forgets(&centre.post_form("/privacy/me/leave", "")?)?;
    centre.get("/privacy/me")?.expect(401)?;
    Ok("both: the browser is told to forget, and the old cookie answers 401".to_owned())
}

/// Demands an answer that ends a session.
fn forgets(answer: &Answer) -> Result<(), Stop> {
    let is_done = (200..400).contains(&answer.status);
    let clears = answer.header("clear-site-data");
    ensure(is_done && clears.contains("storage"), || {
        format!("{}: {}, clears {clears:?}", answer.asked, answer.brief())
    })?;
    ensure(answer.header("cache-control").contains("no-store"), || {
        format!("{}: may be kept", answer.asked)
    })
}

/// A new visitor's browser in the privacy centre.
fn enter_centre(instance: &Instance) -> Result<Caller, Stop> {
    let visitor = instance.visitor();
    visitor.start()?;
    let link = visitor
        .call
        .post("/api/widget/me/privacy-centre", &json!({}))?
        .expect(201)?;
    let url = text(&link, "/url")?;
    let at = url.find("/privacy/me/open/").unwrap_or(url.len());
    let path = url.get(at..).unwrap_or_default();
    let browser = instance.own_page();
    let opened = browser.post_form(path, "")?;
    ensure(opened.status == 303, || {
        format!("the way into the privacy centre: {}", opened.brief())
    })?;
    Ok(browser.keeping(&opened))
}
