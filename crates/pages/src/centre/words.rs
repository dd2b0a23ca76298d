//! English for the words of the privacy centre.
//!
//! Must not know: rows.

use policy::{Event, Retention, Timestamp};

/// A moment as people read it, in UTC.
pub(super) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    let short = text.get(..16).unwrap_or(&text).replacen('T', " ", 1);
    format!("{short} UTC")
}

/// What a request is for.
pub(super) fn kind(key: &str) -> &'static str {
    match key {
        "access" => "See what is held",
        "correct" => "Put something right",
        "export" => "Take a copy",
        "restrict" => "Keep it, and do not use it",
        "object" => "End one use",
        "opt_out" => "No more letters",
        "erase" => "Erase everything",
        _ => "A request",
    }
}

/// What came of a request.
pub(super) fn outcome(key: &str) -> &'static str {
    match key {
        "sent" => "sent to your address",
        "ready" => "ready, and handed over on paper",
        "corrected" => "put right",
        "restricted" => "not used any more",
        "stopped" => "this use has ended",
        "opted_out" => "no more letters",
        "erased" => "erased",
        "not_theirs" => "withdrawn: it was not you",
        _ => "done",
    }
}

/// What a purpose is for.
pub(super) fn purpose(key: &str) -> String {
    let known = match key {
        "support.reply" => "answering you in the chat",
        "support.letter" => "letters about a conversation",
        "support.forward" => "passing conversations on to a program that works for us",
        "notice.letter" => "letters about new versions of the policy",
        "rights.request" => "your rights, and the proof of them",
        "account.manage" => "running the account",
        "security.abuse" => "keeping abuse away",
        other => return other.replace(['.', '_'], " "),
    };
    known.to_owned()
}

/// A role of personnel.
pub(super) fn role(key: &str) -> &'static str {
    match key {
        "owner" => "owner",
        "admin" => "administrator",
        "agent" => "agent",
        "analyst" => "analyst",
        "marketer" => "newsletter writer",
        "privacy_officer" => "privacy officer",
        "subject" => "you",
        "system" => "the program itself",
        _ => "personnel",
    }
}

/// What was done with a request.
pub(super) fn act(key: &str) -> &'static str {
    match key {
        "received" => "came in",
        "verified" => "shown to be yours",
        "extended" => "given more time",
        "executed" => "carried out",
        "withdrawn" => "withdrawn",
        "handed_over" => "a link to the copy was made",
        _ => "changed",
    }
}

/// How long a value is kept.
pub(super) fn retention(text: &str) -> String {
    let Ok(retention) = Retention::parse(text) else {
        return text.to_owned();
    };
    let event = match retention.event() {
        Event::Collected => "it came in",
        Event::ConversationClosed => "the conversation ends",
        Event::AccountClosed => "the account is closed",
        Event::RequestAnswered => "the request is answered",
        Event::Withdrawn => "you withdraw",
        Event::Erased => "it is erased",
        other => return format!("as the policy says ({other})"),
    };
    match retention {
        Retention::Until(_) => format!("until {event}"),
        Retention::For { hours, .. } if hours.is_multiple_of(24) => {
            format!("{} days after {event}", hours / 24)
        }
        Retention::For { hours, .. } => format!("{hours} hours after {event}"),
    }
}

/// Where a value comes from.
pub(super) fn source(key: &str) -> &'static str {
    match key {
        "site" => "you, on this site",
        "partner" => "a partner of this site",
        "import" => "an earlier system",
        "invitation" => "whoever invited you, and you",
        _ => "elsewhere",
    }
}
