//! Ids: UUID version 7 (RFC 9562) as newtypes, made from the clock and the randomness passed in.
//!
//! Must not know: the wall clock, the random source.

use std::{fmt, str::FromStr};

use policy::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::{Builder, Uuid};

/// A text that is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an id: expected 36 characters such as 0198c5b2-7c1e-7000-8000-000000000000")]
pub struct InvalidId;

fn uuid_v7(now: Timestamp, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.micros() / 1_000).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// An id that sorts by `now` (milliseconds) and then by `random`.
            #[must_use]
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                Self(uuid_v7(now, random))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if text.len() != 36 {
                    return Err(InvalidId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }
    )+};
}

ids! {
    /// A business that signed up; the boundary between tenants.
    WorkspaceId,
    /// A web property of a workspace.
    SiteId,
    /// The data subject.
    PersonId,
    /// A browser on a site.
    VisitorId,
    /// A conversation.
    ConversationId,
    /// A message or note.
    MessageId,
    /// A member of a workspace who answers.
    AgentId,
    /// A canned reply.
    CannedReplyId,
    /// A signed-in browser of an agent.
    SessionId,
    /// A unit of background work.
    JobId,
    /// A legal hold.
    HoldId,
    /// A place that events are sent to.
    WebhookId,
    /// A breach, real or as a drill.
    IncidentId,
    /// A release on a legal ground.
    DisclosureId,
    /// A choice of a person.
    ConsentId,
    /// A request of a person.
    RequestId,
    /// The id a client gives a command, so that repeating it is safe.
    ClientMessageId,
}
