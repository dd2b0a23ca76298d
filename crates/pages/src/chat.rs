//! Chat without scripts: a form, the conversation, a link to look for what is new.
//!
//! Nothing is stored before the first message; then one cookie of the register until the browser closes.

use std::sync::Arc;

use app::{
    Actor, App, AppError, MessageView, NewTalk, NoticeAnswer, NoticeView, Visitor, VisitorMessage,
    WidgetConfig,
};
use askama::Template;
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Path, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{ClientMessageId, ConversationId, SiteId};
use serde::Deserialize;

use crate::{
    centre,
    cookie::{Cookie, is_token},
    form::{FORM_BYTES_MAX, check_own_page},
    notice::{self, answer_of},
    problem::Problem,
    render,
    signal::sends_gpc,
};

/// Messages on the page: the newest.
const MESSAGES_MAX: i64 = 100;
/// Names for the question of age.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[derive(Template)]
#[template(path = "chat.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each decides one part of the template"
)]
struct ChatPage {
    site_id: SiteId,
    site: String,
    greeting: Option<String>,
    problem: Option<String>,
    done: Option<&'static str>,
    messages: Vec<Row>,
    has_more: bool,
    is_open: bool,
    policy_version: u32,
    client_msg_id: ClientMessageId,
    token: String,
    draft: String,
    ask_name: bool,
    ask_email: bool,
    retention: String,
    asks_erasure: bool,
    receipt: Option<String>,
    notice: Option<NoticeView>,
    chat: String,
    age: Age,
    age_pass: Option<String>,
}

/// What the question of age lets the page show.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    /// One may write: nobody is asked, or the answer was good.
    Open,
    /// It is asked, before any field.
    Asked,
    /// This browser was refused.
    Refused,
}

/// A message as it is shown.
struct Row {
    class: &'static str,
    who: String,
    at: String,
    shown_at: String,
    body: String,
}

/// What the page's forms send; anything else is refused (clause 20).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChatForm {
    act: String,
    policy_version: Option<u32>,
    client_msg_id: Option<ClientMessageId>,
    token: Option<String>,
    body: Option<String>,
    name: Option<String>,
    email: Option<String>,
    year: Option<String>,
    month: Option<String>,
    age_pass: Option<String>,
}

/// A visitor and the newest conversation.
struct Talk {
    visitor: Visitor,
    conversation: Option<(ConversationId, bool)>,
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/chat/{site_id}", get(get_chat).post(post_chat))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
}

async fn get_chat(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let config = load_config(&app, &site, &headers).await?;
    let talk = find_talk(&app, &config, &headers).await?;
    let mut page = show(&app, &config, talk.as_ref()).await?;
    if page.age == Age::Asked && Cookie::Age.is_marked(&headers) {
        page.age = Age::Refused;
    }
    Ok(render::page(&page))
}

async fn post_chat(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
    form: Result<Form<ChatForm>, FormRejection>,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    let config = load_config(&app, &site, &headers).await?;
    let back = |problem: Problem| problem.back(format!("/chat/{site}"), "Back to the chat");
    let Form(form) = form.map_err(|_| back(Problem::bad_form()))?;
    let talk = find_talk(&app, &config, &headers).await?;
    match (form.act.as_str(), talk) {
        ("age", None) => take_age(&app, &config, &headers, form).await.map_err(back),
        ("send", talk) => send(&app, (&config, sends_gpc(&headers)), talk, form).await,
        ("end", Some(talk)) => end(&app, &config, &talk).await.map_err(back),
        ("erase", Some(talk)) => {
            let mut page = show(&app, &config, Some(&talk)).await?;
            page.asks_erasure = true;
            Ok(render::page(&page))
        }
        ("privacy", Some(talk)) => open_centre(&app, &talk).await.map_err(back),
        ("erase_now", Some(talk)) => erase(&app, &config, &talk).await.map_err(back),
        (act, Some(talk)) => match answer_of(act) {
            Some(answer) => take_answer(&app, &config, &talk, (answer, form.policy_version))
                .await
                .map_err(back),
            None => Err(back(Problem::bad_form())),
        },
        _ => Err(back(Problem::bad_form())),
    }
}

/// Judges an answer to the question of age; it is shown to nobody and kept nowhere. What was written already
/// stays in the form.
async fn take_age(
    app: &App,
    config: &WidgetConfig,
    headers: &HeaderMap,
    form: ChatForm,
) -> Result<Response, Problem> {
    let mut page = show(app, config, None).await?;
    page.draft = form.body.unwrap_or_default();
    let token = form.token.filter(|token| is_token(token));
    page.token = token.unwrap_or(page.token);
    let number = |text: Option<String>| text.and_then(|text| text.trim().parse().ok());
    let born = (
        number(form.year).unwrap_or(0),
        number(form.month).unwrap_or(0),
    );
    let judged = if Cookie::Age.is_marked(headers) {
        Err(AppError::Denied(::policy::age_refused()))
    } else {
        app.pass_age_gate(page.site_id, &page.token, born).await
    };
    match judged {
        Ok(passed) => {
            page.age = Age::Open;
            page.age_pass = Some(passed.age_pass);
            Ok(render::page(&page))
        }
        Err(AppError::Denied(refusal)) => {
            page.age = Age::Refused;
            page.draft = String::new();
            let status = Problem::from(AppError::Denied(refusal)).status();
            let mark = Cookie::Age.mark(app)?;
            Ok((status, mark, render::page(&page)).into_response())
        }
        Err(AppError::Invalid(_)) => {
            page.problem =
                Some("Choose a month and write a year with four digits, such as 1990.".to_owned());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, render::page(&page)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes an answer about a new version, and shows that it was taken, with its receipt.
async fn take_answer(
    app: &App,
    config: &WidgetConfig,
    talk: &Talk,
    (answer, version): (NoticeAnswer, Option<u32>),
) -> Result<Response, Problem> {
    let version = version.ok_or(AppError::PolicyVersionMissing)?;
    let taken = app
        .answer_notice(&talk.visitor, answer, (version, notice::WAY))
        .await?;
    let mut page = show(app, config, Some(talk)).await?;
    page.done = Some(match answer {
        NoticeAnswer::Accept => "You accepted. It holds for all that we hold about you.",
        _ => "You keep your old terms, and can go on writing under them.",
    });
    page.receipt = Some(taken.receipt.to_json());
    Ok(render::page(&page))
}

/// Sends, and shows the page anew, so that reloading it sends nothing. A refusal keeps the words.
async fn send(
    app: &App,
    (config, gpc): (&WidgetConfig, bool),
    talk: Option<Talk>,
    form: ChatForm,
) -> Result<Response, Problem> {
    let draft = form.body.clone().unwrap_or_default();
    let given = (form.token.clone(), form.age_pass.clone());
    match try_send(app, (config, gpc), talk.as_ref(), form).await {
        Ok(fresh) => {
            let to = Redirect::to(&format!("/chat/{}", config.site_id));
            let Some(token) = fresh else {
                return Ok(to.into_response());
            };
            let set = Cookie::Visitor.set(app, &token, None)?;
            Ok((set, to).into_response())
        }
        Err(error) => {
            let said = words_of(&error);
            let code = match &error {
                AppError::Denied(refusal) => Some(refusal.code),
                _ => None,
            };
            let problem = Problem::from(error);
            let mut page = show(app, config, talk.as_ref()).await?;
            page.draft = draft;
            match (code, given) {
                (Some("age_refused"), _) => page.age = Age::Refused,
                // Asked, or asked again: the answer holds for an hour.
                (Some("age_pass_missing"), _) => page.age = Age::Asked,
                // The answer holds still; only the message has a fault.
                (_, (Some(token), Some(pass))) if is_token(&token) => {
                    (page.age, page.token, page.age_pass) = (Age::Open, token, Some(pass));
                }
                _ => {}
            }
            page.problem = (page.age == Age::Open).then_some(said);
            Ok((problem.status(), render::page(&page)).into_response())
        }
    }
}

/// The token of a visitor who began by this.
async fn try_send(
    app: &App,
    (config, gpc): (&WidgetConfig, bool),
    talk: Option<&Talk>,
    form: ChatForm,
) -> Result<Option<String>, AppError> {
    let client_msg_id = form
        .client_msg_id
        .unwrap_or_else(|| ClientMessageId::new(app.now(), app.random()));
    let body = form.body.unwrap_or_default();
    let known = talk.and_then(|talk| Some((talk.visitor, talk.conversation?.0)));
    if let Some((visitor, conversation_id)) = known {
        let message = VisitorMessage {
            policy_version: form.policy_version,
            client_msg_id,
            body,
        };
        let sent = app.send_as_visitor(&visitor, conversation_id, message);
        return sent.await.map(|_| None);
    }
    // The token stands in the form, so that a form sent twice begins one conversation.
    let token = form.token.filter(|token| is_token(token));
    let token = token.unwrap_or_else(|| app.new_visitor_token());
    let given = |value: Option<String>| value.filter(|text| !text.trim().is_empty());
    let new = NewTalk {
        policy_version: form.policy_version,
        client_msg_id,
        body,
        name: given(form.name),
        email: given(form.email),
        page_url: None,
        page_title: None,
        locale: None,
        gpc,
        age_pass: given(form.age_pass),
    };
    Cookie::Visitor.set(app, &token, None)?;
    app.start_conversation(parse_site(&config.site_id)?, &token, new)
        .await?;
    Ok(Some(token))
}

async fn end(app: &App, config: &WidgetConfig, talk: &Talk) -> Result<Response, Problem> {
    if let Some((conversation_id, _)) = talk.conversation {
        app.end_conversation(&talk.visitor, conversation_id).await?;
    }
    Ok(Redirect::to(&format!("/chat/{}", config.site_id)).into_response())
}

/// Into the privacy centre, as whom the browser's cookie says.
async fn open_centre(app: &App, talk: &Talk) -> Result<Response, Problem> {
    let session = app.open_centre(&talk.visitor).await?;
    centre::open(app, &session)
}

async fn erase(app: &App, config: &WidgetConfig, talk: &Talk) -> Result<Response, Problem> {
    let receipt = app.erase_visitor(&talk.visitor).await?;
    let mut page = show(app, config, None).await?;
    page.done = Some("Everything we held about you is erased.");
    page.receipt = Some(receipt.to_json());
    let clear = Cookie::Visitor.clear()?;
    Ok((clear, render::page(&page)).into_response())
}

async fn load_config(app: &App, site: &str, headers: &HeaderMap) -> Result<WidgetConfig, Problem> {
    let locale = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|languages| languages.to_str().ok())
        .and_then(|languages| languages.split([',', ';']).next());
    Ok(app.widget_config(parse_site(site)?, locale, None).await?)
}

fn parse_site(text: &str) -> Result<SiteId, AppError> {
    text.parse().map_err(|_| AppError::NotFound)
}

/// Who the browser's cookie says it is, if it is a visitor of this site.
async fn find_talk(
    app: &App,
    config: &WidgetConfig,
    headers: &HeaderMap,
) -> Result<Option<Talk>, Problem> {
    let Some(token) = Cookie::Visitor.read(headers) else {
        return Ok(None);
    };
    let visitor = match app.authenticate_chat(token).await {
        Ok(visitor) if visitor.site_id.to_string() == config.site_id => Visitor {
            gpc: sends_gpc(headers),
            ..visitor
        },
        Ok(_) | Err(AppError::Unauthenticated(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let own = app.list_own_conversations(&visitor).await?;
    let newest = own.conversations.first();
    Ok(Some(Talk {
        visitor,
        conversation: newest.map(|newest| (newest.id, newest.state == "open")),
    }))
}

async fn show(app: &App, config: &WidgetConfig, talk: Option<&Talk>) -> Result<ChatPage, Problem> {
    let mut messages = Vec::new();
    let mut has_more = false;
    let notice = match talk {
        Some(talk) => notice::find(app, &talk.visitor).await?,
        None => None,
    };
    let conversation = talk.and_then(|talk| Some((talk.visitor, talk.conversation?)));
    if let Some((visitor, (id, _))) = conversation {
        let actor = Actor::Visitor(visitor);
        let page = app
            .list_messages(&actor, id, None, Some(MESSAGES_MAX))
            .await?;
        messages.extend(
            page.messages
                .iter()
                .map(|message| row(message, &config.name)),
        );
        has_more = page.has_more;
    }
    Ok(ChatPage {
        site_id: parse_site(&config.site_id)?,
        site: config.name.clone(),
        greeting: messages.is_empty().then(|| config.greeting().to_owned()),
        problem: None,
        done: None,
        has_more,
        is_open: conversation.is_some_and(|(_, (_, is_open))| is_open),
        messages,
        policy_version: config.policy_version,
        client_msg_id: ClientMessageId::new(app.now(), app.random()),
        token: app.new_visitor_token(),
        draft: String::new(),
        ask_name: config.fields.name,
        ask_email: config.fields.email,
        retention: config.retention_note.clone(),
        asks_erasure: false,
        receipt: None,
        notice,
        chat: config.site_id.clone(),
        age: if config.age_gate.is_some() && talk.is_none() {
            Age::Asked
        } else {
            Age::Open
        },
        age_pass: None,
    })
}

fn row(message: &MessageView, site: &str) -> Row {
    let at = message.created_at.to_string();
    let shown_at = at.get(..16).unwrap_or(&at).replacen('T', " ", 1);
    let (class, who) = match message.author.kind {
        _ if message.kind == "system" => ("system", site.to_owned()),
        "visitor" => ("own", "You".to_owned()),
        _ => (
            "theirs",
            message
                .author
                .name
                .clone()
                .unwrap_or_else(|| site.to_owned()),
        ),
    };
    Row {
        class,
        who,
        shown_at: format!("{shown_at} UTC"),
        at,
        body: if message.kind == "system" {
            told(&message.body)
        } else {
            message.body.clone()
        },
    }
}

/// What happened, in words.
fn told(code: &str) -> String {
    let words = match code {
        "ended_by_visitor" => "You ended the conversation.",
        "resolved" => "The conversation is closed. Write to open it again.",
        "reopened" => "The conversation is open again.",
        other => other,
    };
    words.to_owned()
}

/// A refusal in words for the top of the page.
fn words_of(error: &AppError) -> String {
    match error {
        AppError::PolicyVersionOld { current } => format!(
            "The privacy policy has changed: version {current} applies now. \
             Look at it, then send your message again."
        ),
        AppError::PolicyVersionMissing => {
            "The form is incomplete. Your message was not sent; send it again.".to_owned()
        }
        AppError::Invalid(fields) => {
            let said: Vec<_> = fields.iter().map(|fault| fault.message.clone()).collect();
            format!("Your message was not sent: {}.", said.join("; "))
        }
        AppError::Denied(refusal) => format!("{} (clause {}).", refusal.what, refusal.clause),
        AppError::Conflict { detail, .. } => format!("Your message was not sent: {detail}."),
        AppError::TooMany { retry_after_s } => {
            format!("Too many messages at once. Try again in {retry_after_s} seconds.")
        }
        AppError::Full => "The server's disk is full. Your message was not kept.".to_owned(),
        _ => "Your message was not sent. Try again in a moment.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_of_the_form_are_refused() {
        let parsed = serde_json::from_str::<ChatForm>(r#"{"act":"send","phone":"1"}"#);

        assert!(parsed.is_err());
    }

    #[test]
    fn codes_are_worded() {
        assert_eq!(told("ended_by_visitor"), "You ended the conversation.");
    }
}
