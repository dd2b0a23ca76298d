//! A unit of work on its way through a queue, and its answer on the way back.
//!
//! Must not know: what the unit does.

use tokio::sync::oneshot;

use crate::{error::StoreError, reserve::Reserve, tx::Tx};

/// A unit as the threads see it.
pub(crate) trait Unit: Send {
    /// Runs the unit; whether its changes are to be kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Answers the caller, after the commit or its failure.
    fn finish(self: Box<Self>, committed: Result<(), StoreError>);
    /// The reserve this unit may use when the disk is full; only such a unit can run twice.
    fn reserve(&self) -> Option<Reserve>;
    /// Whether the journal is to be emptied after the commit, before the caller is answered.
    fn empties_journal(&self) -> bool;
}

type Job<T, E> = Box<dyn FnMut(&mut Tx<'_>) -> Result<T, E> + Send>;
/// What the caller of a unit waits for.
pub(crate) type Answer<T, E> = oneshot::Receiver<Result<T, E>>;

struct Work<T, E> {
    job: Job<T, E>,
    outcome: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
    reserve: Option<Reserve>,
    empties_journal: bool,
}

/// A unit that runs once.
pub(crate) fn once<T, E>(
    job: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
) -> (Box<dyn Unit>, Answer<T, E>)
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let mut job = Some(job);
    wrap(
        move |tx| match job.take() {
            Some(job) => job(tx),
            None => Err(StoreError::Statement("a unit ran twice".to_owned()).into()),
        },
        None,
    )
}

/// A unit that may run again on the space of a reserve.
pub(crate) fn repeatable<T, E>(
    job: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    reserve: Reserve,
) -> (Box<dyn Unit>, Answer<T, E>)
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    wrap(job, Some(reserve))
}

/// A unit of nothing, after which the journal is emptied.
pub(crate) fn emptying_journal() -> (Box<dyn Unit>, Answer<(), StoreError>) {
    let (answer, receiver) = oneshot::channel();
    let work: Work<(), StoreError> = Work {
        job: Box::new(|_| Ok(())),
        outcome: None,
        answer,
        reserve: None,
        empties_journal: true,
    };
    (Box::new(work), receiver)
}

fn wrap<T, E>(
    job: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    reserve: Option<Reserve>,
) -> (Box<dyn Unit>, Answer<T, E>)
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (answer, receiver) = oneshot::channel();
    (
        Box::new(Work {
            job: Box::new(job),
            outcome: None,
            answer,
            reserve,
            empties_journal: false,
        }),
        receiver,
    )
}

impl<T, E> Unit for Work<T, E>
where
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let outcome = (self.job)(tx);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn finish(self: Box<Self>, committed: Result<(), StoreError>) {
        let outcome = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) | (Err(_), Some(outcome @ Err(_))) => outcome,
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(StoreError::Unavailable("the unit never ran".to_owned()).into()),
        };
        // The caller may have gone away; the commit stands all the same.
        drop(self.answer.send(outcome));
    }

    fn reserve(&self) -> Option<Reserve> {
        self.reserve
    }

    fn empties_journal(&self) -> bool {
        self.empties_journal
    }
}
