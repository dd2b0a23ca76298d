//! Telling the person of a release: at once, or when the order ends that forbids it (clause 53).
//!
//! Why nobody has to remember: the end of the order stands in the row, and the round of housekeeping looks.
//! Must not know: SMTP.

use domain::{DisclosureId, DisclosureState, PersonId, WorkspaceId};
use policy::{
    Category, LegalDisclosure, LegalHold, NotifySubject, Purpose, RightsRequest, Timestamp,
};
use store::{DisclosureRow, StoreError, Tx};

use super::{App, SYSTEM, entry};
use crate::{
    egress::About,
    error::AppError,
    job::{JobKind, JobOutcome},
    letter::locale,
    letter_right,
};

/// Releases told of in one round.
const TOLD_MAX: i64 = 100;
/// Releases listed to their person.
const LISTED_MAX: i64 = 20;

/// Releases about a person that they may be told of.
pub(crate) fn told(
    tx: &mut Tx<'_>,
    (workspace_id, person_id): (WorkspaceId, PersonId),
    now: Timestamp,
) -> Result<Vec<DisclosureRow>, StoreError> {
    let mut rows = store::list_disclosures_of_person(tx, workspace_id, person_id, LISTED_MAX)?;
    rows.retain(|row| {
        row.state == DisclosureState::Released && row.gagged_until.is_none_or(|until| until <= now)
    });
    Ok(rows)
}

/// Purposes whose readings stand for something the person may not be told of yet.
pub(crate) fn is_gagged_purpose(purpose: &str) -> bool {
    [LegalHold::KEY, LegalDisclosure::KEY].contains(&purpose)
}

impl App {
    /// Tells of every release that nothing forbids to tell of any more.
    ///
    /// # Errors
    /// `Unavailable` or `Full`.
    pub(crate) async fn tell_of_disclosures(&self) -> Result<(), AppError> {
        let now = self.now();
        let untold = self
            .store
            .data
            .read(move |tx| store::list_untold_disclosures(tx, now, TOLD_MAX));
        let untold: Vec<_> = untold
            .await
            .map_err(|error: StoreError| AppError::from(error))?;
        for key in untold {
            self.tell_of_disclosure(key).await?;
        }
        Ok(())
    }

    async fn tell_of_disclosure(&self, key: (WorkspaceId, DisclosureId)) -> Result<(), AppError> {
        let now = self.now();
        let policy = self.policy();
        let rule = policy.file().disclosure.as_ref();
        let is_owed = rule.is_none_or(|rule| rule.notify_subject == NotifySubject::UnlessGagged);
        let job = self.new_job(key.0, JobKind::Disclosure, &key.1.to_string());
        let told = self.store.data.write(move |tx| {
            if !store::mark_disclosure_told(tx, key, now)? {
                return Ok(());
            }
            if is_owed {
                store::enqueue_job(tx, &job, now)?;
            }
            let way = if is_owed { "letter" } else { "page" };
            let more = vec![("way", way.to_owned())];
            let entered = entry("told", (key.1, SYSTEM.to_owned()), None, more, now);
            store::append_entry(tx, key.0, &entered)?;
            Ok::<_, StoreError>(())
        });
        told.await.map_err(AppError::from)
    }

    /// Sends the letter about a release, if the person has an address.
    pub(crate) async fn send_disclosure_letter(
        &self,
        workspace_id: WorkspaceId,
        disclosure_id: DisclosureId,
    ) -> Result<JobOutcome, AppError> {
        let row = self.load_disclosure(workspace_id, disclosure_id).await?;
        let Some(person_id) = row.person_id else {
            return Ok(JobOutcome::Done);
        };
        let Some(held) = self.held_visitor(workspace_id, person_id).await? else {
            return Ok(JobOutcome::Done);
        };
        let site_id = held.site_id;
        let site = self
            .store
            .data
            .read(move |tx| store::find_site(tx, workspace_id, site_id));
        let site: Option<store::Site> = site.await.map_err(AppError::from)?;
        let site = site.ok_or(AppError::NotFound)?;
        let to = self.address_for_rights(workspace_id, person_id, &held);
        let Some(to) = to.await? else {
            return Ok(JobOutcome::Done);
        };
        let link = format!("{}/privacy/me", self.settings.public_url);
        let about = About {
            workspace_id,
            person_id,
        };
        let words = letter_right::data_released(&site.name, &link, locale(&site.locale));
        self.post::<RightsRequest>((about, to), words, &[Category::ContactEmail])
            .await?;
        Ok(JobOutcome::Done)
    }
}
