//! HTML rendered on the server: home, policy page, privacy centre, chat without scripts, links of letters.
//!
//! No page carries a script of its own: what moves on them is the widget, or nothing.
//! Must not know: JSON routes, SQL.

mod asset;
mod centre;
mod chat;
pub mod cookie;
mod demo;
mod form;
mod gpc;
mod home;
mod notice;
mod notices;
mod parent;
mod policy;
mod privacy_check;
mod problem;
mod render;
mod resume;
pub mod signal;
mod status;
mod verify;

use std::sync::Arc;

use app::App;
use axum::{
    Router,
    response::{IntoResponse, Response},
};

/// The page for an address that leads nowhere.
#[must_use]
pub fn not_found() -> Response {
    problem::Problem::not_found().into_response()
}

/// All pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .merge(asset::routes())
        .merge(demo::routes())
        .merge(gpc::routes())
        .merge(home::routes())
        .merge(notices::routes())
        .merge(policy::routes())
        .merge(chat::routes())
        .merge(centre::routes())
        .merge(parent::routes())
        .merge(privacy_check::routes())
        .merge(resume::routes())
        .merge(status::routes())
        .merge(verify::routes())
}
