//! The event stream as server-sent events, read by `fetch` with headers: for pages whose
//! content-security policy or proxy forbids WebSocket.

use std::{convert::Infallible, sync::Arc};

use app::{Actor, App};
use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderName, HeaderValue, Request, header},
    response::{IntoResponse, Response, Sse, sse::Event},
};
use futures_util::stream;

use crate::{
    extract::{Agent, Visitor, bearer, check_same_origin},
    problem::{Answer, Problem},
    stream::{Feed, Next},
};

/// `GET /api/stream/sse`: events of the actor named by the headers, after `Last-Event-ID`.
pub(crate) async fn open_sse(
    State(app): State<Arc<App>>,
    request: Request<axum::body::Body>,
) -> Answer<Response> {
    let (mut parts, _) = request.into_parts();
    let resume = resume_from(&parts.headers)?;
    let actor = if bearer(&parts.headers).is_some() {
        Actor::Visitor(Visitor::from_request_parts(&mut parts, &app).await?.0)
    } else {
        check_same_origin(&app, &parts.headers)?;
        Actor::Agent(Agent::from_request_parts(&mut parts, &app).await?.0)
    };
    let feed = Feed::open(app, actor, resume).await?;
    let mut response = Sse::new(encode(feed)).into_response();
    // Proxies that buffer would hold events back.
    let name = HeaderName::from_static("x-accel-buffering");
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static("no"));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn resume_from(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    let number = value
        .to_str()
        .ok()
        .and_then(|text| text.parse().ok())
        .filter(|id: &i64| *id >= 0);
    number.map(Some).ok_or_else(|| {
        crate::problem::invalid_body().field(
            "Last-Event-ID",
            "malformed",
            "send the number of the last event seen, or leave it out",
        )
    })
}

fn encode(feed: Feed) -> impl stream::Stream<Item = Result<Event, Infallible>> {
    stream::unfold(Box::new(feed), |mut feed| async move {
        let event = match feed.next().await {
            Next::End => return None,
            Next::Heartbeat => Event::default().comment(""),
            Next::Frame(frame) => {
                let event = Event::default()
                    .event(frame.event)
                    .data(frame.data.to_string());
                frame
                    .id
                    .map_or(event.clone(), |id| event.id(id.to_string()))
            }
        };
        Some((Ok(event), feed))
    })
}
