//! What the widget is told when its panel opens, and what the loader carries.
//!
//! Must not know: who opens it; nothing is stored for that (clause 3).

use domain::{SiteId, SiteLocale};
use policy::Retention;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App,
    error::AppError,
    site::{GreetingsView, LookView, SiteParts, look_view},
    start::FORM,
};

/// The configuration of an open panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WidgetConfig {
    /// The site.
    pub site_id: String,
    /// Its name.
    pub name: String,
    /// The version of the policy that a write must carry.
    pub policy_version: u32,
    /// Where its text is.
    pub policy_url: String,
    /// `online`, `away` or `offline`.
    pub availability: &'static str,
    /// What to say first, in each state of availability.
    pub greetings: GreetingsView,
    /// Whether one may write while it is closed.
    pub offline_form: bool,
    /// The look.
    pub look: LookView,
    /// How long what is written is kept, in a sentence.
    pub retention_note: String,
    /// Fields to ask for.
    pub fields: WidgetFields,
    /// Whether the visitor may choose to be remembered.
    pub remember_allowed: bool,
    /// Whether agents see what is typed before it is sent.
    pub preview: bool,
    /// When month and year of birth are asked of a new visitor: `before_message`, or `before_field` where the
    /// site is made for children too; left out where nobody is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_gate: Option<&'static str>,
}

impl WidgetConfig {
    /// What to say first now.
    #[must_use]
    pub fn greeting(&self) -> &str {
        match self.availability {
            "online" => &self.greetings.online,
            "away" => &self.greetings.away,
            _ => &self.greetings.offline,
        }
    }
}

/// Fields the widget may ask for. All are optional to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct WidgetFields {
    /// A name.
    pub name: bool,
    /// An address.
    pub email: bool,
}

/// What the loader carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LoaderConfig {
    /// The site.
    pub site: String,
    /// Where everything else comes from.
    pub base: String,
    /// The look.
    pub look: LookView,
    /// `auto`: the page's language decides.
    pub locale: &'static str,
}

impl App {
    /// The configuration of an open panel. `origin` is the page's, if the browser says it; the caller has
    /// checked that the site allows it.
    ///
    /// # Errors
    /// `NotFound` if there is no such site.
    pub async fn widget_config(
        &self,
        site_id: SiteId,
        locale: Option<&str>,
        origin: Option<&str>,
    ) -> Result<WidgetConfig, AppError> {
        let site = self.load_public_site(site_id).await?;
        let parts = SiteParts::parse(&site)?;
        if let Some(origin) = origin.filter(|_| site.seen_at.is_none()) {
            self.note_site_seen(&site, origin).await?;
        }
        let availability = self.site_availability(site.workspace_id).await?;
        let locale = locale.and_then(SiteLocale::of_tag).unwrap_or(parts.locale);
        let policy = self.policy();
        Ok(WidgetConfig {
            site_id: site_id.to_string(),
            name: site.name.clone(),
            policy_version: policy.version(),
            policy_url: format!("{}/privacy", self.settings.public_url),
            availability: availability.key(),
            greetings: parts.said_greetings(locale),
            offline_form: site.offline_form,
            look: look_view(&parts.look),
            retention_note: retention_note(&policy, locale),
            fields: WidgetFields {
                name: site.ask_name && policy.form_takes(FORM, "visitor.name").is_ok(),
                email: site.ask_email && policy.form_takes(FORM, "visitor.email").is_ok(),
            },
            remember_allowed: policy.has_field("visitor.remembered"),
            preview: policy.file().chat.typing_preview,
            age_gate: policy.age_gate().map(|clause| match clause {
                64 => "before_field",
                _ => "before_message",
            }),
        })
    }

    /// What the loader of a site carries.
    ///
    /// # Errors
    /// `NotFound` if there is no such site.
    pub async fn loader_config(&self, site_id: SiteId) -> Result<LoaderConfig, AppError> {
        let site = self.load_public_site(site_id).await?;
        Ok(LoaderConfig {
            site: site_id.to_string(),
            base: self.settings.public_url.clone(),
            look: look_view(&SiteParts::parse(&site)?.look),
            locale: "auto",
        })
    }

    pub(crate) async fn load_public_site(&self, site_id: SiteId) -> Result<store::Site, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_public_site(tx, site_id))
            .await
            .map_err(AppError::from)?;
        found.ok_or(AppError::NotFound)
    }
}

/// How long messages are kept, from the same file that the sweeper acts on.
fn retention_note(policy: &policy::Policy, locale: SiteLocale) -> String {
    let retention = policy.retention("message.body").map(|(_, kept)| kept);
    match (retention.and_then(days), locale) {
        (Some(days), SiteLocale::En) => {
            format!("What you write is deleted {days} days after the conversation ends.")
        }
        (Some(days), SiteLocale::Es) => {
            format!("Lo que escribes se borra {days} días después de terminar la conversación.")
        }
        (Some(days), SiteLocale::Ar) => {
            format!("يُحذف ما تكتبه بعد {days} يومًا من انتهاء المحادثة.")
        }
        (None, SiteLocale::En) => "How long what you write is kept: see the policy.".to_owned(),
        (None, SiteLocale::Es) => {
            "Cuánto tiempo guardamos lo que escribes: ver la política.".to_owned()
        }
        (None, SiteLocale::Ar) => "مدة الاحتفاظ بما تكتبه: انظر السياسة.".to_owned(),
    }
}

fn days(retention: Retention) -> Option<i64> {
    const DAY_MICROS: i64 = 24 * 3_600 * 1_000_000;
    let start = policy::Timestamp(0);
    Some(retention.ends_at(start)?.micros() / DAY_MICROS).filter(|days| *days > 0)
}
