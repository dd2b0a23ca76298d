//! The people of the stories: a visitor with a token, an agent with a session.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::http::{Answer, Caller};
use crate::json::Reach;
use crate::stream::{Listen, Stream};
use crate::world::PASSWORD;

/// A visitor's browser.
#[derive(Clone)]
pub struct Visitor {
    /// Calls with the visitor's token, page origin and address.
    pub call: Caller,
    /// The token the browser made.
    pub token: String,
    /// The site the page belongs to.
    pub site_id: String,
    /// The version the panel showed.
    pub policy_version: i64,
    /// Whether the panel asks for an age first.
    pub age_gate: bool,
}

impl Visitor {
    /// A browser that has opened the panel: it made a token and read the site's configuration.
    #[must_use]
    #[track_caller]
    pub fn new(base: &str, site_id: &str, origin: &str) -> Self {
        let token = random_token();
        let call = Caller::new(base)
            .with("Origin", origin)
            .with("X-Forwarded-For", &random_address())
            .with("Authorization", &format!("Bearer {token}"));
        let config = call
            .get(&format!("/api/widget/{site_id}/config?locale=en"))
            .expect(200);
        let policy_version = config.number("/policy_version");
        Self {
            call,
            token,
            site_id: site_id.to_owned(),
            policy_version,
            age_gate: config.has("/age_gate"),
        }
    }

    /// Answers the question of age.
    #[must_use]
    pub fn say_age(&self, year: i64, month: i64) -> Answer {
        let path = format!("/api/widget/{}/age", self.site_id);
        // A kept connection may have been closed behind a refusal.
        let call = self.call.clone().afresh();
        call.post(&path, &json!({ "year": year, "month": month }))
    }

    /// What a grown-up's first message carries, where the panel asks for an age and answers.
    #[must_use]
    pub fn age_pass(&self) -> Option<String> {
        let asked = self.age_gate.then(|| self.say_age(1980, 5));
        let passed = asked.filter(|answer| answer.status == 200);
        passed.map(|answer| answer.json().text("/age_pass"))
    }

    /// Starts a conversation; gives the whole answer.
    #[track_caller]
    pub fn start(&self, body: &str) -> Value {
        self.try_start(&json!({ "body": body })).expect(201)
    }

    /// Starts a conversation with more or other fields, as a grown-up.
    #[must_use]
    #[track_caller]
    pub fn try_start(&self, fields: &Value) -> Answer {
        let asks = fields.get("age_pass").is_none();
        let mut body = json!({
            "policy_version": self.policy_version,
            "client_msg_id": new_message_id(),
            "age_pass": asks.then(|| self.age_pass()).flatten(),
        });
        merge(&mut body, fields);
        self.call.post(
            &format!("/api/widget/{}/conversations", self.site_id),
            &body,
        )
    }

    /// Sends into a conversation; gives the message.
    #[track_caller]
    pub fn say(&self, conversation_id: &str, body: &str) -> Value {
        self.try_say(conversation_id, &json!({ "body": body }))
            .expect(201)
            .at("/message")
            .clone()
    }

    /// Sends with more or other fields.
    #[must_use]
    pub fn try_say(&self, conversation_id: &str, fields: &Value) -> Answer {
        let mut body = json!({
            "policy_version": self.policy_version,
            "client_msg_id": new_message_id(),
        });
        merge(&mut body, fields);
        self.call.post(
            &format!("/api/widget/conversations/{conversation_id}/messages"),
            &body,
        )
    }

    /// All messages of a conversation, page by page, in order.
    #[must_use]
    #[track_caller]
    pub fn history(&self, conversation_id: &str) -> Vec<Value> {
        read_history(
            &self.call,
            &format!("/api/widget/conversations/{conversation_id}/messages"),
        )
    }

    /// Listens over WebSocket from an event on.
    #[must_use]
    #[track_caller]
    pub fn websocket(&self, last_id: Option<i64>) -> Stream {
        Stream::websocket(&Listen {
            base: self.call.base(),
            headers: &self.stream_headers(),
            auth: json!({ "auth": "visitor", "token": self.token }),
            last_id,
        })
    }

    /// Listens over server-sent events from an event on.
    #[must_use]
    #[track_caller]
    pub fn sse(&self, last_id: Option<i64>) -> Stream {
        Stream::sse(&Listen {
            base: self.call.base(),
            headers: &self.call.all_headers(),
            auth: Value::Null,
            last_id,
        })
    }

    /// A browser cannot set `Authorization` on a WebSocket.
    fn stream_headers(&self) -> Vec<(String, String)> {
        self.call.clone().without("Authorization").all_headers()
    }
}

/// An agent's browser with the console open.
#[derive(Clone)]
pub struct Console {
    /// Calls with the session's cookie and the header against forged requests.
    pub call: Caller,
    /// The agent's id.
    pub agent_id: String,
}

/// A public key of `age` whose private key nobody needs: the one of its manual.
pub const RECIPIENT_KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

impl Console {
    /// Places a legal hold that ends in a day of the real time; gives its id.
    #[track_caller]
    pub fn hold(&self, person_id: &str, conversation_id: Option<&str>, reason: &str) -> String {
        let fields = json!({ "conversation_id": conversation_id, "reason": reason });
        self.try_hold(person_id, &fields).expect(201).text("/id")
    }

    /// Places a legal hold with more or other fields.
    #[must_use]
    pub fn try_hold(&self, person_id: &str, fields: &Value) -> Answer {
        let mut body = json!({
            "person_id": person_id,
            "ground": "court-or-government",
            "document_hash": format!("sha256:{}", "ab".repeat(32)),
            "deadline_at": crate::clock::real_now() + crate::clock::DAY_S * 1_000_000,
            "reason": "an order of a court",
        });
        merge(&mut body, fields);
        self.call.post("/api/console/holds", &body)
    }

    /// Ends a legal hold; whether an erasure that waited for it is done.
    #[track_caller]
    pub fn release(&self, hold_id: &str) -> bool {
        let path = format!("/api/console/holds/{hold_id}/release");
        let released = self.call.post(&path, &json!({})).expect(200);
        released.at("/erased").as_bool() == Some(true)
    }

    /// Asks for a release of one conversation of a person, with more or other fields.
    #[must_use]
    pub fn try_disclosure(
        &self,
        [person_id, conversation_id]: [&str; 2],
        fields: &Value,
    ) -> Answer {
        let mut body = json!({
            "person_id": person_id,
            "conversation_id": conversation_id,
            "ground": "terms-or-illegal",
            "rule": "terms of use, 4.2",
            "reason": "a breach",
            "recipient": "the court of the town",
            "recipient_key": RECIPIENT_KEY,
        });
        merge(&mut body, fields);
        self.call.post("/api/console/disclosures", &body)
    }

    /// Takes a step with a disclosure: `approve`, `release`, `close` or `review`.
    #[must_use]
    pub fn disclosure_step(&self, disclosure_id: &str, step: &str) -> Answer {
        let path = format!("/api/console/disclosures/{disclosure_id}/{step}");
        self.call.post(&path, &json!({}))
    }

    /// The person of a conversation.
    #[must_use]
    #[track_caller]
    pub fn person_of(&self, conversation_id: &str) -> String {
        let path = format!("/api/console/conversations/{conversation_id}");
        self.call
            .get(&path)
            .expect(200)
            .text("/conversation/person_id")
    }

    /// Becomes the owner by the one-time link.
    #[must_use]
    #[track_caller]
    pub fn set_up(base: &str, token: &str, email: &str) -> Self {
        let call = console_caller(base);
        let answer = call.post(
            "/api/console/setup",
            &json!({ "token": token, "name": "Olu Owner", "email": email, "password": PASSWORD }),
        );
        Self::from_session(call, &answer)
    }

    /// Signs in.
    #[must_use]
    #[track_caller]
    pub fn sign_in(base: &str, email: &str, password: &str) -> Self {
        let call = console_caller(base);
        let answer = call.post(
            "/api/console/session",
            &json!({ "email": email, "password": password }),
        );
        Self::from_session(call, &answer)
    }

    /// Accepts an invitation by its token.
    #[must_use]
    #[track_caller]
    pub fn accept(base: &str, token: &str, name: &str) -> Self {
        let call = console_caller(base);
        let answer = call.post(
            "/api/console/invitations/accept",
            &json!({ "token": token, "name": name, "password": PASSWORD }),
        );
        Self::from_session(call, &answer)
    }

    #[track_caller]
    fn from_session(mut call: Caller, answer: &Answer) -> Self {
        let session = answer.expect(201);
        call.keep_cookies(answer);
        Self {
            call,
            agent_id: session.text("/agent/id"),
        }
    }

    /// Sends a reply; gives the message.
    #[track_caller]
    pub fn reply(&self, conversation_id: &str, body: &str) -> Value {
        self.try_say(conversation_id, &json!({ "kind": "message", "body": body }))
            .expect(201)
            .at("/message")
            .clone()
    }

    /// Writes a note; gives the message.
    #[track_caller]
    pub fn note(&self, conversation_id: &str, body: &str) -> Value {
        self.try_say(conversation_id, &json!({ "kind": "note", "body": body }))
            .expect(201)
            .at("/message")
            .clone()
    }

    /// Sends with more or other fields.
    #[must_use]
    pub fn try_say(&self, conversation_id: &str, fields: &Value) -> Answer {
        let mut body = json!({ "client_msg_id": new_message_id() });
        merge(&mut body, fields);
        self.call.post(
            &format!("/api/console/conversations/{conversation_id}/messages"),
            &body,
        )
    }

    /// All messages of a conversation, notes included, in order.
    #[must_use]
    #[track_caller]
    pub fn history(&self, conversation_id: &str) -> Vec<Value> {
        read_history(
            &self.call,
            &format!("/api/console/conversations/{conversation_id}/messages"),
        )
    }

    /// Listens over WebSocket from an event on.
    #[must_use]
    #[track_caller]
    pub fn websocket(&self, last_id: Option<i64>) -> Stream {
        Stream::websocket(&Listen {
            base: self.call.base(),
            headers: &self.call.all_headers(),
            auth: json!({ "auth": "console" }),
            last_id,
        })
    }

    /// Listens over server-sent events from an event on.
    #[must_use]
    #[track_caller]
    pub fn sse(&self, last_id: Option<i64>) -> Stream {
        Stream::sse(&Listen {
            base: self.call.base(),
            headers: &self.call.all_headers(),
            auth: Value::Null,
            last_id,
        })
    }
}

/// A browser on the console's own origin, without a session.
#[must_use]
pub fn console_caller(base: &str) -> Caller {
    Caller::new(base)
        .with("Origin", base)
        .with("Sec-Fetch-Site", "same-origin")
        .with("X-Chatham-Csrf", "1")
        .with("X-Forwarded-For", &random_address())
}

/// An id as the widget makes one for each message.
#[must_use]
pub fn new_message_id() -> String {
    Uuid::new_v4().to_string()
}

/// 32 random bytes as the widget writes them.
#[must_use]
pub fn random_token() -> String {
    let halves = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()];
    URL_SAFE_NO_PAD.encode(halves.concat())
}

/// An address of the documentation range `2001:db8::/32`, each in a network of its own.
#[must_use]
pub fn random_address() -> String {
    let network = Uuid::new_v4().as_u64_pair().1 & 0xffff_ffff;
    format!("2001:db8:{:x}:{:x}::1", network >> 16, network & 0xffff)
}

fn merge(body: &mut Value, fields: &Value) {
    if let (Some(body), Some(fields)) = (body.as_object_mut(), fields.as_object()) {
        body.extend(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
    }
}

#[track_caller]
fn read_history(call: &Caller, path: &str) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    let mut query = String::from("?limit=50");
    loop {
        let page = call.get(&format!("{path}{query}")).expect(200);
        let messages = page.list("/messages");
        let first_seq = messages.first().map(|message| message.number("/seq"));
        all.splice(0..0, messages.iter().cloned());
        match first_seq {
            Some(seq) if page.at("/has_more").as_bool() == Some(true) => {
                query = format!("?limit=50&before_seq={seq}");
            }
            _ => return all,
        }
    }
}
