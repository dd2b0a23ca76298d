//! Our commitment to data security: clauses 67 and 71.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::Check;
use crate::finding::{Stop, Verdict, ensure, list, number, text};
use crate::instance::Instance;

pub(super) const KEYS: Check = Check {
    clause: 67,
    rule: "it runs on safe settings only: nobody else can read the keys; it says which version it is",
    did: "asked for its version, and looked at who may read the folder of its data and the keys in it",
    run: keys,
};

pub(super) const DRILL: Check = Check {
    clause: 71,
    rule: "the page says what no method can do; a breach is practised with whom it reaches and its 72 hours",
    did: "looked for the limits on the page, wrote as a visitor, ran a drill and looked for the visitor on its list",
    run: drill,
};

const MICROS_72_H: i64 = 72 * 3_600 * 1_000_000;
/// Pages of the list that are looked at.
const PAGES_MAX: usize = 1_000;

fn keys(instance: &mut Instance) -> Verdict {
    let version = instance.stranger().get("/version")?.expect(200)?;
    let version = text(&version, "/version")?;
    let folder = instance.data()?;
    let file = folder.join("keys.db");
    if !file.exists() {
        let why = "its keys are in a database of another server";
        return Err(Stop::NotApplicable(why.to_owned()));
    }
    for path in [folder, &file] {
        let mode = mode(path)?;
        ensure(mode & 0o077 == 0, || {
            format!("others may read {} (mode {mode:o})", path.display())
        })?;
    }
    Ok(format!(
        "version {version}; the keys are for their owner alone"
    ))
}

#[cfg(unix)]
fn mode(path: &Path) -> Result<u32, Stop> {
    use std::os::unix::fs::PermissionsExt as _;
    let unreadable = |error| Stop::NotChecked(format!("{}: {error}", path.display()));
    let found = fs::metadata(path).map_err(unreadable)?;
    Ok(found.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Result<u32, Stop> {
    Err(Stop::NotChecked(
        "file modes are looked at on Unix only".to_owned(),
    ))
}

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
