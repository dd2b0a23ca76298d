//! `chatham demo`: a sample shop with a live chat, a seeded inbox and simulated visitors, on loopback, in a
//! temporary folder that is gone on exit.
//!
//! Everything goes through the same use cases as real people's clicks; nothing is written past them.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use app::{AgentMessage, App, NewRating, NewTalk, Setup, SiteChange, VisitorMessage};
use domain::{ClientMessageId, ConversationId, SiteId};
use serde::Deserialize;

use crate::{compose::compose, config::Config, serve};

/// What is said in the demo.
const TALKS: &str = include_str!("../demo/talks.json");
/// Messages that simulated visitors write before they fall silent.
const SIMULATED_MAX: usize = 500;
/// Pause between two of them.
const SIMULATED_PAUSE: Duration = Duration::from_secs(20);
/// What the demo's visitors answer to the question of age: a year and a month.
const GROWN_UP: (i64, i64) = (1980, 5);
/// Length of the owner's password: 96 random bits.
const PASSWORD_CHARS: usize = 16;
/// Address of the demo's owner; it receives letters in the demo's own mail page only.
const OWNER_EMAIL: &str = "owner@demo.example";

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Talk {
    page: String,
    title: String,
    #[serde(default)]
    locale: Option<String>,
    lines: Vec<(Writer, String)>,
    #[serde(default)]
    resolve: bool,
    #[serde(default)]
    rating: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Writer {
    Visitor,
    Agent,
    Note,
}

/// Serves the demo until it is told to stop.
///
/// # Errors
/// What keeps it from starting.
pub(crate) async fn run(mut config: Config) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("chatham-demo-").tempdir()?;
    config.data = folder.path().join("data");
    config.policy = None;
    (config.database_url, config.keys_database_url) = (None, None);
    let listener = serve::bind(config.listen).await?;
    let address = listener.local_addr()?;
    anyhow::ensure!(
        address.ip().is_loopback(),
        "the demo listens on loopback only"
    );
    config.listen = address;
    config.public_url = Some(format!("http://127.0.0.1:{}", address.port()));
    config.sites = vec![format!("http://localhost:{}", address.port())];
    let app = compose(&config, Arc::new(mail::MemoryMailer::default()), true).await?;
    let link = serve::start(&app)
        .await?
        .context("the demo's folder is new")?;
    // Good for this run only: the folder goes, and the password with it.
    let password: String = app.new_token().chars().take(PASSWORD_CHARS).collect();
    let demo = Demo::seed(Arc::clone(&app), &link, &password)
        .await
        .context("seed the demo")?;
    let port = address.port();
    println!("The shop:    http://localhost:{port}/demo/shop");
    println!("The console: http://127.0.0.1:{port}/console");
    println!("             sign in as {OWNER_EMAIL} with the password {password}");
    println!("Letters:     http://127.0.0.1:{port}/demo/mail");
    println!("Stop with Ctrl-C; nothing stays behind.");
    let simulation = tokio::spawn(demo.simulate());
    serve::serve_on(app, &config, (listener, None), serve::stop_signal()).await;
    simulation.abort();
    folder.close().context("remove the demo's folder")
}

struct Demo {
    app: Arc<App>,
    site_id: SiteId,
    agent: app::Agent,
    base: String,
    talks: Vec<Talk>,
}

impl Demo {
    async fn seed(app: Arc<App>, link: &str, password: &str) -> anyhow::Result<Self> {
        let token = link
            .split_once("token=")
            .context("an owner link holds a token")?
            .1;
        let setup = Setup {
            token: token.to_owned(),
            name: "Demo owner".to_owned(),
            email: OWNER_EMAIL.to_owned(),
            password: password.to_owned(),
        };
        let session = app.set_up_owner(setup).await?;
        let agent = app.authenticate_session(&session.token).await?;
        let base = app.settings.public_url.replace("127.0.0.1", "localhost");
        let site_id = name_site(&app, &agent, &base).await?;
        add_replies(&app, &agent).await?;
        let talks = serde_json::from_str(TALKS).context("read the demo's conversations")?;
        let demo = Self {
            app,
            site_id,
            agent,
            base,
            talks,
        };
        for talk in &demo.talks {
            demo.play(talk).await?;
        }
        Ok(demo)
    }

    /// One conversation from its first to its last line.
    async fn play(&self, talk: &Talk) -> anyhow::Result<()> {
        let token = self.app.new_token();
        let mut lines = talk.lines.iter();
        let (_, first) = lines.next().context("a conversation has a first line")?;
        let conversation_id = self.start(&token, talk, first).await?;
        let visitor = self.app.authenticate_visitor(&token).await?;
        for (writer, body) in lines {
            match writer {
                Writer::Visitor => {
                    let new = VisitorMessage {
                        policy_version: Some(self.app.policy().version()),
                        client_msg_id: self.message_id(),
                        body: body.clone(),
                    };
                    self.app
                        .send_as_visitor(&visitor, conversation_id, new)
                        .await?;
                }
                Writer::Agent | Writer::Note => {
                    self.answer(conversation_id, body, *writer == Writer::Note)
                        .await?;
                }
            }
        }
        if talk.resolve {
            self.app
                .resolve_conversation(&self.agent, conversation_id)
                .await?;
        }
        if let Some(score) = talk.rating {
            let policy_version = Some(self.app.policy().version());
            let rating = NewRating {
                policy_version,
                score,
                comment: None,
            };
            self.app
                .rate_conversation(&visitor, conversation_id, rating)
                .await?;
        }
        Ok(())
    }

    async fn start(&self, token: &str, talk: &Talk, body: &str) -> anyhow::Result<ConversationId> {
        let grown_up = self.app.pass_age_gate(self.site_id, token, GROWN_UP);
        let passed = grown_up.await?;
        let new = NewTalk {
            policy_version: Some(self.app.policy().version()),
            client_msg_id: self.message_id(),
            body: body.to_owned(),
            name: None,
            email: None,
            page_url: Some(format!("{}{}", self.base, talk.page)),
            page_title: Some(talk.title.clone()),
            locale: talk.locale.clone(),
            gpc: false,
            age_pass: Some(passed.age_pass),
        };
        let started = self
            .app
            .start_conversation(self.site_id, token, new)
            .await?;
        Ok(started.conversation.id)
    }

    async fn answer(&self, id: ConversationId, body: &str, is_note: bool) -> anyhow::Result<()> {
        let new = AgentMessage {
            client_msg_id: self.message_id(),
            is_note,
            body: body.to_owned(),
            seen_seq: None,
        };
        self.app.send_as_agent(&self.agent, id, new).await?;
        Ok(())
    }

    fn message_id(&self) -> ClientMessageId {
        ClientMessageId::new(self.app.now(), self.app.random())
    }

    /// Visitors who come and write now and then, so that the inbox lives.
    async fn simulate(self) {
        let openers: Vec<_> = self
            .talks
            .iter()
            .cycle()
            .take(SIMULATED_MAX)
            .cloned()
            .collect();
        for talk in openers {
            tokio::time::sleep(SIMULATED_PAUSE).await;
            let one = Talk {
                lines: talk.lines.into_iter().take(1).collect(),
                resolve: false,
                rating: None,
                ..talk
            };
            if let Err(error) = self.play(&one).await {
                tracing::warn!(%error, "a simulated visitor was refused");
            }
        }
    }
}

async fn name_site(app: &App, agent: &app::Agent, base: &str) -> anyhow::Result<SiteId> {
    let sites = app.list_sites(agent).await?;
    let site_id = sites
        .first()
        .context("a workspace has a site")?
        .id
        .parse()?;
    let own = app.settings.public_url.clone();
    let change = SiteChange {
        name: Some("Gull and Tide".to_owned()),
        origins: Some(vec![base.to_owned(), own]),
        ask_email: Some(true),
        ..SiteChange::default()
    };
    app.update_site(agent, site_id, change).await?;
    app.rename_workspace(agent, "Gull and Tide").await?;
    Ok(site_id)
}

async fn add_replies(app: &App, agent: &app::Agent) -> anyhow::Result<()> {
    let replies = [
        (
            "hello",
            "Greeting",
            "Hello {{visitor.name|there}}, how can I help?",
        ),
        (
            "ship",
            "Shipping",
            "We ship within two days. Inside Europe it takes four to six days.",
        ),
        (
            "broken",
            "Broken in the post",
            "I am sorry. Send nothing back: we send another today.",
        ),
        (
            "thanks",
            "Thanks",
            "Thank you for writing to {{site.name}}. {{agent.name}}",
        ),
    ];
    for (shortcut, title, body) in replies {
        let new = app::NewCannedReply {
            shortcut,
            title,
            body,
        };
        app.create_canned_reply(agent, None, new).await?;
    }
    Ok(())
}
