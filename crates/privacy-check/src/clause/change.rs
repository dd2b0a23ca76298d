//! Changes of the policy: clauses 72 to 77.

use policy::Policy;
use serde_json::{Value, json};

use super::Check;
use crate::finding::{Stop, Verdict, ensure, list, number, text};
use crate::instance::Instance;

pub(super) const PERMANENT_VERSIONS: Check = Check {
    clause: 73,
    rule: "every version stays published, with its date and hash",
    did: "fetched every version's page and file, and hashed the bytes",
    run: permanent_versions,
};

pub(super) const FEED: Check = Check {
    clause: 72,
    rule: "whoever wants to hears of every version, and none is changed without a new number",
    did: "read the feed, and asked as an agent what publishing the present version with other words would do",
    run: feed,
};

pub(super) const NOTICE_GATE: Check = Check {
    clause: 75,
    rule: "what widens the use of data is announced before it rules",
    did: "asked as an agent what publishing a longer retention without notice would do; published nothing",
    run: notice_gate,
};

/// Versions that the feed need not reach back to.
const FEED_ENTRIES_MAX: u32 = 30;

fn feed(instance: &mut Instance) -> Verdict {
    let feed = instance.stranger().get("/privacy/feed.atom")?;
    feed.expect(200)?;
    let kind = feed.header("content-type");
    ensure(kind.starts_with("application/atom+xml"), || {
        format!("the feed is {kind}")
    })?;
    let (feed, newest) = (feed.text(), instance.policy().version());
    for version in newest.saturating_sub(FEED_ENTRIES_MAX - 1).max(1)..=newest {
        ensure(feed.contains(&format!("/privacy/v/{version}\"")), || {
            format!("the feed lacks version {version}")
        })?;
    }
    let edited = format!("{}\n# other words\n", instance.policy().text());
    let refused = refusing_clause(&simulate(instance, &edited)?);
    ensure(refused == Some(72), || {
        format!("edited without a number: clause {refused:?} where 72 is due")
    })?;
    Ok(
        "the feed tells of every version; edited without a new one: refused by clause 72"
            .to_owned(),
    )
}

/// What publishing a file would do; nothing is published.
pub(super) fn simulate(instance: &Instance, file: &str) -> Result<Value, Stop> {
    instance
        .agent()?
        .post("/api/console/policy/simulate", &json!({ "text": file }))?
        .expect(200)
}

/// The clause by which publishing would be refused.
fn refusing_clause(simulated: &Value) -> Option<i64> {
    simulated.pointer("/refusal/clause").and_then(Value::as_i64)
}

/// The file of the next version, in which conversations are kept for a day more.
pub(super) fn with_longer_retention(shown: &Value) -> Result<String, Stop> {
    let next = number(shown, "/version")? + 1;
    let hash = text(shown, "/hash")?;
    let mut lines = Vec::new();
    for line in text(shown, "/text")?.lines() {
        if line.starts_with("version = ") {
            lines.push(format!("version = {next}\npredecessor = \"{hash}\""));
        } else if !line.starts_with("predecessor = ") {
            lines.push(a_day_more(line));
        }
    }
    Ok(lines.join("\n"))
}

/// `retain = "365d after conversation.closed"` with one day more; any other line as it is.
fn a_day_more(line: &str) -> String {
    let longer = line
        .strip_prefix("retain = \"")
        .and_then(|rest| rest.split_once("d after conversation.closed"))
        .and_then(|(days, end)| Some((days.parse::<u32>().ok()?.checked_add(1)?, end)));
    longer.map_or_else(
        || line.to_owned(),
        |(days, end)| format!("retain = \"{days}d after conversation.closed{end}"),
    )
}

fn notice_gate(instance: &mut Instance) -> Verdict {
    let shown = instance.agent()?.get("/api/console/policy")?.expect(200)?;
    let simulated = simulate(instance, &with_longer_retention(&shown)?)?;
    let refused = refusing_clause(&simulated);
    ensure(refused == Some(75), || {
        format!("a longer retention at once: clause {refused:?} where 75 is due")
    })?;
    let changes = list(&simulated, "/changes");
    let is_material = |one: &&Value| one.get("class").and_then(Value::as_str) == Some("material");
    let reason = changes.iter().find(is_material);
    let reason = text(reason.unwrap_or(&Value::Null), "/reason")?;
    let earliest = text(&simulated, "/earliest")?;
    Ok(format!(
        "refused by clause 75: {reason}; lawful from {earliest} on"
    ))
}

fn permanent_versions(instance: &mut Instance) -> Verdict {
    let stranger = instance.stranger();
    let mut before: Option<String> = None;
    let newest = instance.policy().version();
    for version in 1..=newest {
        let page = stranger.get(&format!("/privacy/v/{version}"))?;
        page.expect(200)?;
        ensure(page.header("policy-version") == version.to_string(), || {
            format!("the page of version {version} names another in its header")
        })?;
        let file = stranger.get(&format!("/privacy/v/{version}/policy.toml"))?;
        file.expect(200)?;
        let broken = |_| Stop::Failed(format!("version {version} is no policy file"));
        let policy = Policy::parse(&file.text()).map_err(broken)?;
        let html = page.text();
        ensure(html.contains(policy.hash()), || {
            format!("the hash of version {version} is not the one its page shows")
        })?;
        ensure(
            html.contains(&policy.effective().to_string())
                || html.contains(&policy.effective().date()),
            || format!("the page of version {version} shows no date"),
        )?;
        let named = policy.file().policy.predecessor.clone();
        ensure(version == 1 || named == before, || {
            format!("version {version} does not follow the one before it")
        })?;
        before = Some(policy.hash().to_owned());
    }
    Ok(format!(
        "{newest} version(s): bytes, hash, date and order agree"
    ))
}
