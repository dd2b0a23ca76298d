//! A change in one English sentence.
//!
//! Must not know: whether a change is material.

use super::setting::Setting;
use crate::{
    actor::{Channel, Role},
    field::Field,
    model::{Basis, Ground, Protect},
    page::english,
    retention::{Retention, parse_hours},
    word::Word,
};

/// The sentence for one setting that differs.
pub(super) fn told(setting: &Setting, before: Option<&str>, after: Option<&str>) -> String {
    let subject = subject(setting);
    if setting.key().is_empty() {
        let change = if after.is_some() { "new" } else { "gone" };
        return format!("{subject}: {change}");
    }
    let label = label(setting.section(), setting.key());
    let place = if subject.is_empty() {
        english::capital(label)
    } else {
        format!("{subject}: {label}")
    };
    if let Some(member) = setting.member() {
        let change = if after.is_some() { "added" } else { "removed" };
        return format!("{place}: {} {change}", value(setting, member));
    }
    match (before, after) {
        (Some(before), Some(after)) => {
            let (before, after) = (value(setting, before), value(setting, after));
            format!("{place}: {after} instead of {before}")
        }
        (None, Some(after)) => format!("{place}: {}, new", value(setting, after)),
        (Some(before), None) => format!("{place}: {}, gone", value(setting, before)),
        (None, None) => place,
    }
}

/// What the setting belongs to.
fn subject(setting: &Setting) -> String {
    let entry = setting.entry().unwrap_or("");
    match setting.section() {
        "purpose" if entry.is_empty() => "Every use".to_owned(),
        "purpose" => format!("Use \u{201c}{}\u{201d}", english::purpose(entry)),
        "category" => english::category(entry),
        "processor" => format!("Recipient {entry}"),
        "cookie" => format!("Kept in your browser as {entry}"),
        "form" => format!("Form {entry}"),
        "source" => format!("Addresses from {entry}"),
        "exception" => format!("Exception \u{201c}{entry}\u{201d}"),
        "words" => format!("Our own words ({})", setting.key().replace('.', ", ")),
        _ => String::new(),
    }
}

fn label<'a>(section: &str, key: &'a str) -> &'a str {
    match (section, key) {
        ("purpose", key) => of_purpose(key),
        ("processor", key) => of_processor(key),
        ("policy", "controller.name") => "who answers for this policy",
        ("policy", "controller.post") => "postal address",
        ("policy", "controller.web") => "web address",
        ("policy", "contact.email") => "address for questions",
        ("policy", "contact.subject") => "subject line that opens a request",
        ("policy", "contact.attention") => "office to write to",
        ("policy", "sites") => "sites covered",
        ("policy", "floor") => "rules kept within",
        ("notice" | "requests" | "age" | "backup", key) => of_promise(key),
        ("visit", "start") => "from when a visitor is known",
        ("visit", "join_purpose") => "use that ties a visit to a person",
        ("chat", "typing_preview") => "agents see what is typed before it is sent",
        ("category", "fields") => "what may hold it",
        ("category", "protect") => "how it is protected",
        ("cookie", "purpose") => "what it is for",
        ("cookie", "store") => "where it is kept",
        ("cookie", "holds") => "what it holds",
        ("cookie", "set") => "from when",
        ("cookie", "lifetime") => "how long",
        ("form", "fields") => "what it takes",
        ("form", "needed") => "what must be filled in",
        ("disclosure", "grounds") => "grounds for a release",
        ("disclosure", "approvals") => "people who must approve a release",
        ("disclosure", "review_hours") => "hours until a single approval is reviewed",
        ("disclosure", "notify_subject") => "whether you are told of a release",
        ("transfer", "notify_days") => "days of notice before a change of control",
        ("transfer", "objection") => "what you can do about a change of control",
        ("exception", "until") => "its end",
        ("exception", "reason") => "its reason",
        ("source", "date") => "when they were handed over",
        ("words", _) => "text",
        (_, key) => key,
    }
}

fn of_purpose(key: &str) -> &str {
    match key {
        "use" => "its kind",
        "basis" => "why we may",
        "proof" => "how your yes is proved",
        "subjects" => "whom it is about",
        "categories" => "data it uses",
        "roles" => "who acts for it",
        "channels" => "ways that data travels",
        "sources" => "where data may come from",
        "output.kind" => "what leaves it",
        "output.k" => "people in a count, at least",
        "output.round" => "counts are rounded to",
        "pixel" => "pixel in its letters",
        "honours" => "what stops it",
        "retain" => "how long data is kept",
        "ends" => "when it ends",
        key => key,
    }
}

fn of_processor(key: &str) -> &str {
    match key {
        "name" => "its name",
        "country" => "its country",
        "kind" => "what it is",
        "purposes" => "what it acts for",
        "categories" => "data it gets",
        "uses" => "uses it may make",
        "hosts" => "where data goes",
        "require" => "what a connection must have",
        "privacy" => "its own policy",
        key => key,
    }
}

fn of_promise(key: &str) -> &str {
    match key {
        "material_days" => "days between publishing a change and its effect",
        "home_prompt" => "prompt on the site",
        "email_accounts" => "letter to account holders",
        "objection" => "what you can do about a change",
        "agreement" => "what counts as agreement",
        "records" => "version that data stays under",
        "answer_days" => "days to the answer of a request",
        "extend_days" => "days more, with reasons",
        "optout_minutes" => "minutes until an opt-out works",
        "verify" => "how a request is verified",
        "suppress_after_erase" => "an erased address is never written to again",
        "minimum" => "youngest age served",
        "child_line" => "age below which parents decide",
        "gate" => "how age is asked",
        "below_minimum" => "what happens below that age",
        "audience" => "whom the sites are made for",
        "found_child.hold_hours" => "hours that a child's data is held",
        "found_child.notify_parent" => "a parent is told",
        "found_child.erase_days" => "days until a child's data is erased",
        "keep_days" => "days that copies are kept",
        "keys_included" => "copies hold the keys",
        "replay_erasures" => "a restore repeats erasures",
        key => key,
    }
}

/// A value in words, where there are better ones than the file's.
fn value(setting: &Setting, text: &str) -> String {
    let last = setting.key().rsplit('.').next().unwrap_or("");
    let said = match last {
        "categories" => Some(english::category(text)),
        "purposes" | "purpose" | "join_purpose" => Some(english::purpose(text)),
        "fields" | "needed" => Field::find(text).map(|field| field.label.to_owned()),
        "roles" => Role::from_key(text).map(|role| english::role(role).to_owned()),
        "channels" => Channel::from_word(text).map(|one| english::channel(one).to_owned()),
        "grounds" => Ground::from_word(text).map(|one| english::ground(one).to_owned()),
        "basis" => Basis::from_word(text).map(|one| english::basis(one).to_owned()),
        "protect" => Protect::from_word(text).map(|one| english::protect(one).to_owned()),
        "retain" => Retention::parse(text).ok().map(english::retention),
        "lifetime" => parse_hours(text).map(english::period),
        _ => match text {
            "true" => Some("yes".to_owned()),
            "false" => Some("no".to_owned()),
            _ => None,
        },
    };
    said.unwrap_or_else(|| text.to_owned())
}
