//! Canned replies: everybody who answers may use and change them.
//!
//! Must not know: the values of variables.

use domain::{
    CANNED_REPLIES_MAX, CannedReplyId, CannedText, IdempotencyKey, InvalidCannedReply, Shortcut,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App,
    actor::{ANSWERING, Agent},
    error::AppError,
};

/// A canned reply as agents see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CannedReplyView {
    /// Id.
    pub id: String,
    /// The word after the slash.
    pub shortcut: String,
    /// What it is about.
    pub title: String,
    /// The text, with variables.
    pub body: String,
    /// When it was last changed.
    pub updated_at: i64,
}

/// A canned reply to be.
#[derive(Debug, Clone, Copy)]
pub struct NewCannedReply<'a> {
    /// The word after the slash.
    pub shortcut: &'a str,
    /// What it is about.
    pub title: &'a str,
    /// The text, with variables.
    pub body: &'a str,
}

/// What of a canned reply is to change; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct CannedReplyChange {
    /// The word after the slash.
    pub shortcut: Option<String>,
    /// What it is about.
    pub title: Option<String>,
    /// The text.
    pub body: Option<String>,
}

impl App {
    /// The workspace's canned replies, by shortcut.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn list_canned_replies(
        &self,
        agent: &Agent,
    ) -> Result<Vec<CannedReplyView>, AppError> {
        let workspace_id = agent.workspace_id;
        let limit = i64::try_from(CANNED_REPLIES_MAX).unwrap_or(i64::MAX);
        let rows = self
            .store
            .data
            .read(move |tx| store::list_canned_replies(tx, workspace_id, limit));
        let rows: Vec<store::CannedReply> = rows.await.map_err(AppError::from)?;
        Ok(rows.into_iter().map(view).collect())
    }

    /// Makes a canned reply; again under the same key, gives the one it made. Roles that answer.
    ///
    /// # Errors
    /// `Forbidden`; `Invalid`; `Conflict` if the shortcut is taken, there are too many, or the key was used for
    /// another request; `NotFound` if it was deleted since.
    pub async fn create_canned_reply(
        &self,
        agent: &Agent,
        key: Option<&IdempotencyKey>,
        new: NewCannedReply<'_>,
    ) -> Result<CannedReplyView, AppError> {
        agent.require(ANSWERING)?;
        let words = ["canned reply", new.shortcut, new.title, new.body];
        let command = self.command(agent, key, &words);
        let shortcut = Shortcut::parse(new.shortcut).map_err(refuse)?;
        let text = CannedText::parse(new.title, new.body).map_err(refuse)?;
        let now = self.now();
        let reply = store::CannedReply {
            canned_reply_id: CannedReplyId::new(now, self.random()),
            shortcut: shortcut.to_string(),
            title: text.title,
            body: text.body,
            updated_at: now,
        };
        let workspace_id = agent.workspace_id;
        let stored = self.store.data.write(move |tx| {
            if let Some(id) = command.find_result(tx)? {
                let found = store::find_canned_reply(tx, workspace_id, id)?;
                return found.ok_or(AppError::NotFound);
            }
            if store::count_canned_replies(tx, workspace_id)? >= CANNED_REPLIES_MAX {
                let detail = format!("a workspace has at most {CANNED_REPLIES_MAX} canned replies");
                return Err(AppError::conflict("too_many_canned_replies", detail));
            }
            if !store::create_canned_reply(tx, workspace_id, &reply)? {
                return Err(shortcut_taken());
            }
            command.record(tx, &reply.canned_reply_id, now)?;
            Ok(reply)
        });
        stored.await.map(view)
    }

    /// Changes a canned reply. Roles that answer.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`; `Invalid`; `Conflict` if the shortcut is taken.
    pub async fn update_canned_reply(
        &self,
        agent: &Agent,
        id: CannedReplyId,
        change: CannedReplyChange,
    ) -> Result<CannedReplyView, AppError> {
        agent.require(ANSWERING)?;
        let (workspace_id, now) = (agent.workspace_id, self.now());
        let stored = self.store.data.write(move |tx| {
            let found = store::find_canned_reply(tx, workspace_id, id)?;
            let reply = apply(found.ok_or(AppError::NotFound)?, change)?;
            let namesake = store::find_canned_reply_by_shortcut(tx, workspace_id, &reply.shortcut)?;
            if namesake.is_some_and(|other| other.canned_reply_id != id) {
                return Err(shortcut_taken());
            }
            let reply = store::CannedReply {
                updated_at: now,
                ..reply
            };
            store::update_canned_reply(tx, workspace_id, &reply)?;
            Ok(reply)
        });
        stored.await.map(view)
    }

    /// Deletes a canned reply. Roles that answer.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound`.
    pub async fn delete_canned_reply(
        &self,
        agent: &Agent,
        id: CannedReplyId,
    ) -> Result<(), AppError> {
        agent.require(ANSWERING)?;
        let workspace_id = agent.workspace_id;
        let deleted = self
            .store
            .data
            .write(move |tx| store::delete_canned_reply(tx, workspace_id, id));
        if deleted.await.map_err(AppError::from)? {
            return Ok(());
        }
        Err(AppError::NotFound)
    }
}

fn apply(
    mut reply: store::CannedReply,
    change: CannedReplyChange,
) -> Result<store::CannedReply, AppError> {
    if let Some(shortcut) = change.shortcut {
        reply.shortcut = Shortcut::parse(&shortcut).map_err(refuse)?.to_string();
    }
    let title = change.title.unwrap_or(reply.title);
    let body = change.body.unwrap_or(reply.body);
    let text = CannedText::parse(&title, &body).map_err(refuse)?;
    reply.title = text.title;
    reply.body = text.body;
    Ok(reply)
}

fn view(reply: store::CannedReply) -> CannedReplyView {
    CannedReplyView {
        id: reply.canned_reply_id.to_string(),
        shortcut: reply.shortcut,
        title: reply.title,
        body: reply.body,
        updated_at: reply.updated_at.micros(),
    }
}

fn shortcut_taken() -> AppError {
    AppError::conflict("shortcut_taken", "another canned reply has this shortcut")
}

#[expect(clippy::needless_pass_by_value, reason = "used as a mapping of errors")]
fn refuse(error: InvalidCannedReply) -> AppError {
    let (field, code) = match error {
        InvalidCannedReply::Shortcut => ("shortcut", "not_a_shortcut"),
        InvalidCannedReply::Title => ("title", "wrong_length"),
        InvalidCannedReply::Body => ("body", "wrong_length"),
        InvalidCannedReply::Variable => ("body", "unknown_variable"),
    };
    AppError::invalid(field, code, error.to_string())
}
