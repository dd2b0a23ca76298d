//! The origin allow-list: which pages may talk to which site (clause 1).
//!
//! Why in memory: every cross-origin request asks. Another node's change arrives within [`LIFE`].
//! Must not know: HTTP. An origin is the text of the `Origin` header.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use domain::SiteId;
use policy::{RefusalCode, Timestamp};

use crate::{App, error::AppError};

/// How long the list is trusted, in microseconds.
const LIFE_MICROS: i64 = 5_000_000;

#[derive(Default)]
struct Origins {
    by_site: HashMap<SiteId, HashSet<String>>,
    all: HashSet<String>,
    read_at: Timestamp,
}

/// The list, read again when it is old.
#[derive(Default)]
pub(crate) struct OriginList(RwLock<Arc<Origins>>);

impl App {
    /// Whether any site names this origin: enough for a preflight, which carries no token.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn is_known_origin(&self, origin: &str) -> Result<bool, AppError> {
        let is_own = self.is_own_origin(origin) || policy::rule::is_off(1);
        Ok(is_own || self.origins().await?.all.contains(origin))
    }

    /// Whether this site may be used from this origin.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn site_allows_origin(
        &self,
        site_id: SiteId,
        origin: &str,
    ) -> Result<bool, AppError> {
        if self.is_own_origin(origin) || policy::rule::is_off(1) {
            return Ok(true);
        }
        let origins = self.origins().await?;
        Ok(origins
            .by_site
            .get(&site_id)
            .is_some_and(|allowed| allowed.contains(origin)))
    }

    /// Whether this is the installation's own origin: its pages carry the widget too.
    #[must_use]
    pub fn is_own_origin(&self, origin: &str) -> bool {
        self.settings.public_url == origin
    }

    /// Refuses origins that the policy does not list: a site more is a material change of the promise, made
    /// by a new version of the file and nowhere else.
    ///
    /// # Errors
    /// `Denied` with clause 1, naming the first origin that is not listed.
    pub(crate) fn check_listed(&self, origins: &[String]) -> Result<(), AppError> {
        let policy = self.policy();
        let listed =
            |origin: &&String| self.is_own_origin(origin) || policy.sites().contains(origin);
        match origins.iter().find(|origin| !listed(origin)) {
            None => Ok(()),
            Some(origin) => Err(AppError::Denied(RefusalCode::SiteNotInPolicy.refuse(
                format!("the policy does not cover {origin}"),
                format!("add \"{origin}\" to policy.sites in the next version of the file"),
            ))),
        }
    }

    /// Forgets the list, after a site changed.
    pub fn forget_origins(&self) {
        *self
            .origins
            .0
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }

    async fn origins(&self) -> Result<Arc<Origins>, AppError> {
        let known = Arc::clone(
            &self
                .origins
                .0
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        );
        let now = self.now();
        if now.micros() - known.read_at.micros() < LIFE_MICROS {
            return Ok(known);
        }
        let rows: Vec<(SiteId, String)> = self
            .store
            .data
            .read(store::list_origins)
            .await
            .map_err(AppError::from)?;
        let policy = self.policy();
        let mut fresh = Origins {
            read_at: now,
            ..Origins::default()
        };
        for (site_id, text) in rows {
            let origins: HashSet<String> = serde_json::from_str(&text)
                .map_err(|_| AppError::Internal(format!("origins of site {site_id}")))?;
            let listed = |origin: &String| policy.sites().contains(origin);
            let origins: HashSet<_> = origins.into_iter().filter(listed).collect();
            fresh.all.extend(origins.iter().cloned());
            fresh.by_site.insert(site_id, origins);
        }
        let fresh = Arc::new(fresh);
        *self
            .origins
            .0
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        Ok(fresh)
    }
}
