//! The letter to people whom a real breach reached: what the officer wrote, who the controller is, where to ask.
//!
//! Why in pages: each page's letters and the mark how far it went stand in one transaction, so that nobody is
//! written to twice, and nobody is left out when the program ends in between.
//! Must not know: SMTP.

use domain::{IncidentId, PersonId, WorkspaceId};
use policy::{Category, RightsRequest};
use store::Job;

use crate::{
    App,
    egress::About,
    error::AppError,
    job::{JobKind, JobOutcome},
    letter_text::Words,
};

/// Persons looked at in one page.
const PAGE: usize = 200;
/// Characters of an id that say when its person came, and nothing else.
const MOMENT_CHARS: usize = 13;
/// Sorts after everything that may follow a moment in an id.
const AFTER_MOMENT: char = '~';

impl App {
    /// Queues a page of letters, and itself again until everybody had one.
    pub(crate) async fn queue_incident_letters(
        &self,
        workspace_id: WorkspaceId,
        incident_id: IncidentId,
    ) -> Result<JobOutcome, AppError> {
        let row = self.get_incident(workspace_id, incident_id).await?;
        if row.incident.people_at.is_none() || row.incident.closed_at.is_some() {
            return Ok(JobOutcome::Done);
        }
        let after = row.told_after.clone().unwrap_or_default();
        let persons = self.reached(workspace_id, row.reach, after, PAGE).await?;
        let (persons, mark) = cut(persons);
        let people = self
            .affected_among(workspace_id, row.reach, persons)
            .await?;
        let jobs: Vec<store::NewJob> = people
            .into_iter()
            .map(|(person_id, _)| {
                let reference = format!("{incident_id}.{person_id}");
                self.new_job(workspace_id, JobKind::IncidentPerson, &reference)
                    .about(person_id)
            })
            .collect();
        let (now, more) = (self.now(), mark.is_some());
        let queued = self.store.data.write(move |tx| {
            for job in &jobs {
                store::enqueue_job(tx, job, now)?;
            }
            let count = i64::try_from(jobs.len()).unwrap_or(0);
            let told = (mark.as_deref(), count);
            store::update_incident_told(tx, (workspace_id, incident_id), told)
        });
        queued
            .await
            .map_err(|error: store::StoreError| AppError::from(error))?;
        Ok(if more {
            JobOutcome::Later(now)
        } else {
            JobOutcome::Done
        })
    }

    /// Writes to one person.
    pub(crate) async fn send_incident_letter(&self, job: &Job) -> Result<JobOutcome, AppError> {
        let workspace_id = job.workspace_id;
        let (incident_id, person_id) = incident_and_person(job)?;
        let row = self.get_incident(workspace_id, incident_id).await?;
        let Some(words) = row.words else {
            return Ok(JobOutcome::Done);
        };
        let held = self.held_visitor(workspace_id, person_id).await?;
        let Some(held) = held else {
            return Ok(JobOutcome::Done);
        };
        let to = self
            .address_for_rights(workspace_id, person_id, &held)
            .await?;
        let Some(to) = to else {
            return Ok(JobOutcome::Done);
        };
        let letter = self.incident_words(&words);
        let about = About {
            workspace_id,
            person_id,
        };
        self.post::<RightsRequest>((about, to), letter, &[Category::ContactEmail])
            .await?;
        Ok(JobOutcome::Done)
    }

    fn incident_words(&self, words: &str) -> Words {
        let policy = self.policy();
        let head = &policy.file().policy;
        let (name, address) = (&head.controller.name, &head.contact.email);
        Words {
            subject: format!("About the security of your data at {name}"),
            body: format!(
                "{words}\n\n{name}\nQuestions: {address}\nWhat is held about you: {}/privacy/me\nYou may complain \
                 to a supervisory authority.\n",
                self.settings.public_url
            ),
        }
    }
}

/// A page whole by moments of coming, and the mark to go on from; no mark: it was the last one. The moment names
/// nobody, so the mark may stay when a person is erased.
fn cut(mut persons: Vec<PersonId>) -> (Vec<PersonId>, Option<String>) {
    let moment =
        |person: &PersonId| -> String { person.to_string().chars().take(MOMENT_CHARS).collect() };
    let Some(last) = persons.last().filter(|_| persons.len() >= PAGE).map(moment) else {
        return (persons, None);
    };
    let whole = persons
        .iter()
        .filter(|person| moment(person) != last)
        .count();
    if whole > 0 {
        persons.truncate(whole);
    }
    let mark = persons
        .last()
        .map(|person| format!("{}{AFTER_MOMENT}", moment(person)));
    (persons, mark)
}

fn incident_and_person(job: &Job) -> Result<(IncidentId, PersonId), AppError> {
    let broken = || AppError::Internal(format!("job {} has a broken reference", job.job_id));
    let (incident, person) = job.ref_id.split_once('.').ok_or_else(broken)?;
    let incident = incident.parse().map_err(|_| broken())?;
    Ok((incident, person.parse().map_err(|_| broken())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(moment: u32, rest: u32) -> PersonId {
        format!("0000{moment:04x}-0000-7000-8000-{rest:012x}")
            .parse()
            .unwrap()
    }

    #[test]
    fn mark_names_a_moment_and_leaves_nobody_out() {
        let page: Vec<_> = (0..200).map(|n| person(n / 3, n)).collect();

        let (taken, mark) = cut(page.clone());

        let mark = mark.unwrap();
        assert_eq!(mark, "00000041-0000~");
        assert_eq!(taken.len(), 198);
        assert!(taken.iter().all(|one| one.to_string() < mark));
        assert!(page[198..].iter().all(|one| one.to_string() > mark));
        assert_eq!(cut(page[..9].to_vec()).1, None);
    }
}
