//! Our commitment to data security: clause 71.

use serde_json::json;

use super::Check;
use crate::finding::{Stop, Verdict, ensure, list, number, text};
use crate::instance::Instance;

pub(super) const DRILL: Check = Check {
    clause: 71,
    rule: "the page says what no method can do; a breach is practised with whom it reaches and its 72 hours",
    did: "looked for the limits on the page, wrote as a visitor, ran a drill and looked for the visitor on its list",
    run: drill,
};

const MICROS_72_H: i64 = 72 * 3_600 * 1_000_000;
/// Pages of the list that are looked at.
const PAGES_MAX: usize = 1_000;

fn drill(instance: &mut Instance) -> Verdict {
    let page = instance.stranger().get("/privacy")?.text();
    ensure(page.contains("No method is perfectly secure"), || {
        "the page does not say that no method is perfectly secure".to_owned()
    })?;
    let id = instance.visitor().start()?;
    let agent = instance.agent()?;
    let seen = agent.get(&format!("/api/console/conversations/{id}"))?;
    let person = text(&seen.expect(200)?, "/conversation/person_id")?;
    let body = json!({ "kind": "drill", "scope": "keys" });
    let opened = agent.post("/api/console/incidents", &body)?.expect(201)?;
    let hours = number(&opened, "/due_at")? - number(&opened, "/noticed_at")?;
    ensure(hours == MICROS_72_H, || {
        format!("the authority is due after {hours} microseconds, not 72 hours")
    })?;
    let incident = text(&opened, "/id")?;
    let is_listed = is_listed(instance, &incident, &person);
    let path = format!("/api/console/incidents/{incident}/close");
    instance.agent()?.post(&path, &json!({}))?.expect(200)?;
    ensure(is_listed?, || "the visitor is not on the list".to_owned())?;
    Ok(format!(
        "{} people reached, the visitor among them; due after 72 hours",
        number(&opened, "/affected")?
    ))
}

fn is_listed(instance: &Instance, incident: &str, person: &str) -> Result<bool, Stop> {
    let mut path = format!("/api/console/incidents/{incident}/people");
    for _ in 0..PAGES_MAX {
        let page = instance.agent()?.get(&path)?.expect(200)?;
        let people = list(&page, "/people");
        if people
            .iter()
            .any(|one| text(one, "/person_id").is_ok_and(|id| id == person))
        {
            return Ok(true);
        }
        let Ok(cursor) = text(&page, "/next_cursor") else {
            return Ok(false);
        };
        path = format!("/api/console/incidents/{incident}/people?cursor={cursor}");
    }
    Ok(false)
}
