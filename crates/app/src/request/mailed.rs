//! A request that came by mail: for every record under the sender's address, and nothing is done before whoever
//! reads that address said that it was them, or its time has come.
//!
//! Must not know: subjects, mailboxes.

use domain::{
    EmailAddress, RECEIVED_DAYS_AGO_MAX, Request, RequestId, RequestKind, RequestWay, WorkspaceId,
};
use ledger::Commitment;
use policy::Timestamp;
use store::{KnownReader, NewJob, Tx};

use super::{App, DAY_S, Doer, Incoming, letter, refuse, write_incoming};
use crate::{error::AppError, intake::MailedLetter, throttle};

/// Records under one address that one letter asks for.
const PERSONS_MAX: i64 = 20;

/// A request for one record, ready to be written.
struct Mailed {
    incoming: Incoming,
    subject: Commitment,
    letter: NewJob,
}

impl App {
    /// Takes a letter that asks for what is held: one request for each record under its sender's address, each
    /// with the letter that asks whether it was them. The same letter again changes nothing; another one while a
    /// request is open is the same request, and only asks again. `false`: nothing is held under the address, or
    /// it was written to often enough.
    ///
    /// # Errors
    /// `TooMany` past the day's limit, those of the databases: then nothing is taken.
    pub(crate) async fn take_mailed_request(&self, mailed: MailedLetter) -> Result<bool, AppError> {
        let (workspace_id, now) = (mailed.workspace_id, self.now());
        let Ok(email) = EmailAddress::parse(&mailed.from) else {
            return Ok(false);
        };
        let keys = self.keyring.workspace(workspace_id).await?;
        let index = keys.blind_index(email.as_str());
        let known = self.store.data.read(move |tx| {
            store::list_persons_of_address(tx, workspace_id, index, false, PERSONS_MAX)
        });
        let known: Vec<KnownReader> = known.await.map_err(AppError::from)?;
        if known.is_empty() {
            return Ok(false);
        }
        let rate = throttle::CENTRE_LETTER;
        if self.throttle.take(rate, &index, now).is_err() {
            return self.is_asked(workspace_id, known).await;
        }
        let mut requests = Vec::with_capacity(known.len());
        for reader in known {
            let received_at = mailed.received_at;
            let ready = self.mailed(workspace_id, &reader, received_at).await;
            match ready {
                Ok(ready) => requests.push(ready),
                // Erased in this moment.
                Err(AppError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        let taken = self.store.data.write(move |tx| {
            if !store::note_letter(tx, workspace_id, mailed.hash, now)? {
                return Ok(());
            }
            for mailed in requests {
                write_mailed(tx, mailed, now)?;
            }
            Ok::<_, AppError>(())
        });
        taken.await?;
        Ok(true)
    }

    /// Whether one of these records has such a request open: then another letter adds nothing.
    async fn is_asked(
        &self,
        workspace_id: WorkspaceId,
        known: Vec<KnownReader>,
    ) -> Result<bool, AppError> {
        let found = self.store.data.read(move |tx| {
            let of = (RequestKind::Access, "");
            let mut asked = known.into_iter().map(|reader| {
                let open = store::find_open_request(tx, workspace_id, reader.person_id, of)?;
                Ok(open.is_some())
            });
            asked.try_fold(false, |any, one| one.map(|one| any || one))
        });
        found.await.map_err(|error: store::StoreError| error.into())
    }

    async fn mailed(
        &self,
        workspace_id: WorkspaceId,
        reader: &KnownReader,
        received_at: Timestamp,
    ) -> Result<Mailed, AppError> {
        let (person_id, now) = (reader.person_id, self.now());
        let request_id = RequestId::new(now, self.random());
        // What waited in a mailbox for longer than anybody may enter it counts from there.
        let oldest = now.plus_seconds(-i64::from(RECEIVED_DAYS_AGO_MAX) * DAY_S);
        let rules = self.policy().file().requests;
        let request = Request::receive(RequestKind::Access, received_at.max(oldest), now, &rules)
            .map_err(refuse)?;
        let job = self.request_letter(workspace_id, &request_id, letter::RECEIVED);
        Ok(Mailed {
            incoming: Incoming {
                workspace_id,
                person_id,
                request_id,
                request,
                purpose: String::new(),
                way: RequestWay::Mail,
                name: None,
                email: None,
                by: Doer::PERSON,
            },
            subject: self.request_subject(workspace_id, person_id).await?,
            letter: job.about(person_id),
        })
    }
}

/// Writes the request, or finds the one that is open; whoever has not said that it was them is asked.
fn write_mailed(tx: &mut Tx<'_>, mailed: Mailed, now: Timestamp) -> Result<(), AppError> {
    let mut letter = mailed.letter;
    let taken = match write_incoming(tx, mailed.incoming, mailed.subject, now) {
        Ok(taken) => taken,
        // Erased in this moment.
        Err(AppError::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    if taken.row.request.proof.is_none() {
        letter.ref_id = taken.row.request_id.to_string();
        store::enqueue_job(tx, &letter, now)?;
    }
    Ok(())
}
