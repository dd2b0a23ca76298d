//! The page itself: every field, who read it, the requests, the acts.

use std::sync::Arc;

use app::{App, CentreView, HeldItem, ReadingView, RequestView, SendingView, Visitor};
use askama::Template;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use policy::page::say_category;
use serde::Deserialize;

use super::{agent, enter::AskPage, find_person, words};
use crate::{cookie::Cookie, problem::Problem, render};

/// What stands in a link to this page; anything else is left alone.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The site whose centre it is; the host's own if none is named.
    #[serde(default)]
    site: Option<String>,
}

/// One held field as it is shown.
pub(super) struct Field {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) source: &'static str,
    pub(super) purpose: String,
    pub(super) retention: String,
    pub(super) delete_on: Option<String>,
    pub(super) recipients: String,
}

/// One reading as it is shown.
pub(super) struct Reader {
    pub(super) who: String,
    pub(super) role: &'static str,
    pub(super) purpose: String,
    pub(super) at: String,
}

/// What somebody outside received.
struct Sent {
    recipient: String,
    purpose: String,
    categories: String,
    count: i64,
    last: String,
}

/// One request as it is shown.
struct Tracked {
    kind: &'static str,
    about: Option<String>,
    state: String,
    received: String,
    steps: Vec<StepRow>,
}

/// A step of a request, with its receipt.
struct StepRow {
    what: &'static str,
    who: String,
    at: String,
    index: u64,
}

/// A choice with its receipt.
struct Choice {
    what: String,
    granted: bool,
    at: String,
    index: u64,
}

/// A use that may be objected to.
struct Use {
    key: String,
    label: String,
}

#[derive(Template)]
#[template(path = "centre.html")]
pub(super) struct CentrePage {
    fields: Vec<Field>,
    conversations: usize,
    readers: Vec<Reader>,
    sendings: Vec<Sent>,
    requests: Vec<Tracked>,
    choices: Vec<Choice>,
    restricted: Option<String>,
    opted_out: Option<String>,
    objections: Vec<Use>,
    may_object: Vec<Use>,
    widget_only: Option<String>,
    may_choose_channel: bool,
    may_subscribe: bool,
    notices: Option<String>,
    notices_asked: Option<String>,
    policy_version: u32,
    name: String,
    email: String,
    locale: String,
    pub(super) problem: Option<String>,
    pub(super) done: Option<&'static str>,
    pub(super) receipts: Vec<String>,
    pub(super) asks_erasure: bool,
}

pub(super) async fn get_centre(
    State(app): State<Arc<App>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(person) = find_person(&app, &headers).await? {
        let page = load(&app, &person).await?;
        return Ok(render::page(&page));
    }
    if let Some(token) = Cookie::Session.read(&headers)
        && let Some(page) = agent::find_page(&app, token).await?
    {
        return Ok(page);
    }
    let site = asked
        .site
        .filter(|site| site.parse::<domain::SiteId>().is_ok());
    let page = render::page(&AskPage::new(site));
    Ok((StatusCode::UNAUTHORIZED, page).into_response())
}

/// The page as it stands now.
pub(super) async fn load(app: &App, person: &Visitor) -> Result<CentrePage, Problem> {
    Ok(page(app.get_centre(person).await?))
}

fn page(view: CentreView) -> CentrePage {
    let value = |name: &str| {
        let mut items = view.held.items.iter();
        let found = items.find(|item| item.field == name);
        found
            .and_then(|item| item.value.clone())
            .unwrap_or_default()
    };
    let uses = |keys: Vec<String>| -> Vec<Use> {
        let label = |key: &String| words::purpose(key);
        keys.into_iter()
            .map(|key| Use {
                label: label(&key),
                key,
            })
            .collect()
    };
    let standing = view.standing;
    let objected = standing.objections.clone();
    let may_object = view.may_object.into_iter();
    let may_object = may_object.filter(|key| !objected.contains(key)).collect();
    let notices = view.subscription;
    CentrePage {
        widget_only: view.widget_only_at.map(policy::Timestamp::date),
        may_choose_channel: view.may_choose_channel,
        may_subscribe: view.may_subscribe,
        notices: notices
            .and_then(|one| one.confirmed_at)
            .map(policy::Timestamp::date),
        notices_asked: notices.map(|one| one.asked_at.date()),
        name: value("visitor.name"),
        email: value("visitor.email"),
        locale: value("visitor.locale"),
        fields: view.held.items.into_iter().map(field).collect(),
        conversations: view.held.conversations,
        readers: view.readings.into_iter().map(reader).collect(),
        sendings: view.held.sendings.iter().map(sent).collect(),
        requests: view.requests.into_iter().map(tracked).collect(),
        choices: view
            .held
            .consents
            .into_iter()
            .map(|choice| Choice {
                what: choice.purpose,
                granted: choice.granted,
                at: words::moment(choice.at),
                index: choice.ledger_index,
            })
            .collect(),
        restricted: standing.restricted_at.map(words::moment),
        opted_out: standing.opted_out_at.map(words::moment),
        objections: uses(standing.objections),
        may_object: uses(may_object),
        policy_version: view.held.policy_version,
        problem: None,
        done: None,
        receipts: Vec::new(),
        asks_erasure: false,
    }
}

pub(super) fn field(item: HeldItem) -> Field {
    Field {
        label: item.label,
        value: item.value.unwrap_or_default(),
        source: words::source(&item.source),
        purpose: words::purpose(&item.purpose),
        retention: words::retention(&item.retention),
        delete_on: item.delete_at.map(|at| policy::Timestamp(at).date()),
        recipients: item.recipients.join(", "),
    }
}

pub(super) fn reader(reading: ReadingView) -> Reader {
    Reader {
        who: reading
            .name
            .unwrap_or_else(|| "somebody who is gone".to_owned()),
        role: words::role(&reading.role),
        purpose: words::purpose(&reading.purpose),
        at: words::moment(reading.at),
    }
}

fn sent(sending: &SendingView) -> Sent {
    let categories = sending.categories.iter();
    let categories: Vec<_> = categories.map(|key| say_category(key)).collect();
    Sent {
        recipient: sending.recipient.clone(),
        purpose: words::purpose(&sending.purpose),
        categories: categories.join(", "),
        count: sending.count,
        last: words::moment(policy::Timestamp(sending.last_at)),
    }
}

fn tracked(request: RequestView) -> Tracked {
    let state = match (request.state, request.outcome.as_deref()) {
        ("open", _) => format!("done by {} at the latest, by itself", request.due_at.date()),
        (_, Some(outcome)) => words::outcome(outcome).to_owned(),
        _ => "closed".to_owned(),
    };
    let steps = request.steps.into_iter().map(|step| StepRow {
        what: words::act(step.act),
        who: match (step.name, step.role.as_str()) {
            (Some(name), role) => format!("{name}, {}", words::role(role)),
            (None, role) => words::role(role).to_owned(),
        },
        at: words::moment(step.at),
        index: step.ledger_index,
    });
    Tracked {
        kind: words::kind(request.kind),
        about: request.purpose.map(|key| words::purpose(&key)),
        state,
        received: words::moment(request.received_at),
        steps: steps.collect(),
    }
}
