//! Sites: origins, look, greetings, the tag to paste, and whether the widget was seen.
//!
//! Must not know: how the loader is served.

use domain::{
    Greetings, IdempotencyKey, Look, ORIGINS_MAX, Position, SiteId, SiteLocale, SiteOrigin, Theme,
    WorkspaceId,
};
use policy::Timestamp;
use serde::Serialize;
use store::{Audience, NewEvent};
use utoipa::ToSchema;

use crate::{
    App,
    actor::{Agent, MANAGING},
    error::{AppError, FieldError},
    workspace::parse_name,
};

/// Sites of a workspace.
const SITES_MAX: usize = 50;

/// A site as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SiteView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Origins that may carry its widget.
    pub origins: Vec<String>,
    /// The widget's look.
    pub look: LookView,
    /// Its language: `en`, `es` or `ar`.
    pub locale: String,
    /// Greetings as they are said, defaults filled in.
    pub greetings: GreetingsView,
    /// Whether visitors may write while it is closed.
    pub offline_form: bool,
    /// Whether the widget asks for a name.
    pub ask_name: bool,
    /// Whether the widget asks for an address.
    pub ask_email: bool,
    /// The tag to paste into the page.
    pub snippet: String,
    /// What a strict content-security policy of the page needs.
    pub csp: String,
    /// When the widget was first opened on a page since the last check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<i64>,
    /// On which origin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_origin: Option<String>,
}

/// A look as it goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LookView {
    /// Colour, `#rrggbb`.
    pub accent: String,
    /// Ink on it, contrast at least 4.5:1.
    pub accent_text: String,
    /// `right` or `left`.
    pub position: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// Words on the launcher.
    pub launcher: String,
}

/// Greetings as they are said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GreetingsView {
    /// While somebody answers.
    pub online: String,
    /// While nobody is there.
    pub away: String,
    /// While closed.
    pub offline: String,
}

/// A look as its owner chooses it.
#[derive(Debug, Clone)]
pub struct LookChoice {
    /// Colour, `#rrggbb`; corrected where its contrast is too weak.
    pub accent: String,
    /// Side.
    pub position: Position,
    /// Light or dark.
    pub theme: Theme,
    /// Words on the launcher.
    pub launcher: String,
}

/// What of a site is to change; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct SiteChange {
    /// Another name.
    pub name: Option<String>,
    /// Other origins, all of them.
    pub origins: Option<Vec<String>>,
    /// Another look.
    pub look: Option<LookChoice>,
    /// Another language.
    pub locale: Option<String>,
    /// Other greetings; an empty one means the default.
    pub greetings: Option<Greetings>,
    /// Whether visitors may write while it is closed.
    pub offline_form: Option<bool>,
    /// Whether the widget asks for a name.
    pub ask_name: Option<bool>,
    /// Whether the widget asks for an address.
    pub ask_email: Option<bool>,
}

impl App {
    /// The workspace's sites, oldest first.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn list_sites(&self, agent: &Agent) -> Result<Vec<SiteView>, AppError> {
        let workspace_id = agent.workspace_id;
        let sites = self
            .store
            .data
            .read(move |tx| store::list_sites(tx, workspace_id, site_limit()));
        let sites: Vec<store::Site> = sites.await.map_err(AppError::from)?;
        sites.iter().map(|site| self.site_view(site)).collect()
    }

    /// One site.
    ///
    /// # Errors
    /// `NotFound` if the workspace has no such one.
    pub async fn get_site(&self, agent: &Agent, site_id: SiteId) -> Result<SiteView, AppError> {
        self.site_view(&self.load_site(agent.workspace_id, site_id).await?)
    }

    /// Makes a site. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden` for other roles; `Invalid` if a part is not acceptable; `Conflict` past 50 sites.
    pub async fn create_site(
        &self,
        agent: &Agent,
        key: Option<&IdempotencyKey>,
        (name, origins): (&str, &[String]),
    ) -> Result<SiteView, AppError> {
        agent.require(MANAGING)?;
        let mut words = vec!["site", name];
        words.extend(origins.iter().map(String::as_str));
        let command = self.command(agent, key, &words);
        let (now, workspace_id) = (self.now(), agent.workspace_id);
        let site_id = SiteId::new(now, self.random());
        let origins = parse_origins(origins)?;
        self.check_listed(&origins)?;
        let site = new_site(
            workspace_id,
            site_id,
            parse_name("name", name)?,
            &origins,
            now,
        )?;
        let stored = self.store.data.write(move |tx| {
            if let Some(id) = command.find_result(tx)? {
                return store::find_site(tx, workspace_id, id)?.ok_or(AppError::NotFound);
            }
            if store::list_sites(tx, workspace_id, site_limit())?.len() >= SITES_MAX {
                let detail = format!("a workspace has at most {SITES_MAX} sites");
                return Err(AppError::conflict("too_many_sites", detail));
            }
            store::create_site(tx, &site)?;
            command.record(tx, &site_id, now)?;
            Ok(site)
        });
        let site = stored.await?;
        self.forget_origins();
        self.site_view(&site)
    }

    /// Changes a site. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden` for other roles; `NotFound`; `Invalid` if a part is not acceptable.
    pub async fn update_site(
        &self,
        agent: &Agent,
        site_id: SiteId,
        change: SiteChange,
    ) -> Result<SiteView, AppError> {
        agent.require(MANAGING)?;
        let site = self.load_site(agent.workspace_id, site_id).await?;
        let names_origins = change.origins.is_some();
        let site = apply(site, change)?;
        let view = self.site_view(&site)?;
        if names_origins {
            self.check_listed(&view.origins)?;
        }
        let updated = self
            .store
            .data
            .write(move |tx| store::update_site(tx, &site));
        if !updated.await.map_err(AppError::from)? {
            return Err(AppError::NotFound);
        }
        self.forget_origins();
        Ok(view)
    }

    /// Waits for the page anew: the next opening of the widget makes `site.seen`. Owners and admins.
    ///
    /// # Errors
    /// `Forbidden` for other roles; `NotFound`.
    pub async fn check_site(&self, agent: &Agent, site_id: SiteId) -> Result<(), AppError> {
        agent.require(MANAGING)?;
        let workspace_id = agent.workspace_id;
        let waiting = self
            .store
            .data
            .write(move |tx| store::forget_site_seen(tx, workspace_id, site_id));
        if waiting.await.map_err(AppError::from)? {
            return Ok(());
        }
        Err(AppError::NotFound)
    }

    /// Notes that a page of the site opened the widget; the first time since the check is an event.
    pub(crate) async fn note_site_seen(
        &self,
        site: &store::Site,
        origin: &str,
    ) -> Result<(), AppError> {
        let (workspace_id, site_id) = (site.workspace_id, site.site_id);
        let (origin, now) = (origin.to_owned(), self.now());
        let noted = self.store.data.write(move |tx| {
            if store::mark_site_seen(tx, workspace_id, site_id, &origin, now)? {
                let event = NewEvent {
                    kind: "site.seen",
                    audience: Audience::Agents,
                    person_id: None,
                    conversation_id: None,
                    ref_id: Some(site_id.to_string()),
                    seq: None,
                };
                store::append_event(tx, workspace_id, &event, now)?;
            }
            Ok(())
        });
        noted.await.map_err(|error: store::StoreError| error.into())
    }

    /// What the event `site.seen` says; `None` if the site is waiting again or gone.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn site_seen(
        &self,
        workspace_id: WorkspaceId,
        site_id: SiteId,
    ) -> Result<Option<SiteSeen>, AppError> {
        let site = match self.load_site(workspace_id, site_id).await {
            Err(AppError::NotFound) => return Ok(None),
            found => found?,
        };
        Ok(site
            .seen_at
            .zip(site.seen_origin)
            .map(|(at, origin)| SiteSeen {
                site_id: site_id.to_string(),
                origin,
                at: at.micros(),
            }))
    }

    pub(crate) async fn load_site(
        &self,
        workspace_id: WorkspaceId,
        site_id: SiteId,
    ) -> Result<store::Site, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_site(tx, workspace_id, site_id))
            .await
            .map_err(AppError::from)?;
        found.ok_or(AppError::NotFound)
    }

    fn site_view(&self, site: &store::Site) -> Result<SiteView, AppError> {
        let parts = SiteParts::parse(site)?;
        Ok(SiteView {
            id: site.site_id.to_string(),
            name: site.name.clone(),
            origins: parts.origins.clone(),
            look: look_view(&parts.look),
            locale: site.locale.clone(),
            greetings: parts.said_greetings(parts.locale),
            offline_form: site.offline_form,
            ask_name: site.ask_name,
            ask_email: site.ask_email,
            snippet: snippet(&self.settings.public_url, site.site_id),
            csp: csp(&self.settings.public_url),
            seen_at: site.seen_at.map(Timestamp::micros),
            seen_origin: site.seen_origin.clone(),
        })
    }
}

/// What the event `site.seen` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SiteSeen {
    /// The site.
    pub site_id: String,
    /// The page's origin.
    pub origin: String,
    /// When.
    pub at: i64,
}

/// The parts of a site that are stored as JSON.
pub(crate) struct SiteParts {
    pub(crate) origins: Vec<String>,
    pub(crate) look: Look,
    pub(crate) greetings: Greetings,
    pub(crate) locale: SiteLocale,
}

impl SiteParts {
    pub(crate) fn parse(site: &store::Site) -> Result<Self, AppError> {
        let broken = |what: &str| AppError::Internal(format!("{what} of site {}", site.site_id));
        Ok(Self {
            origins: serde_json::from_str(&site.origins).map_err(|_| broken("origins"))?,
            look: serde_json::from_str(&site.look).map_err(|_| broken("look"))?,
            greetings: serde_json::from_str(&site.greetings).map_err(|_| broken("greetings"))?,
            locale: site.locale.parse().map_err(|_| broken("locale"))?,
        })
    }

    /// The greeting of each state, in a language.
    pub(crate) fn said_greetings(&self, locale: SiteLocale) -> GreetingsView {
        let greeting = |availability| self.greetings.text(availability, locale);
        GreetingsView {
            online: greeting(domain::Availability::Online),
            away: greeting(domain::Availability::Away),
            offline: greeting(domain::Availability::Offline),
        }
    }
}

pub(crate) fn look_view(look: &Look) -> LookView {
    LookView {
        accent: look.accent.clone(),
        accent_text: look.accent_text.clone(),
        position: match look.position {
            Position::Right => "right",
            Position::Left => "left",
        }
        .to_owned(),
        theme: match look.theme {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
        .to_owned(),
        launcher: look.launcher.clone(),
    }
}

/// A site with defaults, not yet stored.
pub(crate) fn new_site(
    workspace_id: WorkspaceId,
    site_id: SiteId,
    name: String,
    origins: &[String],
    now: Timestamp,
) -> Result<store::Site, AppError> {
    Ok(store::Site {
        workspace_id,
        site_id,
        name,
        origins: json(&origins)?,
        look: json(&Look::default())?,
        locale: SiteLocale::En.key().to_owned(),
        greetings: json(&Greetings::default())?,
        offline_form: true,
        ask_name: true,
        ask_email: true,
        seen_at: None,
        seen_origin: None,
        created_at: now,
    })
}

/// Takes texts as origins of one site, each once.
pub(crate) fn parse_origins(texts: &[String]) -> Result<Vec<String>, AppError> {
    if texts.len() > ORIGINS_MAX {
        let message = format!("a site has at most {ORIGINS_MAX} origins");
        return Err(AppError::invalid("origins", "too_many", message));
    }
    let mut origins = Vec::with_capacity(texts.len());
    let mut faults = Vec::new();
    for text in texts {
        match SiteOrigin::parse(text) {
            Ok(origin) if !origins.contains(&origin.to_string()) => {
                origins.push(origin.to_string());
            }
            Ok(_) => {}
            Err(error) => faults.push(FieldError::new(
                "origins",
                "not_an_origin",
                error.to_string(),
            )),
        }
    }
    if faults.is_empty() {
        return Ok(origins);
    }
    Err(AppError::Invalid(faults))
}

fn apply(mut site: store::Site, change: SiteChange) -> Result<store::Site, AppError> {
    if let Some(name) = change.name {
        site.name = parse_name("name", &name)?;
    }
    if let Some(origins) = change.origins {
        site.origins = json(&parse_origins(&origins)?)?;
    }
    if let Some(choice) = change.look {
        let look = Look::parse(
            &choice.accent,
            choice.position,
            choice.theme,
            &choice.launcher,
        );
        site.look = json(&look.map_err(|error| {
            let field = match error {
                domain::InvalidLook::Accent => "look.accent",
                domain::InvalidLook::Launcher => "look.launcher",
            };
            AppError::invalid(field, "not_acceptable", error.to_string())
        })?)?;
    }
    if let Some(locale) = change.locale {
        let spoken: Result<SiteLocale, _> = locale.parse();
        let refused = |_| AppError::invalid("locale", "not_spoken", "choose en, es or ar");
        spoken.map_err(refused)?.key().clone_into(&mut site.locale);
    }
    if let Some(greetings) = change.greetings {
        let greetings = own_words(greetings, &site.locale);
        let parsed = greetings
            .parse()
            .map_err(|error| AppError::invalid("greetings", "too_long", error.to_string()))?;
        site.greetings = json(&parsed)?;
    }
    site.offline_form = change.offline_form.unwrap_or(site.offline_form);
    site.ask_name = change.ask_name.unwrap_or(site.ask_name);
    site.ask_email = change.ask_email.unwrap_or(site.ask_email);
    Ok(site)
}

/// A form shows defaults filled in and sends them back: kept as "the default", so that they follow each
/// visitor's language.
fn own_words(greetings: Greetings, locale: &str) -> Greetings {
    let Ok(locale) = locale.parse::<SiteLocale>() else {
        return greetings;
    };
    let own = |text: String, availability| {
        if text.trim() == domain::default_greeting(availability, locale) {
            return String::new();
        }
        text
    };
    Greetings {
        online: own(greetings.online, domain::Availability::Online),
        away: own(greetings.away, domain::Availability::Away),
        offline: own(greetings.offline, domain::Availability::Offline),
    }
}

/// The tag to paste. The page's own language and look come with the loader.
fn snippet(public_url: &str, site_id: SiteId) -> String {
    format!("<script async src=\"{public_url}/w/{site_id}.js\"></script>")
}

/// The two directives that a page with a strict policy needs. WebSocket needs an entry of its own.
fn csp(public_url: &str) -> String {
    let socket = public_url.replacen("http", "ws", 1);
    format!("script-src {public_url}; connect-src {public_url} {socket}")
}

fn json<T: Serialize>(value: &T) -> Result<String, AppError> {
    serde_json::to_string(value).map_err(|error| AppError::Internal(error.to_string()))
}

fn site_limit() -> i64 {
    i64::try_from(SITES_MAX).unwrap_or(i64::MAX)
}
