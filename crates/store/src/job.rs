//! Jobs: background work as ids, leased while somebody works on it, retried with growing pauses.
//!
//! Why a lease: a process that dies in the middle leaves its jobs to the next one when the lease ends.
//! Must not know: what a kind of job does.

use domain::{JobId, PersonId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx, value::Row};

/// Attempts before a job is given up.
pub const JOB_ATTEMPTS_MAX: i64 = 30;
/// Bytes of the reason kept with a failed job.
const ERROR_BYTES_MAX: usize = 200;
/// Where given-up jobs wait to be looked at: never due.
const NEVER: i64 = i64::MAX;

/// A job to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub job_id: JobId,
    /// What to do, such as `letter.invitation`.
    pub kind: &'static str,
    /// On what: with the kind it is there only once.
    pub ref_id: String,
    /// The person it is about, if one: it goes with them.
    pub person_id: Option<PersonId>,
    /// Up to which message.
    pub seq: Option<i64>,
    /// Not before.
    pub run_at: Timestamp,
}

/// A job in somebody's hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Its id.
    pub job_id: JobId,
    /// What to do.
    pub kind: String,
    /// On what.
    pub ref_id: String,
    /// The person it is about, if one.
    pub person_id: Option<PersonId>,
    /// Up to which message.
    pub seq: Option<i64>,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

impl NewJob {
    /// Names the person it is about: the job goes with them.
    #[must_use]
    pub const fn about(mut self, person_id: PersonId) -> Self {
        self.person_id = Some(person_id);
        self
    }
}

/// Stores a job unless the same one waits already; whether it was stored.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn enqueue_job(tx: &mut Tx<'_>, job: &NewJob, now: Timestamp) -> Result<bool, StoreError> {
    let created = tx.execute(
        "insert into job (
             workspace_id, job_id, kind, ref_id, person_id, seq, run_at, attempts, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, 0, $8)
         on conflict do nothing",
        &[
            job.workspace_id.into(),
            job.job_id.into(),
            job.kind.into(),
            job.ref_id.as_str().into(),
            job.person_id.into(),
            job.seq.into(),
            job.run_at.into(),
            now.into(),
        ],
    )?;
    Ok(created > 0)
}

/// Takes due jobs that nobody holds, oldest first, at most `limit`, until `lease_until`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn lease_jobs(
    tx: &mut Tx<'_>,
    now: Timestamp,
    lease_until: Timestamp,
    limit: i64,
) -> Result<Vec<Job>, StoreError> {
    // The condition stands twice: of two nodes that chose the same row, the second finds it taken.
    let rows = tx.query(
        "update job
         set lease_until = $2, attempts = attempts + 1
         where (workspace_id, job_id) in (
                 select workspace_id, job_id from job
                 where run_at <= $1 and (lease_until is null or lease_until <= $1)
                 order by run_at, job_id
                 limit $3
             )
             and run_at <= $1 and (lease_until is null or lease_until <= $1)
         returning workspace_id, job_id, kind, ref_id, person_id, seq, attempts",
        &[now.into(), lease_until.into(), limit.into()],
    )?;
    rows.into_iter().map(read_job).collect()
}

/// Removes a job that is done.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn finish_job(tx: &mut Tx<'_>, job: &Job) -> Result<(), StoreError> {
    tx.execute(
        "delete from job where workspace_id = $1 and job_id = $2",
        &[job.workspace_id.into(), job.job_id.into()],
    )?;
    Ok(())
}

/// Gives a job back after a failure: tried again at `run_at`, or given up after the last attempt (`None`).
/// `error` is a reason without anything personal.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn fail_job(
    tx: &mut Tx<'_>,
    job: &Job,
    run_at: Option<Timestamp>,
    error: &str,
) -> Result<(), StoreError> {
    let end = error.floor_char_boundary(ERROR_BYTES_MAX);
    tx.execute(
        "update job
         set lease_until = null, run_at = $3, error = $4
         where workspace_id = $1 and job_id = $2",
        &[
            job.workspace_id.into(),
            job.job_id.into(),
            run_at.unwrap_or(Timestamp(NEVER)).into(),
            error.get(..end).unwrap_or_default().into(),
        ],
    )?;
    Ok(())
}

/// Gives a job back because it is not its time yet: no attempt is counted.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn postpone_job(tx: &mut Tx<'_>, job: &Job, run_at: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "update job
         set lease_until = null, run_at = $3, attempts = attempts - 1
         where workspace_id = $1 and job_id = $2",
        &[job.workspace_id.into(), job.job_id.into(), run_at.into()],
    )?;
    Ok(())
}

/// When the next job is due; `None` if none waits.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn next_job_at(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    let next = tx
        .get(
            "select min(run_at) from job where run_at < $1",
            &[NEVER.into()],
        )?
        .time_opt("run_at")?;
    Ok(next)
}

/// Jobs given up and not yet cleared away.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_given_up_jobs(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.get(
        "select count(*) from job where run_at = $1",
        &[NEVER.into()],
    )?
    .int("count")
}

/// Jobs that are due and that nobody works on.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_due_jobs(tx: &mut Tx<'_>, now: Timestamp) -> Result<i64, StoreError> {
    tx.get(
        "select count(*) from job
         where run_at <= $1 and (lease_until is null or lease_until <= $1)",
        &[now.into()],
    )?
    .int("count")
}

fn read_job(mut row: Row) -> Result<Job, StoreError> {
    Ok(Job {
        workspace_id: row.parse("workspace_id")?,
        job_id: row.parse("job_id")?,
        kind: row.text("kind")?,
        ref_id: row.text("ref_id")?,
        person_id: row.parse_opt("person_id")?,
        seq: row.int_opt("seq")?,
        attempts: row.int("attempts")?,
    })
}
