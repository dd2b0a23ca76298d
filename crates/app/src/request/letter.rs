//! Letters about a request: that it came in, that it takes longer, that it is done.
//!
//! Only to an address that was known before the request; nothing personal but the address itself is in them.
//! Must not know: SMTP.

use domain::{LinkKind, RequestKind, RequestState, WorkspaceId};
use policy::{Category, Reading, RightsRequest};
use store::{HeldVisitor, RequestRow};

use super::App;
use crate::{
    egress::About, error::AppError, job::JobOutcome, letter::locale, letter_right,
    letter_text::Words, opener::Opener,
};

/// The letter that it came in, with a link for "it was me" and "it was not me".
pub(crate) const RECEIVED: i64 = 1;
/// The letter that it is done.
pub(crate) const DONE: i64 = 2;
/// The letter that it takes longer, and why.
pub(crate) const EXTENDED: i64 = 3;

/// How long a link to a copy works that was asked for by letter.
pub(crate) const COPY_LINK_S: i64 = 30 * 24 * 3_600;

impl App {
    /// Sends the letter of a stage, if the person has an address and it is the time for it still.
    pub(crate) async fn send_request_letter(
        &self,
        workspace_id: WorkspaceId,
        request_id: domain::RequestId,
        stage: i64,
    ) -> Result<JobOutcome, AppError> {
        let row = self.get_request_row(workspace_id, request_id).await?;
        let Some(person_id) = row.person_id else {
            return Ok(JobOutcome::Done);
        };
        let held = self.held_visitor(workspace_id, person_id).await?;
        let Some(held) = held else {
            return Ok(JobOutcome::Done);
        };
        let Some(words) = self.request_words(&row, &held, stage).await? else {
            return Ok(JobOutcome::Done);
        };
        let to = self
            .address_for_rights(workspace_id, person_id, &held)
            .await?;
        let Some(to) = to else {
            return Ok(JobOutcome::Done);
        };
        let about = About {
            workspace_id,
            person_id,
        };
        self.post::<RightsRequest>((about, to), words, &[Category::ContactEmail])
            .await?;
        Ok(JobOutcome::Done)
    }

    /// The address of a person, opened to write to them about their rights: of their record, or the one where
    /// they confirmed that letters about the policy go.
    pub(crate) async fn address_for_rights(
        &self,
        workspace_id: WorkspaceId,
        person_id: domain::PersonId,
        held: &HeldVisitor,
    ) -> Result<Option<String>, AppError> {
        let Some(email) = &held.email else {
            return self.subscriber_address(workspace_id, person_id).await;
        };
        let key = self.keyring.person(workspace_id, person_id).await?;
        let reading = Reading::own();
        let permit = self.letter_permit::<RightsRequest>(&reading)?;
        let opener = Opener::new(workspace_id, &key, &permit);
        opener.email(held.visitor_id, email).map(Some)
    }

    async fn request_words(
        &self,
        row: &RequestRow,
        held: &HeldVisitor,
        stage: i64,
    ) -> Result<Option<Words>, AppError> {
        let (workspace_id, site_id) = (row.workspace_id, held.site_id);
        let site = self
            .store
            .data
            .read(move |tx| store::find_site(tx, workspace_id, site_id));
        let site: Option<store::Site> = site.await.map_err(AppError::from)?;
        let site = site.ok_or(AppError::NotFound)?;
        let is_open = row.request.state == RequestState::Open;
        let (kind, due) = (row.request.kind, row.request.due_at);
        let language = locale(&site.locale);
        match stage {
            RECEIVED if is_open && row.request.proof.is_none() => {
                let subject = row.request_id.to_string();
                let link =
                    self.new_link(workspace_id, LinkKind::RequestLoop, &subject, row.person_id);
                let url = format!("{}/privacy/request/{}", self.settings.public_url, link.0);
                self.store_link(link.1).await?;
                let words = letter_right::request_received(&site.name, kind, due, &url, language);
                Ok(Some(words))
            }
            EXTENDED if is_open => {
                let words = letter_right::request_extended(&site.name, kind, due, language);
                Ok(Some(words))
            }
            // Without an address of the record it goes where the person confirmed it, or nowhere.
            DONE if !is_open && (held.email_verified_at.is_some() || held.email.is_none()) => {
                let url = self.copy_link(row).await?;
                Ok(Some(letter_right::request_done(
                    &site.name, kind, &url, language,
                )))
            }
            _ => Ok(None),
        }
    }

    /// Where a person finds what they asked for: with a link of its own if that was to see or to have a copy.
    async fn copy_link(&self, row: &RequestRow) -> Result<String, AppError> {
        let base = &self.settings.public_url;
        let is_copy = matches!(row.request.kind, RequestKind::Access | RequestKind::Export);
        let Some(person_id) = row.person_id.filter(|_| is_copy) else {
            return Ok(format!("{base}/privacy/me"));
        };
        self.new_copy_link(row.workspace_id, person_id).await
    }

    /// A link into the privacy centre that waits for a letter by post to arrive.
    pub(crate) async fn new_copy_link(
        &self,
        workspace_id: WorkspaceId,
        person_id: domain::PersonId,
    ) -> Result<String, AppError> {
        let subject = person_id.to_string();
        let kind = LinkKind::PrivacyEntry;
        let (token, mut link) = self.new_link(workspace_id, kind, &subject, Some(person_id));
        link.expires_at = self.now().plus_seconds(COPY_LINK_S);
        self.store_link(link).await?;
        Ok(format!(
            "{}/privacy/me/open/{token}",
            self.settings.public_url
        ))
    }
}
