//! What the stories of this crate share: an installation on either database, a clock that is set by hand,
//! letters that are kept, and rows of a person to begin with.
#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(
    dead_code,
    unreachable_pub,
    reason = "every story file takes the part it needs"
)]

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering},
    },
};

use app::{Agent, App, Parts, Random, Settings, Visitor};
use domain::{
    AgentId, ConversationId, MessageId, PersonId, SessionId, SiteId, VisitorId, WorkspaceId,
};
use mail::{Letter, Mailer, Sending};
use policy::{
    BrowsingHistory, Clock, ContactEmail, DataCategory, Language, Name, Personal, Policy,
    PrivateContent, Role, Timestamp,
};
use store::{Db, Location, Reserves, Store, StoreError, Tx, Value};
use vault::{Place, Sealed, SubjectKey};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A clock that is set by hand; it starts on 1 January 2027.
pub struct HandClock(AtomicI64);

impl HandClock {
    pub fn add_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// Bytes that differ each time and are the same in each run.
pub struct SeededRandom(AtomicU64);

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            // SplitMix64: enough to tell ids and nonces apart.
            let mut state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (state >> 56) as u8;
        }
    }
}

/// Keeps letters.
#[derive(Default)]
pub struct KeptLetters(Mutex<Vec<Letter>>);

impl Mailer for KeptLetters {
    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        self.0.lock().unwrap().insert(0, letter.clone());
        Box::pin(async { Ok(()) })
    }

    fn sent(&self) -> Vec<Letter> {
        self.0.lock().unwrap().clone()
    }
}

/// Where an installation keeps its databases.
#[derive(Clone)]
pub enum Home {
    Folder(PathBuf),
    Postgres { data: String, keys: String },
}

/// An installation with one workspace and site.
pub struct World {
    pub app: Arc<App>,
    pub clock: Arc<HandClock>,
    pub random: Arc<SeededRandom>,
    pub letters: Arc<KeptLetters>,
    pub home: Home,
    pub workspace_id: WorkspaceId,
    pub site_id: SiteId,
    folder: Arc<tempfile::TempDir>,
}

/// A person with everything a visitor can leave.
#[derive(Clone)]
pub struct Seeded {
    pub visitor: Visitor,
    pub conversation_id: ConversationId,
    pub key: Arc<SubjectKey>,
}

/// Runs a story on the embedded database and, where one is named, on PostgreSQL.
pub async fn on_both<F, Fut>(story: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()>,
{
    story(World::start(false).await.unwrap()).await;
    if let Some(world) = World::start(true).await {
        story(world).await;
    }
}

impl World {
    /// An installation on the embedded database.
    pub async fn embedded() -> Self {
        Self::start(false).await.unwrap()
    }

    async fn start(postgres: bool) -> Option<Self> {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let home = if postgres {
            create_databases().await?
        } else {
            Home::Folder(folder.path().join("data"))
        };
        let clock = Arc::new(HandClock(AtomicI64::new(1_798_761_600_000_000)));
        let random = Arc::new(SeededRandom(AtomicU64::new(u64::from(
            NEXT.fetch_add(1, Ordering::Relaxed),
        ))));
        let letters = Arc::new(KeptLetters::default());
        let app = compose(&home, &clock, &random, &letters).await;
        let workspace_id = WorkspaceId::new(clock.now(), app.random());
        let site_id = SiteId::new(clock.now(), app.random());
        let world = Self {
            app,
            clock,
            random,
            letters,
            home,
            workspace_id,
            site_id,
            folder,
        };
        world.seed_workspace().await;
        Some(world)
    }

    /// The program started again on the same databases, with nothing of what it held in memory.
    pub async fn restarted(&self) -> Arc<App> {
        compose(&self.home, &self.clock, &self.random, &self.letters).await
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An agent with a role. Their row is not needed by what these stories do.
    pub fn agent(&self, role: Role) -> Agent {
        Agent {
            workspace_id: self.workspace_id,
            agent_id: AgentId::new(self.now(), self.app.random()),
            person_id: PersonId::new(self.now(), self.app.random()),
            role,
            session_id: SessionId::new(self.now(), self.app.random()),
        }
    }

    async fn seed_workspace(&self) {
        let (workspace, site) = (self.workspace_id, self.site_id);
        self.write(move |tx| {
            tx.execute(
                "insert into workspace (workspace_id, name, working_hours, created_at)
                 values ($1, 'Shop', '{}', 1)",
                &[workspace.into()],
            )?;
            tx.execute(
                "insert into site (
                     workspace_id, site_id, name, origins, look, locale, greetings, offline_form,
                     ask_name, ask_email, created_at
                 )
                 values ($1, $2, 'Shop', '[]', '{}', 'en', '{}', 1, 1, 1, 1)",
                &[workspace.into(), site.into()],
            )?;
            Ok(())
        })
        .await;
    }

    pub async fn write<T: Send + 'static>(
        &self,
        unit: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.app.store.data.write(unit).await.unwrap()
    }

    /// A visitor with a name, an address, a language, a rated conversation of `messages` messages (every
    /// third one a note) whose page is known, and rows in every table that holds something of a person.
    /// Each value contains the mark.
    pub async fn seed_person(&self, mark: &str, messages: i64) -> Seeded {
        let now = self.now();
        let app = &self.app;
        let visitor = Visitor {
            workspace_id: self.workspace_id,
            site_id: self.site_id,
            visitor_id: VisitorId::new(now, app.random()),
            person_id: PersonId::new(now, app.random()),
            gpc: false,
        };
        let seeded = Seeded {
            visitor,
            conversation_id: ConversationId::new(now, app.random()),
            key: app
                .keyring
                .create_person(self.workspace_id, visitor.person_id)
                .await
                .unwrap(),
        };
        let token_hash: [u8; 32] = app.random();
        let index = app
            .keyring
            .workspace(self.workspace_id)
            .await
            .unwrap()
            .blind_index(&email_of(mark));
        let (row, fields) = (seeded.clone(), self.visitor_fields(&seeded, mark));
        self.write(move |tx| {
            insert_person(tx, &row, now)?;
            insert_visitor(tx, &row, fields, (token_hash, index), now)
        })
        .await;
        self.seed_conversation(&seeded, mark, messages).await;
        self.seed_traces(&seeded).await;
        seeded
    }

    fn visitor_fields(&self, seeded: &Seeded, mark: &str) -> [Value; 3] {
        let row = seeded.visitor.visitor_id.to_string();
        let name: Sealed<Name> = self.seal(
            seeded,
            ("visitor", "name_sealed"),
            &row,
            &format!("Ana {mark}"),
        );
        let email: Sealed<ContactEmail> =
            self.seal(seeded, ("visitor", "email_sealed"), &row, &email_of(mark));
        let locale: Sealed<Language> = self.seal(seeded, ("visitor", "locale_sealed"), &row, "en");
        [name.into(), email.into(), locale.into()]
    }

    async fn seed_conversation(&self, seeded: &Seeded, mark: &str, messages: i64) {
        let id = seeded.conversation_id.to_string();
        let page = |column| {
            let sealed: Sealed<BrowsingHistory> = self.seal(
                seeded,
                ("conversation", column),
                &id,
                &format!("https://shop.example/{mark}"),
            );
            Value::from(sealed)
        };
        let comment: Sealed<PrivateContent> = self.seal(
            seeded,
            ("conversation", "rating_comment_sealed"),
            &id,
            &format!("fine, {mark}"),
        );
        let values = [
            page("page_url_sealed"),
            page("page_title_sealed"),
            comment.into(),
        ];
        let (row, now) = (seeded.clone(), self.now());
        self.write(move |tx| insert_conversation(tx, &row, values, messages, now))
            .await;
        for seq in 1..=messages {
            let message_id = MessageId::new(self.now(), self.app.random());
            let body: Sealed<PrivateContent> = self.seal(
                seeded,
                ("message", "body_sealed"),
                &message_id.to_string(),
                &format!("message {seq} says {mark}"),
            );
            let row = seeded.clone();
            self.write(move |tx| insert_message(tx, &row, (seq, message_id), body.into()))
                .await;
        }
    }

    /// Rows beside the conversation: search token, link, job, event, command.
    async fn seed_traces(&self, seeded: &Seeded) {
        let row = seeded.clone();
        let [one, two, three] = [self.app.random::<10>(); 3].map(|bytes| bytes.to_vec());
        self.write(move |tx| {
            let ids: [Value; 2] = [
                row.visitor.workspace_id.into(),
                row.visitor.person_id.into(),
            ];
            let with = |more: &[Value]| [ids.as_slice(), more].concat();
            tx.execute(
                "insert into search_token (
                     workspace_id, person_id, token, conversation_id, seq, created_at
                 )
                 values ($1, $2, $3, $4, 1, 1)",
                &with(&[one.into(), row.conversation_id.into()]),
            )?;
            tx.execute(
                "insert into link (
                     workspace_id, person_id, token_hash, kind, subject_id, expires_at, created_at
                 )
                 values ($1, $2, $3, 'resume', $4, 9, 1)",
                &with(&[two.into(), row.conversation_id.into()]),
            )?;
            insert_hold(tx, &row)?;
            insert_child(tx, &row)?;
            insert_disclosure(tx, &row)?;
            tx.execute(
                "insert into job (
                     workspace_id, person_id, job_id, kind, ref_id, run_at, attempts, created_at
                 )
                 values ($1, $2, $3, 'letter', $3, 1, 0, 1)",
                &with(&[row.conversation_id.into()]),
            )?;
            tx.execute(
                "insert into idempotency (
                     workspace_id, actor_id, key, request_hash, result_id, created_at
                 )
                 values ($1, $2, 'k', $3, 'r', 1)",
                &[
                    row.visitor.workspace_id.into(),
                    row.visitor.visitor_id.into(),
                    three.into(),
                ],
            )?;
            let event = store::NewEvent {
                kind: "conversation.created",
                audience: store::Audience::All,
                person_id: Some(row.visitor.person_id),
                conversation_id: Some(row.conversation_id),
                ref_id: None,
                seq: None,
            };
            store::append_event(tx, row.visitor.workspace_id, &event, Timestamp(1))?;
            Ok(())
        })
        .await;
    }

    fn seal<C: DataCategory>(
        &self,
        seeded: &Seeded,
        (table, column): (&'static str, &'static str),
        row: &str,
        text: &str,
    ) -> Sealed<C> {
        let workspace = self.workspace_id.to_string();
        let place = Place {
            workspace: &workspace,
            table,
            column,
            row,
        };
        let plain = Personal::new(text.to_owned());
        vault::seal(&seeded.key, &place, &plain, self.app.random())
    }
}

/// The address that a seeded person leaves.
pub fn email_of(mark: &str) -> String {
    format!("{mark}@mail.example")
}

fn insert_person(tx: &mut Tx<'_>, row: &Seeded, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "insert into person (
             workspace_id, person_id, kind, state, source, policy_version, created_at
         )
         values ($1, $2, 'visitor', 'active', $3, 1, $4)",
        &[
            row.visitor.workspace_id.into(),
            row.visitor.person_id.into(),
            format!("site:{}", row.visitor.site_id).into(),
            now.into(),
        ],
    )?;
    Ok(())
}

fn insert_visitor(
    tx: &mut Tx<'_>,
    row: &Seeded,
    [name, email, locale]: [Value; 3],
    (token_hash, index): ([u8; 32], [u8; 32]),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into visitor (
             workspace_id, visitor_id, person_id, site_id, token_hash, name_sealed, email_sealed,
             email_index, locale_sealed, policy_version, last_seen_at, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10)",
        &[
            row.visitor.workspace_id.into(),
            row.visitor.visitor_id.into(),
            row.visitor.person_id.into(),
            row.visitor.site_id.into(),
            token_hash.as_slice().into(),
            name,
            email,
            index.as_slice().into(),
            locale,
            now.into(),
        ],
    )?;
    Ok(())
}

fn insert_conversation(
    tx: &mut Tx<'_>,
    row: &Seeded,
    [url, title, comment]: [Value; 3],
    messages: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into conversation (
             workspace_id, conversation_id, site_id, person_id, visitor_id, state, last_seq,
             last_message_at, last_agent_seq, agent_read_seq, agent_delivered_seq,
             visitor_read_seq, visitor_delivered_seq, page_url_sealed, page_title_sealed, rating,
             rating_comment_sealed, policy_version, created_at
         )
         values ($1, $2, $3, $4, $5, 'open', $6, $7, 0, 0, 0, 0, 0, $8, $9, 4, $10, 1, $7)",
        &[
            row.visitor.workspace_id.into(),
            row.conversation_id.into(),
            row.visitor.site_id.into(),
            row.visitor.person_id.into(),
            row.visitor.visitor_id.into(),
            messages.into(),
            now.into(),
            url,
            title,
            comment,
        ],
    )?;
    tx.execute(
        "insert into inbox_count (workspace_id, state, assignee_id, conversations)
         values ($1, 'open', '', 1)
         on conflict (workspace_id, state, assignee_id) do update
         set conversations = inbox_count.conversations + 1",
        &[row.visitor.workspace_id.into()],
    )?;
    Ok(())
}

/// A hold that has ended: one that lasts would keep the person from being erased.
fn insert_hold(tx: &mut Tx<'_>, row: &Seeded) -> Result<u64, StoreError> {
    tx.execute(
        "insert into hold (
             workspace_id, person_id, hold_id, ground, document_hash, deadline_at, placed_by,
             ledger_index, released_by, released_at, created_at
         )
         values ($1, $2, $2, 'court-or-government', $3, 9, 'a', 0, 'a', 2, 1)",
        &[
            row.visitor.workspace_id.into(),
            row.visitor.person_id.into(),
            [7_u8; 32].as_slice().into(),
        ],
    )
}

/// A minor's mark that was taken back: one that stands would hide the person.
fn insert_child(tx: &mut Tx<'_>, row: &Seeded) -> Result<u64, StoreError> {
    tx.execute(
        "insert into child (
             workspace_id, person_id, mark_sealed, marked_by, marked_at, hold_until, erase_at,
             lifted_by, lifted_at, reason_sealed, ledger_index
         )
         values ($1, $2, $3, 'a', 1, 2, 3, 'a', 2, $3, 0)",
        &[
            row.visitor.workspace_id.into(),
            row.visitor.person_id.into(),
            [7_u8; 32].as_slice().into(),
        ],
    )
}

/// A release that the person was told of.
fn insert_disclosure(tx: &mut Tx<'_>, row: &Seeded) -> Result<u64, StoreError> {
    tx.execute(
        "insert into disclosure (
             workspace_id, person_id, disclosure_id, scope, categories, ground, recipient_key,
             rule_sealed, reason_sealed, recipient_sealed, bundle_sealed, bundle_until, state,
             approvals, lapses_at, requested_by, closed_at, notified_at, policy_version, created_at
         )
         values ($1, $2, $3, 'person', 'user.content.private', 'emergency', 'age1', $4, $4, $4, $4, 9,
             'released', 2, 9, $3, 1, 1, 1, 1)",
        &[
            row.visitor.workspace_id.into(),
            row.visitor.person_id.into(),
            row.conversation_id.into(),
            [7_u8; 32].as_slice().into(),
        ],
    )
}

fn insert_message(
    tx: &mut Tx<'_>,
    row: &Seeded,
    (seq, message_id): (i64, MessageId),
    body: Value,
) -> Result<(), StoreError> {
    let kind = if seq % 3 == 0 { "note" } else { "message" };
    tx.execute(
        "insert into message (
             workspace_id, conversation_id, seq, message_id, person_id, kind, author_kind,
             author_id, client_msg_id, body_sealed, body_mac, policy_version, created_at
         )
         values ($1, $2, $3, $4, $5, $6, 'visitor', $7, $4, $8, $9, 1, 1)",
        &[
            row.visitor.workspace_id.into(),
            row.conversation_id.into(),
            seq.into(),
            message_id.into(),
            row.visitor.person_id.into(),
            kind.into(),
            row.visitor.visitor_id.into(),
            body,
            [7_u8; 32].as_slice().into(),
        ],
    )?;
    Ok(())
}

async fn compose(
    home: &Home,
    clock: &Arc<HandClock>,
    random: &Arc<SeededRandom>,
    letters: &Arc<KeptLetters>,
) -> Arc<App> {
    let store = match home {
        Home::Folder(folder) => Store::open_folder(folder, clock.now()).await.unwrap(),
        Home::Postgres { data, keys } => {
            Store::open_postgres(data, keys, clock.now()).await.unwrap()
        }
    };
    let parts = Parts {
        envelope: std::sync::Arc::new(NoEnvelope),
        store,
        bus: bus::Bus::default(),
        mailer: Arc::clone(letters) as Arc<dyn Mailer>,
        mailbox: None,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        random: Arc::clone(random) as Arc<dyn Random>,
        policy: shop_policy(),
        egress: app::EgressSettings::default(),
        settings: Settings {
            public_url: "http://localhost:8080".to_owned(),
            demo: false,
            policy_file: None,
        },
    };
    App::new(parts).await.unwrap()
}

/// The strict policy, covering the sites of the stories.
pub fn shop_policy() -> Policy {
    let details = policy::shipped::Details {
        sites: [
            "http://localhost:8080",
            "https://shop.example",
            "http://localhost:3000",
        ]
        .map(str::to_owned)
        .into(),
        name: "Shop".to_owned(),
        post: "1 High Street".to_owned(),
        email: "privacy@shop.example".to_owned(),
        effective: policy::Timestamp(0),
    };
    let text = policy::shipped::starter(policy::shipped::STRICT, &details).unwrap();
    Policy::parse(&text).unwrap()
}

/// Two schemas on the server that `CHATHAM_TEST_POSTGRES` names stand for two databases.
async fn create_databases() -> Option<Home> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told where PostgreSQL is"
    )]
    let server = std::env::var("CHATHAM_TEST_POSTGRES").ok()?;
    let name = format!(
        "app_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let location = Location::Postgres(server.clone());
    let opened = tokio::task::spawn_blocking(move || Db::open(&location, Reserves::default()));
    let db = opened.await.unwrap().unwrap();
    for part in ["data", "keys"] {
        let sql: &'static str = format!("create schema {name}_{part}").leak();
        let created: Result<u64, StoreError> = db.write(move |tx| tx.execute(sql, &[])).await;
        created.unwrap();
    }
    // The server is named by an address or by words; both forms take the schema as an option.
    let url = |part: &str| match server.split_once("://") {
        Some(_) => format!("{server}?options=-c%20search_path%3D{name}_{part}"),
        None => format!("{server} options='-c search_path={name}_{part}'"),
    };
    Some(Home::Postgres {
        data: url("data"),
        keys: url("keys"),
    })
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
