//! The fields of the program that hold personal data, each with its category and whom it is about.
//!
//! Why: a policy file lists fields under its categories. The list is closed in code, so a slip in the file
//! is found, a field cannot stand under a foreign category, and the inventory of the store has one source
//! of tags (clauses 2, 20). A field that the file omits stays empty.
//! Must not know: tables, columns, forms.

/// A field that can hold personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The name in the policy file, such as `visitor.email`.
    pub name: &'static str,
    /// Its only possible category, a key of the taxonomy.
    pub category: &'static str,
    /// Whom it is about, a key of the taxonomy.
    pub subject: &'static str,
    /// The purpose it is collected and kept for; others may read it, but its `retain` rules. Instances
    /// of the purpose count as it.
    pub kept_for: &'static str,
    /// Whether this build can store it.
    pub built: bool,
    /// What it is, for people.
    pub label: &'static str,
}

impl Field {
    /// The field with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.name == name)
    }

    /// Whether a purpose is the one the field is kept for, or an instance of it.
    #[must_use]
    pub fn is_kept_for(&self, purpose: &str) -> bool {
        purpose
            .strip_prefix(self.kept_for)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

macro_rules! fields {
    ($($name:literal: $category:literal of $subject:literal for $purpose:literal, $label:literal, $built:ident;)+) => {
        /// Every field, grouped by what it belongs to.
        pub const FIELDS: &[Field] = &[$(Field {
            name: $name,
            category: $category,
            subject: $subject,
            kept_for: $purpose,
            built: fields!(@ $built),
            label: $label,
        }),+];
    };
    (@ built) => { true };
    (@ later) => { false };
}

fields! {
    "person.id": "user.unique_id.pseudonymous" of "visitor" for "support.reply", "random id of a person", built;
    "visitor.id": "user.unique_id.pseudonymous" of "visitor" for "support.reply", "random id of a browser", built;
    "visitor.token": "user.unique_id.pseudonymous" of "visitor" for "support.reply", "random token of a browser, kept as a hash", built;
    "visitor.name": "user.name" of "visitor" for "support.reply", "name given in the chat", built;
    "visitor.email": "user.contact.email" of "visitor" for "support.reply", "e-mail address given in the chat", built;
    "visitor.locale": "user.demographic.language" of "visitor" for "support.reply", "language of the browser", built;
    "visitor.remembered": "user.privacy_preferences" of "visitor" for "rights.request", "choice to be remembered in a browser", built;
    "message.body": "user.content.private" of "visitor" for "support.reply", "text of messages and internal notes, with their keyed search marks", built;
    "conversation.page": "user.behavior.browsing_history" of "visitor" for "support.reply", "address and title of the page written from", built;
    "conversation.rating": "user.content.private" of "visitor" for "support.reply", "rating of a conversation and its comment", built;
    "consent.choice": "user.privacy_preferences" of "visitor" for "rights.request", "consents and objections", built;
    "request.kind": "user.privacy_preferences" of "visitor" for "rights.request", "what a person asked for, restricted, objected to or opted out of", built;
    "request.name": "user.name" of "visitor" for "rights.request", "name that a person asked to have put right", built;
    "request.email": "user.contact.email" of "visitor" for "rights.request", "address that a person asked to have put right", built;
    "hold.reason": "user.content.private" of "visitor" for "legal.hold", "why a privacy officer put a legal hold on someone's data", built;
    "disclosure.reason": "user.content.private" of "visitor" for "legal.disclosure", "why and to whom data is released on a legal ground, and the sealed copy until it is fetched", built;
    "suppression.address": "user.contact.email" of "visitor" for "rights.request", "keyed hash of an address not to be written to", built;
    "subscriber.email": "user.contact.email" of "prospect" for "notice.letter", "address that letters about new versions of the policy go to", built;
    "visitor.channel": "user.privacy_preferences" of "visitor" for "rights.request", "choice of the way answers travel", built;
    "agent.name": "user.name" of "employee" for "account.manage", "name of an agent", built;
    "agent.email": "user.contact.email" of "employee" for "account.manage", "e-mail address of an agent", built;
    "agent.credentials": "user.authorization.credentials" of "employee" for "account.manage", "password, second factor and sign-ins of an agent, kept as hashes or sealed", built;
    "message.attachment": "user.content.private" of "visitor" for "support.reply", "file sent in the chat", later;
    "visit.ip": "user.device.ip_address" of "visitor" for "visit.log", "IP address of a visit", later;
    "visit.page": "user.behavior.browsing_history" of "visitor" for "visit.log", "page viewed", later;
    "visit.duration": "user.behavior.browsing_history" of "visitor" for "visit.log", "time spent on a page", later;
    "visit.cookie": "user.device.cookie_id" of "visitor" for "visit.log", "random id in a statistics cookie", later;
    "account.name": "user.name" of "customer" for "account.manage", "name of an account holder", later;
    "account.email": "user.contact.email" of "customer" for "account.manage", "e-mail address of an account holder", later;
    "account.address": "user.contact.address" of "customer" for "order.purchase", "postal address of an account holder", later;
    "account.password": "user.authorization.credentials" of "customer" for "account.manage", "password of an account holder, kept as a slow hash", later;
    "account.username": "user.account.username" of "customer" for "board.post", "display name of an account holder", later;
    "account.settings": "user.account.settings" of "customer" for "content.premium", "settings of an account", later;
    "order.amount": "user.payment" of "customer" for "order.purchase", "amount of an order and its payment token", later;
    "contest.entry": "user.content.private" of "prospect" for "contest.entry", "entry to a contest", later;
    "survey.answer": "user.demographic.profile" of "visitor" for "survey.answer", "answers to a survey", later;
    "post.body": "user.content.public" of "customer" for "board.post", "text posted on a public board", later;
    "parent.email": "user.contact.email" of "x.parent" for "child.protect", "address of a parent who is asked about a child", built;
    "child.mark": "user.demographic.age_range" of "visitor" for "child.protect", "mark that a person is a minor", built;
    "child.reason": "user.content.private" of "visitor" for "child.protect", "why a privacy officer took such a mark back", built;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Category, taxonomy::Taxonomy};

    #[test]
    fn every_field_has_keys_of_the_taxonomy_and_one_row() {
        for field in FIELDS {
            assert!(Taxonomy::Category.has(field.category), "{}", field.name);
            assert!(Taxonomy::Subject.has(field.subject), "{}", field.name);
            assert_eq!(
                FIELDS
                    .iter()
                    .filter(|other| other.name == field.name)
                    .count(),
                1
            );
        }
    }

    #[test]
    fn every_field_is_kept_for_a_purpose_that_may_touch_it() {
        for field in FIELDS {
            let instance = format!("{}.one", field.kept_for);
            let ceiling = crate::ceiling(field.kept_for).or_else(|| crate::ceiling(&instance));
            assert!(ceiling.unwrap().contains(&field.category), "{}", field.name);
        }
    }

    #[test]
    fn what_is_built_has_a_category_that_is_built() {
        for field in FIELDS.iter().filter(|field| field.built) {
            assert!(
                Category::from_key(field.category).is_some(),
                "{}",
                field.name
            );
        }
    }
}
