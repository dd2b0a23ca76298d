//! Information collection and use: clauses 1 to 8.

use policy::{Set, Store};
use serde_json::{Value, json};

use super::Check;
use crate::finding::{Stop, Verdict, ensure, list, number, text};
use crate::http::Answer;
use crate::instance::Instance;

/// An origin that no policy lists: the name is reserved (RFC 2606).
const UNLISTED: &str = "https://unlisted.invalid";

pub(super) const SITES: Check = Check {
    clause: 1,
    rule: "the policy covers the listed sites, and all see the same version",
    did: "opened the widget and wrote from a page of an origin that is not listed, then from the listed page",
    run: sites,
};

pub(super) const INVENTORY: Check = Check {
    clause: 2,
    rule: "every stored column has a category, or holds nothing personal",
    did: "read /privacy/inventory.json and compared its fields with the policy file",
    run: inventory,
};

pub(super) const NOTHING_BEFORE_AN_ACT: Check = Check {
    clause: 3,
    rule: "nothing is kept before an act",
    did: "opened home page, policy page, loader, chat page and panel, and wrote nothing",
    run: nothing_before_an_act,
};

pub(super) const VERSION_SHOWN: Check = Check {
    clause: 4,
    rule: "what is written names the version that was shown",
    did: "wrote without a policy version, then with one that is not in force",
    run: version_shown,
};

pub(super) const PURPOSE: Check = Check {
    clause: 6,
    rule: "a reading needs a purpose that the policy gives, and the person sees that it was read",
    did: "opened a name as an agent without a purpose, with one that is not declared, then with the chat's",
    run: purpose,
};

pub(super) const SOURCE: Check = Check {
    clause: 5,
    rule: "every record says where it came from",
    did: "left a name, and read the source of every field that is held",
    run: source,
};

pub(super) const HARDENING: Check = Check {
    clause: 8,
    rule: "every answer carries the security headers",
    did: "read the headers of every route that the instance describes, and of its pages",
    run: hardening,
};

fn sites(instance: &mut Instance) -> Verdict {
    let stranger = instance.stranger().with("Origin", UNLISTED);
    let config = format!("/api/widget/{}/config?locale=en", instance.site_id());
    let opened = stranger.get(&config)?;
    let refused = opened.refusal(403, 1)?;
    ensure(
        opened.header("access-control-allow-origin").is_empty(),
        || "a page that is not listed may read the refusal".to_owned(),
    )?;
    let mut visitor = instance.visitor();
    visitor.call = visitor.call.with("Origin", UNLISTED);
    visitor.try_start(&json!({}))?.refusal(403, 1)?;
    let listed = instance.stranger().with("Origin", instance.origin());
    let config = listed.get(&config)?.expect(200)?;
    let version = number(&config, "/policy_version")?;
    ensure(version == i64::from(instance.policy().version()), || {
        format!("the panel shows version {version}, the page another")
    })?;
    Ok(format!("not listed: {refused}; listed: version {version}"))
}

fn inventory(instance: &mut Instance) -> Verdict {
    let inventory = instance
        .stranger()
        .get("/privacy/inventory.json")?
        .expect(200)?;
    let columns = list(&inventory, "/columns");
    ensure(!columns.is_empty(), || "it lists no column".to_owned())?;
    let policy = instance.policy();
    let mut personal = 0;
    for column in columns {
        let part = |name: &str| column.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = format!("{}.{}", part("table"), part("column"));
        let category = part("category");
        ensure(!category.is_empty(), || format!("{name} has no category"))?;
        if category == "none" {
            continue;
        }
        personal += 1;
        let (field, in_use) = (part("field"), column.get("in_use"));
        let declared = policy
            .file()
            .category
            .iter()
            .any(|rule| rule.key == category && rule.fields.iter().any(|one| one == field));
        ensure(in_use.and_then(Value::as_bool) == Some(declared), || {
            format!("{name} holds {field}: in use and declared do not agree")
        })?;
    }
    Ok(format!("{} columns, {personal} personal", columns.len()))
}

fn nothing_before_an_act(instance: &mut Instance) -> Verdict {
    let visitor = instance.visitor();
    let id = instance.site_id();
    let told: Vec<&str> = instance
        .policy()
        .file()
        .cookie
        .iter()
        .filter(|rule| rule.store == Store::Cookie && rule.set == Set::FirstPage)
        .map(|rule| rule.name.as_str())
        .collect();
    let paths = [
        "/".to_owned(),
        "/privacy".to_owned(),
        format!("/w/{id}.js"),
        format!("/chat/{id}"),
        format!("/api/widget/{id}/config?locale=en"),
    ];
    for path in &paths {
        let answer = visitor.call.get(path)?;
        answer.expect(200)?;
        for line in answer.cookies() {
            let name = line.split('=').next().unwrap_or_default();
            ensure(told.contains(&name), || {
                format!("{path} sets the cookie {name}")
            })?;
        }
    }
    let known = visitor.call.get("/api/widget/conversations")?;
    ensure(known.status == 401, || {
        format!("the visitor is known before writing: {}", known.brief())
    })?;
    Ok(format!(
        "{} answers without a cookie that the policy does not announce; the visitor is unknown after them",
        paths.len()
    ))
}

fn version_shown(instance: &mut Instance) -> Verdict {
    let visitor = instance.visitor();
    let missing = visitor.try_start(&json!({ "policy_version": null }))?;
    let missing = missing.refusal(428, 4)?;
    let old = visitor.try_start(&json!({ "policy_version": 0 }))?;
    let current = number(&old.json(), "/policy_version")?;
    let old = old.refusal(409, 4)?;
    ensure(current == i64::from(instance.policy().version()), || {
        format!("the refusal names version {current}")
    })?;
    let unknown = visitor.call.get("/api/widget/conversations")?;
    ensure(unknown.status == 401, || {
        "a refused message made a visitor".to_owned()
    })?;
    Ok(format!(
        "without: {missing}; not in force: {old}, with the version that is; nothing stored"
    ))
}

fn purpose(instance: &mut Instance) -> Verdict {
    let agent = instance.agent()?;
    let visitor = instance.visitor();
    let started = visitor.try_start(&json!({ "name": "Plain Name" }))?;
    let id = text(&started.expect(201)?, "/conversation/id")?;
    let seen = agent
        .get(&format!("/api/console/conversations/{id}"))?
        .expect(200)?;
    let person = text(&seen, "/conversation/person_id")?;
    let masked = agent.get(&format!("/api/console/people/{person}"))?;
    ensure(!masked.text().contains("Plain Name"), || {
        "the name is shown before anybody asked for it".to_owned()
    })?;
    let reveal = |purpose: Option<&str>| {
        let mut body = json!({ "field": "visitor.name" });
        if let (Some(body), Some(purpose)) = (body.as_object_mut(), purpose) {
            body.insert("purpose".to_owned(), purpose.into());
        }
        agent.post(&format!("/api/console/people/{person}/reveal"), &body)
    };
    let without = reveal(None)?;
    without.expect(422)?;
    let unknown = reveal(Some("x.curiosity"))?;
    let is_refused = (400..500).contains(&unknown.status);
    ensure(is_refused && !unknown.text().contains("Plain Name"), || {
        format!("an undeclared purpose: {}", unknown.brief())
    })?;
    let other = reveal(Some("legal.disclosure"))?;
    other.expect(403)?;
    reveal(Some("support.reply"))?.expect(200)?;
    let held = visitor.call.get("/api/widget/me")?.expect(200)?;
    let readers = list(&held, "/readers").len();
    ensure(readers > 0, || {
        "the reading is not in the person's access log".to_owned()
    })?;
    Ok(format!(
        "without: {}; another purpose: {}; the chat's: shown, and {readers} reading(s) told to the person",
        without.brief(),
        other.brief()
    ))
}

fn source(instance: &mut Instance) -> Verdict {
    let visitor = instance.visitor();
    let started = visitor.try_start(&json!({ "name": "Plain Name" }))?;
    started.expect(201)?;
    let held = visitor.call.get("/api/widget/me")?.expect(200)?;
    let items = list(&held, "/items");
    ensure(!items.is_empty(), || "nothing is held".to_owned())?;
    let mut sources: Vec<String> = Vec::new();
    for item in items {
        let source = text(item, "/source")?;
        let is_known = ["site", "partner", "import", "console", "mail"].contains(&source.as_str());
        ensure(is_known, || format!("a field whose source is {source:?}"))?;
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Ok(format!(
        "{} fields, from {}",
        items.len(),
        sources.join(", ")
    ))
}

fn hardening(instance: &mut Instance) -> Verdict {
    let is_https = instance.base().starts_with("https://");
    let mut paths: Vec<(String, String)> = ["/", "/privacy", "/privacy/me", "/console", "/nowhere"]
        .map(|path| ("GET".to_owned(), path.to_owned()))
        .into();
    let id = instance.site_id();
    paths.push(("GET".to_owned(), format!("/w/{id}.js")));
    paths.push(("GET".to_owned(), format!("/chat/{id}")));
    paths.extend(super::routes(instance.openapi()));
    let stranger = instance.stranger();
    for (method, path) in &paths {
        let path = super::fill(path, "00000000-0000-7000-8000-000000000000");
        let answer = stranger.send(method, &path, None)?;
        headers(&answer, is_https)?;
    }
    Ok(format!("{} answers, each with all of them", paths.len()))
}

fn headers(answer: &Answer, is_https: bool) -> Result<(), Stop> {
    let asked = &answer.asked;
    let csp = answer.header("content-security-policy");
    for piece in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        ensure(csp.contains(piece), || {
            format!("{asked}: no {piece} in its content-security-policy")
        })?;
    }
    ensure(!csp.contains("'unsafe-"), || {
        format!("{asked}: an unsafe content-security-policy")
    })?;
    ensure(answer.header("x-content-type-options") == "nosniff", || {
        format!("{asked}: no x-content-type-options: nosniff")
    })?;
    ensure(
        ["no-referrer", "same-origin"].contains(&answer.header("referrer-policy")),
        || format!("{asked}: its referrer-policy lets addresses out"),
    )?;
    ensure(
        !is_https
            || answer
                .header("strict-transport-security")
                .contains("max-age="),
        || format!("{asked}: no strict-transport-security"),
    )
}
