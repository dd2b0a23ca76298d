//! A small HTTP client: one caller is one browser or program, with its headers and its cookie.

use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, Request};
use ureq::{Agent, Body};

const ANSWER_WAIT: Duration = Duration::from_secs(30);
const IDLE_MAX: Duration = Duration::from_secs(2);
const BODY_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON when the status is the expected one; the story fails otherwise.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "unexpected answer: {}", self.body);
        self.json()
    }

    /// The body as JSON; null when it is empty.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The `code` of a problem answer; the story fails when it is not one.
    #[must_use]
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        let problem = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(
            problem.get("status").and_then(Value::as_u64),
            Some(u64::from(status))
        );
        let code = problem.get("code").and_then(Value::as_str);
        code.unwrap_or_else(|| panic!("a problem has a code: {}", self.body))
            .to_owned()
    }

    /// A header's value, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// All values of a header.
    #[must_use]
    pub fn header_values(&self, name: &str) -> Vec<&str> {
        self.headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect()
    }
}

/// Somebody who calls: base address, headers that go with every call, and a cookie if one was set.
#[derive(Clone)]
pub struct Caller {
    agent: Agent,
    base: String,
    headers: Vec<(String, String)>,
    cookie: Option<String>,
}

impl Caller {
    /// A caller without headers; `base` is `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self {
            agent: new_agent(),
            base: base.to_owned(),
            headers: Vec::new(),
            cookie: None,
        }
    }

    /// The same caller with one more header on every call; a header of that name is replaced.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same caller without this header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// The same caller on connections of its own: whoever is refused before the body was read finds a kept
    /// connection closed.
    #[must_use]
    pub fn afresh(mut self) -> Self {
        self.agent = new_agent();
        self
    }

    /// The same caller, calling another server.
    #[must_use]
    pub fn at(mut self, base: &str) -> Self {
        base.clone_into(&mut self.base);
        self
    }

    /// Where this caller calls.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Headers of this caller, the cookie included, as a stream needs them.
    #[must_use]
    pub fn all_headers(&self) -> Vec<(String, String)> {
        let mut headers = self.headers.clone();
        if let Some(cookie) = &self.cookie {
            headers.push(("Cookie".to_owned(), cookie.clone()));
        }
        headers
    }

    /// `GET`.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    /// `POST` with a JSON body.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body.to_string().as_bytes()))
    }

    /// `PUT` with a JSON body.
    #[must_use]
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(body.to_string().as_bytes()))
    }

    /// `PATCH` with a JSON body.
    #[must_use]
    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send("PATCH", path, Some(body.to_string().as_bytes()))
    }

    /// `DELETE`.
    #[must_use]
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    /// Any method with any bytes; a body is sent as `application/json` unless a header says else.
    #[must_use]
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, body: Option<&[u8]>) -> Answer {
        self.try_send(method, path, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// As `send`, for stories in which the server may be dead.
    ///
    /// # Errors
    /// When no whole answer came.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&[u8]>,
    ) -> Result<Answer, ureq::Error> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        for (name, value) in self.all_headers() {
            request = request.header(name, value);
        }
        let has_type = self
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let response = match body {
            None => self.agent.run(request.body(())?)?,
            Some(bytes) => {
                if !has_type {
                    request = request.header("Content-Type", "application/json");
                }
                self.agent.run(request.body(bytes.to_vec())?)?
            }
        };
        read(response)
    }

    /// Takes the cookies of the answer, as a browser does.
    pub fn keep_cookies(&mut self, answer: &Answer) {
        let kept: Vec<&str> = answer
            .header_values("set-cookie")
            .into_iter()
            .filter_map(|line| line.split(';').next())
            .collect();
        if !kept.is_empty() {
            self.cookie = Some(kept.join("; "));
        }
    }

    /// Sets the cookie by hand.
    pub fn set_cookie(&mut self, cookie: Option<String>) {
        self.cookie = cookie;
    }
}

fn new_agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(ANSWER_WAIT))
        // The server closes idle connections; a kept one may be gone.
        .max_idle_age(IDLE_MAX)
        .build();
    config.into()
}

fn read(mut response: ureq::http::Response<Body>) -> Result<Answer, ureq::Error> {
    let bytes = response
        .body_mut()
        .with_config()
        .limit(BODY_BYTES_MAX)
        .read_to_vec()?;
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
        bytes,
    })
}
