//! Opt out, change, erase: clauses 59 and 60, and the hold that it waits for: 53; the proof of it: 69 and 70.

use std::time::{Duration, Instant};

use ledger::{NoteKey, Receipt};
use policy::Ground;
use serde_json::{Value, json};

use super::Check;
use crate::finding::{Stop, Verdict, ensure, list, number, text};
use crate::instance::{Instance, Visitor};

const LOOK_AGAIN: Duration = Duration::from_millis(200);
const DAY_S: i64 = 86_400;
const MICROS_A_DAY: i64 = DAY_S * 1_000_000;

pub(super) const HOLD: Check = Check {
    clause: 53,
    rule: "an erasure waits for a legal hold, and is done when it ends",
    did: "held a visitor's conversation for a day, erased as the visitor, then released the hold",
    run: hold,
};

pub(super) const CLOCKED_REQUESTS: Check = Check {
    clause: 59,
    rule: "a request that nobody answers runs by itself when it is due",
    did: "entered an erasure, left it alone, and moved the test clock past its time",
    run: clocked_requests,
};

pub(super) const SELF_SERVICE: Check = Check {
    clause: 60,
    rule: "people see, correct, export and erase what is held about them",
    did: "corrected a name and looked as an agent, exported, erased, and looked again as visitor and agent",
    run: self_service,
};

pub(super) const HEAD_COUNT: Check = Check {
    clause: 69,
    rule: "the page says how many people have each role",
    did: "compared the counts of the policy page with the members that the console lists",
    run: head_count,
};

pub(super) const RECEIPTS: Check = Check {
    clause: 70,
    rule: "what was done is recorded so that altering it shows",
    did: "erased two visitors, verified both receipts without the instance, then altered one",
    run: receipts,
};

/// Roles of the console, each with its words on the page.
const ROLES: [(&str, &str); 6] = [
    ("owner", "owner"),
    ("admin", "administrators"),
    ("agent", "agents"),
    ("analyst", "analysts"),
    ("marketer", "newsletter writers"),
    ("privacy_officer", "privacy officers"),
];

fn hold(instance: &mut Instance) -> Verdict {
    let grounds = instance.policy().file().disclosure.as_ref();
    if !grounds.is_some_and(|rule| rule.grounds.contains(&Ground::CourtOrGovernment)) {
        let why = "the policy declares no release to a court, and so no hold for one";
        return Err(Stop::NotApplicable(why.to_owned()));
    }
    let agent = instance.agent()?;
    let visitor = instance.visitor();
    let started = visitor.try_start(&json!({}))?.expect(201)?;
    let id = text(&started, "/conversation/id")?;
    let seen = agent
        .get(&format!("/api/console/conversations/{id}"))?
        .expect(200)?;
    let body = json!({
        "person_id": text(&seen, "/conversation/person_id")?,
        "ground": "court-or-government",
        "document_hash": format!("sha256:{}", "ab".repeat(32)),
        "deadline_at": number(&started, "/conversation/created_at")? + MICROS_A_DAY,
        "reason": "A test by privacy-check.",
    });
    let placed = agent.post("/api/console/holds", &body)?.expect(201)?;
    let hold = text(&placed, "/id")?;
    let waits = visitor.call.post("/api/widget/me/erase", &json!({}))?;
    let released = agent.post(&format!("/api/console/holds/{hold}/release"), &json!({}))?;
    let said = waits.refusal(403, 53)?;
    ensure((200..300).contains(&released.status), || {
        format!("{}: {}", released.asked, released.brief())
    })?;
    ensure(!is_known(&visitor)?, || {
        "the visitor is still known when the hold has ended".to_owned()
    })?;
    Ok(format!("during the hold: {said}; erased with its release"))
}

fn clocked_requests(instance: &mut Instance) -> Verdict {
    instance.clock()?;
    let visitor = instance.visitor();
    let id = visitor.start()?;
    let entered = json!({ "kind": "erase", "way": "post", "conversation_id": id });
    let entered = instance
        .agent()?
        .post("/api/console/requests", &entered)?
        .expect(201)?;
    let request = text(&entered, "/requests/0/id")?;
    let given =
        number(&entered, "/requests/0/due_at")? - number(&entered, "/requests/0/received_at")?;
    let days = i64::from(instance.policy().file().requests.answer_days);
    ensure(given > 0 && given <= days * MICROS_A_DAY, || {
        format!(
            "it is due in {} days, the policy says {days}",
            given / MICROS_A_DAY
        )
    })?;
    ensure(is_known(&visitor)?, || "it ran before its time".to_owned())?;
    instance.move_clock((days + 1) * DAY_S)?;
    let path = format!("/api/console/requests/{request}");
    let deadline = instance.deadline();
    let outcome = loop {
        let now = instance.agent()?.get(&path)?.expect(200)?;
        if let Ok(outcome) = text(&now, "/outcome") {
            break outcome;
        }
        ensure(Instant::now() < deadline, || {
            format!("not carried out {days} days and one more after it came in")
        })?;
        std::thread::sleep(LOOK_AGAIN);
    };
    ensure(outcome == "erased" && !is_known(&visitor)?, || {
        format!("it ended as {outcome}, and the visitor is known")
    })?;
    Ok(format!(
        "due after {} days; then erased by itself",
        given / MICROS_A_DAY
    ))
}

/// Whether the instance still knows the visitor.
pub(super) fn is_known(visitor: &Visitor) -> Result<bool, Stop> {
    let answer = visitor.call.get("/api/widget/me")?;
    match answer.status {
        200 => Ok(true),
        401 => Ok(false),
        _ => Err(Stop::Failed(format!(
            "{}: {}",
            answer.asked,
            answer.brief()
        ))),
    }
}

fn self_service(instance: &mut Instance) -> Verdict {
    let agent = instance.agent()?;
    let visitor = instance.visitor();
    let id = text(
        &visitor
            .try_start(&json!({ "name": "Wrong Name" }))?
            .expect(201)?,
        "/conversation/id",
    )?;
    let contact = json!({ "policy_version": instance.policy().version(), "name": "Right Name" });
    let put = visitor
        .call
        .send("PUT", "/api/widget/me/contact", Some(&contact))?;
    put.expect(200)?;
    let place = format!("/api/console/conversations/{id}");
    let seen = agent.get(&place)?.expect(200)?;
    let shown = text(&seen, "/conversation/visitor/name")?;
    ensure(shown == "Right Name", || {
        "agents see the name as it was".to_owned()
    })?;
    let export = visitor.call.get("/api/widget/me/export")?;
    export.expect(200)?;
    ensure(export.text().contains("A test by privacy-check."), || {
        "the export lacks the message".to_owned()
    })?;
    erase(&visitor)?;
    ensure(!is_known(&visitor)?, || {
        "the visitor is still known".to_owned()
    })?;
    agent.get(&place)?.expect(404)?;
    agent.get(&format!("{place}/messages"))?.expect(404)?;
    Ok("corrected for agents too, exported, erased for all, with a receipt".to_owned())
}

/// Erases a visitor as they do it themselves.
fn erase(visitor: &Visitor) -> Result<Receipt, Stop> {
    let erased = visitor
        .call
        .post("/api/widget/me/erase", &json!({}))?
        .expect(200)?;
    let receipt = erased.get("receipt").cloned().unwrap_or_default();
    read_receipt(&receipt)
}

pub(super) fn read_receipt(receipt: &Value) -> Result<Receipt, Stop> {
    Receipt::from_json(receipt.to_string().as_bytes())
        .map_err(|error| Stop::Failed(error.to_string()))
}

pub(super) fn verify(receipt: &Receipt, key: &str) -> Result<u64, Stop> {
    let key = NoteKey::parse(key).map_err(|error| Stop::Failed(error.to_string()))?;
    let checkpoint = receipt.verify(&key);
    checkpoint
        .map(|checkpoint| checkpoint.size)
        .map_err(|error| Stop::Failed(error.to_string()))
}

fn head_count(instance: &mut Instance) -> Verdict {
    let listed = instance.agent()?.get("/api/console/agents")?.expect(200)?;
    let page = instance.stranger().get("/privacy")?.text();
    let mut counted = Vec::new();
    for (role, label) in ROLES {
        let is_counted = |one: &&Value| {
            let part = |name: &str| one.get(name).and_then(Value::as_str);
            part("role") == Some(role) && part("state") == Some("active")
        };
        let members = list(&listed, "/agents").iter().filter(is_counted).count();
        let Some(printed) = printed_count(&page, label) else {
            ensure(members == 0, || format!("the page lists nobody as {role}"))?;
            continue;
        };
        // Other workspaces of the installation are counted on the page too.
        ensure(printed >= members, || {
            format!("the page counts {printed} as {role}, the console {members}")
        })?;
        counted.push(format!("{role} {printed}"));
    }
    ensure(!counted.is_empty(), || "the page counts nobody".to_owned())?;
    Ok(format!(
        "on the page: {}; none fewer than the console lists",
        counted.join(", ")
    ))
}

/// The number that the page prints for a role.
fn printed_count(page: &str, label: &str) -> Option<usize> {
    let (_, rest) = page.split_once(&format!(">{label}</span>"))?;
    let (before, _) = rest.split_once(" in this role")?;
    let digits = before.rsplit('>').next()?;
    digits.trim().parse().ok()
}

fn receipts(instance: &mut Instance) -> Verdict {
    let mut made = Vec::new();
    for _ in 0..2 {
        let visitor = instance.visitor();
        visitor.start()?;
        made.push(erase(&visitor)?);
    }
    let [first, second] = made.as_slice() else {
        return Err(Stop::Failed("two receipts were asked for".to_owned()));
    };
    let before = verify(first, &first.key)?;
    let after = verify(second, &first.key)?;
    ensure(second.index > first.index && after > before, || {
        "the record does not grow".to_owned()
    })?;
    let mut altered = second.clone();
    altered.entry.at += 1;
    let key = NoteKey::parse(&first.key).map_err(|error| Stop::Failed(error.to_string()))?;
    let said = altered.verify(&key).err().map(|error| error.to_string());
    let named = said.filter(|said| said.contains(&altered.index.to_string()));
    let named = named.ok_or_else(|| Stop::Failed("an altered entry passes".to_owned()))?;
    Ok(format!(
        "entries {} and {} verify; altered: {named}",
        first.index, second.index
    ))
}
