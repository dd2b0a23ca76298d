//! The way that answers travel, as the person chooses: in the chat only, or by letter too (clause 23).
//!
//! Must not know: HTTP, SMTP.

use policy::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{App, actor::Visitor, consent::person_updated, error::AppError};

/// The field that holds the choice.
const FIELD: &str = "visitor.channel";

/// The way that answers travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChannelView {
    /// Answers come in the chat only: no letter goes while the visitor is away.
    pub widget_only: bool,
}

impl App {
    /// Whether the policy has room for the choice.
    #[must_use]
    pub fn may_choose_channel(&self) -> bool {
        self.policy().has_field(FIELD)
    }

    /// The visitor chooses where answers come. The same choice again changes nothing.
    ///
    /// # Errors
    /// `Denied` if the policy has no room for the choice, `NotFound` once erased, `Full`, `Unavailable`.
    pub async fn choose_channel(
        &self,
        visitor: &Visitor,
        widget_only: bool,
    ) -> Result<ChannelView, AppError> {
        if widget_only {
            // To take it back is always possible.
            self.policy().field_allowed(FIELD)?;
        }
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        if self.widget_only_since(visitor).await?.is_some() == widget_only {
            return Ok(ChannelView { widget_only });
        }
        let now = self.now();
        let chosen = self.store.data.write(move |tx| {
            if !store::is_person_active(tx, workspace_id, person_id)? {
                return Err(AppError::NotFound);
            }
            store::update_channel(tx, workspace_id, person_id, widget_only.then_some(now))?;
            store::append_event(tx, workspace_id, &person_updated(person_id), now)?;
            Ok(())
        });
        chosen.await?;
        Ok(ChannelView { widget_only })
    }

    /// Since when a visitor wants answers in the chat only.
    pub(crate) async fn widget_only_since(
        &self,
        visitor: &Visitor,
    ) -> Result<Option<Timestamp>, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let found = self
            .store
            .data
            .read(move |tx| store::find_held_visitor(tx, workspace_id, person_id));
        let found: Option<store::HeldVisitor> = found.await.map_err(AppError::from)?;
        Ok(found.ok_or(AppError::NotFound)?.widget_only_at)
    }
}
