//! The words: types, states and transitions. Pure.
//!
//! Must not know: storage, HTTP, keys, the wall clock.

mod agent;
mod canned_reply;
mod conversation;
mod disclosure;
mod email;
mod greeting;
mod id;
mod idempotency;
mod incident;
mod link;
mod look;
mod message;
mod name;
mod origin;
mod password;
mod request;
mod text;
mod webhook;
mod word;
mod working_hours;

pub use agent::{
    AGENTS_MAX, AccessChange, AccessRefusal, AgentAvailability, AgentState, Member, change_access,
    is_member_role, may_give,
};
pub use canned_reply::{CANNED_REPLIES_MAX, CannedText, InvalidCannedReply, Shortcut};
pub use conversation::*;
pub use disclosure::{
    APPROVALS_WHOLE, BUNDLE_DAYS, DISCLOSURES_OPEN_MAX, Disclosure, DisclosureRefusal,
    DisclosureRules, DisclosureScope, DisclosureState, GAG_DAYS_MAX, OPEN_DAYS, REVIEW_DAYS,
};
pub use email::{EMAIL_BYTES_MAX, EmailAddress, InvalidEmail};
pub use greeting::{Availability, Greetings, InvalidGreeting, SiteLocale, default_greeting};
pub use id::*;
pub use idempotency::{IdempotencyKey, InvalidIdempotencyKey};
pub use incident::{Incident, IncidentKind, IncidentRefusal, IncidentScope, REPORT_WITHIN_S};
pub use link::LinkKind;
pub use look::{InvalidLook, Look, Position, Theme};
pub use message::{AuthorKind, MessageKind, SystemCode, UnknownWord};
pub use name::{InvalidName, parse_name};
pub use origin::{InvalidOrigin, ORIGINS_MAX, SiteOrigin};
pub use password::{InvalidPassword, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, Password};
pub use request::{
    ExtensionReason, RECEIVED_DAYS_AGO_MAX, REQUESTS_A_DAY_MAX, Request, RequestAct, RequestKind,
    RequestProof, RequestRefusal, RequestState, RequestWay,
};
pub use text::*;
pub use webhook::{
    InvalidWebhookEvents, WEBHOOK_EVENTS, WEBHOOK_FAILING_S_MAX, WEBHOOKS_MAX, webhook_events,
    webhook_pause_s,
};
pub use working_hours::{Day, InvalidWorkingHours, Span, WorkingHours};
