//! Consent: to be remembered in this browser, and to take that back just as easily (clauses 4, 35, 37).
//!
//! Each choice is kept with the version and text it was made under and how it was made, stands in the
//! ledger, and gives a receipt.
//! Must not know: HTTP; what the browser keeps.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ConsentId, PersonId, WorkspaceId};
use ledger::{Commitment, Entry, EntryKind, Receipt};
use policy::{Basis, NoticeLetter, Purpose as _, RefusalCode, Timestamp};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Audience, NewConsent, NewEvent};
use utoipa::ToSchema;

use crate::{App, actor::Visitor, error::AppError, reading::person_ref};

/// What the choice is about: the field that holds it.
const REMEMBER: &str = "visitor.remembered";
/// The register entry that the browser keeps after a yes.
const REMEMBER_ENTRY: &str = "chatham.remember";
/// How a visitor chooses.
const WAY: &str = "widget";

/// A choice as it stands now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RememberView {
    /// Whether this browser remembers the visitor.
    pub remembered: bool,
    /// The receipt of the choice.
    #[schema(value_type = Object)]
    pub receipt: Receipt,
}

/// A choice about a use of data, as it stands now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChoiceView {
    /// Key of the purpose.
    pub purpose: &'static str,
    /// Yes, or no.
    pub granted: bool,
    /// The receipt of the choice.
    #[schema(value_type = Object)]
    pub receipt: Receipt,
}

impl App {
    /// The visitor says yes to a use that rests on their consent, or takes it back. Taking back is always possible.
    ///
    /// # Errors
    /// `PolicyVersionMissing` or `PolicyVersionOld`; `Denied` by clause 6 if the policy has no such use by consent;
    /// `NotFound` once erased, `Full`, `Unavailable`.
    pub async fn choose_purpose(
        &self,
        visitor: &Visitor,
        (purpose, granted): (&str, bool),
        policy_version: Option<u32>,
    ) -> Result<ChoiceView, AppError> {
        let policy = self.policy();
        let person = (visitor.workspace_id, visitor.person_id);
        self.check_shown(Some(person), policy_version).await?;
        let built = policy::BUILT.iter().find(|(key, _)| *key == purpose);
        let by_consent = policy
            .purpose(purpose)
            .is_some_and(|rule| rule.basis == Basis::Consent);
        let Some((purpose, _)) = built.filter(|_| by_consent || !granted) else {
            let refused = RefusalCode::PurposeNotDeclared.refuse(
                "the policy has no such use that rests on consent",
                "nothing to do: nothing is done with it",
            );
            return Err(refused.into());
        };
        if let Some(receipt) = self.choose_notices(visitor, (purpose, granted)).await? {
            return Ok(ChoiceView {
                purpose,
                granted,
                receipt,
            });
        }
        let index = match self.standing_choice(visitor, purpose, granted).await? {
            Some(index) => index,
            None => {
                self.enter_choice(visitor, (purpose, granted), policy_version)
                    .await?
            }
        };
        Ok(ChoiceView {
            purpose,
            granted,
            receipt: self.receipt(visitor.workspace_id, index).await?,
        })
    }

    /// Letters about the policy end with the choice; they begin by a link that reaches the address only.
    async fn choose_notices(
        &self,
        visitor: &Visitor,
        (purpose, granted): (&str, bool),
    ) -> Result<Option<Receipt>, AppError> {
        if purpose != NoticeLetter::KEY {
            return Ok(None);
        }
        if granted {
            let detail = "these letters are confirmed by the link that reaches the address";
            return Err(AppError::conflict("confirmed_by_letter", detail));
        }
        self.end_own_notices(visitor, WAY).await
    }

    /// Purposes that a person said yes to and has not taken back; asked only where a policy rests on it.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub(crate) async fn consents_of(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Vec<String>, AppError> {
        let policy = self.policy();
        let mut rules = policy.file().purpose.iter();
        if !rules.any(|rule| rule.basis == Basis::Consent) {
            return Ok(Vec::new());
        }
        let consents = self
            .store
            .data
            .read(move |tx| store::list_consents(tx, workspace_id, person_id));
        let consents: Vec<store::Consent> = consents.await.map_err(AppError::from)?;
        let mut known = BTreeSet::new();
        // Newest first: of each purpose the newest choice stands.
        let standing = consents
            .into_iter()
            .filter(|consent| known.insert(consent.purpose.clone()) && consent.granted);
        Ok(standing.map(|consent| consent.purpose).collect())
    }

    /// Whether the policy lets a browser remember its visitor.
    #[must_use]
    pub fn may_remember(&self) -> bool {
        let policy = self.policy();
        policy.cookie(REMEMBER_ENTRY).is_ok() && policy.has_field(REMEMBER)
    }

    /// The visitor chooses to be remembered in this browser, or no longer.
    ///
    /// # Errors
    /// `PolicyVersionMissing` or `PolicyVersionOld`, `Denied` if the policy has no room for it, `NotFound`
    /// once erased, `Full`, `Unavailable`.
    pub async fn choose_remembering(
        &self,
        visitor: &Visitor,
        remember: bool,
        policy_version: Option<u32>,
    ) -> Result<RememberView, AppError> {
        let policy = self.policy();
        let person = (visitor.workspace_id, visitor.person_id);
        self.check_shown(Some(person), policy_version).await?;
        if remember {
            // To take it back is always possible.
            policy.cookie(REMEMBER_ENTRY)?;
            policy.field_allowed(REMEMBER)?;
        }
        let index = match self.standing_choice(visitor, REMEMBER, remember).await? {
            Some(index) => index,
            None => {
                self.enter_choice(visitor, (REMEMBER, remember), policy_version)
                    .await?
            }
        };
        Ok(RememberView {
            remembered: remember,
            receipt: self.receipt(visitor.workspace_id, index).await?,
        })
    }

    /// The entry of a choice that stands already: choosing the same again changes nothing.
    async fn standing_choice(
        &self,
        visitor: &Visitor,
        purpose: &str,
        granted: bool,
    ) -> Result<Option<u64>, AppError> {
        let held = self
            .load_held(visitor.workspace_id, visitor.person_id)
            .await?;
        let newest = held
            .consents
            .iter()
            .find(|consent| consent.purpose == purpose);
        Ok(newest
            .filter(|consent| consent.granted == granted)
            .map(|consent| consent.ledger_index))
    }

    async fn enter_choice(
        &self,
        visitor: &Visitor,
        (purpose, granted): (&'static str, bool),
        policy_version: Option<u32>,
    ) -> Result<u64, AppError> {
        let Visitor {
            workspace_id,
            visitor_id,
            person_id,
            ..
        } = *visitor;
        let key = self.keyring.person(workspace_id, person_id).await?;
        let now = self.now();
        let policy = self.policy();
        let version = policy_version.unwrap_or_else(|| policy.version());
        let text_hash: [u8; 32] = Sha256::digest(policy.text().as_bytes()).into();
        let consent = NewConsent {
            consent_id: ConsentId::new(now, self.random()),
            workspace_id,
            person_id,
            purpose,
            granted,
            policy_version: i64::from(version),
            text_hash,
            way: WAY,
        };
        let subject = Commitment(person_ref(workspace_id, person_id, &key));
        let entry = consent_entry(&consent, policy.hash(), subject, now);
        let entered = self.store.data.write(move |tx| {
            if !store::is_person_active(tx, workspace_id, person_id)? {
                return Err(AppError::NotFound);
            }
            let index = store::append_entry(tx, workspace_id, &entry)?;
            store::create_consent(tx, &consent, index, now)?;
            if purpose == REMEMBER {
                store::update_remembered(tx, workspace_id, visitor_id, granted.then_some(now))?;
            }
            store::append_event(tx, workspace_id, &person_updated(person_id), now)?;
            Ok(index)
        });
        entered.await
    }
}

/// What others see when something about a person has changed.
pub(crate) fn person_updated(person_id: PersonId) -> NewEvent {
    NewEvent {
        kind: "person.updated",
        audience: Audience::All,
        person_id: Some(person_id),
        conversation_id: None,
        ref_id: None,
        seq: None,
    }
}

fn consent_entry(
    consent: &NewConsent,
    policy_hash: &str,
    subject: Commitment,
    now: Timestamp,
) -> Entry {
    let details = [
        ("about", consent.purpose.to_owned()),
        ("granted", consent.granted.to_string()),
        ("policy_hash", policy_hash.to_owned()),
        ("policy_version", consent.policy_version.to_string()),
        ("way", consent.way.to_owned()),
    ];
    Entry {
        kind: EntryKind::Consent,
        at: now.micros(),
        subject: Some(subject),
        details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
    }
}
