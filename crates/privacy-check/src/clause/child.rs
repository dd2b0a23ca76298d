//! Children: clauses 61 to 66.

use std::time::{Duration, Instant};

use policy::Timestamp;
use serde_json::json;

use super::{Check, letter, notice, rights};
use crate::finding::{Stop, Verdict, ensure, number, text};
use crate::instance::{Instance, Visitor};
use crate::mail;

pub(super) const AGE: Check = Check {
    clause: 61,
    rule: "whoever is too young is refused and stays refused; where nobody is asked, the page says from which age on",
    did: "gave a child's month of birth as a new visitor, then a grown-up's, then wrote",
    run: age,
};

pub(super) const FREEZE: Check = Check {
    clause: 62,
    rule: "a record that is known to be a minor's is frozen at once",
    did: "marked a visitor as a minor, and within a second looked as agent and as visitor",
    run: freeze,
};

pub(super) const PARENTS: Check = Check {
    clause: 63,
    rule: "the page has a part for parents",
    did: "looked for it on the policy page",
    run: parents,
};

pub(super) const LAPSE: Check = Check {
    clause: 65,
    rule: "a minor's record for which no parent is found is erased when its time is over",
    did: "marked a visitor as a minor, named no parent, and moved the test clock past the time",
    run: lapse,
};

pub(super) const MIXED: Check = Check {
    clause: 64,
    rule: "a site that children like too asks for an age before any field",
    did: "let a version for a mixed audience rule, and wrote as a visitor who gives no age",
    run: mixed,
};

pub(super) const PARENT_DELETES: Check = Check {
    clause: 66,
    rule: "a parent has a child's data deleted by writing to us, without the child",
    did: "asked on the parents' page with the address of a visitor, and pressed the button behind the letter's link",
    run: parent_deletes,
};

const GROWN_UP: (i64, i64) = (1980, 1);
/// How long a record may stay visible after the mark (clause 62).
const FREEZE_WITHIN: Duration = Duration::from_secs(1);
/// How long the instance may take to act on a moved clock.
const ACT_WAIT: Duration = Duration::from_mins(1);
const LOOK_AGAIN: Duration = Duration::from_millis(200);
const HOUR_S: i64 = 3_600;

fn age(instance: &mut Instance) -> Verdict {
    let Some(age) = &instance.policy().file().age else {
        let why = "the policy names no age";
        return Err(Stop::NotApplicable(why.to_owned()));
    };
    if instance.policy().age_gate().is_none() {
        let page = instance.stranger().get("/privacy")?.text();
        let said = format!("not for people under {}", age.minimum);
        ensure(page.contains(&said), || {
            "the page does not say from which age on it serves people".to_owned()
        })?;
        return Ok(format!("nobody is asked; the page says \"{said}\""));
    }
    // The instance's own clock, which a test may have moved.
    let status = instance.stranger().get("/privacy/status.json")?;
    let today = Timestamp(number(&status.expect(200)?, "/now")?).date();
    let year = today.split('-').next().and_then(|year| year.parse().ok());
    let this_year: i64 = year.ok_or_else(|| Stop::Failed(format!("it is {today}")))?;
    let visitor = instance.visitor();
    let said = visitor.say_age((this_year - 12, 1))?.refusal(403, 61)?;
    visitor.say_age(GROWN_UP)?.refusal(403, 61)?;
    let wrote = visitor.try_start(&json!({ "age_pass": null }))?;
    ensure(wrote.status == 403, || {
        format!("{}: {}", wrote.asked, wrote.brief())
    })?;
    Ok(format!("{said}, again as a grown-up, and for the message"))
}

/// Starts a conversation and marks its visitor; gives the visitor and the conversation's path.
fn mark(instance: &Instance) -> Result<(Visitor, String), Stop> {
    let visitor = instance.visitor();
    let path = format!("/api/console/conversations/{}", visitor.start()?);
    let agent = instance.agent()?;
    let seen = agent.get(&path)?.expect(200)?;
    let person = text(&seen, "/conversation/person_id")?;
    let marked = agent.post(&format!("/api/console/people/{person}/child"), &json!({}))?;
    ensure(marked.status == 204, || {
        format!("{}: {}", marked.asked, marked.brief())
    })?;
    Ok((visitor, path))
}

/// Whether the policy lets a record be frozen.
fn protects(instance: &Instance) -> Result<i64, Stop> {
    let age = instance.policy().file().age.as_ref();
    let hours = age.map(|age| i64::from(age.found_child.hold_hours));
    hours.ok_or_else(|| Stop::NotApplicable("the policy names no age".to_owned()))
}

fn freeze(instance: &mut Instance) -> Verdict {
    protects(instance)?;
    let (visitor, path) = mark(instance)?;
    let pressed = Instant::now();
    let seen = instance.agent()?.get(&path)?;
    ensure(seen.status == 404, || {
        format!("{}: {} after the mark", seen.asked, seen.brief())
    })?;
    for path in ["/api/widget/me", "/api/widget/me/export"] {
        let answer = visitor.call.get(path)?;
        ensure(answer.brief() == "403 record_frozen", || {
            format!("{}: {} after the mark", answer.asked, answer.brief())
        })?;
    }
    ensure(pressed.elapsed() < FREEZE_WITHIN, || {
        format!("it took {:?}", pressed.elapsed())
    })?;
    Ok("no agent sees it, and it gives nothing out".to_owned())
}

fn parents(instance: &mut Instance) -> Verdict {
    let page = instance.stranger().get("/privacy")?.text();
    let age = instance.policy().file().age.as_ref();
    if age.is_none() {
        let why = "the policy names no age";
        return Err(Stop::NotApplicable(why.to_owned()));
    }
    ensure(page.contains("id=\"parents\""), || {
        "the page has no part for parents".to_owned()
    })?;
    Ok("parents read there what is done, and ask for a child's data to go".to_owned())
}

fn lapse(instance: &mut Instance) -> Verdict {
    let hours = protects(instance)?;
    instance.clock()?;
    let (visitor, _) = mark(instance)?;
    let is_frozen = || -> Result<bool, Stop> {
        let answer = visitor.call.get("/api/widget/me")?;
        Ok(answer.status != 401)
    };
    ensure(is_frozen()?, || "it went before its time".to_owned())?;
    instance.move_clock(hours * HOUR_S + 60)?;
    let deadline = Instant::now() + ACT_WAIT;
    while is_frozen()? {
        ensure(Instant::now() < deadline, || {
            format!("it is still there when {hours} hours are over")
        })?;
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(format!("held for {hours} hours, then erased by itself"))
}

fn mixed(instance: &mut Instance) -> Verdict {
    if instance.policy().file().age.is_none() {
        let why = "the policy names no age";
        return Err(Stop::NotApplicable(why.to_owned()));
    }
    let version = notice::ruling(instance)?;
    let fields = json!({ "policy_version": version, "age_pass": null });
    let said = instance.visitor().try_start(&fields)?.refusal(403, 64)?;
    Ok(format!(
        "under version {version}, for a mixed audience: {said}"
    ))
}

fn parent_deletes(instance: &mut Instance) -> Verdict {
    protects(instance)?;
    let address = letter::new_address();
    let (visitor, _) = letter::left(instance, &address)?;
    let form = format!("email={}", address.replace('@', "%40"));
    let asked = instance.own_page().post_form("/privacy/parent", &form)?;
    asked.expect(200)?;
    let page = "/privacy/parent/";
    let found = mail::wait_until(instance, &address, |letter| letter.body.contains(page))?;
    let erased = letter::follow(instance, &found, page, "answer=erase")?;
    erased.expect(200)?;
    ensure(!rights::is_known(&visitor)?, || {
        "the child's record is still there".to_owned()
    })?;
    Ok("deleted by a letter to the parent; the child's browser did nothing".to_owned())
}
