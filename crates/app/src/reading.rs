//! Readings: personnel read personal fields only after an entry is on disk (clauses 6, 69, 70).
//!
//! One entry per reader, person, purpose and quarter of an hour, streams included. The person stands in it
//! as a reference keyed with their own key, so the entry says nothing once they are erased.
//! Must not know: what is read.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use domain::{AgentId, PersonId, WorkspaceId};
use ledger::{Commitment, Entry, EntryKind};
use policy::{Purpose, Reading, Timestamp};
use store::Reserve;
use vault::{Place, SubjectKey, body_mac};

use crate::{App, actor::Agent, error::AppError};

/// Length of a slot: one entry covers it.
const SLOT_MICROS: i64 = 15 * 60 * 1_000_000;
/// Entries remembered as written; past that the memory starts anew and the database tells.
const REMEMBERED_MAX: usize = 100_000;

type Key = (WorkspaceId, AgentId, PersonId, &'static str, i64);

/// Entries already on disk in this slot.
#[derive(Default)]
pub(crate) struct ReadingCache(Mutex<HashSet<Key>>);

impl ReadingCache {
    fn missing(&self, keys: Vec<Key>) -> Vec<Key> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.into_iter()
            .filter(|key| !known.contains(key))
            .collect()
    }

    fn remember(&self, keys: &[Key]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = keys.iter().map(|key| key.4).max().unwrap_or(0);
        if known.len() + keys.len() > REMEMBERED_MAX {
            known.retain(|key| key.4 == slot);
        }
        if known.len() + keys.len() <= REMEMBERED_MAX {
            known.extend(keys.iter().copied());
        }
    }
}

/// The reference that stands for a person in readings and ledger entries; dies with their key.
#[must_use]
pub fn person_ref(workspace_id: WorkspaceId, person_id: PersonId, key: &SubjectKey) -> [u8; 32] {
    let (workspace, row) = (workspace_id.to_string(), person_id.to_string());
    let place = Place {
        workspace: &workspace,
        table: "person",
        column: "reference",
        row: &row,
    };
    body_mac(key, &place, "")
}

impl App {
    /// Accounts for an agent's reading of these persons, before anything of theirs is opened.
    ///
    /// # Errors
    /// `Unavailable` if the entry cannot be written: then nothing is read (fail closed).
    pub async fn account_reading<P: Purpose>(
        &self,
        agent: &Agent,
        persons: &HashMap<PersonId, Arc<SubjectKey>>,
    ) -> Result<Reading, AppError> {
        let now = self.now();
        let slot = now.micros() / SLOT_MICROS;
        let keys: Vec<Key> = persons
            .keys()
            .filter(|person_id| **person_id != agent.person_id)
            .map(|person_id| (agent.workspace_id, agent.agent_id, *person_id, P::KEY, slot))
            .collect();
        let missing = self.readings.missing(keys);
        if missing.is_empty() {
            return Ok(Reading::logged(0));
        }
        let entries: Vec<_> = missing
            .iter()
            .filter_map(|key| {
                let subject = persons.get(&key.2)?;
                Some(NewReading::new(
                    agent,
                    person_ref(agent.workspace_id, key.2, subject),
                    key,
                ))
            })
            .collect();
        let written = self.store.data.write_reserved(Reserve::Reading, move |tx| {
            entries.iter().try_for_each(|entry| entry.write(tx, now))
        });
        written
            .await
            .map_err(|error: store::StoreError| match error {
                // Past the reserve nobody of the personnel reads on (`policy-spec` section 3).
                store::StoreError::Full => AppError::Unavailable(
                    "the disk is full: readings cannot be accounted for".into(),
                ),
                other => other.into(),
            })?;
        self.readings.remember(&missing);
        Ok(Reading::logged(0))
    }
}

/// A reading not yet on disk.
struct NewReading {
    row: store::NewReading,
    subject: Commitment,
}

impl NewReading {
    fn new(agent: &Agent, person_ref: [u8; 32], key: &Key) -> Self {
        Self {
            row: store::NewReading {
                workspace_id: agent.workspace_id,
                person_ref,
                reader_id: agent.agent_id,
                purpose: key.3,
                slot: key.4,
                role: agent.role.key(),
            },
            subject: Commitment(person_ref),
        }
    }

    fn write(&self, tx: &mut store::Tx<'_>, now: Timestamp) -> Result<(), store::StoreError> {
        if store::has_reading(tx, &self.row)? {
            return Ok(());
        }
        let details = [
            ("purpose", self.row.purpose.to_owned()),
            ("reader", self.row.reader_id.to_string()),
            ("role", self.row.role.to_owned()),
        ];
        let entry = Entry {
            kind: EntryKind::Reading,
            at: now.micros(),
            subject: Some(self.subject),
            details: details
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        };
        let index = store::append_entry(tx, self.row.workspace_id, &entry)?;
        store::create_reading(tx, &self.row, index, now)
    }
}
