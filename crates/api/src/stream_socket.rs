//! The event stream as WebSocket: authenticated by its first frame, never by the URL.
//!
//! Small buffers: 134 KiB an idle socket with the defaults, 3.0 KiB with 1 KiB read and none to write
//! (measured).

use std::{sync::Arc, time::Duration};

use app::{Actor, App};
use axum::{
    Extension,
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket},
    },
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use pages::cookie::Cookie;

use crate::{
    extract::{is_own_page, origin_not_allowed},
    serve::Peer,
    stream::{Feed, Frame, Next},
};

/// Time a client has to say who it is.
const AUTH_TIMEOUT: Duration = Duration::from_secs(5);
/// Time a frame may wait for a slow reader.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of a frame from a client.
const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Bytes of the read buffer.
const READ_BUFFER_BYTES: usize = 1024;
/// Frames a client may send after the first; it has nothing to say but pings.
const CLIENT_FRAMES_MAX: u32 = 10_000;

const CLOSE_UNAUTHENTICATED: u16 = 4401;
const CLOSE_FORBIDDEN: u16 = 4403;
const CLOSE_RESTART: u16 = 1012;
const CLOSE_TOO_SLOW: u16 = 1013;

/// First frame of a client.
#[derive(Deserialize)]
#[serde(tag = "auth", rename_all = "snake_case", deny_unknown_fields)]
enum Hello {
    Visitor { token: String, last_id: Option<i64> },
    Console { last_id: Option<i64> },
}

/// `GET /api/stream`: events of the actor named in the first frame.
pub(crate) async fn open_socket(
    State(app): State<Arc<App>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let origin = headers
        .get(header::ORIGIN)
        .map(|origin| origin.to_str().unwrap_or("null"));
    match origin {
        // No browser leaves it out.
        None => {}
        Some(origin) if is_own_page(&app, &headers) || is_known(&app, origin).await => {}
        Some(_) => return origin_not_allowed().into_response(),
    }
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(FRAME_BYTES_MAX)
        .max_frame_size(FRAME_BYTES_MAX)
        // A task of its own: the one that upgraded keeps room for its own steps while it lasts.
        .on_upgrade(move |socket| async move {
            drop(tokio::spawn(run(app, headers, socket, peer)));
        })
}

async fn is_known(app: &App, origin: &str) -> bool {
    app.is_known_origin(origin).await.unwrap_or(false)
}

/// Serves a socket to its end; `_peer` counts as a connection of its address until then.
async fn run(
    app: Arc<App>,
    headers: HeaderMap,
    mut socket: WebSocket,
    _peer: Option<Extension<Peer>>,
) {
    let code = match Box::pin(authenticate(&app, &headers, &mut socket)).await {
        Err(code) => code,
        Ok((actor, last_id)) => {
            drop(headers);
            match Box::pin(Feed::open(app, actor, last_id)).await {
                Ok(feed) => pump(&mut socket, Box::new(feed)).await,
                Err(_) => CLOSE_RESTART,
            }
        }
    };
    let close = Message::Close(Some(CloseFrame {
        code,
        reason: "".into(),
    }));
    if socket.send(close).await.is_err() {
        tracing::trace!("the reader had gone");
    }
}

/// The actor of the first frame, or the code to close with.
async fn authenticate(
    app: &App,
    headers: &HeaderMap,
    socket: &mut WebSocket,
) -> Result<(Actor, Option<i64>), u16> {
    let first = tokio::time::timeout(AUTH_TIMEOUT, socket.recv()).await;
    let Ok(Some(Ok(Message::Text(text)))) = first else {
        return Err(CLOSE_UNAUTHENTICATED);
    };
    let hello = serde_json::from_str(&text).map_err(|_| CLOSE_UNAUTHENTICATED)?;
    match hello {
        Hello::Visitor { token, last_id } => {
            let mut visitor = app
                .authenticate_visitor(&token)
                .await
                .map_err(|_| CLOSE_UNAUTHENTICATED)?;
            visitor.gpc = pages::signal::sends_gpc(headers);
            crate::extract::check_site_origin(app, visitor.site_id, headers)
                .await
                .map_err(|_| CLOSE_FORBIDDEN)?;
            Ok((Actor::Visitor(visitor), last_id))
        }
        Hello::Console { last_id } => {
            if !is_own_page(app, headers) {
                return Err(CLOSE_FORBIDDEN);
            }
            let token = Cookie::Session.read(headers);
            let token = token.ok_or(CLOSE_UNAUTHENTICATED)?;
            let agent = app
                .authenticate_session(token)
                .await
                .map_err(|_| CLOSE_UNAUTHENTICATED)?;
            Ok((Actor::Agent(agent), last_id))
        }
    }
}

/// Sends what the feed gives until either side ends; the code to close with.
async fn pump(socket: &mut WebSocket, mut feed: Box<Feed>) -> u16 {
    let mut frames_left = CLIENT_FRAMES_MAX;
    let mut close = CLOSE_UNAUTHENTICATED;
    loop {
        let message = tokio::select! {
            next = feed.next() => match next {
                Next::Frame(frame) => {
                    if frame.event == "drain" {
                        close = CLOSE_RESTART;
                    }
                    Message::Text(encode(&frame).into())
                }
                Next::Heartbeat => Message::Ping(Vec::new().into()),
                Next::End => return close,
            },
            heard = socket.recv() => {
                frames_left -= 1;
                match heard {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return close,
                    Some(Ok(_)) if frames_left == 0 => return CLOSE_FORBIDDEN,
                    Some(Ok(_)) => continue,
                }
            }
        };
        match tokio::time::timeout(SEND_TIMEOUT, socket.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return close,
            Err(_) => return CLOSE_TOO_SLOW,
        }
    }
}

fn encode(frame: &Frame) -> String {
    match frame.id {
        Some(id) => json!({"id": id, "event": frame.event, "data": frame.data}).to_string(),
        None => json!({"event": frame.event, "data": frame.data}).to_string(),
    }
}
