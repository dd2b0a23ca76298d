//! One story's world: a server on its own databases and folder, with an owner and a site.

use std::path::PathBuf;

use serde_json::json;

use crate::actor::{Console, Visitor};
use crate::clock::TestClock;
use crate::database::{Databases, Engine};
use crate::folder::Folder;
use crate::http::Caller;
use crate::json::Reach;
use crate::letters::MailSink;
use crate::proxy::Proxy;
use crate::server::{Launch, Server, free_port};

/// The page that visitors of these stories come from.
pub const SITE_ORIGIN: &str = "https://shop.example";
/// A second site.
pub const OTHER_ORIGIN: &str = "https://other.example";
/// Sites of two workspaces side by side.
pub const WORKSPACE_ORIGINS: [&str; 2] = [
    "https://mark-of-the-first.example",
    "https://mark-of-the-second.example",
];

/// The owner's sign-in.
pub const OWNER_EMAIL: &str = "owner@shop.example";
/// A password that the estimate accepts.
pub const PASSWORD: &str = "violet harbour 71 lanterns";

const STRICT_POLICY: &str = include_str!("../../../policies/strict.toml");

/// The relay that letters go through, as a policy names it.
fn mail_processor(host: &str) -> String {
    format!(
        r#"
[[processor]]
key = "smtp-relay"
name = "Relay of the tests"
country = "DE"
kind = "service-provider"
purposes = ["support.letter", "account.manage", "rights.request", "child.protect", "notice.letter"]
categories = ["user.name", "user.contact.email", "user.content.private"]
hosts = ["{host}"]
require = ["tls1.3", "auth"]
"#
    )
}

/// Everything that a story has.
pub struct World {
    /// Which database.
    pub engine: Engine,
    /// Reads the rows themselves.
    pub databases: Databases,
    /// The program; `None` while a story has stopped it.
    pub server: Option<Server>,
    /// More settings for the next start.
    pub settings: Vec<(String, String)>,
    /// Whether the next start is of the tests' own build, which can be told to break a clause.
    pub is_switched: bool,
    front: Option<Proxy>,
    clock: Option<TestClock>,
    folder: Folder,
    port: u16,
    /// Where a browser story serves its host page.
    pub host_port: u16,
    owner: Option<Console>,
    site_id: Option<String>,
}

impl World {
    /// Starts an empty installation.
    #[must_use]
    pub fn start(engine: Engine) -> Self {
        let mut world = Self::prepare(engine);
        world.boot();
        world
    }

    /// Folder and databases, no server yet.
    #[must_use]
    pub fn prepare(engine: Engine) -> Self {
        let folder = Folder::make();
        let data = folder.path().join("data");
        Self {
            engine,
            databases: Databases::make(engine, &data),
            server: None,
            settings: Vec::new(),
            is_switched: false,
            front: None,
            clock: None,
            folder,
            port: free_port(),
            host_port: free_port(),
            owner: None,
            site_id: None,
        }
    }

    /// Where people reach the server.
    #[must_use]
    pub fn base(&self) -> String {
        match &self.front {
            Some(front) => front.base().to_owned(),
            None => self.direct_base(),
        }
    }

    /// Where the server listens, past a proxy in front of it.
    #[must_use]
    pub fn direct_base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Puts a proxy in front, through which everybody comes from the next start on.
    pub fn put_proxy_in_front(&mut self) {
        let front = Proxy::honest(&self.address());
        self.settings
            .push(("CHATHAM_PUBLIC_URL".to_owned(), front.base().to_owned()));
        self.front = Some(front);
    }

    /// Gives the program a clock that the story moves, from the next start on.
    pub fn use_test_clock(&mut self) {
        let clock = TestClock::make(&self.folder());
        self.settings
            .push(("CHATHAM_TEST_CLOCK".to_owned(), clock.path()));
        self.clock = Some(clock);
    }

    /// The clock that the story moves.
    #[must_use]
    #[track_caller]
    pub fn clock(&mut self) -> &mut TestClock {
        self.clock
            .as_mut()
            .expect("a story calls use_test_clock first")
    }

    /// Cuts every connection through the proxy in front.
    pub fn cut_connections(&self) {
        if let Some(front) = &self.front {
            front.cut();
        }
    }

    /// Host and port.
    #[must_use]
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The story's own folder; `data` in it is the program's.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// The program's data folder.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the program printed.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.folder.path().join("program.log")
    }

    /// The environment of every command of this installation.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let temporary = self.folder.path().join("tmp");
        std::fs::create_dir_all(&temporary).expect("make a folder for temporary files");
        let mut all = vec![
            ("CHATHAM_LISTEN".to_owned(), self.address()),
            (
                "CHATHAM_DATA".to_owned(),
                self.data_folder().display().to_string(),
            ),
            ("TMPDIR".to_owned(), temporary.display().to_string()),
        ];
        all.push(("CHATHAM_SITES".to_owned(), self.sites().join(",")));
        // Stories come from one machine; each names the address it stands for.
        all.push((
            "CHATHAM_TRUSTED_PROXIES".to_owned(),
            "127.0.0.1/32".to_owned(),
        ));
        all.extend(
            self.databases
                .environment()
                .into_iter()
                .map(|(name, url)| (name.to_owned(), url)),
        );
        all.extend(self.settings.clone());
        all
    }

    /// What the first policy covers: the stories' own pages, and those that browsers open.
    fn sites(&self) -> Vec<String> {
        let mut sites = vec![SITE_ORIGIN.to_owned(), OTHER_ORIGIN.to_owned()];
        sites.extend(WORKSPACE_ORIGINS.map(str::to_owned));
        sites.push(format!("http://localhost:{}", self.host_port));
        sites
    }

    /// Starts the server on the databases as they are.
    #[track_caller]
    pub fn boot(&mut self) {
        let launch = self.launch(&["serve"]);
        self.server = Some(Server::start(&launch, &self.base()));
    }

    /// How a command of this installation is started.
    #[must_use]
    pub fn launch(&self, words: &[&str]) -> Launch {
        let program = if self.is_switched {
            crate::server::switched_binary()
        } else {
            crate::server::binary()
        };
        Launch {
            program: program.to_path_buf(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            environment: self.environment(),
            log: self.log_path(),
            folder: self.folder(),
        }
    }

    /// Runs a command of this installation to its end.
    #[must_use]
    pub fn run(&self, words: &[&str]) -> (i32, String) {
        crate::server::run(words, self.folder.path(), &self.environment())
    }

    /// `kill -9`, then a new start.
    #[track_caller]
    pub fn crash_and_restart(&mut self) {
        self.crash();
        self.boot();
    }

    /// `kill -9`.
    pub fn crash(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill();
        }
    }

    /// Ends the server and forgets everything: new databases, no data folder.
    pub fn start_over(&mut self) {
        self.crash();
        // A folder that was never made is as good as one that is removed.
        drop(std::fs::remove_dir_all(self.data_folder()));
        drop(std::fs::remove_file(self.log_path()));
        self.databases = Databases::make(self.engine, &self.data_folder());
        self.owner = None;
        self.site_id = None;
    }

    /// Somebody without any header.
    #[must_use]
    pub fn stranger(&self) -> Caller {
        Caller::new(&self.base())
    }

    /// The token of the one-time owner link that the program printed.
    #[must_use]
    #[track_caller]
    pub fn owner_token(&self) -> String {
        let output = std::fs::read_to_string(self.log_path()).unwrap_or_default();
        let (_, rest) = output
            .rsplit_once("/console/setup#token=")
            .unwrap_or_else(|| panic!("no owner link in:\n{output}"));
        rest.chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter))
            .collect()
    }

    /// The owner, signed in; the first call uses the owner link.
    #[track_caller]
    pub fn owner(&mut self) -> Console {
        if let Some(owner) = &self.owner {
            return owner.clone();
        }
        let owner = Console::set_up(&self.base(), &self.owner_token(), OWNER_EMAIL);
        self.owner = Some(owner.clone());
        owner
    }

    /// Sends letters to this mail server from the next start on, under a policy that names it.
    ///
    /// # Panics
    /// When the server has started before: a policy changes only with a new version.
    pub fn use_mail(&mut self, mail: &MailSink) {
        self.use_mail_under(mail, |policy| policy);
    }

    /// As `use_mail`, under a policy that a story changed.
    ///
    /// # Panics
    /// As `use_mail`.
    pub fn use_mail_under(&mut self, mail: &MailSink, change: impl FnOnce(String) -> String) {
        let folder = self.data_folder();
        std::fs::create_dir_all(&folder).expect("make the data folder");
        let mut sites = self.sites();
        sites.push(self.base());
        let strict: Vec<String> = STRICT_POLICY
            .lines()
            .map(|line| match line.strip_prefix("sites = ") {
                Some(_) => format!("sites = {sites:?}"),
                None => line.to_owned(),
            })
            .collect();
        let policy = format!("{}\n{}", strict.join("\n"), mail_processor(&mail.host()));
        std::fs::write(folder.join("policy.toml"), change(policy)).expect("write the policy");
        let settings = mail.settings();
        let is_new = |(name, _): &(String, String)| settings.iter().all(|(other, _)| other != name);
        self.settings.retain(is_new);
        self.settings.extend(settings);
    }

    /// Sends letters through `mail`, under this policy with the relay as a processor of it.
    ///
    /// # Panics
    /// As [`Self::use_policy`].
    pub fn use_mail_with(&mut self, mail: &MailSink, text: &str) {
        self.use_policy(&format!("{text}\n{}", mail_processor(&mail.host())));
        let settings = mail.settings();
        let is_new = |(name, _): &(String, String)| settings.iter().all(|(other, _)| other != name);
        self.settings.retain(is_new);
        self.settings.extend(settings);
    }

    /// Begins with this policy, for the stories' sites and from some time ago on.
    ///
    /// # Panics
    /// When the server has started before: a policy changes only with a new version.
    pub fn use_policy(&mut self, text: &str) {
        let folder = self.data_folder();
        std::fs::create_dir_all(&folder).expect("make the data folder");
        let mut sites = self.sites();
        sites.push(self.base());
        let own: Vec<String> = text
            .lines()
            .map(|line| match line.strip_prefix("sites = ") {
                Some(_) => format!("sites = {sites:?}"),
                None => line.to_owned(),
            })
            .collect();
        let policy = own.join("\n") + "\n";
        std::fs::write(folder.join("policy.toml"), policy).expect("write the policy");
    }

    /// Lets the owner act in another role for a while.
    pub fn as_role<T>(&mut self, role: &str, act: impl FnOnce(&Console) -> T) -> T {
        let owner = self.owner();
        let is = |role: &str| {
            let sql = format!(
                "update agent set role = '{role}' where agent_id = '{}'",
                owner.agent_id
            );
            self.databases.execute(&sql);
        };
        is(role);
        let done = act(&owner);
        is("owner");
        done
    }

    /// The owner of another workspace, made by the operator's command.
    #[track_caller]
    pub fn second_owner(&mut self, name: &str) -> Console {
        let (code, said) = self.run(&["owner-link", "--new-workspace", name]);
        assert_eq!(code, 0, "{said}");
        let (_, token) = said
            .rsplit_once("#token=")
            .expect("the command prints a link");
        Console::set_up(&self.base(), token.trim(), "second@mail.example")
    }

    /// The site that visitors write to: the first one, with the stories' page among its origins.
    #[track_caller]
    pub fn site_id(&mut self) -> String {
        if let Some(id) = &self.site_id {
            return id.clone();
        }
        let owner = self.owner();
        let site = owner.call.post(
            "/api/console/sites",
            &json!({ "name": "Shop", "origins": [SITE_ORIGIN] }),
        );
        let id = site.expect(201).text("/id");
        self.site_id = Some(id.clone());
        id
    }

    /// A new visitor of the site, from an address of their own; nothing is sent yet.
    #[track_caller]
    pub fn visitor(&mut self) -> Visitor {
        let site_id = self.site_id();
        Visitor::new(&self.base(), &site_id, SITE_ORIGIN)
    }
}
