//! A small HTTP client: one caller is one browser. Every `Set-Cookie` of every answer is noted.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, Request};
use ureq::{Agent, Body};

use crate::finding::Stop;

const ANSWER_WAIT: Duration = Duration::from_secs(30);
/// How often and how long, in seconds, a call that came too soon waits.
const WAITS_MAX: usize = 3;
const RETRY_S_MAX: u64 = 10;
const BODY_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Cookies noted in one run.
const COOKIES_MAX: usize = 10_000;

/// Every cookie that the instance set, in order, whole lines.
#[derive(Clone, Default)]
pub(crate) struct CookieLog(Arc<Mutex<Vec<String>>>);

impl CookieLog {
    /// All lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note(&self, answer: &Answer) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = COOKIES_MAX.saturating_sub(lines.len());
        lines.extend(answer.cookies().into_iter().take(room));
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    /// What was asked, for messages.
    pub(crate) asked: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as JSON when the status is the expected one.
    pub(crate) fn expect(&self, status: u16) -> Result<Value, Stop> {
        if self.status == status {
            return Ok(self.json());
        }
        Err(Stop::Failed(format!(
            "{}: {} where {status} is due",
            self.asked,
            self.brief()
        )))
    }

    /// Demands a refusal with this status that names this clause.
    pub(crate) fn refusal(&self, status: u16, clause: i64) -> Result<String, Stop> {
        let body = self.expect(status)?;
        if body.get("clause").and_then(Value::as_i64) == Some(clause) {
            return Ok(self.brief());
        }
        Err(Stop::Failed(format!(
            "{}: {} names no clause {clause}",
            self.asked,
            self.brief()
        )))
    }

    /// Status and code, never a body: it may hold what somebody wrote.
    pub(crate) fn brief(&self) -> String {
        match self.json().get("code").and_then(Value::as_str) {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }

    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Whole lines of `Set-Cookie`.
    pub(crate) fn cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all("set-cookie").iter();
        lines
            .filter_map(|line| line.to_str().ok().map(str::to_owned))
            .collect()
    }
}

/// One browser: its headers and its cookie.
#[derive(Clone)]
pub(crate) struct Caller {
    agent: Agent,
    base: String,
    headers: Vec<(String, String)>,
    log: CookieLog,
}

impl Caller {
    /// A browser that has been nowhere.
    pub(crate) fn new(base: &str, log: &CookieLog) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(ANSWER_WAIT))
            // A kept connection may be gone when it is used again; each call has its own.
            .max_idle_connections(0)
            .build();
        Self {
            agent: config.into(),
            base: base.to_owned(),
            headers: Vec::new(),
            log: log.clone(),
        }
    }

    /// With one more header on every call; a header of that name is replaced.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With the cookies that an answer set, as a browser keeps them.
    pub(crate) fn keeping(self, answer: &Answer) -> Self {
        let cookies = answer.cookies();
        let pairs: Vec<&str> = cookies
            .iter()
            .filter_map(|line| line.split(';').next())
            .collect();
        if pairs.is_empty() {
            self
        } else {
            self.with("Cookie", &pairs.join("; "))
        }
    }

    pub(crate) fn get(&self, path: &str) -> Result<Answer, Stop> {
        self.send("GET", path, None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Answer, Stop> {
        self.send("POST", path, Some(body))
    }

    /// Any method; a body goes as JSON.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Stop> {
        let bytes = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.transmit(method, path, bytes.as_ref())
    }

    /// A form as a browser without scripts sends it.
    pub(crate) fn post_form(&self, path: &str, form: &str) -> Result<Answer, Stop> {
        let kind = "application/x-www-form-urlencoded";
        self.transmit("POST", path, Some(&(kind, form.as_bytes().to_vec())))
    }

    fn transmit(
        &self,
        method: &str,
        path: &str,
        body: Option<&(&str, Vec<u8>)>,
    ) -> Result<Answer, Stop> {
        let asked = format!("{method} {path}");
        let failed = |error| Stop::Failed(format!("{asked}: no answer: {error}"));
        let mut answer = self.try_send(method, path, body).map_err(failed)?;
        // All of a run comes from one address: it waits as it is told to.
        for _ in 0..WAITS_MAX {
            let seconds = answer
                .header("retry-after")
                .parse()
                .unwrap_or(RETRY_S_MAX + 1);
            if answer.status != 429 || seconds > RETRY_S_MAX {
                break;
            }
            std::thread::sleep(Duration::from_secs(seconds));
            let again = self.try_send(method, path, body);
            answer = again.map_err(failed)?;
        }
        self.log.note(&answer);
        Ok(answer)
    }

    fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&(&str, Vec<u8>)>,
    ) -> Result<Answer, ureq::Error> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut response: ureq::http::Response<Body> = match body {
            None => self.agent.run(request.body(())?)?,
            Some((kind, bytes)) => self
                .agent
                .run(request.header("Content-Type", *kind).body(bytes.clone())?)?,
        };
        let bytes = response
            .body_mut()
            .with_config()
            .limit(BODY_BYTES_MAX)
            .read_to_vec()?;
        Ok(Answer {
            asked: format!("{method} {path}"),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: bytes,
        })
    }
}
