//! "This is a minor": the record is frozen at once for everybody, held for a parent's decision, and erased when
//! the time is over; or a privacy officer takes the mark back (clauses 62, 65).
//!
//! Why two clocks: without a parent's address a record is held for `hold_hours` only; once a parent is asked,
//! they have until `erase_days` after the mark. No answer is never a yes.
//! Must not know: HTTP, SQL, what the parent is shown (`child_parent.rs`).

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use domain::{Comment, EmailAddress, PersonId, WorkspaceId};
use ledger::{Commitment, Entry, EntryKind};
use policy::{
    Age, Ask, Channel, ChildProtect, Purpose as _, Reading, RefusalCode, Role, Subject, Timestamp,
};
use serde::Serialize;
use store::{Child, NewChild};
use utoipa::ToSchema;

use crate::{
    App, actor::Agent, error::AppError, job::JobKind, message::field_error, opener::Opener,
    reading::person_ref, sealer::Sealer,
};

/// Frozen records listed at once.
pub const CHILDREN_MAX: i64 = 200;
/// Records whose time is over, erased in one round.
const DUE_MAX: i64 = 100;
/// Who may say that somebody is a minor: whoever may meet them.
const MARKING: &[Role] = &[Role::Owner, Role::Admin, Role::Agent, Role::PrivacyOfficer];
/// Place of a job whose letter goes to a parent's own address; of the others it goes to the record's.
pub(crate) const TO_PARENT: i64 = 1;

/// A frozen record as a privacy officer sees it.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChildView {
    /// Whose record.
    pub person_id: String,
    /// Name of the site they wrote on.
    pub site: String,
    /// Their conversations.
    pub conversations: i64,
    /// Id of the member who said so.
    pub marked_by: String,
    /// When.
    pub marked_at: i64,
    /// Until when a parent's address must be there, in microseconds.
    pub hold_until: i64,
    /// When it is erased without an answer, in microseconds.
    pub erase_at: i64,
    /// When a parent was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<i64>,
    /// The parent's address, most of it covered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_masked: Option<String>,
    /// Whether a legal hold keeps something of it.
    pub held: bool,
    /// What is to be done: `ask_parent`, or `wait_for_parent`.
    pub next: &'static str,
}

opaque_debug!(ChildView);

impl App {
    /// Freezes a visitor's record: from the commit on nobody but a privacy officer sees anything of it. Again:
    /// nothing changes.
    ///
    /// # Errors
    /// `Forbidden` for analysts and marketers, `Denied` if the policy protects no children, `NotFound`.
    pub async fn mark_child(&self, agent: &Agent, person_id: PersonId) -> Result<(), AppError> {
        agent.require(MARKING)?;
        if policy::rule::is_off(62) {
            return Ok(());
        }
        let (age, workspace_id, now) = (self.child_rules()?, agent.workspace_id, self.now());
        let key = self.keyring.find_person(workspace_id, person_id).await?;
        let key = key.ok_or(AppError::NotFound)?;
        let sealer = Sealer::new(workspace_id, Arc::clone(&key), self.random_source());
        let found = age.found_child;
        let child = NewChild {
            workspace_id,
            person_id,
            mark: sealer.child_mark(person_id),
            marked_by: agent.agent_id,
            hold_until: now.plus_seconds(i64::from(found.hold_hours) * 3_600),
            erase_at: now.plus_days(found.erase_days),
        };
        let subject = Commitment(person_ref(workspace_id, person_id, &key));
        let entry = entry("frozen", agent.agent_id.to_string(), Some(subject), now);
        let marked = self.store.data.write(move |tx| {
            if store::find_child(tx, workspace_id, person_id)?.is_some() {
                return Ok(());
            }
            let index = store::append_entry(tx, workspace_id, &entry)?;
            if store::freeze_child(tx, &child, index, now)? {
                return Ok(());
            }
            Err(AppError::NotFound)
        });
        marked.await
    }

    /// The workspace's frozen records, those that end first before the others.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in protecting children; `Unavailable`.
    pub async fn list_children(&self, agent: &Agent) -> Result<Vec<ChildView>, AppError> {
        self.check_protecting(agent)?;
        let workspace_id = agent.workspace_id;
        let rows = self
            .store
            .data
            .read(move |tx| store::list_children(tx, workspace_id, CHILDREN_MAX));
        let rows: Vec<Child> = rows.await.map_err(AppError::from)?;
        let mut keys = HashMap::new();
        for row in rows.iter().filter(|row| row.parent_email.is_some()) {
            let found = self
                .keyring
                .find_person(workspace_id, row.person_id)
                .await?;
            keys.extend(found.map(|key| (row.person_id, key)));
        }
        let reading = self.account_reading::<ChildProtect>(agent, &keys).await?;
        let subject = Subject::default();
        let permit =
            self.permit::<ChildProtect>(agent.role, Channel::Widget, &subject, &reading)?;
        rows.iter()
            .map(|row| {
                let parent = match (&row.parent_email, keys.get(&row.person_id)) {
                    (Some(sealed), Some(key)) => {
                        let opener = Opener::new(workspace_id, key, &permit);
                        Some(opener.parent_email(row.person_id, sealed)?)
                    }
                    _ => None,
                };
                Ok(view(row, parent))
            })
            .collect()
    }

    /// A privacy officer says that it is no minor, and why: the record is as it was.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part, `Invalid` reason, `NotFound` if nothing is frozen.
    pub async fn lift_child(
        &self,
        agent: &Agent,
        person_id: PersonId,
        reason: &str,
    ) -> Result<(), AppError> {
        self.check_protecting(agent)?;
        let reason = Comment::parse(reason).map_err(field_error("reason"))?;
        let (workspace_id, now) = (agent.workspace_id, self.now());
        let key = self.keyring.find_person(workspace_id, person_id).await?;
        let key = key.ok_or(AppError::NotFound)?;
        let subject = Commitment(person_ref(workspace_id, person_id, &key));
        let sealer = Sealer::new(workspace_id, key, self.random_source());
        let reason = sealer.child_reason(person_id, reason);
        let by = agent.agent_id.to_string();
        let entry = entry("lifted", by.clone(), Some(subject), now);
        let lifted = self.store.data.write(move |tx| {
            let person = (workspace_id, person_id);
            if !store::lift_child(tx, person, (&by, Some(&reason)), now)? {
                return Err(AppError::NotFound);
            }
            store::append_entry(tx, workspace_id, &entry)?;
            Ok(())
        });
        lifted.await
    }

    /// Notes a parent's address and writes to it. It is used for nothing else, and goes with the record.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part or lets no letter out, `Invalid` address, `NotFound`.
    pub async fn ask_parent(
        &self,
        agent: &Agent,
        person_id: PersonId,
        email: &str,
    ) -> Result<(), AppError> {
        self.check_protecting(agent)?;
        self.check_letter::<ChildProtect>(&[policy::Category::ContactEmail])?;
        let email = EmailAddress::parse(email)
            .map_err(|fault| AppError::invalid("email", "wrong_form", fault.to_string()))?;
        let (workspace_id, now) = (agent.workspace_id, self.now());
        let keys = self.keyring.workspace(workspace_id).await?;
        let index = keys.blind_index(email.as_str());
        self.throttle
            .take(crate::throttle::PARENT_LETTER, &index, now)?;
        let key = self.keyring.find_person(workspace_id, person_id).await?;
        let key = key.ok_or(AppError::NotFound)?;
        let subject = Commitment(person_ref(workspace_id, person_id, &key));
        let sealer = Sealer::new(workspace_id, key, self.random_source());
        let email = sealer.parent_email(person_id, email);
        let entry = entry("asked", agent.agent_id.to_string(), Some(subject), now);
        let mut job = self
            .new_job(workspace_id, JobKind::Parent, &person_id.to_string())
            .about(person_id);
        job.seq = Some(TO_PARENT);
        let asked = self.store.data.write(move |tx| {
            let person = (workspace_id, person_id);
            if !store::ask_parent(tx, person, (&email, index), now)? {
                return Err(AppError::NotFound);
            }
            store::append_entry(tx, workspace_id, &entry)?;
            store::enqueue_job(tx, &job, now)?;
            Ok(())
        });
        asked.await
    }

    /// Erases frozen records whose time is over. What a legal hold keeps is held for it alone.
    ///
    /// # Errors
    /// The first failure, after each had its turn.
    pub(crate) async fn erase_due_children(&self) -> Result<(), AppError> {
        if policy::rule::is_off(65) {
            return Ok(());
        }
        let now = self.now();
        let due = self
            .store
            .data
            .read(move |tx| store::list_due_children(tx, now, DUE_MAX));
        let due: Vec<(WorkspaceId, PersonId)> = due.await.map_err(AppError::from)?;
        let mut failed = None;
        for (workspace_id, person_id) in due {
            match self
                .erase_for(workspace_id, person_id, "child_lapsed")
                .await
            {
                Ok(_) | Err(AppError::NotFound) => {}
                Err(AppError::Denied(refusal))
                    if refusal.code == RefusalCode::ErasureWaitsForHold.key() => {}
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// `[age]` of the policy, if it protects children.
    pub(crate) fn child_rules(&self) -> Result<Age, AppError> {
        let (policy, subject) = (self.policy(), Subject::default());
        let ask = Ask {
            role: Role::System,
            channel: Channel::Internal,
            subject: &subject,
            now: self.now(),
        };
        policy.decide(ChildProtect::KEY, &ask)?;
        policy.file().age.ok_or_else(|| {
            AppError::Denied(
                RefusalCode::PurposeNotDeclared
                    .refuse("the policy has no [age]", "add it in a new version"),
            )
        })
    }

    fn check_protecting(&self, agent: &Agent) -> Result<(), AppError> {
        let unread = Reading::own();
        let subject = Subject::default();
        self.permit::<ChildProtect>(agent.role, Channel::Widget, &subject, &unread)?;
        Ok(())
    }
}

/// What whoever wrote as a minor is told.
pub(crate) fn record_frozen() -> AppError {
    AppError::Denied(RefusalCode::RecordFrozen.refuse(
        "this chat is closed: it is kept for a parent's decision, and nobody else sees it",
        "a parent may write to us, or nothing is done and it is erased",
    ))
}

/// What a person is told of a mark that was taken back.
pub(crate) fn told_lifted(lifted: Option<&store::LiftedChild>) -> Vec<(&'static str, String)> {
    let Some(lifted) = lifted else {
        return Vec::new();
    };
    let (from, to) = (lifted.marked_at.date(), lifted.lifted_at.date());
    let mark = format!("taken for a minor's record on {from}, and taken back on {to}");
    let mut told = vec![("child.mark", mark)];
    if lifted.has_reason {
        told.push(("child.reason", "why it was taken back; sealed".to_owned()));
    }
    told
}

/// An entry about a minor's record.
pub(crate) fn entry(
    act: &'static str,
    by: String,
    subject: Option<Commitment>,
    now: Timestamp,
) -> Entry {
    let details = [("act", act.to_owned()), ("by", by)];
    Entry {
        kind: EntryKind::Child,
        at: now.micros(),
        subject,
        details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
    }
}

fn view(row: &Child, parent: Option<String>) -> ChildView {
    let masked = parent.and_then(|parent| EmailAddress::parse(&parent).ok());
    ChildView {
        person_id: row.person_id.to_string(),
        site: row.site_name.clone(),
        conversations: row.conversations,
        marked_by: row.marked_by.clone(),
        marked_at: row.marked_at.micros(),
        hold_until: row.hold_until.micros(),
        erase_at: row.erase_at.micros(),
        asked_at: row.asked_at.map(Timestamp::micros),
        parent_masked: masked.map(|masked| masked.masked()),
        held: row.is_held,
        next: if row.asked_at.is_some() {
            "wait_for_parent"
        } else {
            "ask_parent"
        },
    }
}
