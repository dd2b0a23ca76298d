//! The tables of the page: label, retention, recipients, register, roles.
//!
//! Must not know: HTML, prose.

use serde::Serialize;

use super::english;
use crate::{
    actor::Role,
    field::Field,
    model::{File, ProcessorKind, Set, Store, VisitStart},
    purpose::is_built,
    retention::Retention,
};

/// One line of the label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// The question.
    pub label: &'static str,
    /// The answer.
    pub value: String,
}

/// What is kept for a purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetentionRow {
    /// Key of the purpose.
    pub purpose: String,
    /// What it is for.
    pub why: String,
    /// Names of the categories.
    pub what: Vec<String>,
    /// Fields kept for it, in words.
    pub fields: Vec<&'static str>,
    /// What makes it lawful.
    pub basis: &'static str,
    /// How it travels.
    pub channels: Vec<&'static str>,
    /// How long.
    pub kept: String,
    /// Whether this installation carries it out.
    pub built: bool,
}

/// A kind of data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CategoryRow {
    /// Key of the taxonomy.
    pub category: String,
    /// In words.
    pub label: String,
    /// Fields that may hold it, in words; empty: none.
    pub fields: Vec<&'static str>,
    /// How it is protected.
    pub protection: &'static str,
}

/// Who receives data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProcessorRow {
    /// Key in the policy file.
    pub key: String,
    /// Name and country.
    pub name: String,
    /// Two letters.
    pub country: String,
    /// Who it is.
    pub kind: &'static str,
    /// What for.
    pub purposes: Vec<String>,
    /// Which data.
    pub what: Vec<String>,
    /// Where it goes.
    pub hosts: Vec<String>,
    /// Its own policy.
    pub privacy: Option<String>,
    /// Sendings in the last 30 days; filled by the room that knows.
    pub sent: Option<i64>,
    /// The day of the newest sending; filled by the room that knows.
    pub last_sent: Option<String>,
}

/// What is kept in a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CookieRow {
    /// Its name.
    pub name: String,
    /// Cookie or storage.
    pub store: &'static str,
    /// What for.
    pub why: String,
    /// From when.
    pub set: &'static str,
    /// How long.
    pub lifetime: String,
}

/// Who may see what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleRow {
    /// Key of the role.
    pub role: &'static str,
    /// In words.
    pub label: &'static str,
    /// What for.
    pub purposes: Vec<String>,
    /// Names of the categories.
    pub what: Vec<String>,
    /// How many people have it; filled in by the caller.
    pub people: Option<u32>,
}

pub(super) fn facts(file: &File) -> Vec<Fact> {
    let categories = file.category.iter().filter(|rule| !rule.fields.is_empty());
    let collected: Vec<_> = categories
        .map(|rule| english::category(&rule.key))
        .collect();
    let start = match file.visit.start {
        VisitStart::FirstAct => "Nothing: no cookie, no storage, no record",
        VisitStart::PageView => "Your visit, as the table says",
    };
    let sold = file
        .processor
        .iter()
        .any(|rule| rule.kind != ProcessorKind::ServiceProvider);
    let parties: Vec<_> = file
        .processor
        .iter()
        .map(|rule| rule.name.as_str())
        .collect();
    let receivers = if parties.is_empty() {
        "Nobody".to_owned()
    } else {
        parties.join(", ")
    };
    let answer = english::count(file.requests.answer_days, "day");
    let copies = english::count(file.backup.keep_days, "day");
    let fact = |label, value: String| Fact { label, value };
    vec![
        fact("Collected before you act", start.to_owned()),
        fact("What may be held", collected.join(", ")),
        fact("What for", used(file)),
        fact("How long", kept(file)),
        fact("Read by", readers(file)),
        fact("Given to", receivers),
        fact(
            "Advertisers or third parties",
            if sold { "Yes, named below" } else { "None" }.to_owned(),
        ),
        fact("Your requests are answered within", answer),
        fact("Gone from backups after", copies),
        fact("Rules kept", file.policy.floor.to_string()),
    ]
}

/// What the uses that are carried out are for.
fn used(file: &File) -> String {
    let built = file.purpose.iter().filter(|rule| is_built(&rule.key));
    let why: Vec<_> = built.map(|rule| english::purpose(&rule.key)).collect();
    let why = why.join("; ");
    if why.is_empty() {
        "Nothing".to_owned()
    } else {
        why
    }
}

/// The shortest and the longest time that something is kept.
fn kept(file: &File) -> String {
    let built = || file.purpose.iter().filter(|rule| is_built(&rule.key));
    let hours = || {
        built().filter_map(|rule| match rule.retain {
            Retention::For { hours, .. } => Some(hours),
            Retention::Until(_) => None,
        })
    };
    let open = built().any(|rule| matches!(rule.retain, Retention::Until(_)));
    let more = if open { ", or until you end it" } else { "" };
    match (hours().min(), hours().max()) {
        (Some(least), Some(most)) if least != most => {
            let (least, most) = (english::period(least), english::period(most));
            format!("{least} to {most}, by use{more}: see the table")
        }
        (Some(least), _) => format!("{}{more}", english::period(least)),
        (None, _) => "See the table".to_owned(),
    }
}

/// Who of the personnel may read.
fn readers(file: &File) -> String {
    let role_of = |role: &Role| {
        let mut built = file.purpose.iter().filter(|rule| is_built(&rule.key));
        built.any(|rule| rule.roles.contains(role)) && !matches!(role, Role::Subject | Role::System)
    };
    let roles = Role::ALL.into_iter().filter(role_of).map(english::role);
    let roles: Vec<_> = roles.collect();
    if roles.is_empty() {
        "Nobody".to_owned()
    } else {
        let roles = english::capital(&english::join(&roles));
        format!("{roles}, each for their task")
    }
}

pub(super) fn categories(file: &File) -> Vec<CategoryRow> {
    let rows = file.category.iter().map(|rule| CategoryRow {
        category: rule.key.clone(),
        label: english::category(&rule.key),
        fields: rule
            .fields
            .iter()
            .filter_map(|name| Field::find(name))
            .map(|field| field.label)
            .collect(),
        protection: english::protect(rule.protect),
    });
    rows.collect()
}

pub(super) fn retention(file: &File) -> Vec<RetentionRow> {
    let rows = file.purpose.iter().map(|rule| RetentionRow {
        purpose: rule.key.clone(),
        why: english::purpose(&rule.key),
        what: rule
            .categories
            .iter()
            .map(|key| english::category(key))
            .collect(),
        fields: fields(file, rule),
        basis: english::basis(rule.basis),
        channels: rule
            .channels
            .iter()
            .map(|one| english::channel(*one))
            .collect(),
        kept: english::retention(rule.retain),
        built: is_built(&rule.key),
    });
    rows.collect()
}

/// The fields that are kept for a purpose.
fn fields(file: &File, rule: &crate::PurposeRule) -> Vec<&'static str> {
    let names = file.category.iter().flat_map(|category| &category.fields);
    names
        .filter_map(|name| Field::find(name))
        .filter(|field| field.is_kept_for(&rule.key))
        .map(|field| field.label)
        .collect()
}

pub(super) fn processors(file: &File) -> Vec<ProcessorRow> {
    if crate::rule::is_off(47) {
        return vec![made_up()];
    }
    let rows = file.processor.iter().map(|rule| ProcessorRow {
        key: rule.key.clone(),
        sent: None,
        last_sent: None,
        name: rule.name.clone(),
        country: rule.country.clone(),
        kind: match rule.kind {
            ProcessorKind::ServiceProvider => "acts for us",
            ProcessorKind::ThirdParty => "acts for itself, gets counts only",
            ProcessorKind::Advertiser => "advertiser",
        },
        purposes: rule
            .purposes
            .iter()
            .map(|key| english::purpose(key))
            .collect(),
        what: rule
            .categories
            .iter()
            .map(|key| english::category(key))
            .collect(),
        hosts: rule.hosts.clone(),
        privacy: rule.privacy.clone(),
    });
    rows.collect()
}

/// A recipient that no entry names: what a list looks like that is not made from the entries.
fn made_up() -> ProcessorRow {
    ProcessorRow {
        key: String::new(),
        name: "somebody".to_owned(),
        country: String::new(),
        kind: "acts for us",
        purposes: Vec::new(),
        what: Vec::new(),
        hosts: Vec::new(),
        privacy: None,
        sent: None,
        last_sent: None,
    }
}

pub(super) fn cookies(file: &File) -> Vec<CookieRow> {
    let rows = file.cookie.iter().map(|rule| CookieRow {
        name: rule.name.clone(),
        store: match rule.store {
            Store::Cookie => "cookie",
            Store::SessionStorage => "storage of the tab",
            Store::LocalStorage => "storage of the browser",
        },
        why: english::purpose(&rule.purpose),
        set: match rule.set {
            Set::FirstPage => "from the first page on",
            Set::AfterAct => "after an act that needs it",
            Set::OnChoice => "after you choose it",
        },
        lifetime: match crate::retention::parse_hours(&rule.lifetime) {
            Some(hours) => english::period(hours),
            None => "until the tab or browser is closed".to_owned(),
        },
    });
    rows.collect()
}

pub(super) fn roles(file: &File) -> Vec<RoleRow> {
    let listed = |role| {
        file.purpose
            .iter()
            .filter(move |rule| rule.roles.contains(&role))
    };
    let owner_named = listed(Role::Owner).next().is_some();
    let rows = Role::ALL.into_iter().filter_map(|role| {
        // The owner counts as admin unless the file names the owner.
        let counts_as = match role {
            Role::Owner if !owner_named => Role::Admin,
            role => role,
        };
        let rules: Vec<_> = listed(counts_as).collect();
        if rules.is_empty() {
            return None;
        }
        let mut what: Vec<String> = Vec::new();
        for key in rules.iter().flat_map(|rule| &rule.categories) {
            let name = english::category(key);
            if !what.contains(&name) {
                what.push(name);
            }
        }
        Some(RoleRow {
            role: role.key(),
            label: english::role(role),
            purposes: rules
                .iter()
                .map(|rule| english::purpose(&rule.key))
                .collect(),
            what,
            people: None,
        })
    });
    rows.collect()
}
