//! What is generated as people move about: clauses 34 to 48.

use policy::{Holds, Honour, Store};
use serde_json::json;

use super::Check;
use crate::finding::{Stop, Verdict, ensure};
use crate::http::{Answer, Caller};
use crate::instance::{GROWN_UP, Instance, new_id};

pub(super) const DECLARED_SIGNALS: Check = Check {
    clause: 34,
    rule: "only declared signals are taken in",
    did: "sent a screen size with a message, with a reading mark and with a mark of arrival",
    run: declared_signals,
};

pub(super) const COOKIE_REGISTER: Check = Check {
    clause: 35,
    rule: "the register lists every cookie that is set",
    did: "wrote by the chat page without scripts, then compared all cookies of this run with the register",
    run: cookie_register,
};

pub(super) const STATISTICS: Check = Check {
    clause: 36,
    rule: "statistics are kept from a browser that says no",
    did: "opened the pages with Sec-GPC: 1",
    run: statistics,
};

pub(super) const PREFERENCES: Check = Check {
    clause: 37,
    rule: "a preference identifies nobody",
    did: "opened the pages in two browsers with the same language, and compared what each was given to keep",
    run: preferences,
};

pub(super) const EXITS: Check = Check {
    clause: 48,
    rule: "a link to elsewhere tells nobody where one came from",
    did: "followed every link of the public pages that leads to another host, and a chat with such a link",
    run: exits,
};

fn declared_signals(instance: &mut Instance) -> Verdict {
    let visitor = instance.visitor();
    let id = visitor.start()?;
    let version = instance.policy().version();
    let message = json!({
        "policy_version": version, "client_msg_id": new_id(), "body": "words", "screen": "800x600",
    });
    let signals = [
        ("messages", message),
        ("read", json!({ "seq": 1, "screen": "800x600" })),
        ("delivered", json!({ "seq": 1, "screen": "800x600" })),
    ];
    for (place, body) in &signals {
        let path = format!("/api/widget/conversations/{id}/{place}");
        visitor.call.post(&path, body)?.refusal(422, 20)?;
    }
    Ok(format!("{} refusals, each 422", signals.len()))
}

/// Pages that a browser opens before it does anything.
fn pages(instance: &Instance, browser: &Caller) -> Result<Vec<Answer>, Stop> {
    let chat = format!("/chat/{}", instance.site_id());
    ["/", "/privacy", "/privacy/me", chat.as_str()]
        .iter()
        .map(|path| browser.get(path))
        .collect()
}

/// Writes by the page that needs no script; gives the browser with its cookie.
fn write_by_form(instance: &Instance) -> Result<Caller, Stop> {
    let browser = instance.own_page();
    let path = format!("/chat/{}", instance.site_id());
    let mut page = browser.get(&path)?.text();
    if let Some(token) = hidden(&page, "token").filter(|_| page.contains("name=\"month\"")) {
        let (year, month) = GROWN_UP;
        let form = format!("act=age&token={token}&year={year}&month={month}");
        page = browser.post_form(&path, &form)?.text();
    }
    let mut form = "act=send&body=A+test+by+privacy-check.".to_owned();
    let pass = hidden(&page, "age_pass").map(|pass| format!("&age_pass={pass}"));
    form.push_str(&pass.unwrap_or_default());
    for name in ["policy_version", "client_msg_id", "token"] {
        let missing = || Stop::Failed(format!("the chat page has no field {name}"));
        let value = hidden(&page, name).ok_or_else(missing)?;
        form = format!("{form}&{name}={value}");
    }
    let sent = browser.post_form(&path, &form)?;
    ensure(sent.status == 303, || {
        format!("{}: {}", sent.asked, sent.brief())
    })?;
    Ok(browser.keeping(&sent))
}

/// The value of a hidden field of a page.
pub(super) fn hidden(page: &str, name: &str) -> Option<String> {
    let marker = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&marker)?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

fn cookie_register(instance: &mut Instance) -> Verdict {
    write_by_form(instance)?;
    let page = instance.stranger().get("/privacy")?.text();
    for rule in &instance.policy().file().cookie {
        ensure(page.contains(&rule.name), || {
            format!("the page's register lacks {}", rule.name)
        })?;
    }
    let mut names: Vec<String> = Vec::new();
    for line in instance.cookie_lines() {
        let (name, rest) = line.split_once('=').unwrap_or((&line, ""));
        let rule = instance.policy().cookie_rule(name);
        ensure(rule.is_some_and(|rule| rule.store == Store::Cookie), || {
            format!("the cookie {name} is not in the register")
        })?;
        for flag in ["Secure", "HttpOnly", "SameSite=", "Path=/"] {
            ensure(rest.contains(flag), || {
                format!("the cookie {name} is set without {flag}")
            })?;
        }
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    ensure(!names.is_empty(), || "no cookie was seen".to_owned())?;
    Ok(format!("set and registered: {}", names.join(", ")))
}

fn statistics(instance: &mut Instance) -> Verdict {
    let policy = instance.policy();
    let names: Vec<&str> = policy
        .file()
        .cookie
        .iter()
        .filter(|rule| {
            let purpose = policy.purpose(&rule.purpose);
            purpose.is_some_and(|purpose| purpose.honours.contains(&Honour::Gpc))
        })
        .map(|rule| rule.name.as_str())
        .collect();
    if names.is_empty() {
        let why = "the policy registers no cookie that a signal could refuse";
        return Err(Stop::NotApplicable(why.to_owned()));
    }
    let browser = instance.stranger().with("Sec-GPC", "1");
    let answers = pages(instance, &browser)?;
    for answer in &answers {
        for line in answer.cookies() {
            let name = line.split('=').next().unwrap_or_default();
            ensure(!names.contains(&name), || {
                format!("{}: {name} in spite of the signal", answer.asked)
            })?;
        }
    }
    Ok(format!(
        "{} pages without {}",
        answers.len(),
        names.join(", ")
    ))
}

fn preferences(instance: &mut Instance) -> Verdict {
    let policy = instance.policy();
    let is_choice = |name: &str| {
        policy
            .cookie_rule(name)
            .is_some_and(|rule| rule.holds == Holds::Choice)
    };
    let has_one = policy
        .file()
        .cookie
        .iter()
        .any(|rule| rule.store == Store::Cookie && rule.holds == Holds::Choice);
    if !has_one {
        let why = "the policy registers no cookie for a preference";
        return Err(Stop::NotApplicable(why.to_owned()));
    }
    let kept = |_| -> Result<Vec<String>, Stop> {
        let browser = instance.stranger().with("Accept-Language", "de");
        let answers = pages(instance, &browser)?;
        let lines = answers.iter().flat_map(Answer::cookies);
        Ok(lines
            .filter(|line| is_choice(line.split('=').next().unwrap_or_default()))
            .collect())
    };
    let (first, second) = (kept(1)?, kept(2)?);
    if first.is_empty() && second.is_empty() {
        let why = "the policy registers a cookie for a preference, and the instance sets none";
        return Err(Stop::NotApplicable(why.to_owned()));
    }
    ensure(first == second, || {
        "two browsers with one language keep different values".to_owned()
    })?;
    Ok(format!("both keep the same {} value(s)", first.len()))
}

fn exits(instance: &mut Instance) -> Verdict {
    let mut links = 0;
    let mut answers = pages(instance, &instance.stranger())?;
    let written = write_by_form(instance)?;
    answers.push(written.get(&format!("/chat/{}", instance.site_id()))?);
    for answer in &answers {
        let policy = answer.header("referrer-policy");
        ensure(["same-origin", "no-referrer"].contains(&policy), || {
            format!("{}: its referrer-policy lets addresses out", answer.asked)
        })?;
        let html = answer.text();
        for tag in html.split("<a ").skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            let is_elsewhere = ["href=\"http://", "href=\"https://", "href=\"//"]
                .iter()
                .any(|start| tag.contains(start));
            if !is_elsewhere || tag.contains(instance.base()) {
                continue;
            }
            links += 1;
            ensure(
                tag.contains("noreferrer") && tag.contains("noopener"),
                || {
                    format!(
                        "{}: a link without noreferrer noopener: {tag}",
                        answer.asked
                    )
                },
            )?;
        }
    }
    Ok(format!(
        "{} pages keep their address to themselves; {links} link(s) elsewhere, each noreferrer noopener",
        answers.len()
    ))
}
