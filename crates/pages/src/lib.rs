//! HTML rendered on the server.
//!
//! Must not know: JSON routes, SQL.

use std::sync::Arc;

use app::App;
use axum::Router;

/// All pages.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
}
