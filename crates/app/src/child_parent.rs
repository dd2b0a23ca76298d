//! A parent decides about a child's record: asked by letter after it was found, or of their own accord (clauses
//! 65, 66). Whoever reads the address decides; the child's sign-in is not needed, and nothing new about the
//! child is taken to verify.
//!
//! Why an address of the record itself: it is known already, so a stranger learns and does nothing. Nothing of the
//! record is shown but when it began and on which site.
//! Must not know: HTTP, HTML.

use domain::{EmailAddress, LinkKind, PersonId, SiteId, WorkspaceId};
use ledger::{Commitment, Receipt};
use policy::{BelowMinimum, Category, ChildProtect, Reading, RightsRequest, Timestamp};
use store::ParentCase;

use crate::{
    App,
    authenticate::token_hash,
    child::{TO_PARENT, entry},
    egress::About,
    error::AppError,
    job::{JobKind, JobOutcome},
    letter::locale,
    letter_right,
    opener::Opener,
    reading::person_ref,
    throttle,
};

/// Records with one address that one letter leads to.
const RECORDS_MAX: i64 = 5;

/// What a parent decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParentAnswer {
    /// Everything goes.
    Erase,
    /// It may be used as the policy says.
    Allow,
}

/// A record as a parent is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentView {
    /// Name of the site.
    pub site: String,
    /// When it began.
    pub since: Timestamp,
    /// When it is erased without an answer; none while it is not frozen.
    pub erase_at: Option<Timestamp>,
    /// Whether the policy lets a parent allow its use.
    pub may_allow: bool,
}

impl App {
    /// Somebody asks, as a parent, for a letter with a way to delete a child's record of a site (the host's own if
    /// none is named). Nothing in the answer tells whether the address is known.
    ///
    /// # Errors
    /// `Invalid` if it is no address; `Denied` if the policy protects no children; `Full`, `Unavailable`.
    pub async fn ask_parent_link(
        &self,
        site_id: Option<SiteId>,
        email: &str,
    ) -> Result<(), AppError> {
        self.child_rules()?;
        let email = EmailAddress::parse(email)
            .map_err(|fault| AppError::invalid("email", "wrong_form", fault.to_string()))?;
        let Some(workspace_id) = self.workspace_of(site_id).await? else {
            return Ok(());
        };
        if policy::rule::is_off(66) {
            return Ok(());
        }
        let keys = self.keyring.workspace(workspace_id).await?;
        let index = keys.blind_index(email.as_str());
        let now = self.now();
        let may_send = self
            .throttle
            .take(throttle::PARENT_LETTER, &index, now)
            .is_ok();
        let known = self
            .store
            .data
            .read(move |tx| store::list_persons_of_parent(tx, workspace_id, index, 1));
        let known: Vec<ParentCase> = known.await.map_err(AppError::from)?;
        // A stranger's address leaves a job about nobody: as much work, and nothing comes of it.
        let nobody = PersonId::new(now, self.random());
        let case = known.first().filter(|_| may_send);
        let person_id = case.map_or(nobody, |case| case.person_id);
        let mut job = self.new_job(workspace_id, JobKind::Parent, &person_id.to_string());
        job.person_id = case.map(|case| case.person_id);
        let is_theirs = match case {
            Some(case) => self.has_parent(workspace_id, case.person_id, index).await?,
            None => false,
        };
        job.seq = is_theirs.then_some(TO_PARENT);
        self.enqueue(job).await
    }

    /// Sends the letter with a parent's links, one for each record with the address.
    pub(crate) async fn send_parent_letter(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        is_theirs: bool,
    ) -> Result<JobOutcome, AppError> {
        let Some(to) = self
            .parent_address(workspace_id, person_id, is_theirs)
            .await?
        else {
            return Ok(JobOutcome::Done);
        };
        let index = self.keyring.workspace(workspace_id).await?.blind_index(&to);
        let cases = self
            .store
            .data
            .read(move |tx| store::list_persons_of_parent(tx, workspace_id, index, RECORDS_MAX));
        let cases: Vec<ParentCase> = cases.await.map_err(AppError::from)?;
        let Some(first) = cases.first() else {
            return Ok(JobOutcome::Done);
        };
        let mut links = Vec::with_capacity(cases.len());
        for case in &cases {
            let (id, kind) = (case.person_id, LinkKind::Parent);
            let (token, link) = self.new_link(workspace_id, kind, &id.to_string(), Some(id));
            self.store_link(link).await?;
            let url = format!("{}/privacy/parent/{token}", self.settings.public_url);
            links.push((case.created_at, url));
        }
        let words = letter_right::parent(&first.site_name, &links, locale(&first.site_locale));
        let about = About {
            workspace_id,
            person_id,
        };
        self.post::<ChildProtect>((about, to), words, &[Category::ContactEmail])
            .await?;
        Ok(JobOutcome::Done)
    }

    /// The record that a parent's link is about.
    ///
    /// # Errors
    /// `NotFound` if the link is used, over, or its record is gone; `Unavailable`.
    pub async fn find_parent_case(&self, token: &str) -> Result<ParentView, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let may_allow = self.may_allow();
        let found = self.store.data.read(move |tx| {
            let link = store::find_link(tx, LinkKind::Parent, &hash, now)?;
            let link = link.ok_or(AppError::NotFound)?;
            let person_id = link.person_id.ok_or(AppError::NotFound)?;
            let case = store::find_parent_case(tx, link.workspace_id, person_id)?;
            let case = case.ok_or(AppError::NotFound)?;
            let child = store::find_child(tx, link.workspace_id, person_id)?;
            Ok::<_, AppError>(ParentView {
                site: case.site_name,
                since: case.created_at,
                may_allow: may_allow && child.is_some(),
                erase_at: child.map(|child| child.erase_at),
            })
        });
        found.await
    }

    /// Carries a parent's decision out; its receipt.
    ///
    /// # Errors
    /// `NotFound` if the link is used, over, or its record is gone; `Conflict` if the policy lets nobody allow it;
    /// `Denied` while a legal hold keeps it back; `Full`, `Unavailable`.
    pub async fn answer_as_parent(
        &self,
        token: &str,
        answer: ParentAnswer,
    ) -> Result<Receipt, AppError> {
        if answer == ParentAnswer::Allow && !self.find_parent_case(token).await?.may_allow {
            let detail = "the policy keeps no data of a minor, so there is nothing to allow";
            return Err(AppError::conflict("not_allowed_by_policy", detail));
        }
        let (hash, now) = (token_hash(token), self.now());
        let used = self.store.data.write(move |tx| {
            let link = store::take_link(tx, LinkKind::Parent, &hash, now)?;
            let link = link.ok_or(AppError::NotFound)?;
            Ok::<_, AppError>((link.workspace_id, link.person_id.ok_or(AppError::NotFound)?))
        });
        let (workspace_id, person_id) = used.await?;
        match answer {
            ParentAnswer::Erase => self.erase_for(workspace_id, person_id, "parent").await,
            ParentAnswer::Allow => self.allow_child(workspace_id, person_id).await,
        }
    }

    async fn allow_child(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Receipt, AppError> {
        let now = self.now();
        let key = self.keyring.person(workspace_id, person_id).await?;
        let subject = Commitment(person_ref(workspace_id, person_id, &key));
        let entry = entry("allowed", "parent".to_owned(), Some(subject), now);
        let allowed = self.store.data.write(move |tx| {
            if !store::lift_child(tx, (workspace_id, person_id), ("parent", None), now)? {
                return Err(AppError::NotFound);
            }
            Ok(store::append_entry(tx, workspace_id, &entry)?)
        });
        let index = allowed.await?;
        self.receipt(workspace_id, index).await
    }

    /// A parent may open only what the policy does not close: where nothing of a minor is kept, they may delete.
    fn may_allow(&self) -> bool {
        let policy = self.policy();
        let below = policy.file().age.map(|age| age.below_minimum);
        below == Some(BelowMinimum::FreezeOnKnowledge)
    }

    async fn has_parent(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        index: [u8; 32],
    ) -> Result<bool, AppError> {
        let to = self.parent_address(workspace_id, person_id, true).await?;
        let keys = self.keyring.workspace(workspace_id).await?;
        Ok(to.is_some_and(|to| keys.blind_index(&to) == index))
    }

    /// The address that a letter goes to: the parent's, or the one that stands in the record.
    async fn parent_address(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
        is_theirs: bool,
    ) -> Result<Option<String>, AppError> {
        let Some(key) = self.keyring.find_person(workspace_id, person_id).await? else {
            return Ok(None);
        };
        let reading = Reading::own();
        if is_theirs {
            let child = self
                .store
                .data
                .read(move |tx| store::find_child(tx, workspace_id, person_id));
            let child: Option<store::Child> = child.await.map_err(AppError::from)?;
            let permit = self.letter_permit::<ChildProtect>(&reading)?;
            let opener = Opener::new(workspace_id, &key, &permit);
            let sealed = child.and_then(|child| child.parent_email);
            return sealed
                .map(|sealed| opener.parent_email(person_id, &sealed))
                .transpose();
        }
        let found = self
            .store
            .data
            .read(move |tx| store::find_address_of_person(tx, workspace_id, person_id));
        let found: Option<(domain::VisitorId, _)> = found.await.map_err(AppError::from)?;
        let permit = self.letter_permit::<RightsRequest>(&reading)?;
        let opener = Opener::new(workspace_id, &key, &permit);
        found
            .map(|(visitor_id, sealed)| opener.email(visitor_id, &sealed))
            .transpose()
    }
}
