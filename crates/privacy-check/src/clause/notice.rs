//! What happens to the people of a version when the next one comes: clauses 74, 76 and 77. They publish a next
//! version, which only an instance on a test clock is asked to bear.

use std::time::{Duration, Instant};

use policy::{Agreement, Records, Timestamp};
use serde_json::{Value, json};

use super::{Check, change, rights};
use crate::finding::{Stop, Verdict, ensure, number, text};
use crate::instance::{Announced, Instance, Visitor, new_id};

pub(super) const PROMPT: Check = Check {
    clause: 76,
    rule: "whoever wrote under the old version is asked until they choose, and then no more",
    did: "published a version that keeps conversations longer, looked at its notice as a visitor, and accepted it",
    run: prompt,
};

pub(super) const OBJECTION: Check = Check {
    clause: 77,
    rule: "whoever objects to a change keeps the old terms or is erased, by one act",
    did: "answered the notice of the new version with `keep` as one visitor, and with `erase` as another",
    run: objection,
};

pub(super) const OLD_RECORDS: Check = Check {
    clause: 74,
    rule: "what was collected under a version stays under it, or follows as that version said",
    did: "let the new version rule, and looked at a visitor who had said nothing",
    run: old_records,
};

const PLACE: &str = "/api/widget/me/notice";
const LOOK_AGAIN: Duration = Duration::from_millis(200);
const MICROS_A_SECOND: i64 = 1_000_000;

/// The version that these checks announce, and visitors who wrote before it.
fn announced(instance: &mut Instance) -> Result<Announced, Stop> {
    instance.clock()?;
    if let Some(known) = &instance.announced {
        return Ok(known.clone());
    }
    let [accepts, keeps, erases, silent] = [(); 4].map(|()| instance.visitor());
    for visitor in [&accepts, &keeps, &erases] {
        visitor.start()?;
    }
    let conversation = silent.start()?;
    let agent = instance.agent()?;
    let shown = agent.get("/api/console/policy")?.expect(200)?;
    let file = change::with_longer_retention(&shown)?;
    // For clause 64, which asks for an age where children come too.
    let file = file.replace("audience = \"general\"", "audience = \"mixed\"");
    let simulated = change::simulate(instance, &file)?;
    let earliest = Timestamp::parse(&text(&simulated, "/earliest")?);
    let earliest = earliest.ok_or_else(|| Stop::Failed("no earliest lawful date".to_owned()))?;
    let effective = earliest.plus_days(1);
    let lines: Vec<String> = file.lines().map(|line| dated(line, effective)).collect();
    let body = json!({ "text": lines.join("\n") });
    let published = agent.post("/api/console/policy/publish", &body)?;
    published.expect(201)?;
    let known = Announced {
        version: number(&shown, "/version")? + 1,
        effective,
        accepts,
        keeps,
        erases,
        silent,
        conversation,
    };
    instance.announced = Some(known.clone());
    Ok(known)
}

fn dated(line: &str, effective: Timestamp) -> String {
    if line.starts_with("effective = ") {
        return format!("effective = \"{effective}\"");
    }
    line.to_owned()
}

/// The notice as this visitor is shown it; it may take the instance a moment.
fn told(instance: &Instance, visitor: &Visitor) -> Result<Value, Stop> {
    let deadline = instance.deadline();
    loop {
        let answer = visitor.call.get(PLACE)?;
        if answer.status == 200 || Instant::now() >= deadline {
            return answer.expect(200);
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

fn answer(visitor: &Visitor, word: &str, version: i64) -> Result<Value, Stop> {
    let body = json!({ "answer": word, "version": version });
    visitor.call.post(PLACE, &body)?.expect(200)
}

fn is_due(told: &Value) -> bool {
    told.pointer("/due").and_then(Value::as_bool) == Some(true)
}

fn prompt(instance: &mut Instance) -> Verdict {
    if !instance.policy().file().notice.home_prompt {
        let why = "the policy declares no prompt";
        return Err(Stop::NotApplicable(why.to_owned()));
    }
    let Announced {
        version, accepts, ..
    } = announced(instance)?;
    let before = told(instance, &accepts)?;
    let is_prompt = before.pointer("/prompt").and_then(Value::as_bool) == Some(true);
    ensure(is_prompt && is_due(&before), || {
        "whoever wrote under the old version is not asked".to_owned()
    })?;
    text(&before, "/changes/0/class")?;
    answer(&accepts, "accept", version)?;
    ensure(!is_due(&told(instance, &accepts)?), || {
        "whoever has answered is asked again".to_owned()
    })?;
    Ok(format!(
        "asked about version {version} with what changes; accepted, and asked no more"
    ))
}

fn objection(instance: &mut Instance) -> Verdict {
    let Announced {
        version,
        keeps,
        erases,
        ..
    } = announced(instance)?;
    answer(&keeps, "keep", version)?;
    let kept = told(instance, &keeps)?;
    let stands_on = number(&kept, "/stands_on")?;
    ensure(!is_due(&kept) && stands_on < version, || {
        format!("whoever keeps the old terms stands on version {stands_on}")
    })?;
    let erased = answer(&erases, "erase", version)?;
    let receipt = erased.get("receipt").cloned().unwrap_or_default();
    let receipt = rights::read_receipt(&receipt)?;
    rights::verify(&receipt, &receipt.key)?;
    ensure(!rights::is_known(&erases)?, || {
        "whoever objected is still known".to_owned()
    })?;
    Ok(format!(
        "one stands on version {stands_on}; the other is erased, receipt {} verifies",
        receipt.index
    ))
}

/// Lets the announced version rule; its number.
pub(super) fn ruling(instance: &mut Instance) -> Result<i64, Stop> {
    let known = announced(instance)?;
    let page = instance.stranger().get("/privacy")?;
    if page.header("policy-version") != known.version.to_string() {
        let rules_at = known.effective.micros() / MICROS_A_SECOND;
        let wait = rules_at - now_s(instance)?;
        instance.move_clock(wait.max(0) + 60)?;
        wait_until_rules(instance, known.version)?;
    }
    Ok(known.version)
}

fn old_records(instance: &mut Instance) -> Verdict {
    ruling(instance)?;
    let known = announced(instance)?;
    let notice = instance.policy().file().notice;
    if notice.records == Records::KeepVersion {
        let stands_on = number(&told(instance, &known.silent)?, "/stands_on")?;
        ensure(stands_on < known.version, || {
            format!("silence moved what was collected to version {stands_on}")
        })?;
    }
    if notice.agreement == Agreement::Deemed {
        return deemed(instance, &known);
    }
    write_on(&known)?.expect(201)?;
    let after = told(instance, &known.silent)?;
    ensure(is_due(&after), || {
        "going on to write counted as agreement".to_owned()
    })?;
    Ok(format!(
        "version {} rules; whoever said nothing stands on the old one, also after writing on",
        known.version
    ))
}

/// Use after notice counts, and the person sees that it did.
fn deemed(instance: &Instance, known: &Announced) -> Verdict {
    ensure(
        told(instance, &known.silent)?.get("answer").is_none(),
        || "silence counted before anything was written".to_owned(),
    )?;
    write_on(known)?.expect(201)?;
    let after = told(instance, &known.silent)?;
    let purpose = text(&after, "/answer/purpose")?;
    ensure(
        purpose == "policy.deemed" && after.get("receipt").is_some(),
        || format!("writing on is shown as {purpose}, or without a receipt"),
    )?;
    Ok(
        "nothing counted before they wrote on; then it did, and they are shown a receipt"
            .to_owned(),
    )
}

fn write_on(known: &Announced) -> Result<crate::http::Answer, Stop> {
    let body = json!({
        "policy_version": known.version, "client_msg_id": new_id(), "body": "A test by privacy-check.",
    });
    let path = format!("/api/widget/conversations/{}/messages", known.conversation);
    known.silent.call.post(&path, &body)
}

/// What the instance takes for now, in seconds: a conversation of this moment says it.
fn now_s(instance: &Instance) -> Result<i64, Stop> {
    let started = instance.visitor().try_start(&json!({}))?.expect(201)?;
    let created_at = number(&started, "/conversation/created_at")?;
    Ok(created_at / MICROS_A_SECOND)
}

fn wait_until_rules(instance: &Instance, version: i64) -> Result<(), Stop> {
    let deadline = instance.deadline();
    loop {
        let page = instance.stranger().get("/privacy")?;
        if page.header("policy-version") == version.to_string() {
            return Ok(());
        }
        ensure(Instant::now() < deadline, || {
            format!("version {version} does not rule on its day")
        })?;
        std::thread::sleep(LOOK_AGAIN);
    }
}
