//! Back into a conversation from a letter, in whatever browser the letter was opened (clause 26).
//!
//! The link works once. It gives that browser a token of its own for a day, so that the browser the
//! conversation began in keeps its own.
//! Must not know: HTTP.

use domain::{LinkKind, SiteId, VisitorId};

use crate::{App, actor::Visitor, authenticate::token_hash, error::AppError};

/// What a used link gives.
pub struct Resumed {
    /// The browser's own token.
    pub token: String,
    /// The site whose chat it opens.
    pub site_id: SiteId,
}

impl App {
    /// A fresh token for a browser that begins to write.
    #[must_use]
    pub fn new_visitor_token(&self) -> String {
        self.new_token()
    }

    /// Whether a link from a letter still works.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn is_resumable(&self, token: &str) -> Result<bool, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let found = self
            .store
            .data
            .read(move |tx| store::find_link(tx, LinkKind::Resume, &hash, now));
        Ok(found.await?.is_some())
    }

    /// Uses a link from a letter.
    ///
    /// # Errors
    /// `NotFound` if it is used, over, or its person is erased; `Full`, `Unavailable`.
    pub async fn resume_chat(&self, token: &str) -> Result<Resumed, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let fresh = self.new_token();
        let fresh_hash = token_hash(&fresh);
        let resumed = self.store.data.write(move |tx| {
            let link = store::take_link(tx, LinkKind::Resume, &hash, now)?;
            let (workspace_id, person_id) = link
                .and_then(|link| Some((link.workspace_id, link.person_id?)))
                .ok_or(AppError::NotFound)?;
            let visitor = store::find_held_visitor(tx, workspace_id, person_id)?;
            let visitor = visitor.ok_or(AppError::NotFound)?;
            let session = store::NewLink {
                workspace_id,
                token_hash: fresh_hash,
                kind: LinkKind::ChatSession,
                subject_id: visitor.visitor_id.to_string(),
                person_id: Some(person_id),
                expires_at: now.plus_seconds(LinkKind::ChatSession.lifetime_s()),
            };
            store::create_link(tx, &session, now)?;
            Ok::<_, AppError>(visitor.site_id)
        });
        Ok(Resumed {
            site_id: resumed.await?,
            token: fresh,
        })
    }

    /// The visitor of a chat page's token: the one their browser made, or one a letter's link gave.
    ///
    /// # Errors
    /// `Unauthenticated` if nobody has it (any more); `Unavailable` if the database does not answer.
    pub async fn authenticate_chat(&self, token: &str) -> Result<Visitor, AppError> {
        match self.authenticate_visitor(token).await {
            Err(AppError::Unauthenticated(_)) => self.authenticate_chat_session(token).await,
            other => other,
        }
    }

    async fn authenticate_chat_session(&self, token: &str) -> Result<Visitor, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let found = self.store.data.read(move |tx| {
            let link = store::find_link(tx, LinkKind::ChatSession, &hash, now)?;
            let Some((link, person_id)) = link.and_then(|link| {
                let person_id = link.person_id?;
                Some((link, person_id))
            }) else {
                return Ok(None);
            };
            let held = store::find_held_visitor(tx, link.workspace_id, person_id)?;
            Ok::<_, AppError>(held.map(|held| (link.workspace_id, person_id, held)))
        });
        let (workspace_id, person_id, held) = found.await?.ok_or(AppError::Unauthenticated(
            policy::RefusalCode::VisitorUnknown,
        ))?;
        let visitor_id: VisitorId = held.visitor_id;
        Ok(Visitor {
            workspace_id,
            site_id: held.site_id,
            visitor_id,
            person_id,
            gpc: false,
        })
    }
}
