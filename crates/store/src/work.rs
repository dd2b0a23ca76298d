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
}

type Job<T, E> = Box<dyn FnMut(&mut Tx<'_>) -> Result<T, E> + Send>;
/// What the caller of a unit waits for.
pub(crate) type Answer<T, E> = oneshot::Receiver<Result<T, E>>;

struct Work<T, E> {
    job: Job<T, E>,
    outcome: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
    reserve: Option<Reserve>,
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
}
