//! A world for the use cases: both databases, a clock that stands still, seeded randomness, two workspaces.
//!
//! PostgreSQL is used where `CHATHAM_TEST_POSTGRES` names a server on which databases may be made.

use std::{
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use app::{
    Actor, Agent, AgentMessage, App, HydratedEvent, JobOutcome, MessageView, NewTalk, Parts,
    Random, Settings, StartedView, Visitor, VisitorMessage,
};
use domain::{
    AgentId, AgentState, ClientMessageId, ConversationId, PersonId, SessionId, SiteId, WorkspaceId,
};
use policy::{Clock, ContactEmail, Name, Personal, Policy, Role, Timestamp};
use store::{Store, StoreError};
use vault::{Place, Sealed, SubjectKey};

/// 2030-01-01T00:00:00Z: after every shipped policy takes effect.
const BEGIN: i64 = 1_893_456_000_000_000;

static NEXT: AtomicU32 = AtomicU32::new(0);

pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        // One microsecond passes with each look, so that no two rows have the same time by accident.
        Timestamp(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// xorshift64*: the same bytes in every run.
struct Seeded(Mutex<u64>);

impl Random for Seeded {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for byte in buffer {
            *state ^= *state >> 12;
            *state ^= *state << 25;
            *state ^= *state >> 27;
            *byte = state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_be_bytes()[0];
        }
    }
}

struct NoMail;

impl mail::Mailer for NoMail {
    fn send<'a>(&'a self, _letter: &'a mail::Letter) -> mail::Sending<'a> {
        Box::pin(async { Ok(()) })
    }
}

/// A workspace with its people.
pub(crate) struct Shop {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) site_id: SiteId,
    pub(crate) ana: Agent,
    pub(crate) bo: Agent,
    pub(crate) analyst: Agent,
}

pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) shop: Shop,
    pub(crate) other: Shop,
    _folder: Option<tempfile::TempDir>,
}

/// A message on its way.
pub(crate) type Writing = tokio::task::JoinHandle<Result<MessageView, app::AppError>>;

/// A visitor who has begun, with the conversation.
pub(crate) struct Begun {
    pub(crate) visitor: Visitor,
    pub(crate) token: String,
    pub(crate) id: ConversationId,
    pub(crate) started: StartedView,
}

/// Runs a story on SQLite, and on PostgreSQL where there is one.
pub(crate) async fn on_both<F, Fut>(story: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()>,
{
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let embedded = Store::open_folder(&path, Timestamp(BEGIN)).await.unwrap();
    story(World::new(embedded, Some(folder)).await).await;
    if let Some(server) = open_postgres().await {
        story(World::new(server, None).await).await;
    }
}

async fn open_postgres() -> Option<Store> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told where PostgreSQL is"
    )]
    let server = std::env::var("CHATHAM_TEST_POSTGRES").ok()?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("app_{}_{number}", std::process::id());
    let url = |part: &str| match server.rsplit_once('/') {
        Some((base, _)) => format!("{base}/{name}_{part}"),
        None => format!("{server} dbname={name}_{part}"),
    };
    for part in ["data", "keys"] {
        let create = format!("create database {name}_{part}");
        let made = Command::new("psql")
            .args(["-q", "-d", &server, "-c", &create])
            .status();
        assert!(made.unwrap().success());
    }
    Some(
        Store::open_postgres(&url("data"), &url("keys"), Timestamp(BEGIN))
            .await
            .unwrap(),
    )
}

impl World {
    async fn new(store: Store, folder: Option<tempfile::TempDir>) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(BEGIN)));
        let parts = Parts {
            envelope: std::sync::Arc::new(NoEnvelope),
            store,
            bus: bus::Bus::default(),
            mailer: Arc::new(NoMail),
            mailbox: None,
            clock: clock.clone(),
            random: Arc::new(Seeded(Mutex::new(0x9E37_79B9_7F4A_7C15))),
            policy: Policy::parse(policy::shipped::STRICT).unwrap(),
            egress: app::EgressSettings::default(),
            settings: Settings {
                public_url: "https://chat.example.com".to_owned(),
                demo: false,
                policy_file: None,
            },
        };
        let app = App::new(parts).await.unwrap();
        Self {
            shop: Shop::new(&app, "Shop").await,
            other: Shop::new(&app, "Other").await,
            app,
            clock,
            _folder: folder,
        }
    }

    pub(crate) fn version(&self) -> u32 {
        self.app.policy().version()
    }

    pub(crate) fn client_id(&self) -> ClientMessageId {
        ClientMessageId::new(self.app.now(), self.app.random())
    }

    /// A token as a browser makes it.
    pub(crate) fn token(&self) -> String {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.encode(self.app.random::<32>())
    }

    pub(crate) fn talk(&self, body: &str) -> NewTalk {
        NewTalk {
            policy_version: Some(self.version()),
            client_msg_id: self.client_id(),
            body: body.to_owned(),
            name: None,
            email: None,
            page_url: Some("https://shop.example/cart?token=secret".to_owned()),
            page_title: Some("Cart".to_owned()),
            locale: Some("en".to_owned()),
            gpc: false,
            age_pass: None,
        }
    }

    /// Begins a conversation as a grown-up.
    pub(crate) async fn start(
        &self,
        site_id: SiteId,
        token: &str,
        mut talk: NewTalk,
    ) -> Result<app::StartedView, app::AppError> {
        let passed = self.app.pass_age_gate(site_id, token, (1980, 5)).await;
        talk.age_pass = passed.ok().map(|passed| passed.age_pass);
        self.app.start_conversation(site_id, token, talk).await
    }

    /// A new visitor of the first shop writes.
    pub(crate) async fn begin(&self, body: &str) -> Begun {
        let token = self.token();
        let site_id = self.shop.site_id;
        let started = self.start(site_id, &token, self.talk(body)).await.unwrap();
        let visitor = self.app.authenticate_visitor(&token).await.unwrap();
        Begun {
            visitor,
            token,
            id: started.conversation.id,
            started,
        }
    }

    pub(crate) fn said(&self, body: &str) -> VisitorMessage {
        VisitorMessage {
            policy_version: Some(self.version()),
            client_msg_id: self.client_id(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn answer(&self, body: &str) -> AgentMessage {
        AgentMessage {
            client_msg_id: self.client_id(),
            is_note: false,
            body: body.to_owned(),
            seen_seq: None,
        }
    }

    pub(crate) fn note(&self, body: &str) -> AgentMessage {
        AgentMessage {
            is_note: true,
            ..self.answer(body)
        }
    }

    /// Everything an actor reads in a conversation.
    pub(crate) async fn messages(&self, actor: Actor, id: ConversationId) -> Vec<MessageView> {
        self.app
            .list_messages(&actor, id, None, Some(100))
            .await
            .unwrap()
            .messages
    }

    pub(crate) async fn bodies(&self, actor: Actor, id: ConversationId) -> Vec<String> {
        let messages = self.messages(actor, id).await;
        messages.into_iter().map(|message| message.body).collect()
    }

    /// What an actor's stream says from the beginning.
    pub(crate) async fn heard(&self, actor: Actor) -> Vec<HydratedEvent> {
        let mut heard = Vec::new();
        for event in self.app.list_events(&actor, 0, 1_000).await.unwrap() {
            heard.extend(self.app.hydrate(&actor, &event).await.unwrap());
        }
        heard
    }

    /// Runs the due jobs of one kind, as the runner does.
    pub(crate) async fn run_jobs(&self, kind: &str) {
        for job in self.app.lease_jobs(100).await.unwrap() {
            let outcome = if job.kind == kind {
                self.app.run_job(&job).await
            } else {
                Ok(JobOutcome::Later(self.app.now()))
            };
            assert!(outcome.is_ok(), "{kind}: {outcome:?}");
            self.app.settle_job(job, outcome).await.unwrap();
        }
    }

    /// Runs the jobs that index messages.
    pub(crate) async fn index(&self) {
        self.run_jobs("index_message").await;
    }

    /// The visitor writes and an agent answers, each on a task of its own.
    pub(crate) fn both_write(&self, begun: &Begun, body: &str) -> [Writing; 2] {
        let (visitor, ana, id) = (begun.visitor, self.shop.ana, begun.id);
        let (left, right) = (self.app.clone(), self.app.clone());
        let (said, answer) = (self.said(body), self.answer(body));
        [
            tokio::spawn(async move { left.send_as_visitor(&visitor, id, said).await }),
            tokio::spawn(async move { right.send_as_agent(&ana, id, answer).await }),
        ]
    }
}

impl Shop {
    async fn new(app: &Arc<App>, name: &'static str) -> Self {
        let workspace_id = WorkspaceId::new(app.now(), app.random());
        let site_id = SiteId::new(app.now(), app.random());
        let now = app.now();
        let made: Result<(), StoreError> = app
            .store
            .data
            .write(move |tx| {
                let workspace = store::Workspace {
                    workspace_id,
                    name: name.to_owned(),
                    working_hours: "{}".to_owned(),
                    created_at: now,
                };
                store::create_workspace(tx, &workspace)?;
                store::create_site(tx, &site(workspace_id, site_id, name, now))
            })
            .await;
        made.unwrap();
        Self {
            workspace_id,
            site_id,
            ana: agent(app, workspace_id, Role::Agent, "Ana").await,
            bo: agent(app, workspace_id, Role::Admin, "Bo").await,
            analyst: agent(app, workspace_id, Role::Analyst, "Cy").await,
        }
    }
}

fn site(workspace_id: WorkspaceId, site_id: SiteId, name: &str, now: Timestamp) -> store::Site {
    store::Site {
        workspace_id,
        site_id,
        name: name.to_owned(),
        origins: "[\"https://shop.example\"]".to_owned(),
        look: "{}".to_owned(),
        locale: "en".to_owned(),
        greetings: "{}".to_owned(),
        offline_form: true,
        ask_name: true,
        ask_email: true,
        seen_at: None,
        seen_origin: None,
        created_at: now,
    }
}

async fn agent(app: &Arc<App>, workspace_id: WorkspaceId, role: Role, name: &str) -> Agent {
    let agent_id = AgentId::new(app.now(), app.random());
    let person_id = PersonId::new(app.now(), app.random());
    let key = app
        .keyring
        .create_person(workspace_id, person_id)
        .await
        .unwrap();
    let (workspace, row) = (workspace_id.to_string(), agent_id.to_string());
    let place = |column| Place {
        workspace: &workspace,
        table: "agent",
        column,
        row: &row,
    };
    let name: Sealed<Name> = seal(app, &key, place("name_sealed"), name);
    let address = format!("{agent_id}@mail.example");
    let email: Sealed<ContactEmail> = seal(app, &key, place("email_sealed"), &address);
    let new = store::NewAgent {
        workspace_id,
        agent_id,
        person_id,
        role,
        state: AgentState::Active,
        name: Some(name),
        email,
        email_index: app.random(),
        login_index: app.random(),
        password: None,
        invited_by: None,
        policy_version: 1,
    };
    let now = app.now();
    let made: Result<(), StoreError> = app
        .store
        .data
        .write(move |tx| store::create_agent(tx, &new, now))
        .await;
    made.unwrap();
    Agent {
        workspace_id,
        agent_id,
        person_id,
        role,
        session_id: SessionId::new(app.now(), app.random()),
    }
}

fn seal<C: policy::DataCategory>(
    app: &App,
    key: &SubjectKey,
    place: Place<'_>,
    text: &str,
) -> Sealed<C> {
    vault::seal(key, &place, &Personal::new(text.to_owned()), app.random())
}

/// The stable code of a refusal.
pub(crate) fn code(error: &app::AppError) -> &'static str {
    match error {
        app::AppError::Conflict { code, .. } => code,
        app::AppError::Denied(refusal) => refusal.code,
        app::AppError::Invalid(fields) => fields.first().unwrap().code,
        other => panic!("no code: {other}"),
    }
}

/// A page of the inbox.
pub(crate) fn inbox_query(view: &str, state: &str, cursor: Option<String>) -> app::InboxQuery {
    app::InboxQuery {
        view: Some(view.to_owned()),
        state: Some(state.to_owned()),
        cursor,
        limit: None,
    }
}

/// Knows no public key: nothing is released here.
struct NoEnvelope;

impl app::Envelope for NoEnvelope {
    fn is_recipient(&self, _: &str) -> bool {
        false
    }

    fn seal(&self, _: &str, _: &[u8]) -> Option<Vec<u8>> {
        None
    }
}
