//! Letters: composed from ids at the moment of sending, each for a purpose that the policy allows now.
//!
//! Why at sending: what waits in the queue holds nothing personal, and a policy, an erasure or a withdrawn
//! invitation in between is obeyed (clauses 7, 21-23, 68).
//! Must not know: SMTP.

use domain::{AgentId, AgentState, ConversationId, LinkKind, SiteLocale, VisitorId, WorkspaceId};
use mail::{Letter, Mail, MailError, Transactional};
use policy::{
    AccountManage, Category, Channel, Permit, Purpose, Reading, Requested, Role, Subject,
    SupportLetter,
};

use crate::{
    App,
    actor::ANSWERING,
    agent::agent_limit,
    egress::About,
    error::AppError,
    job::{JobKind, JobOutcome},
    letter_text::{self, Words},
    throttle,
};

/// Members told that a conversation waits.
const CALLED_MAX: usize = 20;

impl App {
    /// Queues the letter that proves a visitor's address. Called when they give or change one.
    ///
    /// # Errors
    /// `TooMany` after three in an hour; `Unavailable` or `Full`.
    pub async fn send_verification(
        &self,
        workspace_id: WorkspaceId,
        visitor_id: VisitorId,
        person_id: domain::PersonId,
    ) -> Result<(), AppError> {
        let reference = visitor_id.to_string();
        let key = crate::token_hash(&reference);
        self.throttle
            .take(throttle::VERIFICATION, &key, self.now())?;
        let job = self
            .new_job(workspace_id, JobKind::Verification, &reference)
            .about(person_id);
        let now = self.now();
        let queued = self.store.data.write(move |tx| {
            store::delete_links(tx, workspace_id, LinkKind::Verification, &reference)?;
            store::enqueue_job(tx, &job, now).map(drop)
        });
        queued
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    pub(crate) async fn send_invitation(
        &self,
        workspace_id: WorkspaceId,
        agent_id: AgentId,
    ) -> Result<JobOutcome, AppError> {
        let row = self.load_agent(workspace_id, agent_id).await?;
        if row.state != AgentState::Invited {
            return Ok(JobOutcome::Done);
        }
        let workspace = self.load_workspace(workspace_id).await?;
        let link = self
            .letter_link(&row, LinkKind::Invitation, "console/invite")
            .await?;
        let words = letter_text::invitation(&workspace.name, &link);
        self.send_to_agent::<AccountManage>(&row, words).await?;
        Ok(JobOutcome::Done)
    }

    pub(crate) async fn send_reset(
        &self,
        workspace_id: WorkspaceId,
        agent_id: AgentId,
    ) -> Result<JobOutcome, AppError> {
        let row = self.load_agent(workspace_id, agent_id).await?;
        if row.state != AgentState::Active {
            return Ok(JobOutcome::Done);
        }
        let workspace = self.load_workspace(workspace_id).await?;
        let link = self
            .letter_link(&row, LinkKind::PasswordReset, "console/reset")
            .await?;
        let words = letter_text::password_reset(&workspace.name, &link);
        self.send_to_agent::<AccountManage>(&row, words).await?;
        Ok(JobOutcome::Done)
    }

    pub(crate) async fn send_verification_letter(
        &self,
        workspace_id: WorkspaceId,
        visitor_id: VisitorId,
    ) -> Result<JobOutcome, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_unproved_address(tx, workspace_id, visitor_id))
            .await
            .map_err(AppError::from)?;
        let Some(address) = found else {
            return Ok(JobOutcome::Done);
        };
        let reading = Reading::own();
        let standing = self.subject(workspace_id, address.person_id).await?;
        let permit =
            self.permit::<SupportLetter>(Role::System, Channel::Email, &standing, &reading)?;
        let key = self.keyring.person(workspace_id, address.person_id).await?;
        let opener = crate::opener::Opener::new(workspace_id, &key, &permit);
        let to = opener.email(visitor_id, &address.email)?;
        let subject = visitor_id.to_string();
        let person = Some(address.person_id);
        let (token, link) = self.new_link(workspace_id, LinkKind::Verification, &subject, person);
        self.store_link(link).await?;
        let url = format!("{}/verify/{token}", self.settings.public_url);
        let words =
            letter_text::verification(&address.site_name, &url, locale(&address.site_locale));
        let categories = [Category::ContactEmail];
        self.check_older_egress::<SupportLetter>(&standing, &categories)?;
        let about = About {
            workspace_id,
            person_id: address.person_id,
        };
        self.post::<SupportLetter>((about, to), words, &categories)
            .await?;
        Ok(JobOutcome::Done)
    }

    /// A visitor has waited a minute: if nobody looked, everybody who answers gets a letter.
    pub(crate) async fn call_agents(
        &self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
    ) -> Result<JobOutcome, AppError> {
        let Some(conversation) = self.waiting(workspace_id, conversation_id).await? else {
            return Ok(JobOutcome::Done);
        };
        let agents = self
            .store
            .data
            .read(move |tx| store::list_agents(tx, workspace_id, agent_limit()));
        let agents: Vec<store::Agent> = agents.await.map_err(AppError::from)?;
        let answers = |agent: &&store::Agent| {
            agent.state == AgentState::Active && ANSWERING.contains(&agent.role)
        };
        let assigned = |agent: &&store::Agent| {
            conversation
                .assignee_id
                .is_none_or(|assignee| assignee == agent.agent_id)
        };
        let mut called: Vec<_> = agents.iter().filter(answers).filter(assigned).collect();
        if called.is_empty() {
            called = agents.iter().filter(answers).collect();
        }
        let jobs: Vec<store::NewJob> = called
            .into_iter()
            .take(CALLED_MAX)
            .map(|agent| {
                let reference = format!("{conversation_id}.{}", agent.agent_id);
                self.new_job(workspace_id, JobKind::WaitingAgent, &reference)
                    .about(conversation.person_id)
            })
            .collect();
        let now = self.now();
        let queued = self.store.data.write(move |tx| {
            jobs.iter()
                .try_for_each(|job| store::enqueue_job(tx, job, now).map(drop))
        });
        queued
            .await
            .map_err(|error: store::StoreError| AppError::from(error))?;
        Ok(JobOutcome::Done)
    }

    pub(crate) async fn send_waiting(
        &self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
        agent_id: AgentId,
    ) -> Result<JobOutcome, AppError> {
        let row = self.load_agent(workspace_id, agent_id).await?;
        let waiting = self.waiting(workspace_id, conversation_id).await?;
        let Some(conversation) = waiting.filter(|_| row.state == AgentState::Active) else {
            return Ok(JobOutcome::Done);
        };
        let base = &self.settings.public_url;
        let url = format!("{base}/console/inbox/{conversation_id}");
        let minutes = conversation.waiting_since.map_or(0, |since| {
            (self.now().micros() - since.micros()) / 60_000_000
        });
        let words = letter_text::waiting(&conversation.site_name, minutes, &url);
        self.send_to_agent::<SupportLetter>(&row, words).await?;
        Ok(JobOutcome::Done)
    }

    /// The conversation, while its visitor waits and nobody looked.
    async fn waiting(
        &self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
    ) -> Result<Option<store::LetterConversation>, AppError> {
        let found = self
            .load_letter_conversation(workspace_id, conversation_id)
            .await?;
        Ok(found.filter(|conversation| {
            conversation.state == "open"
                && conversation.waiting_since.is_some()
                && conversation.agent_read_seq < conversation.last_seq
        }))
    }

    pub(crate) async fn load_letter_conversation(
        &self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
    ) -> Result<Option<store::LetterConversation>, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_letter_conversation(tx, workspace_id, conversation_id));
        found.await.map_err(|error: store::StoreError| error.into())
    }

    /// A link to an agent's page with a fresh token behind the `#`: it reaches no log.
    async fn letter_link(
        &self,
        row: &store::Agent,
        kind: LinkKind,
        page: &str,
    ) -> Result<String, AppError> {
        let subject = row.agent_id.to_string();
        let person = Some(row.person_id);
        let (token, link) = self.new_link(row.workspace_id, kind, &subject, person);
        self.store_link(link).await?;
        Ok(format!("{}/{page}#token={token}", self.settings.public_url))
    }

    pub(crate) async fn store_link(&self, link: store::NewLink) -> Result<(), AppError> {
        let now = self.now();
        let stored = self
            .store
            .data
            .write(move |tx| store::create_link(tx, &link, now));
        stored
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    pub(crate) async fn send_to_agent<P: Requested>(
        &self,
        row: &store::Agent,
        words: Words,
    ) -> Result<(), AppError> {
        // The address is an account's: it is opened for that, whatever the letter is about.
        let (_, to) = self.open_agent(row).await?;
        let about = About {
            workspace_id: row.workspace_id,
            person_id: row.person_id,
        };
        self.post::<P>((about, to), words, &[Category::ContactEmail])
            .await
    }

    /// The program's own permit to write letters for a purpose.
    pub(crate) fn letter_permit<'reading, P: Purpose>(
        &self,
        reading: &'reading Reading,
    ) -> Result<Permit<'reading, P>, AppError> {
        self.permit(Role::System, Channel::Email, &Subject::default(), reading)
    }

    /// Whether the policy lets these data go to the mailer's host for this purpose now.
    ///
    /// # Errors
    /// `Denied` with the clause that says no.
    pub(crate) fn check_letter<P: Purpose>(&self, categories: &[Category]) -> Result<(), AppError> {
        let reading = Reading::own();
        self.letter_permit::<P>(&reading)?;
        if let Some(host) = self.mailer.host() {
            self.policy().egress(&host, P::KEY, categories)?;
        }
        Ok(())
    }

    /// Whether the older version that a person stands on lets these data go to the mailer's host as well: a new
    /// recipient never gets what it did not cover (clauses 7, 74).
    pub(crate) fn check_older_egress<P: Purpose>(
        &self,
        subject: &Subject,
        categories: &[Category],
    ) -> Result<(), AppError> {
        if let (Some(terms), Some(host)) = (&subject.terms, self.mailer.host()) {
            terms.egress(&host, P::KEY, categories)?;
        }
        Ok(())
    }

    /// Hands a letter to the mailer, if the policy lets these data go to its host for this purpose now.
    ///
    /// # Errors
    /// `Denied` with the clause that says no; `NotFound` once the person is erased; `Unavailable` while the mail
    /// server cannot be reached, or not as the policy requires it.
    pub(crate) async fn post<P: Requested>(
        &self,
        (about, to): (About, String),
        mut words: Words,
        categories: &[Category],
    ) -> Result<(), AppError> {
        self.check_letter::<P>(categories)?;
        if policy::rule::is_off(22) {
            words
                .body
                .push_str("<img src=\"https://shop.example/offer\">");
        }
        self.let_out::<P>(about, &Subject::default(), categories)
            .await?;
        let id = crate::token::hex(&self.random::<16>());
        self.hand_over(Mail::<Transactional>::new::<P>(id, to, words))
            .await
    }

    /// Takes a letter through the egress gate: host, purpose, categories, person and line; recorded before its
    /// first byte leaves.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub(crate) async fn let_out<P: Purpose>(
        &self,
        about: About,
        subject: &Subject,
        categories: &[Category],
    ) -> Result<(), AppError> {
        let Some(host) = self.mailer.host() else {
            return Ok(());
        };
        let way = self.way_out::<P>((subject, Channel::Email), &host, categories)?;
        self.check_line(&way)?;
        self.record_sending(about, &way).await
    }

    pub(crate) async fn hand_over(&self, mail: impl Into<Letter>) -> Result<(), AppError> {
        self.mailer
            .send(&mail.into())
            .await
            .map_err(|error| match error {
                MailError::Unavailable(why) => AppError::Unavailable(why),
                MailError::Refused(why) => AppError::conflict("letter_refused", why),
            })
    }
}

/// The language of a letter.
pub(crate) fn locale(tag: &str) -> SiteLocale {
    SiteLocale::of_tag(tag).unwrap_or(SiteLocale::En)
}
