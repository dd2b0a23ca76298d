//! Legal matters: releases on a legal ground, clauses 51, 52, 54 and 55. The copies are sealed to a public key
//! whose private key nobody has, and hold what the checker itself wrote.

use policy::{Disclosure, Ground};
use serde_json::{Value, json};

use super::Check;
use super::letter::new_address;
use crate::finding::{Stop, Verdict, ensure, list, number, text};
use crate::http::{Answer, Caller};
use crate::instance::Instance;
use crate::mail;

pub(super) const APPROVALS: Check = Check {
    clause: 51,
    rule: "data leaves on a legal ground approved as the policy says, sealed to its recipient, counted in public",
    did: "asked for a conversation as a privacy officer, released it one approval too early and in time, and looked \
          at the copy and at the public count",
    run: approvals,
};

pub(super) const SCOPE: Check = Check {
    clause: 52,
    rule: "a breach is a ground only with the rule that was broken, and carries one conversation",
    did: "asked for a release without a rule, for a whole person, and for everybody",
    run: scope,
};

pub(super) const SECOND_LOOK: Check = Check {
    clause: 54,
    rule: "a release for rights, property or safety has its reason, and is looked at again after 30 days",
    did: "asked for one without a reason, released one, and looked at its day and at the public counts by ground",
    run: second_look,
};

pub(super) const BREAK_GLASS: Check = Check {
    clause: 55,
    rule: "in an emergency one approves at once, and the public count says unreviewed until a second one has",
    did: "released with one approval on the ground of an emergency, and looked at the public count before and after \
          the second approval",
    run: break_glass,
};

/// A public key of `age`: the one of its manual.
const RECIPIENT_KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
/// How a file of `age` begins.
const SEALED: &[u8] = b"age-encryption.org/v1";
/// Approvals after which nothing is left to approve.
const WHOLE: u32 = 2;
const MICROS_30_DAYS: i64 = 30 * 86_400 * 1_000_000;
const PASSWORD: &str = "violet harbour 71 lanterns";

/// What a release takes here: the policy's rule, and three members who may have a part in it.
struct Desk {
    rule: Disclosure,
    officers: [Caller; 3],
}

/// A release that the first officer asked for.
struct Asked {
    id: String,
}

impl Asked {
    fn step(&self, who: &Caller, step: &str) -> Result<Answer, Stop> {
        let path = format!("/api/console/disclosures/{}/{step}", self.id);
        who.post(&path, &json!({}))
    }

    fn seen(&self, who: &Caller) -> Result<Value, Stop> {
        who.get(&format!("/api/console/disclosures/{}", self.id))?
            .expect(200)
    }
}

/// The desk, if the policy declares this ground. Only an instance of tests is given more members.
fn desk(instance: &mut Instance, ground: Ground) -> Result<Desk, Stop> {
    let rule = instance.policy().file().disclosure.clone();
    let rule = rule.filter(|rule| rule.grounds.contains(&ground));
    let unasked =
        || Stop::NotApplicable(format!("the policy declares no ground {}", ground.word()));
    let rule = rule.ok_or_else(unasked)?;
    instance.clock()?;
    let officers = if let Some(known) = &instance.officers {
        known.clone()
    } else {
        let made = [officer(instance)?, officer(instance)?, officer(instance)?];
        instance.officers = Some(made.clone());
        made
    };
    Ok(Desk { rule, officers })
}

fn officer(instance: &Instance) -> Result<Caller, Stop> {
    instance.mail()?;
    let address = new_address();
    let invitation = json!({ "email": address, "role": "privacy_officer" });
    let invited = instance
        .agent()?
        .post("/api/console/invitations", &invitation)?;
    invited.expect(201)?;
    let letter = mail::wait_for(instance, &address)?;
    let token = letter.token_after("#token=");
    let token = token.ok_or_else(|| Stop::Failed("the invitation has no link".to_owned()))?;
    let body = json!({ "token": token, "name": "Privacy check", "password": PASSWORD });
    let call = instance.own_page();
    let accepted = call.post("/api/console/invitations/accept", &body)?;
    accepted.expect(201)?;
    Ok(call.keeping(&accepted))
}

/// Asks for the conversation of a new visitor, on this ground, with more or other fields.
fn try_ask(
    instance: &Instance,
    who: &Caller,
    ground: Ground,
    fields: &[(&str, Value)],
) -> Result<Answer, Stop> {
    let conversation = instance.visitor().start()?;
    let mut body = json!({
        "conversation_id": conversation,
        "ground": ground.word(),
        "reason": "A test by privacy-check.",
        "recipient": "Nobody: a test by privacy-check.",
        "recipient_key": RECIPIENT_KEY,
    });
    for (name, value) in fields {
        if let Some(body) = body.as_object_mut() {
            body.insert((*name).to_owned(), value.clone());
        }
    }
    who.post("/api/console/disclosures", &body)
}

fn ask(
    instance: &Instance,
    who: &Caller,
    ground: Ground,
    fields: &[(&str, Value)],
) -> Result<Asked, Stop> {
    let asked = try_ask(instance, who, ground, fields)?.expect(201)?;
    let id = text(&asked, "/ids/0")?;
    Ok(Asked { id })
}

/// Releases on this ground that the instance tells everybody of, and how many of them are unreviewed.
fn count(instance: &Instance, ground: Ground) -> Result<(i64, i64), Stop> {
    let status = instance
        .stranger()
        .get("/privacy/status.json")?
        .expect(200)?;
    let grounds = list(&status, "/disclosures/grounds");
    let found = grounds
        .iter()
        .find(|one| text(one, "/ground").is_ok_and(|word| word == ground.word()));
    found.map_or(Ok((0, 0)), |one| {
        Ok((number(one, "/released")?, number(one, "/unreviewed")?))
    })
}

fn approvals(instance: &mut Instance) -> Verdict {
    let ground = Ground::TermsOrIllegal;
    let Desk { rule, officers } = desk(instance, ground)?;
    let [first, second, third] = &officers;
    let asked = ask(instance, first, ground, &[("rule", json!("a test"))])?;
    let mut needed = match rule.approvals {
        0 | 1 => vec![second],
        WHOLE => vec![second, third],
        more => {
            let why = format!("the policy asks for {more} approvals, and the checker has two");
            return Err(Stop::NotChecked(why));
        }
    };
    let last = needed.pop();
    for who in needed {
        asked.step(who, "approve")?.expect(204)?;
    }
    let (before, _) = count(instance, ground)?;
    let said = asked.step(first, "release")?.refusal(403, 51)?;
    if let Some(who) = last {
        asked.step(who, "approve")?.expect(204)?;
    }
    asked.step(first, "release")?.expect(204)?;
    let copy = first.get(&format!("/api/console/disclosures/{}/copy", asked.id))?;
    copy.expect(200)?;
    let is_sealed = copy.body.starts_with(SEALED) && !copy.text().contains("A test by");
    ensure(is_sealed, || "the copy is not sealed".to_owned())?;
    let (after, _) = count(instance, ground)?;
    ensure(after == before + 1, || {
        format!("the public count says {after} after {before}")
    })?;
    Ok(format!(
        "one approval too few: {said}; with {}: a sealed copy, and {after} in the public count",
        rule.approvals
    ))
}

fn scope(instance: &mut Instance) -> Verdict {
    let ground = Ground::TermsOrIllegal;
    let Desk { officers, .. } = desk(instance, ground)?;
    let rule = ("rule", json!("a test"));
    let everybody = [
        rule.clone(),
        ("scope", json!("everybody")),
        ("second_ground", json!(Ground::ProtectRightsSafety.word())),
    ];
    let mut said = Vec::new();
    for fields in [
        &[][..],
        &[rule.clone(), ("scope", json!("person"))],
        &everybody,
    ] {
        let refused = try_ask(instance, &officers[0], ground, fields)?;
        said.push(refused.refusal(403, 52)?);
    }
    Ok(said.join(", "))
}

fn second_look(instance: &mut Instance) -> Verdict {
    let ground = Ground::ProtectRightsSafety;
    let Desk { rule, officers } = desk(instance, ground)?;
    let [first, second, third] = &officers;
    let blank = try_ask(instance, first, ground, &[("reason", json!(" "))])?;
    blank.expect(422)?;
    let asked = ask(instance, first, ground, &[])?;
    asked.step(second, "approve")?.expect(204)?;
    if rule.approvals < WHOLE {
        asked.step(first, "release")?.expect(204)?;
        asked.step(third, "approve")?.expect(204)?;
    } else {
        asked.step(third, "approve")?.expect(204)?;
        asked.step(first, "release")?.expect(204)?;
    }
    let seen = asked.seen(second)?;
    let after = number(&seen, "/review_due_at")? - number(&seen, "/closed_at")?;
    ensure(after == MICROS_30_DAYS, || {
        format!("it is due to be looked at again after {after} microseconds, not 30 days")
    })?;
    let own = asked.step(first, "review")?;
    ensure(own.status == 403, || {
        format!("who asked for it looks at it again: {}", own.brief())
    })?;
    asked.step(second, "review")?.expect(204)?;
    let (released, _) = count(instance, ground)?;
    ensure(released > 0, || {
        "the public counts do not list the ground".to_owned()
    })?;
    Ok(format!(
        "without a reason: {}; due after 30 days, looked at by another; {released} on this ground in public",
        blank.brief()
    ))
}

fn break_glass(instance: &mut Instance) -> Verdict {
    let ground = Ground::Emergency;
    let Desk { officers, .. } = desk(instance, ground)?;
    let [first, second, third] = &officers;
    let asked = ask(instance, first, ground, &[])?;
    let (_, before) = count(instance, ground)?;
    asked.step(second, "approve")?.expect(204)?;
    asked.step(second, "release")?.expect(204)?;
    let (_, open) = count(instance, ground)?;
    ensure(open == before + 1, || {
        format!("the public count says {open} unreviewed after {before}")
    })?;
    asked.step(third, "approve")?.expect(204)?;
    let (_, after) = count(instance, ground)?;
    ensure(after == before, || {
        format!("the public count says {after} unreviewed when two have approved it")
    })?;
    Ok(format!("unreviewed: {before}, {open}, {after}"))
}
