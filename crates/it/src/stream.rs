//! Listening to the event stream, over WebSocket or server-sent events, on a thread of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::{HeaderName, HeaderValue};
use tungstenite::{Message, WebSocket, client};

/// How long a story waits for an event that must come.
const EVENT_WAIT: Duration = Duration::from_secs(10);

/// Events taken from the socket before the story hears them; a story that hears nothing is a slow reader.
const UNHEARD_MAX: usize = 16;

/// One event as the server sent it.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its number, absent for typing and presence.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// What it says.
    pub body: Value,
}

/// An open stream; dropping it cuts the connection.
pub struct Stream {
    events: Receiver<Event>,
    socket: TcpStream,
    /// The number of the last event heard here, or the one that the stream began from.
    pub last_id: Option<i64>,
    /// What its `hello` said; null where nobody waited for it.
    pub hello: Value,
}

/// Who listens, and from where.
pub struct Listen<'a> {
    /// `http://127.0.0.1:PORT`.
    pub base: &'a str,
    /// Headers of the handshake or request.
    pub headers: &'a [(String, String)],
    /// The first frame of a WebSocket, without `last_id`.
    pub auth: Value,
    /// Resume after this event.
    pub last_id: Option<i64>,
}

impl Stream {
    /// Opens a WebSocket and waits for `hello`.
    #[must_use]
    #[track_caller]
    pub fn websocket(listen: &Listen<'_>) -> Self {
        let mut stream = Self::websocket_unheard(listen).expect("the handshake succeeds");
        stream.wait_for_hello();
        stream
    }

    /// Opens a WebSocket and sends the first frame; waits for nothing.
    ///
    /// # Errors
    /// The handshake's status code, when the server refuses it.
    pub fn websocket_unheard(listen: &Listen<'_>) -> Result<Self, u16> {
        let host = listen.base.trim_start_matches("http://");
        let socket = TcpStream::connect(host).expect("connect to the server");
        let closer = socket.try_clone().expect("share the socket");
        let mut request = format!("ws://{host}/api/stream")
            .into_client_request()
            .expect("a valid address");
        for (name, value) in listen.headers {
            let name = HeaderName::try_from(name.as_str()).expect("a valid header");
            let value = HeaderValue::try_from(value.as_str()).expect("a valid header");
            request.headers_mut().insert(name, value);
        }
        let (mut opened, _) = match client(request, socket) {
            Ok(opened) => opened,
            Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
                return Err(answer.status().as_u16());
            }
            Err(error) => panic!("WebSocket handshake: {error}"),
        };
        let mut first = listen.auth.clone();
        if let Some(object) = first.as_object_mut() {
            object.insert("last_id".to_owned(), json!(listen.last_id));
        }
        opened
            .send(Message::text(first.to_string()))
            .expect("send the first frame");
        let (sender, events) = sync_channel(UNHEARD_MAX);
        std::thread::spawn(move || read_websocket(opened, |event| sender.send(event).is_ok()));
        Ok(Self {
            events,
            socket: closer,
            last_id: listen.last_id,
            hello: Value::Null,
        })
    }

    /// Opens server-sent events and waits for `hello`.
    #[must_use]
    #[track_caller]
    pub fn sse(listen: &Listen<'_>) -> Self {
        let mut stream = Self::sse_unheard(listen).expect("the stream opens");
        stream.wait_for_hello();
        stream
    }

    /// Opens server-sent events; waits for nothing but the head of the answer.
    ///
    /// # Errors
    /// The status code, when it is not 200.
    pub fn sse_unheard(listen: &Listen<'_>) -> Result<Self, u16> {
        let host = listen.base.trim_start_matches("http://");
        let mut socket = TcpStream::connect(host).expect("connect to the server");
        let mut head = format!("GET /api/stream/sse HTTP/1.1\r\nHost: {host}\r\n");
        head.push_str("Accept: text/event-stream\r\n");
        if let Some(id) = listen.last_id {
            head.push_str("Last-Event-ID: ");
            head.push_str(&id.to_string());
            head.push_str("\r\n");
        }
        for (name, value) in listen.headers {
            head.extend([name.as_str(), ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        socket.write_all(head.as_bytes()).expect("send the request");
        let mut reader = BufReader::new(socket.try_clone().expect("share the socket"));
        let status = read_head(&mut reader);
        if status != 200 {
            return Err(status);
        }
        let (sender, events) = sync_channel(UNHEARD_MAX);
        std::thread::spawn(move || {
            read_sse(BufReader::new(Chunks { reader, left: 0 }), |event| {
                sender.send(event).is_ok()
            });
        });
        Ok(Self {
            events,
            socket,
            last_id: listen.last_id,
            hello: Value::Null,
        })
    }

    /// The next event; the story fails when none comes in time.
    #[track_caller]
    pub fn hear(&mut self) -> Event {
        self.next_within(EVENT_WAIT)
            .expect("an event comes in time, and the stream stays open")
    }

    /// The next event, or `None` when the time is over or the stream has ended.
    pub fn next_within(&mut self, wait: Duration) -> Option<Event> {
        match self.events.recv_timeout(wait) {
            Ok(event) => {
                self.last_id = event.id.or(self.last_id);
                Some(event)
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    /// The next event of this name; others before it are passed over.
    #[track_caller]
    pub fn next_named(&mut self, name: &str) -> Event {
        let deadline = Instant::now() + EVENT_WAIT;
        while let Some(left) = deadline.checked_duration_since(Instant::now()) {
            match self.next_within(left) {
                Some(event) if event.name == name => return event,
                Some(_) => {}
                None => break,
            }
        }
        panic!("no {name} came within {EVENT_WAIT:?}")
    }

    /// Whether the server ended the stream within this time; events before the end are passed over.
    pub fn ends_within(&mut self, wait: Duration) -> bool {
        let deadline = Instant::now() + wait;
        while let Some(left) = deadline.checked_duration_since(Instant::now()) {
            match self.events.recv_timeout(left) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
        false
    }

    /// Cuts the connection, as a lost network does.
    pub fn cut(self) -> Option<i64> {
        self.last_id
    }

    #[track_caller]
    fn wait_for_hello(&mut self) {
        let first = self.hear();
        assert_eq!(first.name, "hello", "the first event is hello");
        self.last_id = self
            .last_id
            .or_else(|| first.body.get("last_id").and_then(Value::as_i64));
        self.hello = first.body;
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // The other side may have closed it already.
        drop(self.socket.shutdown(Shutdown::Both));
    }
}

fn read_websocket(mut socket: WebSocket<TcpStream>, mut deliver: impl FnMut(Event) -> bool) {
    loop {
        let text = match socket.read() {
            Ok(Message::Text(text)) => text,
            Ok(Message::Close(_)) | Err(_) => return,
            Ok(_) => continue,
        };
        let frame: Value = serde_json::from_str(text.as_str()).expect("a frame holds JSON");
        let event = Event {
            id: frame.get("id").and_then(Value::as_i64),
            name: frame
                .get("event")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            body: frame.get("data").cloned().unwrap_or(Value::Null),
        };
        if !deliver(event) {
            return;
        }
    }
}

fn read_sse(mut lines: impl BufRead, mut deliver: impl FnMut(Event) -> bool) {
    let mut event = Event {
        id: None,
        name: String::new(),
        body: Value::Null,
    };
    let mut line = String::new();
    loop {
        line.clear();
        if lines.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let text = line.trim_end_matches(['\n', '\r']);
        if text.is_empty() {
            let is_event = !event.name.is_empty();
            let whole = std::mem::replace(
                &mut event,
                Event {
                    id: None,
                    name: String::new(),
                    body: Value::Null,
                },
            );
            if is_event && !deliver(whole) {
                return;
            }
            continue;
        }
        match text.split_once(": ").or_else(|| text.split_once(':')) {
            Some(("id", value)) => event.id = value.parse().ok(),
            Some(("event", value)) => value.clone_into(&mut event.name),
            Some(("data", value)) => {
                event.body = serde_json::from_str(value).expect("an event holds JSON");
            }
            _ => {}
        }
    }
}

/// Reads the status line and the headers.
fn read_head(reader: &mut impl BufRead) -> u16 {
    let mut status = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap_or(0) > 0 {
        if status == 0 {
            let code = line.split(' ').nth(1).and_then(|code| code.parse().ok());
            status = code.unwrap_or_else(|| panic!("no status line: {line}"));
        }
        if line.trim().is_empty() {
            break;
        }
        line.clear();
    }
    status
}

/// Takes the chunks of `Transfer-Encoding: chunked` apart.
struct Chunks<R> {
    reader: R,
    left: usize,
}

impl<R: BufRead> Read for Chunks<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.left == 0 {
            let mut line = String::new();
            if self.reader.read_line(&mut line)? == 0 {
                return Ok(0);
            }
            if line.trim().is_empty() {
                continue;
            }
            self.left = usize::from_str_radix(line.trim(), 16).unwrap_or(0);
            if self.left == 0 {
                return Ok(0);
            }
        }
        let wanted = buffer.len().min(self.left);
        let got = self.reader.by_ref().take(wanted as u64).read(buffer)?;
        self.left -= got;
        Ok(got)
    }
}
