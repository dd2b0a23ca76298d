//! Seals fields of one person under their key. The counterpart of `opener.rs`.
//!
//! Must not know: which fields there are to seal, whether the policy has room for them.

use std::sync::Arc;

use domain::{
    ClientMessageId, Comment, ConversationId, DisclosureId, DisplayName, EmailAddress, HoldId,
    Locale, MessageBody, MessageId, PersonId, RequestId, VisitorId, WorkspaceId,
};
use policy::{
    AgeRange, BrowsingHistory, ContactEmail, DataCategory, Language, Name, Personal, PrivateContent,
};
use vault::{Place, Sealed, SubjectKey, body_mac};

use crate::random::{Random, bytes};

/// A key and a source of nonces: what sealing takes.
#[derive(Clone)]
pub(crate) struct Sealer {
    workspace: String,
    key: Arc<SubjectKey>,
    random: Arc<dyn Random>,
}

impl Sealer {
    /// Seals fields of the person whose key this is.
    pub(crate) fn new(
        workspace_id: WorkspaceId,
        key: Arc<SubjectKey>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self {
            workspace: workspace_id.to_string(),
            key,
            random,
        }
    }

    /// The source of randomness.
    pub(crate) fn random(&self) -> &dyn Random {
        &*self.random
    }

    /// Words of a message or note.
    pub(crate) fn body(&self, row: MessageId, body: MessageBody) -> Sealed<PrivateContent> {
        self.seal(
            "message",
            "body_sealed",
            &row.to_string(),
            &body.into_personal(),
        )
    }

    /// A code of the program as a body: sealed as well, so that a row says nothing of a conversation.
    pub(crate) fn code(&self, row: MessageId, code: &str) -> Sealed<PrivateContent> {
        let plain = Personal::new(code.to_owned());
        self.seal("message", "body_sealed", &row.to_string(), &plain)
    }

    /// Tells whether a repeated message is the same: bound to the id its writer gave it.
    pub(crate) fn mac(&self, row: ClientMessageId, kind: &str, body: &str) -> [u8; 32] {
        let row = row.to_string();
        let place = self.place("message", "body_mac", &row);
        body_mac(&self.key, &place, &format!("{kind}\n{body}"))
    }

    /// Why a hold is placed.
    pub(crate) fn hold_reason(
        &self,
        row: HoldId,
        reason: &Personal<String, PrivateContent>,
    ) -> Sealed<PrivateContent> {
        self.seal("hold", "reason_sealed", &row.to_string(), reason)
    }

    /// That somebody is a minor.
    pub(crate) fn child_mark(&self, row: PersonId) -> Sealed<AgeRange> {
        let plain = Personal::new("minor".to_owned());
        self.seal("child", "mark_sealed", &row.to_string(), &plain)
    }

    /// A parent's address.
    pub(crate) fn parent_email(&self, row: PersonId, email: EmailAddress) -> Sealed<ContactEmail> {
        let plain = Personal::new(email.into_string());
        self.seal("child", "parent_email_sealed", &row.to_string(), &plain)
    }

    /// Why such a mark is taken back.
    pub(crate) fn child_reason(&self, row: PersonId, reason: Comment) -> Sealed<PrivateContent> {
        let plain = reason.into_personal();
        self.seal("child", "reason_sealed", &row.to_string(), &plain)
    }

    /// Why, by which rule or to whom something is released, or the sealed copy itself.
    pub(crate) fn disclosure(
        &self,
        row: DisclosureId,
        column: &'static str,
        plain: &Personal<String, PrivateContent>,
    ) -> Sealed<PrivateContent> {
        self.seal("disclosure", column, &row.to_string(), plain)
    }

    /// A visitor's name.
    pub(crate) fn name(&self, row: VisitorId, name: DisplayName) -> Sealed<Name> {
        self.seal(
            "visitor",
            "name_sealed",
            &row.to_string(),
            &name.into_personal(),
        )
    }

    /// A visitor's address.
    pub(crate) fn email(&self, row: VisitorId, email: EmailAddress) -> Sealed<ContactEmail> {
        let plain = Personal::new(email.into_string());
        self.seal("visitor", "email_sealed", &row.to_string(), &plain)
    }

    /// A name that is asked to be put right.
    pub(crate) fn request_name(&self, row: RequestId, name: DisplayName) -> Sealed<Name> {
        let plain = name.into_personal();
        self.seal("request", "name_sealed", &row.to_string(), &plain)
    }

    /// An address that is asked to be put right.
    pub(crate) fn request_email(
        &self,
        row: RequestId,
        email: EmailAddress,
    ) -> Sealed<ContactEmail> {
        let plain = Personal::new(email.into_string());
        self.seal("request", "email_sealed", &row.to_string(), &plain)
    }

    /// The address that letters about the policy go to.
    pub(crate) fn subscriber_email(
        &self,
        row: PersonId,
        email: EmailAddress,
    ) -> Sealed<ContactEmail> {
        let plain = Personal::new(email.into_string());
        self.seal("subscription", "email_sealed", &row.to_string(), &plain)
    }

    /// A visitor's language.
    pub(crate) fn locale(&self, row: VisitorId, locale: Locale) -> Sealed<Language> {
        self.seal(
            "visitor",
            "locale_sealed",
            &row.to_string(),
            &locale.into_personal(),
        )
    }

    /// Address or title of the page of a conversation.
    pub(crate) fn page(
        &self,
        row: ConversationId,
        column: &'static str,
        plain: &Personal<String, BrowsingHistory>,
    ) -> Sealed<BrowsingHistory> {
        self.seal("conversation", column, &row.to_string(), plain)
    }

    /// Comment on a rating.
    pub(crate) fn comment(&self, row: ConversationId, comment: Comment) -> Sealed<PrivateContent> {
        let plain = comment.into_personal();
        self.seal(
            "conversation",
            "rating_comment_sealed",
            &row.to_string(),
            &plain,
        )
    }

    fn seal<C: DataCategory>(
        &self,
        table: &'static str,
        column: &'static str,
        row: &str,
        plain: &Personal<String, C>,
    ) -> Sealed<C> {
        let place = self.place(table, column, row);
        vault::seal(&self.key, &place, plain, bytes(&*self.random))
    }

    fn place<'a>(&'a self, table: &'static str, column: &'static str, row: &'a str) -> Place<'a> {
        Place {
            workspace: &self.workspace,
            table,
            column,
            row,
        }
    }
}
