//! A new version of the policy, told to the people who stand on an older one, and their answers: accept, keep
//! the old terms, or erase; where both versions say so, use after notice counts (clauses 4, 74, 76, 77).
//!
//! Why an answer is a consent: it has the version, the hash of its text, a time, a way and a receipt, and it
//! goes with the person. Silence changes nothing, unless both versions say that use counts.
//! Must not know: HTTP; how the prompt looks.

use std::collections::BTreeMap;

use domain::{ConsentId, PersonId, WorkspaceId};
use ledger::{Commitment, Entry, EntryKind, Receipt};
use policy::{Agreement, Class, Objection, Policy, Timestamp, diff};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{NewConsent, Terms};
use utoipa::ToSchema;

use crate::{
    App,
    actor::Visitor,
    consent::person_updated,
    consent_view::{ConsentView, consent_views},
    error::AppError,
    policy_simulate::{ChangeView, change_view},
    reading::person_ref,
    terms::Head,
};

/// Changes told in a prompt; the page of the difference tells all.
const TOLD_MAX: usize = 20;
/// What an answer is about, as consents call it.
pub(crate) const ABOUT: &str = "policy.";

/// An answer to a new version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeAnswer {
    /// The new terms hold for everything that is held about the person.
    Accept,
    /// The terms they stand on go on to hold.
    Keep,
    /// Everything held about them goes.
    Erase,
}

/// What stands for an answer in consents and ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Accept,
    Keep,
    Deemed,
}

/// A new version, as it is told to somebody who stands on an older one.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each decides one part of the prompt"
)]
pub struct NoticeView {
    /// Whether an answer is still due: the prompt stays until then.
    pub due: bool,
    /// Whether the policy wants a prompt.
    pub prompt: bool,
    /// The version that is told of.
    pub version: u32,
    /// The version the person stands on.
    pub stands_on: i64,
    /// The day it takes effect.
    pub effective: String,
    /// Whether it rules already.
    pub rules: bool,
    /// What changes for them, material first, at most twenty.
    pub changes: Vec<ChangeView>,
    /// Where the whole difference is shown.
    pub url: String,
    /// `act` or `deemed`: whether going on to write counts as agreement.
    pub agreement: &'static str,
    /// Whether the prompt offers to keep the old terms.
    pub may_keep: bool,
    /// The answer that stands, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<ConsentView>,
    /// The receipt of that answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub receipt: Option<Receipt>,
}

/// An answer that was taken.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnswerView {
    /// `accept`, `keep` or `erase`.
    pub answer: &'static str,
    /// The version that was answered about.
    pub version: u32,
    /// The receipt.
    #[schema(value_type = Object)]
    pub receipt: Receipt,
}

impl NoticeAnswer {
    /// The answer with this word.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Accept, Self::Keep, Self::Erase]
            .into_iter()
            .find(|answer| answer.key() == key)
    }

    /// Its word.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Keep => "keep",
            Self::Erase => "erase",
        }
    }
}

impl Kind {
    const fn about(self) -> &'static str {
        match self {
            Self::Accept => "policy.accept",
            Self::Keep => "policy.keep",
            Self::Deemed => "policy.deemed",
        }
    }
}

impl App {
    /// What is new for a visitor since the version they stand on; `None` if nothing material is.
    ///
    /// # Errors
    /// `NotFound` once they are erased; those of the database.
    pub async fn find_notice(&self, visitor: &Visitor) -> Result<Option<NoticeView>, AppError> {
        let Some(newest) = self.versions.newest_material() else {
            return Ok(None);
        };
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let terms = self.load_terms(workspace_id, person_id).await?;
        let consents: Vec<store::Consent> = self
            .store
            .data
            .read(move |tx| store::list_consents(tx, workspace_id, person_id))
            .await
            .map_err(AppError::from)?;
        let answer = consent_views(&consents).into_iter().find(|one| {
            one.purpose.starts_with(ABOUT) && one.policy_version >= i64::from(newest.version)
        });
        let due = terms.answered < i64::from(newest.version);
        if !due && answer.is_none() {
            return Ok(None);
        }
        // Who accepted is told what changed against the version they came from: the oldest answer's.
        let from = if terms.version < i64::from(newest.version) {
            terms.version
        } else {
            i64::from(
                self.material_before(newest)
                    .map_or(1, |before| before.version),
            )
        };
        let mut view = self.notice_view(newest, (terms, from), due).await?;
        if let Some(answer) = answer {
            view.receipt = Some(self.receipt(workspace_id, answer.ledger_index).await?);
            view.answer = Some(answer);
        }
        Ok(Some(view))
    }

    async fn notice_view(
        &self,
        newest: Head,
        (terms, from): (Terms, i64),
        due: bool,
    ) -> Result<NoticeView, AppError> {
        let old = self.version(u32::try_from(from).unwrap_or(1)).await?;
        let new = self.version(newest.version).await?;
        let mut changes = diff(&old, &new).changes;
        changes.sort_by_key(|change| std::cmp::Reverse(change.class));
        let told = changes
            .iter()
            .filter(|change| change.class != Class::Wording);
        let (before, after) = (&old.file().notice, &new.file().notice);
        Ok(NoticeView {
            due,
            prompt: (before.home_prompt || after.home_prompt) && !policy::rule::is_off(76),
            version: newest.version,
            stands_on: terms.version,
            effective: new.effective().date(),
            rules: newest.effective <= self.now(),
            changes: told.take(TOLD_MAX).map(change_view).collect(),
            url: format!("/privacy/v/{from}/to/{}", newest.version),
            agreement: if is_deemed(&old, &new) {
                "deemed"
            } else {
                "act"
            },
            may_keep: before.objection.max(after.objection) == Objection::KeepOldTermsOrErase,
            answer: None,
            receipt: None,
        })
    }

    /// The material version before this one.
    fn material_before(&self, newest: Head) -> Option<Head> {
        let heads = self.versions.heads();
        let mut before = heads.iter().rev();
        before
            .find(|head| head.material && head.version < newest.version)
            .copied()
    }

    /// The visitor answers about a version; the same answer again changes nothing.
    ///
    /// # Errors
    /// `notice_not_due` if nothing is to be answered, `PolicyVersionOld` if a newer version came since,
    /// `NotFound` once erased, `Full`, `Unavailable`.
    pub async fn answer_notice(
        &self,
        visitor: &Visitor,
        answer: NoticeAnswer,
        (version, way): (u32, &'static str),
    ) -> Result<AnswerView, AppError> {
        let newest = self.versions.newest_material();
        let newest = newest.filter(|newest| newest.version > 1);
        let newest = newest.ok_or_else(not_due)?;
        if version < newest.version {
            return Err(AppError::PolicyVersionOld {
                current: newest.version,
            });
        }
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let receipt = match answer {
            NoticeAnswer::Erase if policy::rule::is_off(77) => {
                self.take_answer(visitor, Kind::Keep, newest, way).await?
            }
            NoticeAnswer::Erase => self.erase_for(workspace_id, person_id, "objection").await?,
            NoticeAnswer::Accept => self.take_answer(visitor, Kind::Accept, newest, way).await?,
            NoticeAnswer::Keep => self.take_answer(visitor, Kind::Keep, newest, way).await?,
        };
        Ok(AnswerView {
            answer: answer.key(),
            version: newest.version,
            receipt,
        })
    }

    /// Use after notice counts, where the version the person stands on and the one in force both say so: what
    /// they write now is their agreement. Whether it was.
    ///
    /// # Errors
    /// Those of the databases.
    pub(crate) async fn deem(
        &self,
        (workspace_id, person_id): (WorkspaceId, PersonId),
        terms: Terms,
    ) -> Result<bool, AppError> {
        let ruling = self.policy();
        let newest = i64::from(ruling.last_material());
        if terms.answered >= newest {
            return Ok(false);
        }
        let old = self
            .version(u32::try_from(terms.version).unwrap_or(0))
            .await?;
        if !is_deemed(&old, &ruling) {
            return Ok(false);
        }
        let heads = self.versions.heads();
        let head = heads
            .iter()
            .find(|head| head.version == ruling.last_material());
        let Some(head) = head.copied() else {
            return Ok(false);
        };
        self.enter_answer((workspace_id, person_id), Kind::Deemed, head, "use")
            .await?;
        Ok(true)
    }

    async fn take_answer(
        &self,
        visitor: &Visitor,
        kind: Kind,
        newest: Head,
        way: &'static str,
    ) -> Result<Receipt, AppError> {
        let person = (visitor.workspace_id, visitor.person_id);
        let index = self.enter_answer(person, kind, newest, way).await?;
        self.receipt(visitor.workspace_id, index).await
    }

    /// Stores an answer with its ledger entry; its index, or that of the same answer given before.
    async fn enter_answer(
        &self,
        (workspace_id, person_id): (WorkspaceId, PersonId),
        kind: Kind,
        newest: Head,
        way: &'static str,
    ) -> Result<u64, AppError> {
        let text = self.version(newest.version).await?;
        let key = self.keyring.person(workspace_id, person_id).await?;
        let now = self.now();
        let consent = NewConsent {
            consent_id: ConsentId::new(now, self.random()),
            workspace_id,
            person_id,
            purpose: kind.about(),
            granted: kind != Kind::Keep,
            policy_version: i64::from(newest.version),
            text_hash: Sha256::digest(text.text().as_bytes()).into(),
            way,
        };
        let subject = Commitment(person_ref(workspace_id, person_id, &key));
        let entry = answer_entry(&consent, text.hash(), subject, now);
        let entered = self.store.data.write(move |tx| {
            let newest = consent.policy_version;
            let visitor = store::find_held_visitor(tx, workspace_id, person_id)?;
            let began = visitor.ok_or(AppError::NotFound)?.policy_version;
            let terms = store::find_terms(tx, workspace_id, person_id)?;
            let terms = terms.ok_or(AppError::NotFound)?;
            if began >= newest {
                return Err(not_due());
            }
            let consents = store::list_consents(tx, workspace_id, person_id)?;
            if let Some(same) = standing(&consents, newest, consent.purpose) {
                return Ok(same);
            }
            let version = match kind {
                Kind::Keep => kept(&consents, terms, (newest, began)),
                Kind::Accept | Kind::Deemed => newest,
            };
            let index = store::append_entry(tx, workspace_id, &entry)?;
            store::create_consent(tx, &consent, index, now)?;
            let terms = Terms {
                version,
                answered: newest,
            };
            store::update_terms(tx, workspace_id, person_id, terms)?;
            store::append_event(tx, workspace_id, &person_updated(person_id), now)?;
            Ok(index)
        });
        entered.await
    }
}

fn not_due() -> AppError {
    AppError::conflict("notice_not_due", "no version is there to be answered about")
}

/// The entry of this very answer, if it is the last one about the version.
fn standing(consents: &[store::Consent], newest: i64, purpose: &str) -> Option<u64> {
    let last = consents
        .iter()
        .find(|one| one.purpose.starts_with(ABOUT) && one.policy_version == newest);
    last.filter(|last| last.purpose == purpose)
        .map(|last| last.ledger_index)
}

/// Who accepted, or of whom it was deemed, and objects after all, stands again where they stood before.
fn kept(consents: &[store::Consent], terms: Terms, (newest, began): (i64, i64)) -> i64 {
    if terms.version < newest {
        return terms.version;
    }
    let agreed = consents
        .iter()
        .filter(|one| one.purpose.starts_with(ABOUT) && one.granted && one.policy_version < newest);
    let before = agreed.map(|one| one.policy_version).max();
    before.unwrap_or(began)
}

/// Whether use counts as agreement: only if both versions say so.
fn is_deemed(old: &Policy, new: &Policy) -> bool {
    if policy::rule::is_off(74) {
        return true;
    }
    let says = |policy: &Policy| policy.file().notice.agreement == Agreement::Deemed;
    says(old) && says(new)
}

fn answer_entry(
    consent: &NewConsent,
    policy_hash: &str,
    subject: Commitment,
    now: Timestamp,
) -> Entry {
    let kind = if consent.granted {
        EntryKind::Consent
    } else {
        EntryKind::OptOut
    };
    let details = [
        ("about", consent.purpose.to_owned()),
        ("granted", consent.granted.to_string()),
        ("policy_hash", policy_hash.to_owned()),
        ("policy_version", consent.policy_version.to_string()),
        ("way", consent.way.to_owned()),
    ];
    Entry {
        kind,
        at: now.micros(),
        subject: Some(subject),
        details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
    }
}
