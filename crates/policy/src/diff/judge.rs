//! One rule for each kind of setting; what has none is material.
//!
//! Must not know: whole policies.

use super::{
    Class,
    setting::{Setting, Settings},
};
use crate::{
    model::{
        Agreement, Audience, Basis, BelowMinimum, Floor, Gate, NotifySubject, Objection, Pixel,
        Proof, Protect, Records, Require, Set, TransferObjection, VisitStart,
    },
    purpose::{Purpose, RightsRequest},
    retention::{Retention, parse_hours},
    time::Timestamp,
    word::Word,
};

type Judged = (Class, &'static str);

/// Purposes that are no use of data for ourselves: to drop them takes something from people.
const RIGHTS: &str = RightsRequest::KEY;
const CHILDREN: &str = "child.protect";

const UNKNOWN: Judged = (Class::Material, "no rule knows this change");

/// Judges one setting that differs; `after` is the whole later policy.
pub(super) fn judge(
    setting: &Setting,
    (old, new): (Option<&str>, Option<&str>),
    after: &Settings,
) -> Judged {
    if setting.section() == "words" || is_contact(setting) {
        return (Class::Wording, "wording or contact details");
    }
    match (old, new) {
        (None, Some(_)) => added(setting),
        (Some(_), None) => removed(setting, after),
        (Some(old), Some(new)) => changed(setting, old, new),
        (None, None) => UNKNOWN,
    }
}

/// Judges a whole `[[section]]` entry that came or went.
pub(super) fn judge_entry(entry: &Setting, came: bool) -> Judged {
    if came {
        let reason = match entry.section() {
            "exception" => "new exception",
            "purpose" => "new purpose",
            "category" => "new category",
            "processor" => "new third party or processor",
            "source" => "new source",
            "cookie" => "something new is kept in the browser",
            "form" => "new form",
            _ => UNKNOWN.1,
        };
        return (Class::Material, reason);
    }
    let guards = [RIGHTS, CHILDREN];
    let of_people = entry.entry().is_some_and(|key| guards.contains(&key));
    if entry.section() == "purpose" && of_people {
        return (Class::Material, "a protection of people is gone");
    }
    (Class::Narrower, "removed")
}

/// The owner stands in for administrators while no purpose names the owner: that begins.
pub(super) const OWNER_STANDS_IN: Judged = (
    Class::Material,
    "no purpose names the owner any more, who then has what administrators have",
);

fn is_contact(setting: &Setting) -> bool {
    let key = setting.key();
    match setting.section() {
        "policy" => {
            key.starts_with("contact.") || matches!(key, "controller.post" | "controller.web")
        }
        "processor" => key == "privacy",
        "exception" => key == "reason",
        _ => false,
    }
}

/// Settings that bind us: more of them is stricter.
fn binds(setting: &Setting) -> bool {
    let first = setting.key().split('.').next().unwrap_or("");
    setting.section() == "age"
        || matches!(first, "honours" | "require" | "proof" | "output" | "ends")
}

fn added(setting: &Setting) -> Judged {
    if binds(setting) {
        return (Class::Narrower, "a new bound");
    }
    let reason = match (setting.section(), setting.key()) {
        ("policy", "sites") => "a site added",
        ("category" | "form", "fields") => "new field",
        (_, "categories") => "new category",
        (_, "roles") => "new role",
        (_, "channels") => "new channel",
        (_, "sources") => "new source",
        (_, "hosts") => "new host",
        (_, "purposes") => "a processor for one more purpose",
        (_, "subjects") => "data about others",
        (_, "uses") => "new use by an advertiser",
        ("form", "needed") => "a field must be filled",
        ("disclosure", _) => "new disclosure ground",
        ("transfer", _) => "data may go to a new owner of the business",
        ("visit", "join_purpose") => "visits are tied to a person",
        _ => UNKNOWN.1,
    };
    (Class::Material, reason)
}

fn removed(setting: &Setting, after: &Settings) -> Judged {
    if is_surpassed(setting, after) {
        return (Class::Narrower, "stricter");
    }
    if binds(setting) {
        return (Class::Material, "a bound is gone");
    }
    let is_removal = setting.member().is_some()
        || matches!(setting.section(), "disclosure" | "transfer")
        || (setting.section(), setting.key()) == ("visit", "join_purpose");
    if is_removal {
        return (Class::Narrower, "removed");
    }
    UNKNOWN
}

/// A bound that a stricter one in the same list takes the place of: TLS 1.2 by TLS 1.3.
fn is_surpassed(setting: &Setting, after: &Settings) -> bool {
    let older = Require::Tls12.word();
    setting.key() == "require"
        && setting.member() == Some(older)
        && after.contains_key(&setting.with_member(Require::Tls13.word()))
}

fn changed(setting: &Setting, old: &str, new: &str) -> Judged {
    let last = setting.key().rsplit('.').next().unwrap_or("");
    match last {
        "answer_days" | "extend_days" | "optout_minutes" | "hold_hours" | "erase_days"
        | "review_hours" | "keep_days" => shorter_is_stricter(old, new),
        "material_days" | "notify_days" | "k" | "round" | "approvals" | "minimum"
        | "child_line" => longer_is_stricter(old, new),
        "retain" => retain(old, new),
        "lifetime" => lifetime(old, new),
        "home_prompt"
        | "email_accounts"
        | "notify_parent"
        | "suppress_after_erase"
        | "replay_erasures" => flag(new == "true"),
        "typing_preview" | "keys_included" => flag(new == "false"),
        "until" => earlier_is_stricter(old, new, "an exception lasts longer"),
        "ends" => earlier_is_stricter(old, new, "a purpose ends later"),
        _ => words(last, setting, old, new),
    }
}

/// Settings whose words are ordered, loosest first.
fn words(last: &str, setting: &Setting, old: &str, new: &str) -> Judged {
    match (setting.section(), last) {
        ("policy", "floor") => order::<Floor>(old, new, "the floor loosens"),
        ("notice", "objection") => order::<Objection>(old, new, "a weaker objection"),
        ("notice", "agreement") => order::<Agreement>(old, new, "a weaker agreement"),
        ("notice", "records") => order::<Records>(old, new, "old records follow"),
        ("age", "gate") => order::<Gate>(old, new, "a looser gate"),
        ("age", "below_minimum") => order::<BelowMinimum>(old, new, "a looser gate"),
        ("age", "audience") => order::<Audience>(old, new, "a looser gate"),
        ("visit", "start") => order::<VisitStart>(old, new, "recorded earlier"),
        ("category", "protect") => order::<Protect>(old, new, "weaker protection"),
        ("purpose", "basis") => basis(old, new),
        ("purpose", "proof") => order::<Proof>(old, new, "a weaker proof"),
        ("purpose", "pixel") => order::<Pixel>(old, new, "pixel on"),
        ("cookie", "set") => order::<Set>(old, new, "set earlier"),
        ("disclosure", "notify_subject") => {
            order::<NotifySubject>(old, new, "the subject is no longer told")
        }
        ("transfer", "objection") => order::<TransferObjection>(old, new, "a weaker objection"),
        ("policy", "name" | "controller.name") => (Class::Material, "the controller changes"),
        ("processor", "country" | "kind" | "name") => {
            (Class::Material, "country or kind of a processor changes")
        }
        ("purpose", "use") => (Class::Material, "another use"),
        ("source", _) => (Class::Material, "data comes from elsewhere or otherwise"),
        _ => UNKNOWN,
    }
}

fn order<W: Word + Ord>(old: &str, new: &str, looser: &'static str) -> Judged {
    match (W::from_word(old), W::from_word(new)) {
        (Some(old), Some(new)) => by_order(new > old, new < old, looser),
        _ => UNKNOWN,
    }
}

/// Consent is stricter than anything; the others are different in kind, so that only the weaker is told apart.
fn basis(old: &str, new: &str) -> Judged {
    match (Basis::from_word(old), Basis::from_word(new)) {
        (Some(_), Some(Basis::Consent)) => (Class::Narrower, "stricter"),
        (Some(old), Some(new)) if new < old => (Class::Material, "a weaker basis"),
        (Some(_), Some(_)) => (Class::Material, "another basis"),
        _ => UNKNOWN,
    }
}

const fn by_order(stricter: bool, looser: bool, reason: &'static str) -> Judged {
    if stricter {
        (Class::Narrower, "stricter")
    } else if looser {
        (Class::Material, reason)
    } else {
        UNKNOWN
    }
}

fn shorter_is_stricter(old: &str, new: &str) -> Judged {
    match (old.parse::<u32>(), new.parse::<u32>()) {
        (Ok(old), Ok(new)) => by_order(new < old, new > old, "longer than before"),
        _ => UNKNOWN,
    }
}

fn earlier_is_stricter(old: &str, new: &str, later: &'static str) -> Judged {
    match (Timestamp::parse(old), Timestamp::parse(new)) {
        (Some(old), Some(new)) => by_order(new < old, new > old, later),
        _ => UNKNOWN,
    }
}

fn longer_is_stricter(old: &str, new: &str) -> Judged {
    match (old.parse::<u32>(), new.parse::<u32>()) {
        (Ok(old), Ok(new)) => by_order(new > old, new < old, "less than before"),
        _ => UNKNOWN,
    }
}

fn retain(old: &str, new: &str) -> Judged {
    match (Retention::parse(old), Retention::parse(new)) {
        (Ok(old), Ok(new)) => {
            let longer = new.may_outlast(old);
            by_order(!longer, longer, "longer retention")
        }
        _ => UNKNOWN,
    }
}

/// A browser keeps a session's entry until it closes: shorter than any period.
fn lifetime(old: &str, new: &str) -> Judged {
    let hours = |text: &str| match text {
        "session" => Some(0),
        period => parse_hours(period),
    };
    match (hours(old), hours(new)) {
        (Some(old), Some(new)) => by_order(new < old, new > old, "kept longer in the browser"),
        _ => UNKNOWN,
    }
}

const fn flag(stricter: bool) -> Judged {
    by_order(stricter, !stricter, "a promise is dropped")
}
