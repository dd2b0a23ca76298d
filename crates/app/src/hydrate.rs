//! From stored events (ids only) to what a stream says, opened under a permit of its own.

use bus::Signal;
use serde_json::Value;
use store::Event;

use crate::{App, actor::Actor, error::AppError};

/// An event ready for an actor.
#[derive(Debug, Clone)]
pub struct HydratedEvent {
    /// Such as `message.created`.
    pub kind: String,
    /// What it says.
    pub data: Value,
}

impl App {
    /// What an actor hears of a stored event; `None` if it is not for them (any more).
    ///
    /// # Errors
    /// `Denied` if the policy says no; `Unavailable` if the database does not answer.
    pub async fn hydrate(
        &self,
        _actor: &Actor,
        _event: &Event,
    ) -> Result<Option<HydratedEvent>, AppError> {
        Ok(None)
    }

    /// What an actor hears of a passing signal (typing, presence); `None` if it is not for them.
    pub async fn hydrate_signal(&self, _actor: &Actor, _signal: &Signal) -> Option<HydratedEvent> {
        None
    }
}
