//! A TCP proxy for faults: it cuts connections on command, or lies about what was stored.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Stands between a client and the server; stops when dropped.
pub struct Proxy {
    base: String,
    connections: Arc<Mutex<Vec<TcpStream>>>,
    is_stopped: Arc<AtomicBool>,
}

impl Proxy {
    /// Forwards everything to `target` (`127.0.0.1:PORT`).
    #[must_use]
    pub fn honest(target: &str) -> Self {
        let target = target.to_owned();
        Self::start(move |client, keep| forward(&client, &target, keep))
    }

    /// Answers every `POST` of a message with `201` and a made-up message, and forwards nothing: what
    /// a server does that acknowledges before it has stored.
    #[must_use]
    pub fn lying() -> Self {
        Self::start(|client, _| answer_early(client))
    }

    /// Where clients connect: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Cuts all connections that are open now; new ones are served.
    pub fn cut(&self) {
        let mut open = self
            .connections
            .lock()
            .expect("no thread panicked while it held this");
        for socket in open.drain(..) {
            // It may be closed already.
            drop(socket.shutdown(Shutdown::Both));
        }
    }

    fn start<S>(serve: S) -> Self
    where
        S: Fn(TcpStream, &Mutex<Vec<TcpStream>>) + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!(
            "http://{}",
            listener.local_addr().expect("the port's number")
        );
        let connections = Arc::new(Mutex::new(Vec::new()));
        let is_stopped = Arc::new(AtomicBool::new(false));
        let (kept, stopped, serve) = (connections.clone(), is_stopped.clone(), Arc::new(serve));
        thread::spawn(move || {
            let is_running = |_: &TcpStream| !stopped.load(Ordering::Relaxed);
            for client in listener.incoming().flatten().take_while(is_running) {
                let (kept, serve) = (kept.clone(), serve.clone());
                thread::spawn(move || serve(client, &kept));
            }
        });
        Self {
            base,
            connections,
            is_stopped,
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        self.cut();
        // Wakes the accepting thread, so that it sees that it is over.
        drop(TcpStream::connect(self.base.trim_start_matches("http://")));
    }
}

fn forward(client: &TcpStream, target: &str, keep: &Mutex<Vec<TcpStream>>) {
    let Ok(server) = TcpStream::connect(target) else {
        return;
    };
    if let (Ok(a), Ok(b)) = (client.try_clone(), server.try_clone()) {
        keep.lock()
            .expect("no thread panicked while it held this")
            .extend([a, b]);
    }
    let (Ok(up_from), Ok(up_to)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    let up = thread::spawn(move || copy(up_from, up_to));
    if let Ok(down_to) = client.try_clone() {
        copy(server, down_to);
    }
    // A panic of the other direction is that thread's own message.
    drop(up.join());
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0_u8; 8192];
    while let Ok(count) = from.read(&mut buffer) {
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        if to.write_all(bytes).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Both));
}

fn answer_early(mut client: TcpStream) {
    let mut seq = 0_u64;
    while let Some(body) = read_request(&mut client) {
        seq += 1;
        let request: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        let id = request.get("client_msg_id").cloned().unwrap_or_default();
        let message = serde_json::json!({ "message": { "client_msg_id": id, "seq": seq } });
        let text = message.to_string();
        let head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ";
        let answer = format!("{head}{}\r\n\r\n{text}", text.len());
        if client.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The body of the next request on the connection; `None` at its end.
fn read_request(client: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0_u8; 1];
    while !head.ends_with(b"\r\n\r\n") {
        if client.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.extend_from_slice(&byte);
    }
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![
        0_u8;
        length
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0)
    ];
    client.read_exact(&mut body).ok()?;
    Some(body)
}
