//! Revealing one field of a person to one of the personnel: a reading with its own purpose, entered before
//! the value is opened, each time, and not often (clauses 6, 69, 70).
//!
//! Why an entry each time: an ordinary reading covers a quarter of an hour; who asked for exactly this field
//! is told one by one.
//! Must not know: HTTP.

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::Ordering,
};

use domain::PersonId;
use ledger::{Commitment, Entry, EntryKind};
use policy::{Ask, Channel, Purpose, Reading, RefusalCode, RightsRequest, Subject, SupportReply};
use serde::Serialize;
use store::Reserve;
use utoipa::ToSchema;

use crate::{
    App,
    actor::Agent,
    authenticate::token_hash,
    error::AppError,
    held::{LOOKING, MaySeeAll},
    opener::Opener,
    reading::person_ref,
    throttle,
};

/// A value opened for one of the personnel.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RevealedView {
    /// Name of the field.
    pub field: String,
    /// The value.
    pub value: String,
}

impl App {
    /// Opens one field of a person for an agent.
    ///
    /// # Errors
    /// `Forbidden` or `Denied` unless role and policy allow the purpose, `TooMany`, `NotFound` if there is no
    /// such person or field, `Unavailable` if the reading cannot be entered: then nothing is opened.
    pub async fn reveal_field(
        &self,
        agent: &Agent,
        person_id: PersonId,
        field: &str,
        purpose: &str,
    ) -> Result<RevealedView, AppError> {
        agent.require(LOOKING)?;
        match purpose {
            SupportReply::KEY => {
                self.reveal_for::<SupportReply>(agent, person_id, field)
                    .await
            }
            RightsRequest::KEY => {
                self.reveal_for::<RightsRequest>(agent, person_id, field)
                    .await
            }
            _ if policy::rule::is_off(6) => {
                self.reveal_for::<SupportReply>(agent, person_id, field)
                    .await
            }
            other => Err(self.refuse_purpose(agent, other)),
        }
    }

    /// Why a purpose opens nothing: the policy refuses it, or it is one that reads no field of a person.
    fn refuse_purpose(&self, agent: &Agent, purpose: &str) -> AppError {
        let ask = Ask {
            role: agent.role,
            channel: Channel::Widget,
            subject: &Subject::default(),
            now: self.now(),
        };
        let refusal = self.policy().decide(purpose, &ask).err();
        AppError::Denied(refusal.unwrap_or_else(|| {
            RefusalCode::PurposeNotForReading.refuse(
                "this purpose opens no field of a person",
                format!("ask for {} or {}", SupportReply::KEY, RightsRequest::KEY),
            )
        }))
    }

    async fn reveal_for<P: MaySeeAll + Purpose>(
        &self,
        agent: &Agent,
        person_id: PersonId,
        field: &str,
    ) -> Result<RevealedView, AppError> {
        let workspace_id = agent.workspace_id;
        // Asked first, so that a refusal costs neither an entry nor an attempt.
        let unread = Reading::own();
        self.permit::<P>(agent.role, Channel::Widget, &Subject::default(), &unread)?;
        let subject = self.subject(workspace_id, person_id).await?;
        self.permit::<P>(agent.role, Channel::Widget, &subject, &unread)?;
        let held = self.load_held(workspace_id, person_id).await?;
        let Some(field) = held.revealable(field) else {
            return Err(AppError::NotFound);
        };
        let who = token_hash(&agent.agent_id.to_string());
        self.throttle.take(throttle::REVEAL, &who, self.now())?;
        let key = self.keyring.person(workspace_id, person_id).await?;
        let keys = HashMap::from([(person_id, std::sync::Arc::clone(&key))]);
        let reading = self.account_reading::<P>(agent, &keys).await?;
        let named = Commitment(person_ref(workspace_id, person_id, &key));
        self.enter_reveal(agent, (P::KEY, field), named).await?;
        let permit = self.permit::<P>(agent.role, Channel::Widget, &subject, &reading)?;
        let opener = Opener::new(workspace_id, &key, &permit);
        let value = held.reveal(field, &opener)?.ok_or(AppError::NotFound)?;
        self.reveals.fetch_add(1, Ordering::Relaxed);
        Ok(RevealedView {
            field: field.to_owned(),
            value,
        })
    }

    async fn enter_reveal(
        &self,
        agent: &Agent,
        (purpose, field): (&'static str, &'static str),
        subject: Commitment,
    ) -> Result<(), AppError> {
        let workspace_id = agent.workspace_id;
        let details = [
            ("act", "reveal".to_owned()),
            ("field", field.to_owned()),
            ("purpose", purpose.to_owned()),
            ("reader", agent.agent_id.to_string()),
            ("role", agent.role.key().to_owned()),
        ];
        let entry = Entry {
            kind: EntryKind::Reading,
            at: self.now().micros(),
            subject: Some(subject),
            details: BTreeMap::from(details.map(|(key, value)| (key.to_owned(), value))),
        };
        let entered = self.store.data.write_reserved(Reserve::Reading, move |tx| {
            store::append_entry(tx, workspace_id, &entry).map(drop)
        });
        entered
            .await
            .map_err(|error: store::StoreError| match error {
                store::StoreError::Full => {
                    AppError::Unavailable("the disk is full: readings cannot be entered".to_owned())
                }
                other => other.into(),
            })
    }
}
