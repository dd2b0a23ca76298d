//! The copy to take along, as JSON with a published form or as a page, in pieces; and receipts.

use std::sync::Arc;

use app::{App, AppError, CentreAct, Export, ExportPart};
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde_json::Value;

use super::get_person;
use crate::{form::check_own_page, problem::Problem};

/// The form of the JSON document (JSON Schema 2020-12).
const SCHEMA: &str = include_str!("../../assets/export.schema.json");

/// The head of the page that an export is.
const HTML_HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <title>What is held about you</title>\n</head>\n<body>\n<h1>What is held about you</h1>\n";

pub(super) async fn get_schema() -> Response {
    ([(header::CONTENT_TYPE, "application/schema+json")], SCHEMA).into_response()
}

/// A receipt as a file; only of what was done about this person.
pub(super) async fn get_receipt(
    State(app): State<Arc<App>>,
    Path(index): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let person = get_person(&app, &headers).await?;
    let index = index.parse().map_err(|_| Problem::not_found())?;
    let receipt = app.get_own_receipt(&person, index).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"receipt-{index}.json\""),
        ),
    ];
    Ok((headers, receipt.to_json()).into_response())
}

pub(super) async fn export_json(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let export = begin(&app, &headers).await?;
    let pieces = stream::try_unfold(export, |mut export| async move {
        let piece = export.next_piece().await?;
        Ok::<_, AppError>(piece.map(|piece| (piece, export)))
    });
    Ok(file(
        "application/json",
        "chatham-export.json",
        Body::from_stream(pieces),
    ))
}

pub(super) async fn export_html(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let export = begin(&app, &headers).await?;
    let pieces = stream::try_unfold(export, |mut export| async move {
        let part = export.next_part().await?;
        Ok::<_, AppError>(part.map(|part| (html(&part), export)))
    });
    Ok(file(
        "text/html; charset=utf-8",
        "chatham-export.html",
        Body::from_stream(pieces),
    ))
}

/// Notes the request, and begins the copy.
async fn begin(app: &Arc<App>, headers: &HeaderMap) -> Result<Export, Problem> {
    check_own_page(app, headers)?;
    let person = get_person(app, headers).await?;
    app.act_in_centre(&person, CentreAct::Export).await?;
    Ok(app.export_own_data(&person).await?)
}

fn file(kind: &'static str, name: &str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, body).into_response()
}

/// A part of the document as HTML.
fn html(part: &ExportPart) -> String {
    match part {
        ExportPart::Head(head) => format!("{HTML_HEAD}{}<h2>conversations</h2>\n", list(head)),
        ExportPart::Conversation(conversation) => {
            format!(
                "<section>\n<h3>conversation</h3>\n{}<h4>messages</h4>\n<ol>\n",
                list(conversation)
            )
        }
        ExportPart::Messages(messages) => messages.iter().fold(String::new(), |mut text, one| {
            text.push_str("<li>");
            text.push_str(&list(one));
            text.push_str("</li>\n");
            text
        }),
        ExportPart::ConversationEnd => "</ol>\n</section>\n".to_owned(),
        ExportPart::End => "</body>\n</html>\n".to_owned(),
    }
}

/// A value with its names, whatever it holds.
fn list(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let row = |(name, value): (&String, &Value)| {
                let name = escape(&name.replace('_', " "));
                format!("<dt>{name}</dt><dd>{}</dd>\n", list(value))
            };
            let rows: Vec<_> = fields.iter().map(row).collect();
            format!("<dl>\n{}</dl>\n", rows.concat())
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(list).collect();
            let items = items.join("</li>\n<li>");
            if items.is_empty() {
                "none".to_owned()
            } else {
                format!("<ul>\n<li>{items}</li>\n</ul>\n")
            }
        }
        Value::String(text) => escape(text),
        Value::Null => "none".to_owned(),
        other => escape(&other.to_string()),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_of_people_are_escaped() {
        let text = list(&json!({ "body": "<script>'\"&", "none": null, "list": [1] }));

        assert!(!text.contains("<script>"), "{text}");
        assert!(text.contains("&lt;script&gt;&#39;&quot;&amp;"), "{text}");
    }

    #[test]
    fn the_published_form_is_json() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();

        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
    }
}
