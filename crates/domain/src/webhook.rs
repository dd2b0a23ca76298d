//! Webhooks: which events a workspace may send to a provider's program, and how often an attempt is repeated.
//!
//! Must not know: HTTP, the policy, what an event says.

use thiserror::Error;

/// Webhooks of a workspace.
pub const WEBHOOKS_MAX: usize = 20;
/// Kinds of events that may be chosen. Notices of erasure come to every receiver without being chosen.
pub const WEBHOOK_EVENTS: [&str; 4] = [
    "conversation.created",
    "conversation.updated",
    "message.created",
    "person.updated",
];
/// Seconds without one arrival after which a webhook is paused.
pub const WEBHOOK_FAILING_S_MAX: i64 = 24 * 3_600;
/// Pauses between attempts, in seconds: together 24 hours.
const PAUSES_S: [i64; 9] = [5, 60, 300, 1_800, 3_600, 7_200, 14_400, 28_800, 30_240];

/// Why kinds of events cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidWebhookEvents {
    /// None was chosen.
    #[error("choose at least one kind of event")]
    None,
    /// There is no such kind, or it is not for webhooks.
    #[error("there is no event {0} for webhooks")]
    Unknown(String),
}

/// Kinds of events as they are stored: sorted, once each, with a blank between two and around all.
///
/// # Errors
/// If there is none, or one that is not for webhooks.
pub fn webhook_events(chosen: &[String]) -> Result<String, InvalidWebhookEvents> {
    if let Some(unknown) = chosen
        .iter()
        .find(|kind| !WEBHOOK_EVENTS.contains(&kind.as_str()))
    {
        return Err(InvalidWebhookEvents::Unknown(unknown.clone()));
    }
    let known = WEBHOOK_EVENTS.into_iter();
    let kinds: Vec<_> = known
        .filter(|kind| chosen.iter().any(|one| one == kind))
        .collect();
    if kinds.is_empty() {
        return Err(InvalidWebhookEvents::None);
    }
    Ok(format!(" {} ", kinds.join(" ")))
}

/// Seconds until the next attempt after so many; none after the last.
#[must_use]
pub fn webhook_pause_s(attempts: i64) -> Option<i64> {
    let made = usize::try_from(attempts.max(1)).ok()?;
    PAUSES_S.get(made - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_grow_apart_and_end_within_a_day() {
        let pauses: Vec<_> = (1..).map_while(webhook_pause_s).collect();

        assert_eq!(pauses, PAUSES_S);
        assert!(pauses.is_sorted());
        let all: i64 = pauses.iter().sum();
        assert!((86_400 - 60..=86_400 + 60).contains(&all), "{all}");
        assert_eq!(webhook_pause_s(10), None);
    }

    #[test]
    fn kinds_are_known_and_stored_once_each() {
        let chosen = ["message.created", "conversation.created", "message.created"];
        let chosen = chosen.map(str::to_owned);

        assert_eq!(
            webhook_events(&chosen).as_deref(),
            Ok(" conversation.created message.created ")
        );
        assert_eq!(webhook_events(&[]), Err(InvalidWebhookEvents::None));
        for unknown in ["note.created", "message", "person.erased", "%"] {
            let refused = webhook_events(&[unknown.to_owned()]);
            assert_eq!(
                refused,
                Err(InvalidWebhookEvents::Unknown(unknown.to_owned()))
            );
        }
    }
}
