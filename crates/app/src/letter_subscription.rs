//! Sending letters about the policy to whoever asked for them: the one with the link that confirms, and one for
//! each version that changes something material.
//!
//! What stands is looked at again when a letter goes: the yes, the suppression list, the person, the policy.
//! Must not know: SMTP.

use domain::{LinkKind, PersonId, WorkspaceId};
use mail::{Mail, Marketing};
use policy::{
    Category, Channel, NoticeLetter, OptInState, Purpose as _, Reading, RightsRequest, Role,
    Timestamp,
};
use store::{StoreError, Subscription, ToTell, Tx};

use crate::{
    App,
    egress::About,
    error::AppError,
    job::{JobKind, JobOutcome},
    letter::locale,
    letter_notice,
    opener::Opener,
};

/// Seconds between two letters that ask one address for its yes.
const ASKED_S: i64 = 24 * 3_600;
/// Such letters that may wait for an answer at once, besides the newest.
const ASKED_MAX: i64 = 2;
/// Subscribers whose letters are queued in one transaction.
const TOLD_PAGE: i64 = 200;
/// Transactions in one round of housekeeping: the rest waits for the next.
const TOLD_PAGES_MAX: usize = 25;
/// What goes to the mailer's host.
const SENT: [Category; 1] = [Category::ContactEmail];

impl App {
    /// Sends the link that confirms, unless the address has had one today, or is confirmed: then the wish ends.
    pub(crate) async fn send_subscription_letter(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<JobOutcome, AppError> {
        let person = (workspace_id, person_id);
        let found = self.load_subscription(person).await?;
        let Some(wish) = found.filter(|wish| wish.state == "pending") else {
            return Ok(JobOutcome::Done);
        };
        // Asked before: an attempt that failed is made again.
        if wish.asked_at.is_none() && !self.may_ask_address(person, &wish).await? {
            return Ok(JobOutcome::Done);
        }
        let key = self.keyring.person(workspace_id, person_id).await?;
        let reading = Reading::own();
        let permit = self.letter_permit::<RightsRequest>(&reading)?;
        let opener = Opener::new(workspace_id, &key, &permit);
        let to = opener.subscriber_email(person_id, &wish.email)?;
        let kind = LinkKind::Subscription;
        let subject = person_id.to_string();
        let (token, link) = self.new_link(workspace_id, kind, &subject, Some(person_id));
        self.store_link(link).await?;
        let url = format!("{}/privacy/notices/{token}", self.settings.public_url);
        let site = self.site_of(person).await?;
        let words = letter_notice::confirm(&site.name, &url, locale(&site.locale));
        self.post::<RightsRequest>((about(person), to), words, &SENT)
            .await?;
        Ok(JobOutcome::Done)
    }

    /// Whether a letter may ask this address for its yes now; if not, the wish ends.
    async fn may_ask_address(
        &self,
        person: (WorkspaceId, PersonId),
        wish: &Subscription,
    ) -> Result<bool, AppError> {
        let (hash, now) = (wish.address_hash, self.now());
        let asked = self.store.data.write(move |tx| {
            let limits = (now.plus_seconds(-ASKED_S), ASKED_MAX);
            if store::ask_subscription(tx, person, hash, limits, now)? {
                return Ok(true);
            }
            store::end_subscription(tx, person.0, person.1, now)?;
            Ok(false)
        });
        asked
            .await
            .map_err(|error: StoreError| AppError::from(error))
    }

    /// Queues the letters about a version to subscribers who do not know it, each beside its mark: nobody is
    /// written to twice, and nobody is left out.
    pub(crate) async fn spread_to_subscribers(&self, version: u32) -> Result<(), AppError> {
        let newest = i64::from(version);
        for _ in 0..TOLD_PAGES_MAX {
            let page = self
                .store
                .data
                .read(move |tx| store::list_untold(tx, newest, TOLD_PAGE));
            let page: Vec<ToTell> = page.await.map_err(AppError::from)?;
            if page.is_empty() {
                return Ok(());
            }
            let jobs: Vec<_> = page
                .into_iter()
                .map(|one| (one, self.notice_job(one, version)))
                .collect();
            let now = self.now();
            let queued = self.store.data.write(move |tx| {
                jobs.iter()
                    .try_for_each(|(one, job)| tell(tx, *one, job, (newest, now)))
            });
            queued
                .await
                .map_err(|error: StoreError| AppError::from(error))?;
        }
        Ok(())
    }

    fn notice_job(&self, one: ToTell, version: u32) -> store::NewJob {
        let reference = format!("{version}.{}", one.person_id);
        store::NewJob {
            seq: Some(one.told_version),
            ..self
                .new_job(one.workspace_id, JobKind::Notice, &reference)
                .about(one.person_id)
        }
    }

    /// Writes to one subscriber about a version.
    pub(crate) async fn send_notice(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        (from, version): (i64, u32),
    ) -> Result<JobOutcome, AppError> {
        let person = (workspace_id, person_id);
        let Some(wish) = self.load_subscription(person).await? else {
            return Ok(JobOutcome::Done);
        };
        let hash = wish.address_hash;
        let suppressed = self
            .store
            .data
            .read(move |tx| store::is_suppressed(tx, workspace_id, hash));
        let state = OptInState {
            confirmed_at: wish.confirmed_at.filter(|_| wish.state == "confirmed"),
            suppressed: suppressed.await.map_err(AppError::from)?,
        };
        let mut standing = self.subject(workspace_id, person_id).await?;
        if state.confirmed_at.is_some() {
            standing.consents.push(NoticeLetter::KEY.to_owned());
        }
        let reading = Reading::own();
        let permit =
            self.permit::<NoticeLetter>(Role::System, Channel::Email, &standing, &reading)?;
        let proof = permit.opt_in(state)?;
        let key = self.keyring.person(workspace_id, person_id).await?;
        let to =
            Opener::new(workspace_id, &key, &permit).subscriber_email(person_id, &wish.email)?;
        let old = self.version(u32::try_from(from).unwrap_or(1)).await?;
        let new = self.version(version).await?;
        let site = self.site_of(person).await?;
        let words = letter_notice::version(&self.version_words(&old, &new), locale(&site.locale));
        let url = self
            .unsubscribe_url(workspace_id, &wish.address_hash)
            .await?;
        self.let_out::<NoticeLetter>(about(person), &standing, &SENT)
            .await?;
        let id = self.notice_id(person, version).await?;
        let mail = Mail::<Marketing>::new::<NoticeLetter>((id, to), words, url, &proof);
        self.hand_over(mail).await?;
        Ok(JobOutcome::Done)
    }

    /// The same id for the same letter: a mailbox that gets it twice, because the power failed between sending
    /// and noting it, keeps one.
    async fn notice_id(
        &self,
        (workspace_id, person_id): (WorkspaceId, PersonId),
        version: u32,
    ) -> Result<String, AppError> {
        let keys = self.keyring.workspace(workspace_id).await?;
        let digest = keys.commitment(&format!("letter about version {version} to {person_id}"));
        Ok(crate::token::hex(digest.get(..16).unwrap_or_default()))
    }

    async fn load_subscription(
        &self,
        (workspace_id, person_id): (WorkspaceId, PersonId),
    ) -> Result<Option<Subscription>, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_subscription(tx, workspace_id, person_id));
        found.await.map_err(|error: StoreError| error.into())
    }

    /// The site that a person came to.
    async fn site_of(
        &self,
        (workspace_id, person_id): (WorkspaceId, PersonId),
    ) -> Result<store::Site, AppError> {
        let found = self.store.data.read(move |tx| {
            let held = store::find_held_visitor(tx, workspace_id, person_id)?;
            let held = held.ok_or(AppError::NotFound)?;
            let site = store::find_site(tx, workspace_id, held.site_id)?;
            site.ok_or(AppError::NotFound)
        });
        found.await
    }
}

const fn about((workspace_id, person_id): (WorkspaceId, PersonId)) -> About {
    About {
        workspace_id,
        person_id,
    }
}

/// Queues a letter beside its mark.
fn tell(
    tx: &mut Tx<'_>,
    one: ToTell,
    job: &store::NewJob,
    (version, now): (i64, Timestamp),
) -> Result<(), StoreError> {
    if !store::mark_told(tx, one, version)? {
        return Ok(());
    }
    store::enqueue_job(tx, job, now).map(drop)
}
