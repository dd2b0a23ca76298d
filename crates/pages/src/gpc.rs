//! Global Privacy Control: what the browser asks, what stops, and the statement at `/.well-known/gpc.json`.
//!
//! Why: the signal is a person's legal request in one header; whoever sends it must see that it counted (W3C
//! Global Privacy Control, "Sec-GPC header field" and "GPC Support Resource").
//! Must not know: how decisions are made; the policy stops each purpose that honours the signal.

use std::sync::Arc;

use ::policy::{Honour, Policy, ProcessorKind, PurposeRule, page::say_purpose};
use app::App;
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use crate::signal::sends_gpc;

/// What the reader's browser asks for, and what that stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GpcView {
    /// The browser sent `Sec-GPC: 1`.
    pub(crate) sent: bool,
    /// Uses that the signal stops, in words.
    pub(crate) stopped: Vec<String>,
}

impl GpcView {
    /// For a reader with these headers.
    #[must_use]
    pub(crate) fn new(policy: &Policy, headers: &HeaderMap) -> Self {
        let rules = policy.file().purpose.iter();
        let honouring = rules.filter(|rule| rule.honours.contains(&Honour::Gpc));
        Self {
            sent: sends_gpc(headers),
            stopped: honouring.map(|rule| say_purpose(&rule.key)).collect(),
        }
    }
}

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/.well-known/gpc.json", get(get_gpc_support))
}

/// Whether the signal stops every use that sells or shares: what advertisers do, and advertising itself.
fn abides(policy: &Policy) -> bool {
    let file = policy.file();
    let advertisers = || {
        let parties = file.processor.iter();
        parties.filter(|party| party.kind == ProcessorKind::Advertiser)
    };
    let shares = |rule: &&PurposeRule| {
        rule.use_key.starts_with("marketing.advertising")
            || advertisers().any(|party| party.purposes.contains(&rule.key))
    };
    let mut sharing = file.purpose.iter().filter(shares);
    sharing.all(|rule| rule.honours.contains(&Honour::Gpc))
}

/// The statement whether the signal is honoured; made when the policy in force took effect.
async fn get_gpc_support(State(app): State<Arc<App>>) -> Response {
    let policy = app.policy();
    let statement = json!({ "gpc": abides(&policy), "lastUpdate": policy.effective().date() });
    let headers = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (headers, Json(statement)).into_response()
}

#[cfg(test)]
mod tests {
    use ::policy::shipped;
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_statement_is_true_only_while_advertising_honours_the_signal() {
        assert!(abides(&Policy::parse(shipped::STRICT).unwrap()));
        assert!(abides(&Policy::parse(shipped::Y2014).unwrap()));
        let deaf = "[[exception]]\nclause = 32\nvalue = \"purpose.ads.serve.honours = optout.ads\"\n\
                    reason = \"test\"\nuntil = \"2030-01-01T00:00:00Z\"\n";
        let text = shipped::Y2014.replace("[\"gpc\", \"optout.ads\"]", "[\"optout.ads\"]");
        let policy = Policy::parse(&format!("{text}\n{deaf}")).unwrap();
        assert!(!abides(&policy));
    }

    #[test]
    fn what_the_signal_stops_is_what_the_file_says() {
        let mut headers = HeaderMap::new();
        headers.insert("sec-gpc", HeaderValue::from_static("1"));
        let y2014 = Policy::parse(shipped::Y2014).unwrap();

        let view = GpcView::new(&y2014, &headers);

        assert!(view.sent);
        assert!(view.stopped.contains(&"to count traffic".to_owned()));
        let strict = Policy::parse(shipped::STRICT).unwrap();
        assert!(GpcView::new(&strict, &headers).stopped.is_empty());
        assert!(!GpcView::new(&strict, &HeaderMap::new()).sent);
    }
}
