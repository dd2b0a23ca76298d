//! An instance that is wrong in one thing: a proxy in front of the real one changes what is asked or answered.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use it::{Answer, Caller};
use serde_json::Value;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// Lists a column without a category.
    ForgetsACategory,
    /// Sets a cookie on the home page.
    CookieBeforeAnAct,
    /// Keeps answers from visitors without a name.
    ShunsTheNameless,
    /// Takes a field that no form declares.
    TakesMoreFields,
    /// Keeps answers from visitors who leave a field out.
    ShunsWhoGivesLess,
    /// Opens the privacy centre to whoever sends no cookie.
    OpensTheCentre,
    /// Takes a signal that no inventory declares.
    TakesMoreSignals,
    /// Sets a cookie that is not in the register.
    UnregisteredCookie,
    /// Counts browsers that send `Sec-GPC: 1`.
    IgnoresTheSignal,
    /// Gives each browser a language of its own.
    NumbersPreferences,
    /// Links elsewhere without `noreferrer`.
    LeaksTheReferrer,
    /// Changes the text of a version that was published.
    RewritesHistory,
}

impl Wrong {
    /// Each with the clause that must turn red, under any policy.
    pub(super) const ALL: [(Self, u8); 10] = [
        (Self::ForgetsACategory, 2),
        (Self::CookieBeforeAnAct, 3),
        (Self::ShunsTheNameless, 9),
        (Self::TakesMoreFields, 20),
        (Self::ShunsWhoGivesLess, 24),
        (Self::OpensTheCentre, 26),
        (Self::TakesMoreSignals, 34),
        (Self::UnregisteredCookie, 35),
        (Self::LeaksTheReferrer, 48),
        (Self::RewritesHistory, 73),
    ];
    /// Those that need a cookie which only the policy of 2014 registers.
    pub(super) const OF_2014: [(Self, u8); 2] =
        [(Self::IgnoresTheSignal, 36), (Self::NumbersPreferences, 37)];

    fn change_request(self, request: &mut Request) {
        match self {
            Self::TakesMoreFields => request.change_body(|body| drop(body.remove("phone"))),
            Self::TakesMoreSignals => request.change_body(|body| drop(body.remove("screen"))),
            _ => {}
        }
    }

    fn change_answer(self, request: &Request, answer: &mut Answer) {
        let path = request.path.as_str();
        match self {
            Self::CookieBeforeAnAct if path == "/" => set(answer, "__Host-chatham_visitor=early"),
            Self::UnregisteredCookie if path == "/privacy/v/1" => set(answer, "tracker=1"),
            Self::IgnoresTheSignal if path == "/" && request.has("sec-gpc") => {
                set(answer, "chatham_stats=1");
            }
            Self::NumbersPreferences if path == "/" && request.has("accept-language") => {
                set(
                    answer,
                    &format!("chatham_lang={}", it::actor::new_message_id()),
                );
            }
            Self::OpensTheCentre if path == "/privacy/me" && !request.has("cookie") => {
                answer.status = 200;
            }
            _ => self.change_text(path, answer),
        }
    }

    fn change_text(self, path: &str, answer: &mut Answer) {
        let (end, from, to) = match self {
            Self::ForgetsACategory => (
                "/inventory.json",
                "\"category\":\"none\"",
                "\"category\":\"\"",
            ),
            Self::ShunsWhoGivesLess => ("/messages", "An answer.", ""),
            Self::ShunsTheNameless => ("/messages", "A test answer.", ""),
            Self::LeaksTheReferrer => (
                "/privacy",
                "</main>",
                "<a href=\"https://a.invalid\">a</a></main>",
            ),
            Self::RewritesHistory => ("/policy.toml", "keep_days = 30", "keep_days = 29"),
            _ => return,
        };
        if path.ends_with(end) {
            answer.body = answer.body.replace(from, to);
        }
    }
}

/// Sets a cookie with the flags that a registered one has.
fn set(answer: &mut Answer, pair: &str) {
    let line = format!("{pair}; Path=/; Secure; HttpOnly; SameSite=Lax");
    answer.headers.insert("set-cookie", line.parse().unwrap());
}

/// The proxy; stops when dropped.
pub(super) struct Front {
    base: String,
    is_stopped: Arc<AtomicBool>,
}

impl Front {
    /// Forwards to the instance at `target`.
    pub(super) fn start(target: &str, wrong: Wrong) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let base = format!(
            "http://{}",
            listener.local_addr().expect("the port's number")
        );
        let is_stopped = Arc::new(AtomicBool::new(false));
        let (front, target, stopped) = (base.clone(), target.to_owned(), is_stopped.clone());
        // Each run stands for an address of its own: what one address may begin in a minute is limited.
        let address = it::actor::random_address();
        thread::spawn(move || {
            let is_running = |_: &TcpStream| !stopped.load(Ordering::Relaxed);
            for client in listener.incoming().flatten().take_while(is_running) {
                let caller = Caller::new(&target).with("X-Forwarded-For", &address);
                serve(&client, &front, caller, wrong);
            }
        });
        Self { base, is_stopped }
    }

    /// Where the checks ask.
    pub(super) fn base(&self) -> &str {
        &self.base
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Relaxed);
        // Wakes the accepting thread, so that it sees that it is over.
        drop(TcpStream::connect(self.base.trim_start_matches("http://")));
    }
}

struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn has(&self, name: &str) -> bool {
        let mut headers = self.headers.iter();
        headers.any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    fn change_body(&mut self, change: impl FnOnce(&mut serde_json::Map<String, Value>)) {
        if let Ok(Value::Object(mut body)) = serde_json::from_slice(&self.body) {
            change(&mut body);
            self.body = Value::Object(body).to_string().into_bytes();
        }
    }
}

/// One request, one answer, then the connection ends.
fn serve(client: &TcpStream, front: &str, mut caller: Caller, wrong: Wrong) {
    let target = caller.base().to_owned();
    let Some(mut request) = read_request(client, front, &target) else {
        return;
    };
    wrong.change_request(&mut request);
    for (name, value) in &request.headers {
        caller = caller.with(name, value);
    }
    let body = (!request.body.is_empty()).then_some(request.body.as_slice());
    let mut answer = caller.send(&request.method, &request.path, body);
    wrong.change_answer(&request, &mut answer);
    let mut client = client;
    // A client that is gone wants no answer.
    drop(client.write_all(whole(&answer).as_bytes()));
}

/// The answer as it goes over the wire.
fn whole(answer: &Answer) -> String {
    let is_ours = ["content-length", "connection", "transfer-encoding"];
    let headers = answer.headers.iter();
    let kept: String = headers
        .filter(|(name, _)| !is_ours.contains(&name.as_str()))
        .map(|(name, value)| {
            [
                name.as_str(),
                ": ",
                value.to_str().unwrap_or_default(),
                "\r\n",
            ]
            .concat()
        })
        .collect();
    format!(
        "HTTP/1.1 {} Changed\r\n{kept}Connection: close\r\nContent-Length: {}\r\n\r\n{}",
        answer.status,
        answer.body.len(),
        answer.body
    )
}

/// The next request, as if it had been sent to the instance itself.
fn read_request(client: &TcpStream, front: &str, target: &str) -> Option<Request> {
    let mut reader = BufReader::new(client);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "host" | "connection" | "accept-encoding" => {}
            _ => headers.push((name.to_owned(), value.replace(front, target))),
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        method,
        path,
        headers,
        body,
    })
}
