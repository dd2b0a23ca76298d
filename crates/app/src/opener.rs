//! Opens sealed fields of one person under one permit.
//!
//! Must not know: which fields there are to open, who asked.

use domain::{
    ConversationId, DisclosureId, HoldId, MessageId, PersonId, RequestId, VisitorId, WorkspaceId,
};
use policy::{
    BrowsingHistory, ContactEmail, DataCategory, Language, May, Name, Permit, PrivateContent,
    Purpose,
};
use vault::{Place, Sealed, SubjectKey};

use crate::error::AppError;

/// A key and a permit: what opening takes.
pub(crate) struct Opener<'a, P: Purpose> {
    workspace: String,
    key: &'a SubjectKey,
    permit: &'a Permit<'a, P>,
}

impl<'a, P: Purpose> Opener<'a, P> {
    /// Opens fields of the person whose key this is.
    pub(crate) fn new(
        workspace_id: WorkspaceId,
        key: &'a SubjectKey,
        permit: &'a Permit<'a, P>,
    ) -> Self {
        Self {
            workspace: workspace_id.to_string(),
            key,
            permit,
        }
    }

    /// A visitor's name.
    pub(crate) fn name(&self, row: VisitorId, sealed: &Sealed<Name>) -> Result<String, AppError>
    where
        P: May<Name>,
    {
        self.open("visitor", "name_sealed", &row.to_string(), sealed)
    }

    /// A visitor's address.
    pub(crate) fn email(
        &self,
        row: VisitorId,
        sealed: &Sealed<ContactEmail>,
    ) -> Result<String, AppError>
    where
        P: May<ContactEmail>,
    {
        self.open("visitor", "email_sealed", &row.to_string(), sealed)
    }

    /// A name that is asked to be put right.
    pub(crate) fn request_name(
        &self,
        row: RequestId,
        sealed: &Sealed<Name>,
    ) -> Result<String, AppError>
    where
        P: May<Name>,
    {
        self.open("request", "name_sealed", &row.to_string(), sealed)
    }

    /// An address that is asked to be put right.
    pub(crate) fn request_email(
        &self,
        row: RequestId,
        sealed: &Sealed<ContactEmail>,
    ) -> Result<String, AppError>
    where
        P: May<ContactEmail>,
    {
        self.open("request", "email_sealed", &row.to_string(), sealed)
    }

    /// The address that letters about the policy go to.
    pub(crate) fn subscriber_email(
        &self,
        row: PersonId,
        sealed: &Sealed<ContactEmail>,
    ) -> Result<String, AppError>
    where
        P: May<ContactEmail>,
    {
        self.open("subscription", "email_sealed", &row.to_string(), sealed)
    }

    /// A visitor's language.
    pub(crate) fn locale(
        &self,
        row: VisitorId,
        sealed: &Sealed<Language>,
    ) -> Result<String, AppError>
    where
        P: May<Language>,
    {
        self.open("visitor", "locale_sealed", &row.to_string(), sealed)
    }

    /// Address or title of the page of a conversation.
    pub(crate) fn page(
        &self,
        row: ConversationId,
        column: &'static str,
        sealed: &Sealed<BrowsingHistory>,
    ) -> Result<String, AppError>
    where
        P: May<BrowsingHistory>,
    {
        self.open("conversation", column, &row.to_string(), sealed)
    }

    /// Comment on a rating.
    pub(crate) fn rating_comment(
        &self,
        row: ConversationId,
        sealed: &Sealed<PrivateContent>,
    ) -> Result<String, AppError>
    where
        P: May<PrivateContent>,
    {
        self.open(
            "conversation",
            "rating_comment_sealed",
            &row.to_string(),
            sealed,
        )
    }

    /// Words of a message or note.
    pub(crate) fn body(
        &self,
        row: MessageId,
        sealed: &Sealed<PrivateContent>,
    ) -> Result<String, AppError>
    where
        P: May<PrivateContent>,
    {
        self.open("message", "body_sealed", &row.to_string(), sealed)
    }

    /// Why a hold was placed.
    pub(crate) fn hold_reason(
        &self,
        row: HoldId,
        sealed: &Sealed<PrivateContent>,
    ) -> Result<String, AppError>
    where
        P: May<PrivateContent>,
    {
        self.open("hold", "reason_sealed", &row.to_string(), sealed)
    }

    /// A parent's address.
    pub(crate) fn parent_email(
        &self,
        row: PersonId,
        sealed: &Sealed<ContactEmail>,
    ) -> Result<String, AppError>
    where
        P: May<ContactEmail>,
    {
        self.open("child", "parent_email_sealed", &row.to_string(), sealed)
    }

    /// Why, by which rule or to whom something is released, or the sealed copy itself.
    pub(crate) fn disclosure(
        &self,
        row: DisclosureId,
        column: &'static str,
        sealed: &Sealed<PrivateContent>,
    ) -> Result<String, AppError>
    where
        P: May<PrivateContent>,
    {
        self.open("disclosure", column, &row.to_string(), sealed)
    }

    fn open<C: DataCategory>(
        &self,
        table: &'static str,
        column: &'static str,
        row: &str,
        sealed: &Sealed<C>,
    ) -> Result<String, AppError>
    where
        P: May<C>,
    {
        let place = Place {
            workspace: &self.workspace,
            table,
            column,
            row,
        };
        let opened = vault::open(self.key, &place, sealed)?;
        Ok(opened.read(self.permit)?.clone())
    }
}
