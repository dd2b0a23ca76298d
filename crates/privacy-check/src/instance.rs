//! The instance under test: what it publishes, and who the checker is there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use policy::{Policy, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::finding::{Stop, text};
use crate::http::{Answer, Caller, CookieLog};

/// How long an instance may take to act: on a moved clock, on a published version, on a letter to send.
pub const ACT_WAIT: Duration = Duration::from_mins(1);

/// What is checked, and with which means.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where the instance is, `https://chat.example`.
    pub url: String,
    /// The page that visitors come from; the instance's own pages unless it is named. Another one than those
    /// needs a sign-in, which finds the site it belongs to.
    pub site_origin: Option<String>,
    /// The file of the test clock that the instance runs on.
    pub test_clock: Option<PathBuf>,
    /// The folder where the letters of the instance arrive, whole messages as `*.eml` or a Maildir.
    pub mail: Option<PathBuf>,
    /// The Maildir that is the mailbox of the policy's contact address.
    pub mailbox: Option<PathBuf>,
    /// How long the instance may take to act on what it is told, see [`ACT_WAIT`].
    pub act_wait: Duration,
    /// The folder of its data: the checker looks at who may read it, never at what is in it.
    pub data: Option<PathBuf>,
    /// An owner's or admin's sign-in, for the clauses about those who answer.
    pub sign_in: Option<SignIn>,
}

/// How the checker signs in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Address of the account.
    pub email: String,
    /// Its password.
    pub password: String,
    /// The one-time owner link of a new instance: makes the account first.
    pub owner_link: Option<String>,
}

/// An instance that has answered.
pub struct Instance {
    target: Target,
    base: String,
    origin: String,
    site_id: String,
    policy: Policy,
    date: String,
    openapi: Value,
    agent: Option<Caller>,
    cookies: CookieLog,
    pub(crate) announced: Option<Announced>,
    /// Members who may have a part in a release, once they are made.
    pub(crate) officers: Option<[Caller; 3]>,
}

/// A version that the checks published, and visitors who wrote before it.
#[derive(Clone)]
pub(crate) struct Announced {
    pub(crate) version: i64,
    pub(crate) effective: Timestamp,
    pub(crate) accepts: Visitor,
    pub(crate) keeps: Visitor,
    pub(crate) erases: Visitor,
    pub(crate) silent: Visitor,
    /// The silent one's.
    pub(crate) conversation: String,
}

/// What the checker answers to the question of age: a year and a month.
pub(crate) const GROWN_UP: (i64, i64) = (1980, 5);

/// A visitor of the site who has written nothing.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) call: Caller,
    site_id: String,
    version: u32,
    age_gate: bool,
}

impl Instance {
    /// Reads what the instance publishes, and signs in if the target says how.
    ///
    /// # Errors
    /// When it does not answer, publishes no policy that can be read, or refuses the sign-in.
    pub fn open(target: Target) -> Result<Self, Stop> {
        let base = target.url.trim_end_matches('/').to_owned();
        let cookies = CookieLog::default();
        let stranger = Caller::new(&base, &cookies);
        let page = stranger.get("/privacy")?;
        page.expect(200)?;
        let version = page.header("policy-version").to_owned();
        let file = stranger.get(&format!("/privacy/v/{version}/policy.toml"))?;
        file.expect(200)?;
        let policy = Policy::parse(&file.text())
            .map_err(|faults| Stop::Failed(format!("its policy has {} faults", faults.len())))?;
        let openapi = stranger.get("/api/openapi.json")?.expect(200)?;
        let home = stranger.get("/")?.text();
        let agent = match &target.sign_in {
            Some(sign_in) => Some(enter(&base, &cookies, sign_in)?),
            None => None,
        };
        let origin = target.site_origin.clone().unwrap_or_else(|| base.clone());
        let site_id = match (&target.site_origin, &agent) {
            (Some(origin), Some(agent)) => site_of(agent, origin)?,
            _ => own_site(&home)?,
        };
        Ok(Self {
            date: page.header("date").to_owned(),
            target,
            base,
            origin,
            site_id,
            policy,
            openapi,
            agent,
            cookies,
            announced: None,
            officers: None,
        })
    }

    /// Where the instance is, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// When the instance said it was, at the first answer (RFC 9110 date).
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// The policy in force when the run began.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The description of the interface that the instance publishes.
    pub(crate) const fn openapi(&self) -> &Value {
        &self.openapi
    }

    /// Every cookie that was set so far in this run.
    pub(crate) fn cookie_lines(&self) -> Vec<String> {
        self.cookies.lines()
    }

    /// The site that visitors write to.
    pub(crate) fn site_id(&self) -> &str {
        &self.site_id
    }

    /// The page that visitors come from.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// A browser that has been nowhere.
    pub(crate) fn stranger(&self) -> Caller {
        Caller::new(&self.base, &self.cookies)
    }

    /// A browser on one of the instance's own pages.
    pub(crate) fn own_page(&self) -> Caller {
        own_page(&self.base, &self.cookies)
    }

    /// A new visitor on a page of the site; nothing is sent yet.
    pub(crate) fn visitor(&self) -> Visitor {
        let call = self
            .stranger()
            .with("Origin", &self.origin)
            .with("Authorization", &format!("Bearer {}", random_token()));
        Visitor {
            call,
            site_id: self.site_id.clone(),
            version: self.policy.version(),
            age_gate: self.policy.age_gate().is_some(),
        }
    }

    /// The signed-in agent.
    pub(crate) fn agent(&self) -> Result<&Caller, Stop> {
        self.agent.as_ref().ok_or_else(no_sign_in)
    }

    /// Signs in once more, as another browser of the same agent.
    pub(crate) fn sign_in_again(&self) -> Result<Caller, Stop> {
        sign_in(&self.target, &self.cookies)
    }

    /// The address of the account that the checker has.
    pub(crate) fn email(&self) -> &str {
        let sign_in = self.target.sign_in.as_ref();
        sign_in.map_or("", |sign_in| sign_in.email.as_str())
    }

    /// The moment after which the instance has taken too long to act.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.target.act_wait
    }

    /// The file of the test clock.
    pub(crate) fn clock(&self) -> Result<&PathBuf, Stop> {
        let missing = || Stop::NotChecked("needs the test clock: --test-clock FILE".to_owned());
        self.target.test_clock.as_ref().ok_or_else(missing)
    }

    /// The folder where its letters arrive.
    pub(crate) fn mail(&self) -> Result<&Path, Stop> {
        let missing = || Stop::NotChecked("needs the letters: --mail FOLDER".to_owned());
        self.target.mail.as_deref().ok_or_else(missing)
    }

    /// The mailbox of its contact address.
    pub(crate) fn mailbox(&self) -> Result<&Path, Stop> {
        let missing = || Stop::NotChecked("needs the mailbox: --contact-mailbox FOLDER".to_owned());
        self.target.mailbox.as_deref().ok_or_else(missing)
    }

    /// The folder of its data.
    pub(crate) fn data(&self) -> Result<&Path, Stop> {
        let missing = || Stop::NotChecked("needs the folder of its data: --data FOLDER".to_owned());
        self.target.data.as_deref().ok_or_else(missing)
    }

    /// Moves the test clock on, and signs in anew: sessions end as time passes.
    pub(crate) fn move_clock(&mut self, seconds: i64) -> Result<(), Stop> {
        let path = self.clock()?.clone();
        let failed = |error| Stop::NotChecked(format!("{}: {error}", path.display()));
        let before = fs::read_to_string(&path).map_err(failed)?;
        let before: i64 = before
            .trim()
            .parse()
            .map_err(|_| Stop::NotChecked(format!("{} holds no whole seconds", path.display())))?;
        // In one step, so that the instance never reads half of it.
        let fresh = path.with_extension("next");
        fs::write(&fresh, before.saturating_add(seconds).to_string()).map_err(failed)?;
        fs::rename(&fresh, &path).map_err(failed)?;
        self.agent = match &self.agent {
            Some(_) => Some(self.sign_in_again()?),
            None => None,
        };
        Ok(())
    }
}

impl Visitor {
    /// Answers the question of age.
    pub(crate) fn say_age(&self, (year, month): (i64, i64)) -> Result<Answer, Stop> {
        let path = format!("/api/widget/{}/age", self.site_id);
        let body = json!({ "year": year, "month": month });
        self.call.post(&path, &body)
    }

    /// A grown-up's pass. Who is refused for another reason hears it from what follows.
    fn age_pass(&self) -> Result<Option<String>, Stop> {
        let answer = self.say_age(GROWN_UP)?;
        let passed = answer.expect(200);
        Ok(passed.and_then(|passed| text(&passed, "/age_pass")).ok())
    }

    /// Starts a conversation with more or other fields, as a grown-up; null takes a field out.
    pub(crate) fn try_start(&self, fields: &Value) -> Result<Answer, Stop> {
        let asks = self.age_gate && fields.get("age_pass").is_none();
        let mut body = json!({
            "policy_version": self.version,
            "client_msg_id": new_id(),
            "body": "A test by privacy-check.",
            "age_pass": if asks { self.age_pass()? } else { None },
        });
        if let (Some(body), Some(fields)) = (body.as_object_mut(), fields.as_object()) {
            for (name, value) in fields {
                match value {
                    Value::Null => drop(body.remove(name)),
                    _ => drop(body.insert(name.clone(), value.clone())),
                }
            }
        }
        let path = format!("/api/widget/{}/conversations", self.site_id);
        self.call.post(&path, &body)
    }

    /// Starts a conversation; gives its id.
    pub(crate) fn start(&self) -> Result<String, Stop> {
        let started = self.try_start(&json!({}))?.expect(201)?;
        text(&started, "/conversation/id")
    }
}

/// Signs in as the account that the target names, which is there by now.
pub(crate) fn sign_in(target: &Target, cookies: &CookieLog) -> Result<Caller, Stop> {
    let sign_in = target.sign_in.as_ref().ok_or_else(no_sign_in)?;
    let account = SignIn {
        owner_link: None,
        ..sign_in.clone()
    };
    let base = target.url.trim_end_matches('/');
    enter(base, cookies, &account)
}

fn no_sign_in() -> Stop {
    Stop::NotChecked("needs a sign-in: --email and --password-file".to_owned())
}

/// An id as the widget makes one for each message.
pub(crate) fn new_id() -> String {
    Uuid::new_v4().to_string()
}

/// 43 characters as the widget writes 32 random bytes; 160 bits and more of them are random.
pub(crate) fn random_token() -> String {
    let digits = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    // The last character of 32 bytes in base64url carries four bits: `A` is always one of them.
    digits.chars().take(42).chain(['A']).collect()
}

fn own_page(base: &str, cookies: &CookieLog) -> Caller {
    Caller::new(base, cookies)
        .with("Origin", base)
        .with("Sec-Fetch-Site", "same-origin")
        .with("X-Chatham-Csrf", "1")
}

fn enter(base: &str, cookies: &CookieLog, sign_in: &SignIn) -> Result<Caller, Stop> {
    let call = own_page(base, cookies);
    let (email, password) = (&sign_in.email, &sign_in.password);
    let answer = match &sign_in.owner_link {
        None => {
            let body = json!({ "email": email, "password": password });
            call.post("/api/console/session", &body)?
        }
        Some(link) => {
            let token = link.rsplit_once("token=").map_or("", |(_, token)| token);
            let name = "Privacy check";
            let body =
                json!({ "token": token, "name": name, "email": email, "password": password });
            call.post("/api/console/setup", &body)?
        }
    };
    answer.expect(201)?;
    Ok(call.keeping(&answer))
}

/// The site whose widget stands on the instance's own home page.
fn own_site(home: &str) -> Result<String, Stop> {
    let found = home
        .split_once("/w/")
        .and_then(|(_, rest)| rest.split_once(".js"));
    let missing = || {
        Stop::Failed("the home page carries no widget: sign in, and name --site-origin".to_owned())
    };
    found.map(|(id, _)| id.to_owned()).ok_or_else(missing)
}

/// The site that an origin belongs to.
fn site_of(agent: &Caller, origin: &str) -> Result<String, Stop> {
    let sites = agent.get("/api/console/sites")?.expect(200)?;
    let found = crate::finding::list(&sites, "/sites").iter().find(|site| {
        crate::finding::list(site, "/origins")
            .iter()
            .any(|one| one.as_str() == Some(origin))
    });
    let site = found.ok_or_else(|| Stop::Failed(format!("no site has the origin {origin}")))?;
    text(site, "/id")
}
