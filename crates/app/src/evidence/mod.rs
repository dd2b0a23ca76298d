//! Prove it: evidence of how the promise was kept, for somebody who does not trust us (clauses 70, 72, 73).
//!
//! What is in it: the versions of the policy with their proofs, the ledger's entries from one signed checkpoint
//! to the next, what the sweeper did, and counts that whoever has the file can count again. Nothing personal: a
//! person stands in the ledger as a commitment.
//! Why in pieces: a ledger may be long. The end is fixed when it begins; what is entered since is not in it.
//! Must not know: HTTP, how a person is shown.

mod fact;
mod summary;

use std::sync::Arc;

use domain::{PersonId, WorkspaceId};
use ledger::{Commitment, Entry, EvidenceHead, EvidenceWriter, Hash, Part, Tally};
use policy::Timestamp;
use store::{LedgerNodes, Tx};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    App,
    actor::{Agent, RIGHTS},
    authenticate::token_hash,
    error::AppError,
    proof::{BUNDLE_ENTRIES_MAX, ENTRIES_PAGE},
    reading::person_ref,
    throttle,
};

/// Made at once, so that reading whole ledgers leaves room for everything else.
const AT_ONCE_MAX: usize = 2;
/// Seconds after which a third one may try again.
const RETRY_S: u32 = 10;
/// Entries of one person, each with a proof of its own.
const PERSON_ENTRIES_MAX: usize = 5_000;
/// Proofs in one piece.
const PROOFS_PAGE: usize = 100;

/// What is to be proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceAbout {
    /// Everything of a period.
    Period {
        /// From when; none: from the first entry on.
        from: Option<Timestamp>,
        /// Up to when; none: until now.
        to: Option<Timestamp>,
    },
    /// One person's entries.
    Person(PersonId),
    /// One entry, as a receipt names it.
    Entry(u64),
}

/// Whose ledger, and what of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvidenceOrder {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// What is to be proved.
    pub about: EvidenceAbout,
}

/// How many are being made.
pub(crate) struct Proving(Arc<Semaphore>);

impl Default for Proving {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE_MAX)))
    }
}

/// Evidence under way: gives piece after piece.
pub struct EvidenceFile {
    app: Arc<App>,
    workspace_id: WorkspaceId,
    snapshot: Snapshot,
    writer: Option<EvidenceWriter>,
    place: Place,
    _permit: OwnedSemaphorePermit,
}

/// The ledger at the moment the evidence was begun.
#[derive(Debug, Clone, Copy)]
struct Snapshot {
    size: u64,
    root: Hash,
    made_at: Timestamp,
}

/// What comes next.
enum Place {
    Opening(String, Box<Place>),
    Start(u64, u64),
    Entries(u64, u64),
    Proofs(Vec<u64>),
    Seal,
    Done,
}

/// What a first look at the ledger gave.
struct Survey {
    from: u64,
    to: u64,
    places: Vec<u64>,
    tally: Tally,
}

impl App {
    /// Begins evidence for one of the personnel.
    ///
    /// # Errors
    /// `Forbidden` for roles that carry out nobody's rights, `TooMany`, `NotFound` if there is no such person or
    /// entry, `Invalid` for a period that ends before it begins, `Conflict` past a million entries,
    /// `Unavailable`.
    pub async fn prove(
        self: &Arc<Self>,
        agent: &Agent,
        about: EvidenceAbout,
    ) -> Result<EvidenceFile, AppError> {
        agent.require(RIGHTS)?;
        let who = token_hash(&agent.agent_id.to_string());
        self.throttle.take(throttle::EVIDENCE, &who, self.now())?;
        let workspace_id = agent.workspace_id;
        let order = EvidenceOrder {
            workspace_id,
            about,
        };
        self.prove_for_operator(order).await
    }

    /// Begins evidence for whoever runs the installation.
    ///
    /// # Errors
    /// As [`Self::prove`], without `Forbidden`.
    pub async fn prove_for_operator(
        self: &Arc<Self>,
        order: EvidenceOrder,
    ) -> Result<EvidenceFile, AppError> {
        let permit = Arc::clone(&self.proving.0).try_acquire_owned();
        let permit = permit.map_err(|_| AppError::TooMany {
            retry_after_s: RETRY_S,
        })?;
        let workspace_id = order.workspace_id;
        let snapshot = self.snapshot(workspace_id).await?;
        let survey = self.survey(order, snapshot.size).await?;
        let (writer, opening) = self.opening(order, snapshot, &survey).await?;
        let then = match order.about {
            EvidenceAbout::Period { .. } => Place::Start(survey.from, survey.to),
            EvidenceAbout::Person(_) => Place::Proofs(survey.places),
            EvidenceAbout::Entry(index) => Place::Proofs(vec![index]),
        };
        Ok(EvidenceFile {
            app: Arc::clone(self),
            workspace_id,
            snapshot,
            writer: Some(writer),
            place: Place::Opening(opening, Box::new(then)),
            _permit: permit,
        })
    }

    async fn snapshot(&self, workspace_id: WorkspaceId) -> Result<Snapshot, AppError> {
        let made_at = self.now();
        let read = move |tx: &mut Tx<'_>| {
            if !store::has_workspace(tx, workspace_id)? {
                return Err(AppError::NotFound);
            }
            let size = store::ledger_size(tx, workspace_id)?;
            let root = ledger::root(size, &mut LedgerNodes::new(tx, workspace_id))?;
            Ok(Snapshot {
                size,
                root,
                made_at,
            })
        };
        self.store.data.read(read).await
    }

    /// The first look: where the entries begin and end, which are meant, and what they come to.
    async fn survey(&self, order: EvidenceOrder, size: u64) -> Result<Survey, AppError> {
        let workspace_id = order.workspace_id;
        let (from, to) = match order.about {
            EvidenceAbout::Period { from, to } => {
                self.bounds(workspace_id, (from, to), size).await?
            }
            EvidenceAbout::Person(_) => (0, size),
            EvidenceAbout::Entry(index) if index < size => (index, index + 1),
            EvidenceAbout::Entry(_) => return Err(AppError::NotFound),
        };
        if to - from > BUNDLE_ENTRIES_MAX {
            let detail = format!(
                "{} entries are too many for one file: shorten the period",
                to - from
            );
            return Err(AppError::conflict("ledger_too_large", detail));
        }
        let subject = match order.about {
            EvidenceAbout::Person(person_id) => {
                let key = self.keyring.find_person(workspace_id, person_id).await?;
                let key = key.ok_or(AppError::NotFound)?;
                Some(Commitment(person_ref(workspace_id, person_id, &key)))
            }
            _ => None,
        };
        self.count(workspace_id, (from, to), subject).await
    }

    async fn count(
        &self,
        workspace_id: WorkspaceId,
        (from, to): (u64, u64),
        subject: Option<Commitment>,
    ) -> Result<Survey, AppError> {
        let (mut tally, mut places, mut next) = (Tally::default(), Vec::new(), from);
        while next < to {
            let page = self.entries_page(workspace_id, next, to).await?;
            let meant = (next..)
                .zip(&page)
                .filter(|(_, entry)| subject.is_none() || entry.subject == subject);
            for (index, entry) in meant {
                tally.add(entry);
                places.extend(subject.map(|_| index));
            }
            next += page.len() as u64;
            if places.len() > PERSON_ENTRIES_MAX {
                let detail = format!("more than {PERSON_ENTRIES_MAX} entries concern this person");
                return Err(AppError::conflict("ledger_too_large", detail));
            }
        }
        Ok(Survey {
            from,
            to,
            places,
            tally,
        })
    }

    async fn entries_page(
        &self,
        workspace_id: WorkspaceId,
        from: u64,
        to: u64,
    ) -> Result<Vec<Entry>, AppError> {
        let wanted = i64::try_from(to - from).unwrap_or(i64::MAX);
        let limit = wanted.min(ENTRIES_PAGE);
        let page = self
            .store
            .data
            .read(move |tx| store::list_entries(tx, workspace_id, from, limit));
        let page: Vec<Entry> = page.await.map_err(AppError::from)?;
        if page.is_empty() {
            let what = format!("entry {from} of a ledger is missing");
            return Err(AppError::Internal(what));
        }
        Ok(page)
    }

    /// The places of a period. A clock that was set back leaves entries out of their order by a little: the
    /// places are those where the time was first passed.
    async fn bounds(
        &self,
        workspace_id: WorkspaceId,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        size: u64,
    ) -> Result<(u64, u64), AppError> {
        if matches!((from, to), (Some(from), Some(to)) if from > to) {
            return Err(AppError::invalid(
                "to",
                "unusable_time",
                "must not be before the beginning",
            ));
        }
        let read = move |tx: &mut Tx<'_>| {
            let first = from.map_or(Ok(0), |from| place_of(tx, workspace_id, size, from))?;
            let last = to.map_or(Ok(size), |to| place_of(tx, workspace_id, size, to))?;
            Ok::<_, AppError>((first, last.max(first)))
        };
        self.store.data.read(read).await
    }

    /// Summary, head, facts and versions.
    async fn opening(
        &self,
        order: EvidenceOrder,
        snapshot: Snapshot,
        survey: &Survey,
    ) -> Result<(EvidenceWriter, String), AppError> {
        let told = self.tell(order, snapshot, survey).await?;
        let summary = summary::write(&told);
        let (mut writer, mut opening) = EvidenceWriter::begin(&summary);
        let mut parts = vec![Part::Head(EvidenceHead {
            key: self.ledger_key(order.workspace_id)?.to_string(),
            made_at: snapshot.made_at.micros(),
            build: told.build.clone(),
            scope: told.scope,
            summary: EvidenceWriter::summary_hash(&summary),
        })];
        parts.extend(told.facts()?);
        parts.extend(told.versions);
        for part in &parts {
            opening.push_str(&writer.part(part));
        }
        Ok((writer, opening))
    }
}

impl EvidenceFile {
    /// The next piece of the file, whole lines; `None` when it is sealed.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn next_piece(&mut self) -> Result<Option<String>, AppError> {
        match std::mem::replace(&mut self.place, Place::Done) {
            Place::Opening(text, then) => {
                self.place = *then;
                Ok(Some(text))
            }
            Place::Start(from, to) => self.start(from, to).await.map(Some),
            Place::Entries(next, to) if next < to => self.entries(next, to).await.map(Some),
            Place::Entries(_, to) => self.latest(to).await.map(Some),
            Place::Proofs(places) => self.proofs(places).await.map(Some),
            Place::Seal => Ok(self.seal()),
            Place::Done => Ok(None),
        }
    }

    fn lines(&mut self, parts: &[Part]) -> String {
        let Some(writer) = &mut self.writer else {
            return String::new();
        };
        parts.iter().map(|part| writer.part(part)).collect()
    }

    async fn start(&mut self, from: u64, to: u64) -> Result<String, AppError> {
        let workspace_id = self.workspace_id;
        let read = move |tx: &mut Tx<'_>| {
            let nodes = &mut LedgerNodes::new(tx, workspace_id);
            Ok::<_, AppError>((ledger::peaks(from, nodes)?, ledger::root(from, nodes)?))
        };
        let (peaks, root) = self.app.store.data.read(read).await?;
        let note = self.app.sign_checkpoint(workspace_id, from, root);
        self.place = Place::Entries(from, to);
        let start = Part::Start { size: from, peaks };
        Ok(self.lines(&[start, Part::Checkpoint(note)]))
    }

    async fn entries(&mut self, next: u64, to: u64) -> Result<String, AppError> {
        let workspace_id = self.workspace_id;
        let page = self.app.entries_page(workspace_id, next, to).await?;
        let end = next + page.len() as u64;
        let read = move |tx: &mut Tx<'_>| {
            Ok::<_, AppError>(ledger::root(end, &mut LedgerNodes::new(tx, workspace_id))?)
        };
        let root = self.app.store.data.read(read).await?;
        let entries = (next..).zip(page);
        let entries = entries.map(|(index, entry)| Part::Entry { index, entry });
        let mut parts: Vec<_> = entries.collect();
        let note = self.app.sign_checkpoint(workspace_id, end, root);
        parts.push(Part::Checkpoint(note));
        self.place = Place::Entries(end, to);
        Ok(self.lines(&parts))
    }

    async fn latest(&mut self, from: u64) -> Result<String, AppError> {
        let (workspace_id, Snapshot { size, root, .. }) = (self.workspace_id, self.snapshot);
        let read = move |tx: &mut Tx<'_>| {
            let proof = ledger::consistency(from, size, &mut LedgerNodes::new(tx, workspace_id))?;
            proof.ok_or(AppError::NotFound)
        };
        let proof = self.app.store.data.read(read).await?;
        let note = self.app.sign_checkpoint(workspace_id, size, root);
        self.place = Place::Seal;
        Ok(self.lines(&[Part::Latest { note, from, proof }]))
    }

    async fn proofs(&mut self, mut places: Vec<u64>) -> Result<String, AppError> {
        let rest = places.split_off(places.len().min(PROOFS_PAGE));
        let (app, workspace_id) = (Arc::clone(&self.app), self.workspace_id);
        let mut parts = Vec::with_capacity(places.len());
        for index in places {
            let receipt = app.receipt(workspace_id, index).await?;
            parts.push(Part::Proved(Box::new(receipt)));
        }
        self.place = if rest.is_empty() {
            Place::Seal
        } else {
            Place::Proofs(rest)
        };
        Ok(self.lines(&parts))
    }

    fn seal(&mut self) -> Option<String> {
        let writer = self.writer.take()?;
        let origin = self.app.ledger_origin(self.workspace_id);
        let at = self.app.now().micros();
        Some(writer.seal(&origin, at, |checkpoint| checkpoint.sign(&self.app.signing)))
    }
}

/// The first place whose entry is not before a time.
fn place_of(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    size: u64,
    at: Timestamp,
) -> Result<u64, AppError> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let entry = store::list_entries(tx, workspace_id, middle, 1)?.pop();
        if entry.ok_or(AppError::NotFound)?.at < at.micros() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
