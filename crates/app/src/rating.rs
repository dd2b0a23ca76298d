//! Rating: asked once when a conversation is resolved, changed for 24 hours.
//!
//! Must not know: HTTP, SQL.

use domain::{Comment, ConversationId};
use policy::Category;
use store::{Audience, NewEvent};

use crate::{
    App,
    actor::Visitor,
    conversation::refuse,
    error::AppError,
    message::{blocked, field_error, restricted},
    sealer::Sealer,
};

/// A visitor's rating.
pub struct NewRating {
    /// Version of the policy they saw (clause 4).
    pub policy_version: Option<u32>,
    /// 1 to 5.
    pub score: i64,
    /// What they say of it.
    pub comment: Option<String>,
}

impl App {
    /// A visitor rates a resolved conversation of theirs, or changes their rating.
    ///
    /// # Errors
    /// `Invalid` score or comment, `NotFound`, the policy's version or field refusals, `blocked`,
    /// `conversation_open`, `rating_closed`, and those of the databases.
    pub async fn rate_conversation(
        &self,
        visitor: &Visitor,
        conversation_id: ConversationId,
        new: NewRating,
    ) -> Result<(), AppError> {
        if !(1..=5).contains(&new.score) {
            return Err(AppError::invalid("score", "out_of_range", "must be 1 to 5"));
        }
        let filled = new
            .comment
            .as_deref()
            .filter(|text| !text.trim().is_empty());
        let comment = filled
            .map(Comment::parse)
            .transpose()
            .map_err(field_error("comment"))?;
        let fields = [("conversation.rating", Category::PrivateContent)];
        let person = (visitor.workspace_id, visitor.person_id);
        let form = ("rating", &fields[..]);
        self.check_write((Some(person), visitor.gpc), new.policy_version, form)
            .await?;
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let key = self.keyring.person(workspace_id, person_id).await?;
        let sealer = Sealer::new(workspace_id, key, self.random_source());
        let comment = comment.map(|comment| sealer.comment(conversation_id, comment));
        let (score, now) = (new.score, self.now());
        self.store
            .data
            .write(move |tx| {
                let row = store::find_conversation(tx, workspace_id, conversation_id)?
                    .filter(|row| row.person_id == person_id)
                    .ok_or(AppError::NotFound)?;
                if row.is_blocked {
                    return Err(blocked());
                }
                if row.is_restricted {
                    return Err(restricted());
                }
                row.status.check_rating(row.rated_at, now).map_err(refuse)?;
                let rating = (score, comment.as_ref());
                store::update_rating(tx, workspace_id, conversation_id, rating, now)?;
                let event = NewEvent {
                    kind: "conversation.updated",
                    audience: Audience::All,
                    person_id: Some(person_id),
                    conversation_id: Some(conversation_id),
                    ref_id: None,
                    seq: None,
                };
                store::append_event(tx, workspace_id, &event, now)?;
                Ok(())
            })
            .await
    }
}
