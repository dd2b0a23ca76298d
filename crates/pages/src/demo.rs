//! The demo's own pages: a sample shop that carries the widget, and the letters that would have been sent.
//! They exist only where the program runs as a demo.

use std::sync::Arc;

use app::App;
use askama::Template;
use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{problem::Problem, render};

/// Letters on the page.
const LETTERS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "shop.html")]
struct ShopPage {
    base: String,
    site_id: Option<String>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    letters: Vec<LetterView>,
}

struct LetterView {
    subject: String,
    to: String,
    purpose: &'static str,
    parts: Vec<Part>,
}

/// A piece of a letter's text: a link of ours, or words.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    is_link: bool,
    text: String,
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/demo/shop", get(get_shop))
        .route("/demo/mail", get(get_mail))
}

/// The shop stands for somebody else's page: its security policy names the chat in two directives, as the
/// installation guide says.
async fn get_shop(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    if !app.settings.demo {
        return Err(Problem::not_found());
    }
    let site = app.find_host_site().await?;
    let base = app.settings.public_url.clone();
    let policy = shop_policy(&base);
    let page = ShopPage {
        base,
        site_id: site.map(|site| site.site_id.to_string()),
    };
    let headers = [(header::CONTENT_SECURITY_POLICY, policy)];
    Ok((headers, render::page(&page)).into_response())
}

fn shop_policy(base: &str) -> String {
    let sockets = base.replacen("http", "ws", 1);
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src {base}; \
         connect-src {base} {sockets}; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'"
    )
}

async fn get_mail(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    if !app.settings.demo {
        return Err(Problem::not_found());
    }
    let base = format!("{}/", app.settings.public_url);
    let letters = app.mailer.sent().into_iter().take(LETTERS_MAX);
    let letters = letters.map(|letter| LetterView {
        subject: letter.subject,
        to: letter.to,
        purpose: letter.purpose,
        parts: parts(&letter.body, &base),
    });
    Ok(render::page(&MailPage {
        letters: letters.collect(),
    }))
}

/// Makes links of addresses that lead to this installation; nothing else becomes one.
fn parts(body: &str, base: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = body;
    while let Some((before, from)) = rest.find(base).map(|at| rest.split_at(at)) {
        let end = from.find(char::is_whitespace).unwrap_or(from.len());
        let (link, after) = from.split_at(end);
        parts.push(Part {
            is_link: false,
            text: before.to_owned(),
        });
        parts.push(Part {
            is_link: true,
            text: link.to_owned(),
        });
        rest = after;
    }
    parts.push(Part {
        is_link: false,
        text: rest.to_owned(),
    });
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_installation_become_links() {
        let body = "Open http://127.0.0.1:1/verify/x now, not http://evil.example/verify/x";

        let parts = parts(body, "http://127.0.0.1:1/");

        let links: Vec<_> = parts.iter().filter(|part| part.is_link).collect();
        assert_eq!(links.len(), 1);
        assert_eq!(links[0].text, "http://127.0.0.1:1/verify/x");
        let whole: String = parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(whole, body);
    }

    #[test]
    fn the_shop_names_the_chat_in_two_directives() {
        let policy = shop_policy("https://chat.example");

        assert!(policy.contains("script-src https://chat.example;"));
        assert!(policy.contains("connect-src https://chat.example wss://chat.example;"));
    }
}
