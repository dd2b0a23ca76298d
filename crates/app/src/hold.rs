//! Legal holds: placed and released by those the policy names, honoured by every erasure (clauses 52, 53).
//!
//! Why an erasure is marked all the same: from the mark on nobody reads anything of the person, so that what is
//! held is held for the court and for nobody else. What lies outside the hold goes at once; the rest when the
//! hold ends, by release or by its deadline, without anybody asking again.
//! Must not know: HTTP, which rows are held (store's statements).

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use domain::{Comment, ConversationId, HoldId, PersonId, WorkspaceId};
use ledger::{Commitment, Entry, EntryKind};
use policy::{Channel, Ground, LegalHold, Reading, RefusalCode, Subject, Timestamp, Word};
use serde::Serialize;
use store::{HeldBack, Hold, NewHold, StoreError};
use utoipa::ToSchema;

use crate::{
    App,
    actor::Agent,
    error::{AppError, FieldError},
    opener::Opener,
    reading::person_ref,
    sealer::Sealer,
};

/// Holds listed at once.
pub const HOLDS_MAX: i64 = 200;
/// Days until a hold's deadline, at most: a longer one is placed anew.
const DEADLINE_DAYS_MAX: i64 = 5 * 366;
/// Holds whose deadline has come, ended in one round.
const ENDED_MAX: i64 = 100;
const DAY_S: i64 = 24 * 3_600;
/// How the end by the deadline is entered.
const BY_DEADLINE: &str = "deadline";

/// A hold to be placed.
#[derive(Clone)]
pub struct HoldOrder {
    /// Whose data.
    pub person_id: PersonId,
    /// One conversation; none: everything of the person.
    pub conversation_id: Option<ConversationId>,
    /// A ground of the policy, such as `court-or-government`.
    pub ground: String,
    /// `sha256:` and the hash of the document that asks for it.
    pub document_hash: String,
    /// When it ends by itself, in microseconds.
    pub deadline_at: i64,
    /// Until when the person is not told, in microseconds; none: they are told.
    pub gagged_until: Option<i64>,
    /// Why, for those who may see holds.
    pub reason: String,
}

/// A hold as a privacy officer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HoldView {
    /// Id.
    pub id: String,
    /// Whose data.
    pub person_id: String,
    /// One conversation; none: everything of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// The ground.
    pub ground: String,
    /// Hash of the document.
    pub document_hash: String,
    /// Why; gone when it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ends by itself.
    pub deadline_at: i64,
    /// Until when the person is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gagged_until: Option<i64>,
    /// Id of the member who placed it.
    pub placed_by: String,
    /// When it was placed.
    pub created_at: i64,
    /// Id of the member who ended it, or `deadline`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released_by: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released_at: Option<i64>,
    /// Whether an erasure of the person waits for its end.
    pub erasure_waits: bool,
}

/// What ended with a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct HoldReleaseView {
    /// Whether the person's erasure, which had waited, is done now.
    pub erased: bool,
}

struct Parsed {
    ground: Ground,
    document_hash: [u8; 32],
    deadline_at: Timestamp,
    gagged_until: Option<Timestamp>,
    reason: Comment,
}

impl App {
    /// The workspace's holds, those that last first. Reading their reasons is accounted for.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in holds; `Unavailable`.
    pub async fn list_holds(&self, agent: &Agent) -> Result<Vec<HoldView>, AppError> {
        self.check_holding(agent)?;
        let workspace_id = agent.workspace_id;
        let holds = self
            .store
            .data
            .read(move |tx| store::list_holds(tx, workspace_id, HOLDS_MAX));
        let holds: Vec<Hold> = holds.await.map_err(AppError::from)?;
        let mut keys = HashMap::new();
        for hold in holds.iter().filter(|hold| hold.reason.is_some()) {
            if let Some(key) = self
                .keyring
                .find_person(workspace_id, hold.person_id)
                .await?
            {
                keys.insert(hold.person_id, key);
            }
        }
        let reading = self.account_reading::<LegalHold>(agent, &keys).await?;
        let permit =
            self.permit::<LegalHold>(agent.role, Channel::Widget, &Subject::default(), &reading)?;
        holds
            .into_iter()
            .map(|hold| {
                let reason = match (&hold.reason, keys.get(&hold.person_id)) {
                    (Some(sealed), Some(key)) => {
                        let opener = Opener::new(workspace_id, key, &permit);
                        Some(opener.hold_reason(hold.hold_id, sealed)?)
                    }
                    _ => None,
                };
                Ok(view(hold, reason))
            })
            .collect()
    }

    /// Places a hold.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in holds and lists the ground; `Invalid`; `NotFound`
    /// if there is no such person or conversation, or nothing left to hold.
    pub async fn place_hold(&self, agent: &Agent, order: HoldOrder) -> Result<HoldId, AppError> {
        self.check_holding(agent)?;
        let parsed = self.parse_hold(&order)?;
        let (workspace_id, person_id) = (agent.workspace_id, order.person_id);
        let key = self.keyring.find_person(workspace_id, person_id).await?;
        let key = key.ok_or(AppError::NotFound)?;
        let (now, hold_id) = (self.now(), HoldId::new(self.now(), self.random()));
        let sealer = Sealer::new(workspace_id, Arc::clone(&key), self.random_source());
        let subject = Commitment(person_ref(workspace_id, person_id, &key));
        let hold = NewHold {
            workspace_id,
            hold_id,
            person_id,
            conversation_id: order.conversation_id,
            ground: parsed.ground.word().to_owned(),
            document_hash: parsed.document_hash,
            reason: sealer.hold_reason(hold_id, &parsed.reason.into_personal()),
            deadline_at: parsed.deadline_at,
            gagged_until: parsed.gagged_until,
            placed_by: agent.agent_id,
        };
        let entry = placed(&hold, agent, subject, now);
        let placed = self.store.data.write(move |tx| {
            if !store::may_be_held(tx, workspace_id, person_id, hold.conversation_id)? {
                return Err(AppError::NotFound);
            }
            let index = store::append_entry(tx, workspace_id, &entry)?;
            Ok(store::create_hold(tx, &hold, index, now)?)
        });
        placed.await.map(|()| hold_id)
    }

    /// Ends a hold; an erasure that had waited for it is done at once, unless another hold lasts.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in holds; `NotFound` if it has ended or is none.
    pub async fn release_hold(
        &self,
        agent: &Agent,
        hold_id: HoldId,
    ) -> Result<HoldReleaseView, AppError> {
        self.check_holding(agent)?;
        let (workspace_id, by) = (agent.workspace_id, agent.agent_id.to_string());
        let person_id = self.end_hold((workspace_id, hold_id), by).await?;
        let erased = self.resume_erasure(workspace_id, person_id).await?;
        Ok(HoldReleaseView { erased })
    }

    /// Ends holds whose deadline has come.
    ///
    /// # Errors
    /// `Unavailable` or `Full`.
    pub(crate) async fn end_overdue_holds(&self) -> Result<(), AppError> {
        let now = self.now();
        let overdue = self
            .store
            .data
            .read(move |tx| store::list_overdue_holds(tx, now, ENDED_MAX));
        let overdue: Vec<(WorkspaceId, HoldId)> = overdue.await.map_err(AppError::from)?;
        for (workspace_id, hold_id) in overdue {
            match self
                .end_hold((workspace_id, hold_id), BY_DEADLINE.to_owned())
                .await
            {
                // Released in between.
                Ok(_) | Err(AppError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What keeps a person from being erased.
    pub(crate) async fn held_back(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Option<HeldBack>, AppError> {
        if policy::rule::is_off(53) {
            return Ok(None);
        }
        let held = self
            .store
            .data
            .read(move |tx| store::find_held_back(tx, workspace_id, person_id));
        held.await.map_err(|error: StoreError| error.into())
    }

    async fn end_hold(
        &self,
        (workspace_id, hold_id): (WorkspaceId, HoldId),
        by: String,
    ) -> Result<PersonId, AppError> {
        let now = self.now();
        let ended = self.store.data.write(move |tx| {
            let person_id = store::release_hold(tx, (workspace_id, hold_id), &by, now)?;
            let person_id = person_id.ok_or(AppError::NotFound)?;
            store::append_entry(tx, workspace_id, &released(hold_id, by.clone(), now))?;
            Ok(person_id)
        });
        ended.await
    }

    pub(crate) fn check_holding(&self, agent: &Agent) -> Result<(), AppError> {
        let unread = Reading::own();
        self.permit::<LegalHold>(agent.role, Channel::Widget, &Subject::default(), &unread)?;
        Ok(())
    }

    fn parse_hold(&self, order: &HoldOrder) -> Result<Parsed, AppError> {
        let now = self.now();
        let ground = self.parse_ground(&order.ground)?;
        let mut faults = Vec::new();
        let document_hash = parse_hash(&order.document_hash);
        if document_hash.is_none() {
            let what = "must be sha256: and 64 lower-case hexadecimal digits";
            faults.push(FieldError::new("document_hash", "wrong_form", what));
        }
        let (deadline_at, latest) = (
            Timestamp(order.deadline_at),
            now.plus_seconds(DEADLINE_DAYS_MAX * DAY_S),
        );
        if deadline_at <= now || deadline_at > latest {
            let what = "must be to come, and within five years";
            faults.push(FieldError::new("deadline_at", "unusable_time", what));
        }
        let gagged_until = order.gagged_until.map(Timestamp);
        if gagged_until.is_some_and(|until| until <= now || until > deadline_at) {
            let what = "must be to come, and not after the deadline";
            faults.push(FieldError::new("gagged_until", "unusable_time", what));
        }
        let reason = Comment::parse(&order.reason);
        if let Err(fault) = &reason {
            faults.push(FieldError::new("reason", fault.code(), fault.to_string()));
        }
        let (Some(document_hash), Ok(reason), true) = (document_hash, reason, faults.is_empty())
        else {
            return Err(AppError::Invalid(faults));
        };
        Ok(Parsed {
            ground,
            document_hash,
            deadline_at,
            gagged_until,
            reason,
        })
    }

    /// A ground that the file lists.
    pub(crate) fn parse_ground(&self, word: &str) -> Result<Ground, AppError> {
        let policy = self.policy();
        let listed = policy.file().disclosure.as_ref();
        let known = Ground::from_word(word);
        let known = known
            .filter(|ground| listed.is_some_and(|disclosure| disclosure.grounds.contains(ground)));
        known.ok_or_else(|| {
            AppError::Denied(RefusalCode::GroundNotDeclared.refuse(
                "the policy does not list this ground",
                "name one of `disclosure.grounds`, or add it in a new version",
            ))
        })
    }
}

/// Why an erasure is not done yet, for whoever may be told.
pub(crate) fn erasure_waits(until: Timestamp) -> AppError {
    let what = "the erasure is ordered, and nobody reads anything of it any more; a legal hold keeps what \
                it names until it ends";
    let mend = format!(
        "nothing has to be done: what is held is erased by itself when the hold ends, on {} at the latest",
        until.date()
    );
    AppError::Denied(RefusalCode::ErasureWaitsForHold.refuse(what, mend))
}

pub(crate) fn placed(hold: &NewHold, agent: &Agent, subject: Commitment, now: Timestamp) -> Entry {
    let scope = if hold.conversation_id.is_some() {
        "conversation"
    } else {
        "person"
    };
    let details = [
        ("act", "placed".to_owned()),
        ("hold", hold.hold_id.to_string()),
        ("scope", scope.to_owned()),
        ("ground", hold.ground.clone()),
        ("document", hash_text(&hold.document_hash)),
        ("deadline_at", hold.deadline_at.micros().to_string()),
        ("by", agent.agent_id.to_string()),
    ];
    Entry {
        kind: EntryKind::Hold,
        at: now.micros(),
        subject: Some(subject),
        details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
    }
}

fn released(hold_id: HoldId, by: String, now: Timestamp) -> Entry {
    let details = [
        ("act", "released".to_owned()),
        ("hold", hold_id.to_string()),
        ("by", by),
    ];
    Entry {
        kind: EntryKind::Hold,
        at: now.micros(),
        subject: None,
        details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
    }
}

pub(crate) fn parse_hash(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix("sha256:")?;
    // The ledger has the one form of hexadecimal digits: lower case, all of them.
    let commitment: Commitment =
        serde_json::from_value(serde_json::Value::String(digits.to_owned())).ok()?;
    Some(commitment.0)
}

pub(crate) fn hash_text(hash: &[u8]) -> String {
    let hash: [u8; 32] = hash.try_into().unwrap_or_default();
    format!("sha256:{}", Commitment(hash))
}

fn view(hold: Hold, reason: Option<String>) -> HoldView {
    HoldView {
        id: hold.hold_id.to_string(),
        person_id: hold.person_id.to_string(),
        conversation_id: hold.conversation_id.map(|id| id.to_string()),
        ground: hold.ground,
        document_hash: hash_text(&hold.document_hash),
        reason,
        deadline_at: hold.deadline_at.micros(),
        gagged_until: hold.gagged_until.map(Timestamp::micros),
        placed_by: hold.placed_by,
        created_at: hold.created_at.micros(),
        released_by: hold.released_by,
        released_at: hold.released_at.map(Timestamp::micros),
        erasure_waits: hold.is_erasure_waiting,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_a_document_has_one_form() {
        let digits = "ab".repeat(32);

        assert_eq!(parse_hash(&format!("sha256:{digits}")), Some([0xab; 32]));
        assert_eq!(hash_text(&[0xab; 32]), format!("sha256:{digits}"));
        for text in [
            digits.clone(),
            format!("sha256:{}", digits.to_uppercase()),
            "sha256:".to_owned(),
            format!("sha256:{digits}0"),
        ] {
            assert_eq!(parse_hash(&text), None, "{text}");
        }
    }
}
