//! The host's home: what this is, the label made from the policy in force, and the chat itself.

use std::sync::Arc;

use app::{App, NoticeView};
use askama::Template;
use axum::{Json, Router, extract::State, http::HeaderMap, response::Response, routing::get};
use policy::{
    VisitStart,
    page::{PageModel, page},
};

use crate::{notice, problem::Problem, render};

/// Characters of a hash that tell versions apart at a glance: `sha256:` and sixteen digits.
const SHORT_HASH: usize = 23;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: PageModel,
    short_hash: String,
    before: &'static str,
    site_id: Option<String>,
    demo: bool,
    shop_url: String,
    notice: Option<NoticeView>,
    chat: String,
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(get_home))
        .route("/privacy/inventory.json", get(get_inventory))
}

async fn get_home(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let told = notice::find_for_home(&app, &headers).await?;
    let (notice, chat) = told.unzip();
    let site = app.find_host_site().await?;
    let policy = app.policy();
    let model = page(&policy, "en");
    let before = match policy.file().visit.start {
        VisitStart::FirstAct => "nothing about you is stored: no cookie, no storage, no row",
        VisitStart::PageView => "your visit is kept as the policy says",
    };
    Ok(render::page(&HomePage {
        short_hash: model.hash.chars().take(SHORT_HASH).collect(),
        before,
        site_id: site.map(|site| site.site_id.to_string()),
        demo: app.settings.demo,
        shop_url: shop_url(&app.settings.public_url),
        page: model,
        notice,
        chat: chat.unwrap_or_default(),
    }))
}

/// The shop stands for somebody else's page, so it has another host name: cookies ignore ports.
fn shop_url(public_url: &str) -> String {
    format!(
        "{}/demo/shop",
        public_url.replacen("//127.0.0.1", "//localhost", 1)
    )
}

async fn get_inventory(State(app): State<Arc<App>>) -> Json<app::InventoryView> {
    Json(app.inventory())
}
