//! The egress gate: the only way out of the installation, for letters and for requests.
//!
//! A sending names recipient, host, purpose, categories and person. Whether it may go is asked here at the moment
//! of sending, of the policy in force and of the older version the person stands on; what waits in a queue
//! therefore holds ids only. It is recorded before the first byte leaves, so that "who received this person's
//! data" is one question (clauses 7, 47, 50, 68).
//! Must not know: what is sent, and why.

mod address;
mod client;

use domain::{PersonId, WorkspaceId};
use policy::{
    Category, Channel, Outbound, Parcel, Provider, Purpose, Reading, Require, Role, Subject,
};
use serde::Serialize;
use store::NewSending;
use utoipa::ToSchema;

pub use self::client::{EgressSettings, Resolver, Resolving, TestReceiver};
pub(crate) use self::{
    address::{Address, NoAddress},
    client::{Client, Failure},
};
use crate::{App, error::AppError};

/// Days that the policy page counts sendings of.
const COUNTED_DAYS: i64 = 30;

/// Whom a sending is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    pub(crate) workspace_id: WorkspaceId,
    pub(crate) person_id: PersonId,
}

/// What somebody outside received about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SendingView {
    /// Name of the recipient.
    pub recipient: String,
    /// Key of the purpose.
    pub purpose: String,
    /// Keys of the categories.
    pub categories: Vec<String>,
    /// How often.
    pub count: i64,
    /// The first, in microseconds.
    pub first_at: i64,
    /// The newest, in microseconds.
    pub last_at: i64,
}

/// What a recipient of the policy received in the last 30 days, from the whole installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientCount {
    /// Key of the processor in the policy file.
    pub processor: String,
    /// How often.
    pub count: i64,
    /// The newest.
    pub last_at: policy::Timestamp,
}

impl App {
    /// The way out to a host for a purpose, if the policy in force, the person's state and choices, and the older
    /// version they stand on all let these categories go there now.
    ///
    /// # Errors
    /// `Denied` with the clause that says no.
    pub(crate) fn way_out<P: Purpose>(
        &self,
        (subject, channel): (&Subject, Channel),
        host: &str,
        categories: &[Category],
    ) -> Result<Outbound<Provider>, AppError> {
        let reading = Reading::own();
        let permit = self.permit::<P>(Role::System, channel, subject, &reading)?;
        for category in categories {
            permit.check(*category)?;
        }
        if let Some(terms) = &subject.terms {
            terms.egress(host, P::KEY, categories)?;
        }
        Ok(self.policy().outbound(host, P::KEY, categories)?)
    }

    /// Whether the mail server's line is as the policy requires it (clause 68).
    ///
    /// # Errors
    /// `Unavailable`: the letter stays in its queue until policy or mail server change.
    pub(crate) fn check_line(&self, way: &Outbound<Provider>) -> Result<(), AppError> {
        let line = self.mailer.line();
        let refused = |what: &str| {
            let host = way.host();
            AppError::Unavailable(format!("the policy requires {what} of {host} (clause 68)"))
        };
        if way.requires(Require::Tls13) && !line.tls13 {
            return Err(refused("TLS 1.3"));
        }
        if way.requires(Require::Tls12) && !line.encrypted {
            return Err(refused("TLS"));
        }
        if way.requires(Require::Auth) && !line.signs_in {
            return Err(refused("signing in"));
        }
        Ok(())
    }

    /// Connects, records, sends: the status of the answer. Nothing is recorded where no connection came about.
    ///
    /// # Errors
    /// Why nothing arrived.
    pub(crate) async fn send_out(
        &self,
        about: (WorkspaceId, Option<PersonId>),
        address: &Address,
        headers: &[(&'static str, String)],
        parcel: Parcel<Provider>,
    ) -> Result<Result<u16, Failure>, AppError> {
        let connection = match self.client.connect(address, &parcel.way).await {
            Ok(connection) => connection,
            Err(failure) => return Ok(Err(failure)),
        };
        let (workspace_id, person_id) = about;
        match person_id {
            Some(person_id) => {
                let about = About {
                    workspace_id,
                    person_id,
                };
                self.record_sending(about, &parcel.way).await?;
            }
            None => self.count_sending(workspace_id, &parcel.way).await?,
        }
        Ok(connection.post(address, headers, &parcel).await)
    }

    /// Records a sending before its first byte leaves.
    ///
    /// # Errors
    /// `NotFound` once the person is erased; `Full`, `Unavailable`: then nothing is sent.
    pub(crate) async fn record_sending(
        &self,
        about: About,
        way: &Outbound<Provider>,
    ) -> Result<(), AppError> {
        let categories: Vec<_> = way.categories().iter().map(|one| one.key()).collect();
        let sending = NewSending {
            workspace_id: about.workspace_id,
            person_id: about.person_id,
            processor: way.processor().to_owned(),
            host: way.host().to_owned(),
            purpose: way.purpose().to_owned(),
            categories: categories.join(" "),
            policy_version: i64::from(way.policy_version()),
        };
        let now = self.now();
        self.store
            .data
            .write(move |tx| {
                // In the same commit: an erasure that was marked a moment ago stops it.
                let erased = store::find_erasure(tx, sending.workspace_id, sending.person_id)?;
                if erased.is_some() {
                    return Err(AppError::NotFound);
                }
                Ok(store::record_sending(tx, &sending, now)?)
            })
            .await
    }

    async fn count_sending(
        &self,
        workspace_id: WorkspaceId,
        way: &Outbound<Provider>,
    ) -> Result<(), AppError> {
        let (processor, now) = (way.processor().to_owned(), self.now());
        let counted = self
            .store
            .data
            .write(move |tx| store::count_sending(tx, workspace_id, &processor, now));
        counted
            .await
            .map_err(|error: store::StoreError| error.into())
    }

    /// What went to whom in the last 30 days, for the list of recipients on the policy page.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn recipient_counts(&self) -> Result<Vec<RecipientCount>, AppError> {
        let since = self.now().plus_seconds(-COUNTED_DAYS * 86_400);
        let counted = self
            .store
            .data
            .read(move |tx| store::count_sendings_since(tx, since));
        let counted: Vec<store::SendingCount> = counted.await.map_err(AppError::from)?;
        let counts = counted.into_iter().map(|row| RecipientCount {
            processor: row.processor,
            count: row.sendings,
            last_at: row.last_at,
        });
        Ok(counts.collect())
    }
}

/// Sendings as people see them: the recipient's name where the policy still has it.
pub(crate) fn sending_views(
    rows: &[store::SendingRow],
    policy: &policy::Policy,
) -> Vec<SendingView> {
    let named = |key: &str| {
        let mut rules = policy.file().processor.iter();
        let rule = rules.find(|rule| rule.key == key);
        rule.map_or_else(|| key.to_owned(), |rule| rule.name.clone())
    };
    let views = rows.iter().map(|row| SendingView {
        recipient: named(&row.processor),
        purpose: row.purpose.clone(),
        categories: row.categories.split(' ').map(str::to_owned).collect(),
        count: row.sendings,
        first_at: row.first_at.micros(),
        last_at: row.last_at.micros(),
    });
    views.collect()
}
