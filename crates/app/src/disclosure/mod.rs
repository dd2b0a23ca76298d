//! The disclosure desk: the only way out for data on a legal ground (clauses 51-55).
//!
//! Why steps of different people: who asks, who approves and who releases are told apart, and each step is an
//! entry of the ledger. A copy leaves only sealed to its recipient's public key.
//! Must not know: HTTP, SQL, the format of the seal.

mod notice;
mod order;
mod release;
mod step;
mod view;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use domain::{Disclosure, DisclosureId, DisclosureRefusal, DisclosureRules, PersonId, WorkspaceId};
use ledger::{Commitment, Entry, EntryKind};
use policy::{Channel, Ground, LegalDisclosure, Reading, RefusalCode, Subject, Timestamp, Word};
use store::{DisclosureRow, StoreError, Tx};
use vault::SubjectKey;

pub(crate) use notice::{is_gagged_purpose, told};
pub use order::DisclosureOrder;
pub use view::{DisclosureCountsView, DisclosureView, GroundCountView};

use crate::{App, actor::Agent, error::AppError, opener::Opener};

/// Disclosures listed at once.
pub const DISCLOSURES_MAX: i64 = 200;
/// The steps that run by themselves, as they are entered.
const SYSTEM: &str = "system";
const DAY_S: i64 = 24 * 3_600;

impl App {
    /// The workspace's disclosures, open ones first; reasons and recipients stay masked.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in disclosures; `Unavailable`.
    pub async fn list_disclosures(&self, agent: &Agent) -> Result<Vec<DisclosureView>, AppError> {
        self.check_disclosing(agent)?;
        let workspace_id = agent.workspace_id;
        let rows = self
            .store
            .data
            .read(move |tx| store::list_disclosures(tx, workspace_id, DISCLOSURES_MAX));
        let rows: Vec<DisclosureRow> = rows.await.map_err(AppError::from)?;
        let (rules, by) = (self.disclosure_rules(), (agent.agent_id, self.now()));
        let views = rows.into_iter().map(|row| view::view(row, by, rules));
        Ok(views.collect())
    }

    /// One disclosure with reason, rule and recipient: a reading, entered before they are opened.
    ///
    /// # Errors
    /// As [`Self::list_disclosures`]; `NotFound`.
    pub async fn get_disclosure(
        &self,
        agent: &Agent,
        disclosure_id: DisclosureId,
    ) -> Result<DisclosureView, AppError> {
        self.check_disclosing(agent)?;
        let row = self
            .load_disclosure(agent.workspace_id, disclosure_id)
            .await?;
        let opened = self.open_disclosure(agent, &row).await?;
        Ok(DisclosureView {
            reason: opened.reason,
            rule: opened.rule,
            recipient: opened.recipient,
            ..view::view(row, (agent.agent_id, self.now()), self.disclosure_rules())
        })
    }

    async fn open_disclosure(
        &self,
        agent: &Agent,
        row: &DisclosureRow,
    ) -> Result<view::Opened, AppError> {
        let key = match row.person_id {
            Some(person_id) => self
                .keyring
                .find_person(row.workspace_id, person_id)
                .await?
                .map(|key| (person_id, key)),
            None => None,
        };
        let Some((person_id, key)) = key else {
            return Ok(view::Opened::default());
        };
        let keys = HashMap::from([(person_id, Arc::clone(&key))]);
        let reading = self
            .account_reading::<LegalDisclosure>(agent, &keys)
            .await?;
        let subject = Subject::default();
        let permit =
            self.permit::<LegalDisclosure>(agent.role, Channel::Widget, &subject, &reading)?;
        let opener = Opener::new(row.workspace_id, &key, &permit);
        let open = |column, sealed: &Option<_>| {
            sealed
                .as_ref()
                .map(|sealed| opener.disclosure(row.disclosure_id, column, sealed))
                .transpose()
        };
        Ok(view::Opened {
            reason: open("reason_sealed", &row.reason)?,
            rule: open("rule_sealed", &row.rule)?,
            recipient: open("recipient_sealed", &row.recipient)?,
        })
    }

    /// Releases on a legal ground, as anybody may see them.
    pub(crate) async fn disclosure_counts(&self) -> Result<DisclosureCountsView, AppError> {
        let now = self.now();
        let counts = self
            .store
            .data
            .read(move |tx| store::count_disclosures(tx, now));
        let counts: Vec<store::DisclosureCount> = counts.await.map_err(AppError::from)?;
        Ok(DisclosureCountsView::new(counts))
    }

    async fn load_disclosure(
        &self,
        workspace_id: WorkspaceId,
        disclosure_id: DisclosureId,
    ) -> Result<DisclosureRow, AppError> {
        let row = self
            .store
            .data
            .read(move |tx| get_row(tx, workspace_id, disclosure_id));
        row.await
    }

    fn check_disclosing(&self, agent: &Agent) -> Result<(), AppError> {
        let unread = Reading::own();
        let subject = Subject::default();
        self.permit::<LegalDisclosure>(agent.role, Channel::Widget, &subject, &unread)?;
        Ok(())
    }

    fn disclosure_rules(&self) -> DisclosureRules {
        let policy = self.policy();
        let rule = policy.file().disclosure.as_ref();
        // A file without the section lists no ground, so nothing is ever asked for under these.
        rule.map_or(
            DisclosureRules {
                approvals: 2,
                review_hours: 24,
            },
            |rule| DisclosureRules {
                approvals: rule.approvals,
                review_hours: rule.review_hours,
            },
        )
    }

    async fn disclosed_key(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Arc<SubjectKey>, AppError> {
        let key = self.keyring.find_person(workspace_id, person_id).await?;
        key.ok_or(AppError::NotFound)
    }
}

fn get_row(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    disclosure_id: DisclosureId,
) -> Result<DisclosureRow, AppError> {
    let row = store::find_disclosure(tx, workspace_id, disclosure_id)?;
    row.ok_or(AppError::NotFound)
}

/// What its steps depend on.
fn state_of(row: &DisclosureRow) -> Result<Disclosure, AppError> {
    let corrupt = || {
        AppError::from(StoreError::Corrupt {
            table: "disclosure",
            column: "ground",
        })
    };
    Ok(Disclosure {
        state: row.state,
        ground: Ground::from_word(&row.ground).ok_or_else(corrupt)?,
        requested_by: row.requested_by,
        approved_by: row.approved_by.clone(),
        released_at: row.closed_at,
        reviewed_at: row.reviewed_at,
    })
}

/// An entry about a disclosure: ids, ground and hashes, nothing of the person but their reference.
fn entry(
    act: &'static str,
    (disclosure_id, by): (DisclosureId, String),
    subject: Option<Commitment>,
    more: Vec<(&'static str, String)>,
    now: Timestamp,
) -> Entry {
    let mut details = vec![
        ("act", act.to_owned()),
        ("disclosure", disclosure_id.to_string()),
        ("by", by),
    ];
    details.extend(more);
    let details = details
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value));
    Entry {
        kind: EntryKind::Disclosure,
        at: now.micros(),
        subject,
        details: details.collect::<BTreeMap<_, _>>(),
    }
}

/// Why a step is refused, under its clause where one says so.
fn refused(refusal: DisclosureRefusal) -> AppError {
    match refusal {
        DisclosureRefusal::Approvals { has, needs } => {
            AppError::Denied(RefusalCode::ApprovalMissing.refuse(
                format!("a release on this ground takes {needs} approvals, and there are {has}"),
                "ask another member whose role has a part in disclosures to approve it",
            ))
        }
        DisclosureRefusal::Own => AppError::Denied(RefusalCode::OwnApproval.refuse(
            "who asks for a release does not approve or review it",
            "ask another member whose role has a part in disclosures",
        )),
        DisclosureRefusal::Closed => AppError::conflict(
            "disclosure_closed",
            "the disclosure takes no such step any more",
        ),
        DisclosureRefusal::Approved => AppError::conflict(
            "disclosure_approved",
            "you have approved it already: the other approval is somebody else's",
        ),
        DisclosureRefusal::NothingToReview => {
            AppError::conflict("nothing_to_review", "nothing of it is left to review")
        }
    }
}
