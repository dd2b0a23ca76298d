//! One database: a writer thread that groups waiting commands into one transaction, and reader threads.
//!
//! Why: a commit costs one `fdatasync` whatever it holds. Whatever queued up during the last commit is the
//! next batch, without a timer (measured: 220-1,800 commits a second alone, 11,000-24,000 grouped).
//! A unit that fails is rolled back to its savepoint alone; the others of its batch commit.
//! Must not know: tables and features.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use tokio::sync::mpsc;

use crate::{
    error::StoreError,
    reserve::{Reserve, Reserves},
    session,
    tx::{Announcement, Session, Tx},
    work::{self, Answer, Unit},
};

/// Commands waiting for the writer; one more is refused as unavailable.
const WRITE_QUEUE_MAX: usize = 8_192;
/// Commands in one transaction.
const BATCH_MAX: usize = 256;
/// Queries waiting for a reader; one more is refused as unavailable.
const READ_QUEUE_MAX: usize = 8_192;
/// Reader threads, each with its own connection.
const READERS: usize = 3;

/// Where a database is.
#[derive(Debug, Clone)]
pub enum Location {
    /// A file of the embedded database.
    File(PathBuf),
    /// A PostgreSQL connection string.
    Postgres(String),
}

/// Told the announcements of each committed batch.
pub type Listener = Arc<dyn Fn(Vec<Announcement>) + Send + Sync>;

/// What a database has done since the start, and what waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DbMeasures {
    /// Transactions on disk.
    pub commits: u64,
    /// Commands in them.
    pub commands: u64,
    /// Transactions that failed.
    pub failed: u64,
    /// Announcements told.
    pub events: u64,
    /// Commands that wait for the writer.
    pub writes_waiting: usize,
    /// Queries that wait for a reader.
    pub reads_waiting: usize,
}

#[derive(Default)]
struct Counts {
    commits: AtomicU64,
    commands: AtomicU64,
    failed: AtomicU64,
    events: AtomicU64,
}

/// A database, shared by everything that runs.
#[derive(Clone)]
pub struct Db {
    writes: mpsc::Sender<Box<dyn Unit>>,
    reads: mpsc::Sender<Box<dyn Unit>>,
    listener: Arc<Mutex<Option<Listener>>>,
    counts: Arc<Counts>,
}

impl Db {
    /// Opens the connections and starts the threads. Migrations are run by the caller through `write`.
    ///
    /// # Errors
    /// `Unavailable` if the database cannot be opened.
    pub fn open(location: &Location, reserves: Reserves) -> Result<Self, StoreError> {
        let (listener, counts) = (Arc::new(Mutex::new(None)), Arc::new(Counts::default()));
        let (writes, queue) = mpsc::channel(WRITE_QUEUE_MAX);
        let thread = Writer {
            session: session::open(location)?,
            location: location.clone(),
            listener: Arc::clone(&listener),
            counts: Arc::clone(&counts),
            reserves,
        };
        spawn("store-writer", move || thread.run(queue))?;
        let (reads, queue) = mpsc::channel(READ_QUEUE_MAX);
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..READERS {
            let (queue, location) = (Arc::clone(&queue), location.clone());
            let session = session::open(&location)?;
            spawn("store-reader", move || {
                run_reader(&location, session, &queue);
            })?;
        }
        Ok(Self {
            writes,
            reads,
            listener,
            counts,
        })
    }

    /// What it has done since the start, and what waits for it.
    #[must_use]
    pub fn measures(&self) -> DbMeasures {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        DbMeasures {
            commits: count(&self.counts.commits),
            commands: count(&self.counts.commands),
            failed: count(&self.counts.failed),
            events: count(&self.counts.events),
            writes_waiting: self.writes.max_capacity() - self.writes.capacity(),
            reads_waiting: self.reads.max_capacity() - self.reads.capacity(),
        }
    }

    /// Sets who is told of commits. Set once, before the first command.
    pub fn listen(&self, listener: Listener) {
        *self.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(listener);
    }

    /// Runs a unit in the next transaction and answers when it is on disk.
    ///
    /// # Errors
    /// What the unit returned (then nothing of it is kept), or a [`StoreError`] of the commit.
    pub async fn write<T, E>(
        &self,
        unit: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        run(&self.writes, work::once(unit)).await
    }

    /// Like [`Self::write`], with a reserve to use when the disk is full.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_reserved<T, E>(
        &self,
        reserve: Reserve,
        unit: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        run(&self.writes, work::repeatable(unit, reserve)).await
    }

    /// Empties the journal after everything committed before, so that no older page stays in it.
    ///
    /// SQLite: a truncating checkpoint; it waits for readers. PostgreSQL keeps its journal and archives by
    /// its own rules: there nothing is done, and the destroyed key is what erases.
    ///
    /// # Errors
    /// `Unavailable` if a reader kept the journal in use; trying again helps.
    pub async fn empty_journal(&self) -> Result<(), StoreError> {
        run(&self.writes, work::emptying_journal()).await
    }

    /// Runs queries on a reader connection.
    ///
    /// # Errors
    /// What the unit returned, or a [`StoreError`] of the database.
    pub async fn read<T, E>(
        &self,
        unit: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        run(&self.reads, work::once(unit)).await
    }
}

async fn run<T, E>(
    queue: &mpsc::Sender<Box<dyn Unit>>,
    (work, answer): (Box<dyn Unit>, Answer<T, E>),
) -> Result<T, E>
where
    E: From<StoreError>,
{
    let busy = || StoreError::Unavailable("too many commands wait".to_owned());
    queue.try_send(work).map_err(|_| busy())?;
    answer
        .await
        .map_err(|_| StoreError::Unavailable("the store has stopped".to_owned()))?
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    let started = thread::Builder::new().name(name.to_owned()).spawn(run);
    started
        .map(drop)
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}

fn run_reader(
    location: &Location,
    mut session: Session,
    queue: &Mutex<mpsc::Receiver<Box<dyn Unit>>>,
) {
    loop {
        let next = queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        let Some(mut unit) = next else { return };
        session::reopen_if_lost(location, &mut session);
        // A read transaction: every query of the unit sees the same state.
        if let Err(error) = session.batch(session::begin_read(session.dialect())) {
            unit.finish(Err(error));
            continue;
        }
        unit.run(&mut Tx::new(&mut session));
        let ended = session
            .batch("commit")
            .or_else(|_| session.batch("rollback"));
        unit.finish(ended);
    }
}

struct Writer {
    session: Session,
    location: Location,
    listener: Arc<Mutex<Option<Listener>>>,
    counts: Arc<Counts>,
    reserves: Reserves,
}

impl Writer {
    fn run(mut self, mut queue: mpsc::Receiver<Box<dyn Unit>>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while queue.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
            session::reopen_if_lost(&self.location, &mut self.session);
            match self.commit(&mut batch) {
                Ok(announcements) => {
                    self.count(batch.len(), announcements.len());
                    self.tell(announcements);
                    self.finish(&mut batch);
                    self.reserves.restore();
                }
                Err(error) => {
                    self.counts.failed.fetch_add(1, Ordering::Relaxed);
                    self.fail_or_retry(&mut batch, &error);
                }
            }
        }
    }

    /// Answers the units of a committed batch; those that empty the journal once it is empty.
    fn finish(&mut self, batch: &mut Vec<Box<dyn Unit>>) {
        let emptied = if batch.iter().any(|unit| unit.empties_journal()) {
            session::empty_journal(&mut self.session)
        } else {
            Ok(())
        };
        for unit in batch.drain(..) {
            let emptied = emptied.clone();
            let outcome = if unit.empties_journal() {
                emptied
            } else {
                Ok(())
            };
            unit.finish(outcome);
        }
    }

    /// Runs every unit of the batch in one transaction.
    fn commit(&mut self, batch: &mut [Box<dyn Unit>]) -> Result<Vec<Announcement>, StoreError> {
        self.session
            .batch(session::begin_write(self.session.dialect()))?;
        let mut announcements = Vec::new();
        for unit in batch.iter_mut() {
            if let Err(error) = run_unit(&mut self.session, unit, &mut announcements) {
                self.roll_back();
                return Err(error);
            }
        }
        if let Err(error) = self.session.batch("commit") {
            self.roll_back();
            return Err(error);
        }
        Ok(announcements)
    }

    fn roll_back(&mut self) {
        if let Err(error) = self.session.batch("rollback") {
            tracing::debug!(%error, "roll back after a failed batch");
        }
    }

    /// A failed batch: units with a reserve are tried once more on freed space, the others fail.
    fn fail_or_retry(&mut self, batch: &mut Vec<Box<dyn Unit>>, error: &StoreError) {
        for unit in batch.drain(..) {
            let reserve = unit.reserve().filter(|_| *error == StoreError::Full);
            if !reserve.is_some_and(|reserve| self.reserves.release(reserve)) {
                unit.finish(Err(error.clone()));
                continue;
            }
            let mut one = [unit];
            let outcome = self
                .commit(&mut one)
                .map(|announcements| self.tell(announcements));
            let [unit] = one;
            unit.finish(outcome);
        }
    }

    fn count(&self, commands: usize, events: usize) {
        let add = |counter: &AtomicU64, more: usize| {
            counter.fetch_add(u64::try_from(more).unwrap_or(0), Ordering::Relaxed)
        };
        add(&self.counts.commits, 1);
        add(&self.counts.commands, commands);
        add(&self.counts.events, events);
    }

    fn tell(&self, announcements: Vec<Announcement>) {
        if announcements.is_empty() {
            return;
        }
        let listener = self
            .listener
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(listener) = listener {
            listener(announcements);
        }
    }
}

/// Runs one unit inside a savepoint, so that its failure costs itself only.
fn run_unit(
    session: &mut Session,
    unit: &mut Box<dyn Unit>,
    announcements: &mut Vec<Announcement>,
) -> Result<(), StoreError> {
    session.batch("savepoint unit")?;
    let mut tx = Tx::new(session);
    let keep = unit.run(&mut tx);
    let (heard, fatal) = (std::mem::take(&mut tx.announcements), tx.fatal.take());
    if let Some(error) = fatal {
        return Err(error);
    }
    if !keep {
        return session.batch("rollback to savepoint unit; release savepoint unit");
    }
    announcements.extend(heard);
    session.batch("release savepoint unit")
}
