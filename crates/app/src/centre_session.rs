//! The way into the privacy centre: from a session of the person's own, or by a letter to an address that they
//! proved before (clauses 26, 28).
//!
//! Why the same answer for every address: whether somebody wrote here is nobody else's business. The work
//! until the answer is the same too, an entry in the queue, known or not; who it is for is found later.
//! Must not know: HTTP, HTML.

use domain::{EmailAddress, LinkKind, PersonId, SiteId, VisitorId, WorkspaceId};
use policy::{Category, Reading, RefusalCode, RightsRequest};
use store::{HeldVisitor, KnownReader};

use crate::{
    App,
    actor::Visitor,
    authenticate::token_hash,
    egress::About,
    error::AppError,
    job::{JobKind, JobOutcome},
    letter::locale,
    letter_right,
    opener::Opener,
    throttle,
};

/// Records with one address that one letter leads to.
const RECORDS_MAX: i64 = 5;

impl App {
    /// A link from the person's own session into the privacy centre: it works once, for an hour.
    ///
    /// # Errors
    /// `NotFound` once they are erased; `Full`, `Unavailable`.
    pub async fn new_centre_entry(&self, visitor: &Visitor) -> Result<String, AppError> {
        let token = self
            .new_centre_link(visitor, LinkKind::PrivacyEntry)
            .await?;
        Ok(format!(
            "{}/privacy/me/open/{token}",
            self.settings.public_url
        ))
    }

    /// Opens the privacy centre for a visitor who is known already; the token of the session.
    ///
    /// # Errors
    /// As [`Self::new_centre_entry`].
    pub async fn open_centre(&self, visitor: &Visitor) -> Result<String, AppError> {
        self.new_centre_link(visitor, LinkKind::PrivacySession)
            .await
    }

    async fn new_centre_link(&self, visitor: &Visitor, kind: LinkKind) -> Result<String, AppError> {
        let subject = visitor.person_id.to_string();
        let person = Some(visitor.person_id);
        let (token, link) = self.new_link(visitor.workspace_id, kind, &subject, person);
        self.store_link(link).await?;
        Ok(token)
    }

    /// Whether a link into the privacy centre still works.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn is_centre_entry(&self, token: &str) -> Result<bool, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let found = self
            .store
            .data
            .read(move |tx| store::find_link(tx, LinkKind::PrivacyEntry, &hash, now));
        Ok(found.await?.is_some())
    }

    /// Uses a link into the privacy centre; the token of the session it begins.
    ///
    /// # Errors
    /// `NotFound` if the link is used, over, or its person is erased; `Full`, `Unavailable`.
    pub async fn enter_centre(&self, token: &str) -> Result<String, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let fresh = self.new_token();
        let fresh_hash = token_hash(&fresh);
        let entered = self.store.data.write(move |tx| {
            let link = store::take_link(tx, LinkKind::PrivacyEntry, &hash, now)?;
            let (workspace_id, person_id) = link
                .and_then(|link| Some((link.workspace_id, link.person_id?)))
                .ok_or(AppError::NotFound)?;
            if !store::is_person_active(tx, workspace_id, person_id)? {
                return Err(AppError::NotFound);
            }
            let session = store::NewLink {
                workspace_id,
                token_hash: fresh_hash,
                kind: LinkKind::PrivacySession,
                subject_id: person_id.to_string(),
                person_id: Some(person_id),
                expires_at: now.plus_seconds(LinkKind::PrivacySession.lifetime_s()),
            };
            Ok(store::create_link(tx, &session, now)?)
        });
        entered.await?;
        Ok(fresh)
    }

    /// The person of a session in the privacy centre.
    ///
    /// # Errors
    /// `Unauthenticated` if it has ended; `Unavailable` if the database does not answer.
    pub async fn authenticate_centre(&self, token: &str) -> Result<Visitor, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let found = self.store.data.read(move |tx| {
            let link = store::find_link(tx, LinkKind::PrivacySession, &hash, now)?;
            let Some((workspace_id, person_id)) =
                link.and_then(|link| Some((link.workspace_id, link.person_id?)))
            else {
                return Ok(None);
            };
            let held = store::find_held_visitor(tx, workspace_id, person_id)?;
            Ok::<_, AppError>(held.map(|held| Visitor {
                workspace_id,
                site_id: held.site_id,
                visitor_id: held.visitor_id,
                person_id,
                gpc: false,
            }))
        });
        found
            .await?
            .ok_or(AppError::Unauthenticated(RefusalCode::SessionExpired))
    }

    /// Ends a session in the privacy centre. Of one that is over: nothing changes.
    ///
    /// # Errors
    /// `Full`, `Unavailable`.
    pub async fn leave_centre(&self, token: &str) -> Result<(), AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let left = self
            .store
            .data
            .write(move |tx| store::take_link(tx, LinkKind::PrivacySession, &hash, now).map(drop));
        left.await.map_err(|error: store::StoreError| error.into())
    }

    /// Somebody asks for a letter with a way into the privacy centre of a site (the host's own if none is
    /// named). Nothing in the answer tells whether the address is known, nor whether too many were asked for.
    ///
    /// # Errors
    /// `Invalid` if it is no address; `Full`, `Unavailable`.
    pub async fn ask_centre_link(
        &self,
        site_id: Option<SiteId>,
        email: &str,
    ) -> Result<(), AppError> {
        let email = EmailAddress::parse(email)
            .map_err(|fault| AppError::invalid("email", "wrong_form", fault.to_string()))?;
        let Some(workspace_id) = self.workspace_of(site_id).await? else {
            return Ok(());
        };
        let keys = self.keyring.workspace(workspace_id).await?;
        let index = keys.blind_index(email.as_str());
        let may_send = self
            .throttle
            .take(throttle::CENTRE_LETTER, &index, self.now())
            .is_ok();
        let known = self
            .store
            .data
            .read(move |tx| store::list_persons_of_address(tx, workspace_id, index, true, 1));
        let known: Vec<KnownReader> = known.await.map_err(AppError::from)?;
        // A stranger's address leaves a job about nobody: as much work, and nothing comes of it.
        let nobody = VisitorId::new(self.now(), self.random());
        let reader = known.first().filter(|_| may_send);
        let visitor_id = reader.map_or(nobody, |reader| reader.visitor_id);
        let mut job = self.new_job(
            workspace_id,
            JobKind::PrivacyCentre,
            &visitor_id.to_string(),
        );
        job.person_id = reader.map(|reader| reader.person_id);
        self.enqueue(job).await
    }

    pub(crate) async fn workspace_of(
        &self,
        site_id: Option<SiteId>,
    ) -> Result<Option<WorkspaceId>, AppError> {
        let found = self.store.data.read(move |tx| match site_id {
            Some(site_id) => store::find_workspace_of_site(tx, site_id),
            None => store::find_host_workspace(tx),
        });
        Ok(found.await?)
    }

    /// Sends the letter with a way into the privacy centre, one link for each record with the address.
    pub(crate) async fn send_centre_letter(
        &self,
        workspace_id: WorkspaceId,
        visitor_id: VisitorId,
    ) -> Result<JobOutcome, AppError> {
        let Some((to, readers)) = self.find_readers(workspace_id, visitor_id).await? else {
            return Ok(JobOutcome::Done);
        };
        let mut links = Vec::with_capacity(readers.len());
        for reader in &readers {
            let subject = reader.person_id.to_string();
            let person = Some(reader.person_id);
            let kind = LinkKind::PrivacyEntry;
            let (token, link) = self.new_link(workspace_id, kind, &subject, person);
            self.store_link(link).await?;
            let url = format!("{}/privacy/me/open/{token}", self.settings.public_url);
            links.push((reader.created_at, url));
        }
        let Some((site, person_id)) = readers
            .first()
            .map(|reader| (&reader.site_name, reader.person_id))
        else {
            return Ok(JobOutcome::Done);
        };
        let language = self.language_of(workspace_id, visitor_id).await?;
        let words = letter_right::privacy_centre(site, &links, locale(&language));
        let about = About {
            workspace_id,
            person_id,
        };
        self.post::<RightsRequest>((about, to), words, &[Category::ContactEmail])
            .await?;
        Ok(JobOutcome::Done)
    }

    /// The address of a visitor, opened, and every record that proved the same one.
    async fn find_readers(
        &self,
        workspace_id: WorkspaceId,
        visitor_id: VisitorId,
    ) -> Result<Option<(String, Vec<KnownReader>)>, AppError> {
        let Some((person_id, held)) = self.find_person_of(workspace_id, visitor_id).await? else {
            return Ok(None);
        };
        let own = match held.email.filter(|_| held.email_verified_at.is_some()) {
            Some(email) => {
                let key = self.keyring.person(workspace_id, person_id).await?;
                let reading = Reading::own();
                let permit = self.letter_permit::<RightsRequest>(&reading)?;
                Some(Opener::new(workspace_id, &key, &permit).email(visitor_id, &email)?)
            }
            None => self.subscriber_address(workspace_id, person_id).await?,
        };
        let Some(to) = own else { return Ok(None) };
        let index = self.keyring.workspace(workspace_id).await?.blind_index(&to);
        let readers = self.store.data.read(move |tx| {
            store::list_persons_of_address(tx, workspace_id, index, true, RECORDS_MAX)
        });
        Ok(Some((to, readers.await?)))
    }

    async fn find_person_of(
        &self,
        workspace_id: WorkspaceId,
        visitor_id: VisitorId,
    ) -> Result<Option<(PersonId, HeldVisitor)>, AppError> {
        let found = self.store.data.read(move |tx| {
            let Some(person_id) = store::find_person_of_visitor(tx, workspace_id, visitor_id)?
            else {
                return Ok(None);
            };
            let held = store::find_held_visitor(tx, workspace_id, person_id)?;
            Ok(held.map(|held| (person_id, held)))
        });
        found.await.map_err(|error: store::StoreError| error.into())
    }

    async fn language_of(
        &self,
        workspace_id: WorkspaceId,
        visitor_id: VisitorId,
    ) -> Result<String, AppError> {
        let Some((_, held)) = self.find_person_of(workspace_id, visitor_id).await? else {
            return Ok(String::new());
        };
        let site_id = held.site_id;
        let site = self
            .store
            .data
            .read(move |tx| store::find_site(tx, workspace_id, site_id));
        let site: Option<store::Site> = site.await.map_err(AppError::from)?;
        Ok(site.map(|site| site.locale).unwrap_or_default())
    }
}
