//! English words for the keys of a policy.
//!
//! Must not know: which section says them.

use crate::{
    actor::{Channel, Role},
    model::{Basis, File, Ground, Protect, VisitStart},
    retention::{Event, Retention},
    taxonomy::Taxonomy,
};

/// The policy in one sentence.
pub(crate) fn sentence(file: &File) -> String {
    let name = &file.policy.controller.name;
    let parties = file.processor.len();
    let start = match file.visit.start {
        VisitStart::FirstAct => "keeps nothing about you before you write",
        VisitStart::PageView => "records your visit and says so here",
    };
    let given = match parties {
        0 => "gives it to nobody".to_owned(),
        1 => "gives it to the one recipient named below".to_owned(),
        many => format!("gives it to the {many} recipients named below only"),
    };
    format!(
        "{name} {start}, uses what you give for the purposes below, {given}, and deletes it on time."
    )
}

/// What a purpose is for.
pub(crate) fn purpose(key: &str) -> String {
    let known = match key {
        "support.reply" => "to read and answer what you write in the chat",
        "support.letter" => "to send letters about a conversation",
        "support.forward" => "to pass conversations on to a program that works for us",
        "notice.letter" => {
            "to send letters about new versions of this policy to who asked for them"
        }
        "account.manage" => "to run the accounts of those who answer",
        "security.abuse" => "to keep abuse away",
        "rights.request" => "to carry out your rights and prove it",
        "content.premium" => "to open premium content to those who have it",
        "content.premium_ip" => "to tie an address to an account where a premium service needs it",
        "order.purchase" => "to take orders and payments",
        "partner.cabinet" => "to show partners counts of their referrals",
        "marketing.newsletter" => "to send the newsletter",
        "board.post" => "to publish what you post on public boards",
        "preference.remember" => "to remember a preference in your browser",
        "visit.log" => "to keep a log of visits",
        "stats.traffic" => "to count traffic",
        "stats.letters" => "to count how many open a letter",
        "ads.serve" => "to show advertisements of named advertisers",
        "legal.disclosure" => "to release data on a legal ground",
        "legal.hold" => "to hold data that law forbids to delete",
        "control.transfer" => "to hand the business over to a new owner",
        "child.protect" => "to protect children and ask their parents",
        other => return instance(other),
    };
    known.to_owned()
}

fn instance(key: &str) -> String {
    let last = key.rsplit('.').next().unwrap_or(key).replace('_', " ");
    if key.starts_with("marketing.promotion") {
        format!("to tell you about the promotion \"{last}\"")
    } else if key.starts_with("contest.entry") {
        format!("to run the contest \"{last}\"")
    } else if key.starts_with("survey.answer") {
        format!("to count the answers to the survey \"{last}\"")
    } else {
        key.to_owned()
    }
}

/// What makes a use lawful.
pub(crate) const fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Consent => "you said yes",
        Basis::Contract => "you asked for it",
        Basis::LegalObligation => "law demands it",
        Basis::LegitimateInterest => "an interest of ours that outweighs",
        Basis::VitalInterest => "life is at stake",
        Basis::OptOut => "you were told and can opt out",
        Basis::NoneNeeded => "nothing personal is touched",
    }
}

/// Who may act.
pub(crate) const fn role(role: Role) -> &'static str {
    match role {
        Role::Subject => "you yourself",
        Role::Owner => "owner",
        Role::Admin => "administrators",
        Role::Agent => "agents",
        Role::Analyst => "analysts",
        Role::Marketer => "newsletter writers",
        Role::PrivacyOfficer => "privacy officers",
        Role::System => "the program itself",
    }
}

/// How data travels.
pub(crate) const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Widget => "chat",
        Channel::Email => "e-mail",
        Channel::Internal => "inside the program",
    }
}

/// How long something is kept.
pub(crate) fn retention(retention: Retention) -> String {
    match retention {
        Retention::Until(event) => format!("until {}", happening(event)),
        Retention::For { hours, after } => format!("{} after {}", period(hours), happening(after)),
    }
}

const fn happening(event: Event) -> &'static str {
    match event {
        Event::Collected => "it came in",
        Event::ConversationClosed => "the conversation ends",
        Event::AccountClosed => "the account is closed",
        Event::VisitEnded => "the visit ends",
        Event::RequestAnswered => "the request is answered",
        Event::OrderPaid => "the order is paid",
        Event::ContestDrawn => "the winner is drawn",
        Event::SurveyClosed => "the survey ends",
        Event::PromotionEnded => "the promotion ends",
        Event::HoldReleased => "the hold is lifted",
        Event::Withdrawn => "you withdraw",
        Event::Erased => "it is erased",
    }
}

/// A number of hours in words.
pub(crate) fn period(hours: u32) -> String {
    match (hours / 24, hours % 24) {
        (0 | 1, _) | (_, 1..) => count(hours, "hour"),
        (days, 0) => count(days, "day"),
    }
}

/// `1 day`, `30 days`.
pub(crate) fn count(number: u32, unit: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

/// How a category is protected.
pub(crate) const fn protect(protect: Protect) -> &'static str {
    match protect {
        Protect::SubjectKey => "sealed under your own key",
        Protect::OneWayHash => "kept as a one-way hash",
        Protect::MemoryHmac24h => "in memory only, under a random key of 24 hours",
        Protect::DayKey => "sealed under a key of the day, which is destroyed",
        Protect::SessionPseudonym => "under a pseudonym of the session",
    }
}

/// Why data may be released.
pub(crate) const fn ground(ground: Ground) -> &'static str {
    match ground {
        Ground::TermsOrIllegal => "a breach of the terms of use or illegal activity",
        Ground::CourtOrGovernment => "an order of a court or government, or another duty by law",
        Ground::ProtectRightsSafety => "the protection of rights, property or safety",
        Ground::Emergency => "an emergency",
    }
}

/// The name of a category.
pub(crate) fn category(key: &str) -> String {
    let ours = match key {
        "user.name" => "Name",
        "user.contact.email" => "E-mail address",
        "user.content.private" => "What you write in private",
        "user.content.public" => "What you post in public",
        "user.behavior.browsing_history" => "Pages you were on",
        "user.demographic.language" => "Language of your browser",
        "user.authorization.credentials" => "Passwords and sign-ins (as hashes)",
        "user.unique_id.pseudonymous" => "Random ids",
        "user.device.ip_address" => "IP address",
        "user.privacy_preferences" => "Your consents and requests",
        other => return Taxonomy::Category.name(other),
    };
    ours.to_owned()
}

/// The same with a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn join<S: AsRef<str>>(parts: &[S]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}
