//! The people of the permission story: two workspaces with an agent of each role and a visitor, and
//! the things they own, each marked with its workspace's mark.

use std::collections::BTreeMap;

use it::actor::new_message_id;
use it::{Answer, Caller, Console, MailSink, Reach, Visitor, World};
use serde_json::json;

use super::table::Row;

/// Which workspace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    First,
    Second,
    /// Another visitor of the first workspace.
    Neighbour,
}

impl Mark {
    /// A text that stands in everything of the workspace.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::First => "mark-of-the-first",
            Self::Second => "mark-of-the-second",
            Self::Neighbour => "mark-of-the-neighbour",
        }
    }
}

/// A recipient for webhooks that no name server knows.
const FORWARDING: &str = r#"
[[purpose]]
key = "support.forward"
use = "essential.service.operations.support"
basis = "contract"
subjects = ["visitor"]
categories = ["user.unique_id.pseudonymous"]
roles = ["system"]
retain = "30d"

[[processor]]
key = "crm"
name = "Records of the tests"
country = "DE"
kind = "service-provider"
purposes = ["support.forward"]
categories = ["user.unique_id.pseudonymous"]
hosts = ["crm.invalid:443"]
require = ["tls1.3", "auth"]
"#;
const INVITED_ROLES: [&str; 5] = ["admin", "agent", "analyst", "marketer", "privacy_officer"];

/// A release takes one who asks and two who approve.
const MORE_OFFICERS: [&str; 2] = ["asking officer", "approving officer"];

/// Ids of things, by kind.
#[derive(Default)]
pub(super) struct Things {
    pub(super) conversation: String,
    by_kind: BTreeMap<String, String>,
}

impl Things {
    /// The person the conversation is of.
    pub(super) fn person(&self) -> &str {
        &self.by_kind["person"]
    }
}

struct House {
    site_id: String,
    agents: BTreeMap<&'static str, (Console, String)>,
    visitor: Visitor,
    /// The visitor's own conversation.
    talk: String,
}

/// Everybody.
pub(super) struct Cast {
    base: String,
    houses: BTreeMap<Mark, House>,
    mail: MailSink,
    /// The conversation of the first visitor's neighbour.
    neighbour_talk: String,
    count: u32,
}

impl Cast {
    /// Makes both workspaces with an agent of each role.
    pub(super) fn assemble(world: &mut World) -> Self {
        let mail = MailSink::start();
        world.start_over();
        world.use_mail_under(&mail, |policy| policy + FORWARDING);
        world
            .settings
            .push(("CHATHAM_RATE_FACTOR".to_owned(), "1000".to_owned()));
        world.boot();
        let first = world.owner();
        let second = world.second_owner("Second workspace");
        let base = world.base();
        let mut cast = Self {
            base,
            houses: BTreeMap::new(),
            mail,
            neighbour_talk: String::new(),
            count: 0,
        };
        for (mark, owner) in [(Mark::First, first), (Mark::Second, second)] {
            cast.furnish(mark, owner);
        }
        cast.neighbour_talk = cast.make_neighbour();
        cast
    }

    fn furnish(&mut self, mark: Mark, owner: Console) {
        let origin = format!("https://{}.example", mark.text());
        let site = json!({ "name": mark.text(), "origins": [origin] });
        let site_id = owner
            .call
            .post("/api/console/sites", &site)
            .expect(201)
            .text("/id");
        let mut agents = BTreeMap::new();
        for role in INVITED_ROLES {
            let (email, _) = self.invite(&owner, role);
            let token = self.mail.wait_for(&email).token_after("#token=");
            let agent = Console::accept(&self.base, &token, mark.text());
            agents.insert(role, (agent, email));
        }
        for officer in MORE_OFFICERS {
            let (email, _) = self.invite(&owner, "privacy_officer");
            let token = self.mail.wait_for(&email).token_after("#token=");
            let agent = Console::accept(&self.base, &token, mark.text());
            agents.insert(officer, (agent, email));
        }
        let email = owner
            .call
            .get("/api/console/session")
            .expect(200)
            .text("/agent/email");
        agents.insert("owner", (owner, email));
        let visitor = Visitor::new(&self.base, &site_id, &origin);
        let talk = visitor.start(&format!("hello from {}", mark.text()));
        let talk = talk.text("/conversation/id");
        self.houses.insert(
            mark,
            House {
                site_id,
                agents,
                visitor,
                talk,
            },
        );
    }

    /// Another visitor of the first workspace writes.
    fn make_neighbour(&self) -> String {
        let site_id = &self.houses[&Mark::First].site_id;
        let origin = format!("https://{}.example", Mark::First.text());
        let neighbour = Visitor::new(&self.base, site_id, &origin);
        let started = neighbour.start(&format!("hello from {}", Mark::Neighbour.text()));
        started.text("/conversation/id")
    }

    /// Invites somebody new; gives the address and the agent's id.
    fn invite(&mut self, owner: &Console, role: &str) -> (String, String) {
        self.count += 1;
        let email = format!("agent{}@mail.example", self.count);
        let body = json!({ "email": email, "role": role });
        let answer = owner
            .call
            .post("/api/console/invitations", &body)
            .expect(201);
        let id = if answer.has("/agent/id") {
            answer.text("/agent/id")
        } else {
            answer.text("/id")
        };
        (email, id)
    }

    /// The agent with this role of the first workspace.
    pub(super) fn agent(&self, role: &str) -> Console {
        afresh(&self.houses[&Mark::First].agents[role].0)
    }

    /// The owner of a workspace.
    pub(super) fn owner(&self, mark: Mark) -> Console {
        afresh(&self.houses[&mark].agents["owner"].0)
    }

    /// A conversation of a new visitor in a workspace.
    pub(super) fn make_conversation(&self, mark: Mark) -> Things {
        self.make_talk(mark).1
    }

    /// The same, with the visitor.
    pub(super) fn make_talk(&self, mark: Mark) -> (Visitor, Things) {
        let house = &self.houses[&mark];
        let origin = format!("https://{}.example", mark.text());
        let visitor = Visitor::new(&self.base, &house.site_id, &origin);
        let started = visitor.try_start(&json!({
            "body": format!("hello from {}", mark.text()),
            "name": mark.text(),
        }));
        let conversation = started.expect(201).text("/conversation/id");
        let view = self
            .owner(mark)
            .call
            .get(&format!("/api/console/conversations/{conversation}"));
        let person = view.expect(200).text("/conversation/person_id");
        let by_kind = [("conversation", conversation.clone()), ("person", person)];
        let things = Things {
            conversation,
            by_kind: by_kind.map(|(kind, id)| (kind.to_owned(), id)).into(),
        };
        (visitor, things)
    }

    /// The standing conversation of a visitor.
    fn talk_of(&self, mark: Mark) -> Things {
        let talk = match mark {
            Mark::Neighbour => &self.neighbour_talk,
            house => &self.houses[&house].talk,
        };
        let mut things = Things::default();
        things.by_kind.insert("talk".to_owned(), talk.clone());
        things
    }

    /// New things for one call, of the workspace with this mark.
    pub(super) fn things_for(&mut self, row: &Row, caller: &str, mark: Mark) -> Things {
        if row.needs("talk") {
            return self.talk_of(mark);
        }
        let mut things = Things::default();
        let owner = self.owner(mark);
        if WITH_A_PERSON.into_iter().any(|kind| row.needs(kind)) {
            things = self.make_conversation(mark);
        }
        self.make_for_desk(row, mark, &mut things);
        if row.needs("resolved") {
            let path = format!("/api/console/conversations/{}/resolve", things.conversation);
            owner.call.send("POST", &path, None).expect(200);
            things
                .by_kind
                .insert("resolved".to_owned(), things.conversation.clone());
        }
        if row.needs("agent") {
            let id = self.houses[&mark].agents["agent"].0.agent_id.clone();
            things.by_kind.insert("agent".to_owned(), id);
        }
        if row.needs("invited") {
            let (_, id) = self.invite(&owner, "agent");
            things.by_kind.insert("invited".to_owned(), id);
        }
        if row.needs("site") {
            things
                .by_kind
                .insert("site".to_owned(), self.houses[&mark].site_id.clone());
        }
        if row.needs("webhook") {
            things.by_kind.extend(webhook_of(&owner, mark));
        }
        if row.needs("reply") {
            let reply = self.make_reply(&owner, mark);
            things.by_kind.insert("reply".to_owned(), reply);
        }
        if row.needs("session") {
            things
                .by_kind
                .insert("session".to_owned(), self.make_session(caller, mark));
        }
        things
    }

    /// What the privacy desk works on.
    fn make_for_desk(&self, row: &Row, mark: Mark, things: &mut Things) {
        let owner = self.owner(mark);
        for kind in DISCLOSURES {
            if row.needs(kind) {
                let id = self.make_disclosure(mark, things, kind);
                things.by_kind.insert(kind.to_owned(), id);
            }
        }
        for kind in ["request", "verified", "ready", "hold"] {
            if row.needs(kind) {
                let id = make_request(&owner, things, kind);
                things.by_kind.insert(kind.to_owned(), id);
            }
        }
        if row.needs("child") {
            let id = make_child(&owner, things);
            things.by_kind.insert("child".to_owned(), id);
        }
        for kind in ["incident", "reported"] {
            if row.needs(kind) {
                let id = make_incident(&owner, kind);
                things.by_kind.insert(kind.to_owned(), id);
            }
        }
    }

    /// A release that one officer asked for, as far as the kind of thing says.
    fn make_disclosure(&self, mark: Mark, things: &Things, kind: &str) -> String {
        let agents = &self.houses[&mark].agents;
        let by = |who: &str| afresh(&agents[who].0);
        let fields = json!({ "ground": "protect-rights-safety", "rule": null });
        let asked =
            by(MORE_OFFICERS[0]).try_disclosure([things.person(), &things.conversation], &fields);
        let id = asked.expect(201).text("/ids/0");
        if kind != "disclosure" {
            for who in [MORE_OFFICERS[1], "privacy_officer"] {
                by(who).disclosure_step(&id, "approve").expect(204);
            }
        }
        if kind == "released" {
            let released = by(MORE_OFFICERS[1]).disclosure_step(&id, "release");
            released.expect(204);
        }
        id
    }

    fn make_reply(&mut self, owner: &Console, mark: Mark) -> String {
        let body = json!({ "shortcut": self.word(), "title": mark.text(), "body": mark.text() });
        let made = owner.call.post("/api/console/canned-replies", &body);
        made.expect(201).text("/id")
    }

    /// Another session of the same caller; its id.
    fn make_session(&self, caller: &str, mark: Mark) -> String {
        let agents = &self.houses[&mark].agents;
        let (_, email) = agents.get(caller).unwrap_or(&agents["owner"]);
        let other = Console::sign_in(&self.base, email, it::world::PASSWORD);
        let sessions = other.call.get("/api/console/sessions").expect(200);
        let current = sessions
            .list("/sessions")
            .iter()
            .find(|session| session.at("/current").as_bool() == Some(true));
        current.expect("one session is the current one").text("/id")
    }

    fn word(&mut self) -> String {
        self.count += 1;
        format!("word{}", self.count)
    }

    /// Calls as somebody of the first workspace; whoever lost the session by it signs in again.
    pub(super) fn call(&mut self, row: &Row, caller: &str, things: &Things) -> Answer {
        self.call_with(row, caller, (things, things))
    }

    /// The same, with other things in the body than in the path.
    pub(super) fn call_with(
        &mut self,
        row: &Row,
        caller: &str,
        (things, in_body): (&Things, &Things),
    ) -> Answer {
        let mut path = row.route.clone();
        for (parameter, kind) in &row.arguments {
            path = path.replace(&format!("{{{parameter}}}"), &things.by_kind[kind]);
        }
        if !row.query.is_empty() {
            path = format!("{path}?{}", row.query);
        }
        let body = row.body.as_ref().map(|body| self.fill(body, in_body));
        let call = self.caller(caller);
        let answer = call.send(&row.method, &path, body.as_deref().map(str::as_bytes));
        self.renew(caller);
        answer
    }

    fn fill(&mut self, body: &str, things: &Things) -> String {
        let mut body = body.to_owned();
        for (kind, id) in &things.by_kind {
            body = body.replace(&format!("{{{{{kind}}}}}"), id);
        }
        body.replace("{{new}}", &new_message_id())
            .replace("{{word}}", &self.word())
            .replace("{{address}}", &format!("{}@mail.example", self.word()))
            .replace("{{tomorrow}}", &tomorrow().to_string())
    }

    fn caller(&self, caller: &str) -> Caller {
        let house = &self.houses[&Mark::First];
        match caller {
            "stranger" => it::actor::console_caller(&self.base),
            "visitor" => {
                let token = format!("Bearer {}", house.visitor.token);
                it::actor::console_caller(&self.base).with("Authorization", &token)
            }
            role => house.agents[role].0.call.clone().afresh(),
        }
    }

    fn renew(&mut self, caller: &str) {
        let house = self
            .houses
            .get_mut(&Mark::First)
            .expect("the first workspace");
        let Some((agent, email)) = house.agents.get_mut(caller) else {
            return;
        };
        if agent.call.get("/api/console/session").status == 401 {
            *agent = Console::sign_in(&self.base, email, it::world::PASSWORD);
        }
    }
}

/// A request to see, as far as the kind of thing says: entered, shown to be the person's, or done with a copy
/// that waits to be handed over. Or a legal hold on their data.
fn make_request(owner: &Console, things: &Things, kind: &str) -> String {
    if kind == "hold" {
        return owner.hold(&things.by_kind["person"], None, "an order");
    }
    let conversation = &things.conversation;
    let mut body = json!({ "kind": "access", "way": "post", "conversation_id": conversation });
    if kind != "request" {
        body["proof"] = json!("document");
    }
    let entered = owner.call.post("/api/console/requests", &body).expect(201);
    let id = entered.text("/requests/0/id");
    if kind == "ready" {
        let path = format!("/api/console/requests/{id}/execute");
        owner.call.post(&path, &json!({})).expect(200);
    }
    id
}

/// A webhook of the workspace: the first there is, since a workspace has few.
fn webhook_of(owner: &Console, mark: Mark) -> [(String, String); 2] {
    let known = owner.call.get("/api/console/webhooks").expect(200);
    let known = known.list("/webhooks").first().map(|one| one.text("/id"));
    let id = known.unwrap_or_else(|| {
        let url = format!("https://crm.invalid/{}", mark.text());
        let body = json!({ "url": url, "events": ["person.updated"] });
        let made = owner.call.post("/api/console/webhooks", &body).expect(201);
        made.text("/webhook/id")
    });
    [("webhook", id.as_str()), ("delivery", "1")].map(|(kind, id)| (kind.to_owned(), id.to_owned()))
}

/// Kinds of things that a conversation is made for first.
const WITH_A_PERSON: [&str; 11] = [
    "conversation",
    "person",
    "hold",
    "disclosure",
    "approved",
    "released",
    "child",
    "resolved",
    "request",
    "verified",
    "ready",
];

/// Releases: asked for, approved by two others, made.
const DISCLOSURES: [&str; 3] = ["disclosure", "approved", "released"];

/// The person of a record that is frozen as a minor's.
fn make_child(owner: &Console, things: &Things) -> String {
    let person = things.by_kind["person"].clone();
    let path = format!("/api/console/people/{person}/child");
    owner.call.post(&path, &json!({})).expect(204);
    person
}

/// A breach that happened, and, if so wanted, whose authority was told.
fn make_incident(owner: &Console, kind: &str) -> String {
    let body = json!({ "kind": "real", "scope": "copy" });
    let opened = owner.call.post("/api/console/incidents", &body).expect(201);
    let id = opened.text("/id");
    if kind == "reported" {
        let path = format!("/api/console/incidents/{id}/report");
        owner.call.post(&path, &json!({})).expect(200);
    }
    id
}

/// The agent on connections of their own: a kept one may have been closed behind a refusal.
fn afresh(agent: &Console) -> Console {
    Console {
        call: agent.call.clone().afresh(),
        agent_id: agent.agent_id.clone(),
    }
}

/// Microseconds, a day from now.
fn tomorrow() -> u128 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program's clock is the real one here"
    )]
    let now = std::time::SystemTime::now();
    let since = now
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970");
    (since + std::time::Duration::from_hours(24)).as_micros()
}
