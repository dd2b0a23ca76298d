//! What a person does in the privacy centre: one form for each act, each answered with the page and receipts.

use std::sync::Arc;

use app::{App, AppError, CentreAct, ContactChange, Visitor};
use askama::Template;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{forget, get_person, show};
use crate::{form::check_own_page, problem::Problem, render};

/// What the page's forms send; anything else is refused (clause 20).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CentreForm {
    act: String,
    policy_version: Option<u32>,
    name: Option<String>,
    email: Option<String>,
    locale: Option<String>,
    purpose: Option<String>,
}

/// After an erasure nothing is left to show but its receipts.
#[derive(Template)]
#[template(path = "centre_erased.html")]
struct ErasedPage {
    receipts: Vec<ReceiptFile>,
}

/// A receipt as a file that needs no server.
struct ReceiptFile {
    name: String,
    json: String,
    base64: String,
}

pub(super) async fn act(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    form: Result<Form<CentreForm>, FormRejection>,
) -> Result<Response, Problem> {
    check_own_page(&app, &headers)?;
    let person = get_person(&app, &headers).await?;
    let back = |problem: Problem| problem.back("/privacy/me".to_owned(), "Back");
    let Form(form) = form.map_err(|_| back(Problem::bad_form()))?;
    if form.act == "erase" {
        let mut page = show::load(&app, &person).await?;
        page.asks_erasure = true;
        return Ok(render::page(&page));
    }
    let (act, said) = read_act(form).ok_or_else(|| back(Problem::bad_form()))?;
    if matches!(act, CentreAct::Erase) {
        return erase(&app, &person, act)
            .await
            .map_err(|error| back(error.into()));
    }
    match app.act_in_centre(&person, act).await {
        Ok(done) => {
            let mut page = show::load(&app, &person).await?;
            page.done = Some(said);
            page.receipts = done.receipts.iter().map(ledger::Receipt::to_json).collect();
            Ok(render::page(&page))
        }
        Err(error) => refused(&app, &person, error).await,
    }
}

/// The page again, with what is the matter on top.
async fn refused(app: &App, person: &Visitor, error: AppError) -> Result<Response, Problem> {
    let said = match &error {
        AppError::Invalid(fields) => {
            let said: Vec<_> = fields.iter().map(|fault| fault.message.clone()).collect();
            format!("Nothing was changed: {}.", said.join("; "))
        }
        AppError::Denied(refusal) => format!("{} (clause {}).", refusal.what, refusal.clause),
        AppError::PolicyVersionOld { current } => format!(
            "The privacy policy has changed: version {current} applies now. Look at it, then send it again."
        ),
        AppError::TooMany { retry_after_s } => {
            format!("Too many at once. Try again in {retry_after_s} seconds.")
        }
        AppError::PolicyVersionMissing => return Err(Problem::bad_form()),
        _ => return Err(error.into()),
    };
    let status = Problem::from(error).status();
    let mut page = show::load(app, person).await?;
    page.problem = Some(said);
    Ok((status, render::page(&page)).into_response())
}

async fn erase(app: &App, person: &Visitor, act: CentreAct) -> Result<Response, AppError> {
    let done = app.act_in_centre(person, act).await?;
    let receipts = done.receipts.iter().enumerate().map(|(index, receipt)| {
        let json = receipt.to_json();
        ReceiptFile {
            name: format!("erasure-receipt-{}.json", index + 1),
            base64: STANDARD.encode(&json),
            json,
        }
    });
    let page = render::page(&ErasedPage {
        receipts: receipts.collect(),
    });
    let forget = forget().unwrap_or_default();
    Ok((forget, page).into_response())
}

/// The act that a form asks for, and what is said when it is done.
fn read_act(form: CentreForm) -> Option<(CentreAct, &'static str)> {
    let given = |value: Option<String>| value.filter(|text| !text.trim().is_empty());
    let purpose = given(form.purpose);
    Some(match form.act.as_str() {
        "correct" => {
            let change = ContactChange {
                name: given(form.name),
                email: given(form.email),
                locale: given(form.locale),
                policy_version: form.policy_version,
            };
            (CentreAct::Correct(change), "It is put right.")
        }
        "restrict" => (
            CentreAct::Restrict,
            "What we hold about you stays, and nobody uses it until you say so.",
        ),
        "lift_restriction" => (CentreAct::LiftRestriction, "It may be used again."),
        "object" => (CentreAct::Object(purpose?), "This use has ended."),
        "lift_objection" => (CentreAct::LiftObjection(purpose?), "This use may go on."),
        "opt_out" => (CentreAct::OptOut, "No more letters go to you."),
        "widget_only" => (
            CentreAct::WidgetOnly(true),
            "Answers come in the chat only.",
        ),
        "by_letter" => (
            CentreAct::WidgetOnly(false),
            "Answers come by letter too, while you are away.",
        ),
        "notices" => (
            CentreAct::AskNotices(given(form.email)?, form.policy_version),
            "If this address gets none of these letters yet, one with a link is on its way. Use it within 30 days.",
        ),
        "end_notices" => (
            CentreAct::EndNotices,
            "No more letters about the policy go to you.",
        ),
        "opt_in" => (CentreAct::OptIn, "Letters may come again."),
        "erase_now" => (CentreAct::Erase, "Everything we held about you is erased."),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_of_the_form_are_refused() {
        let parsed = serde_json::from_str::<CentreForm>(r#"{"act":"restrict","phone":"1"}"#);

        assert!(parsed.is_err());
    }

    #[test]
    fn an_act_that_lacks_its_purpose_is_none() {
        let form = |text: &str| serde_json::from_str::<CentreForm>(text).unwrap();

        assert!(read_act(form(r#"{"act":"object"}"#)).is_none());
        assert!(read_act(form(r#"{"act":"everything"}"#)).is_none());
        assert!(read_act(form(r#"{"act":"opt_out"}"#)).is_some());
    }
}
