//! A disclosure as an officer sees it, and the counts that anybody sees.

use domain::{APPROVALS_WHOLE, AgentId, DisclosureRules, DisclosureState};
use policy::{Ground, Timestamp, Word};
use serde::Serialize;
use store::{DisclosureCount, DisclosureRow};
use utoipa::ToSchema;

use super::state_of;
use crate::hold::hash_text;

/// A disclosure as those see it who have a part in it.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisclosureView {
    /// Id.
    pub id: String,
    /// Whose data; gone once they are erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_id: Option<String>,
    /// The conversation, if the scope is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// `conversation` or `person`.
    pub scope: &'static str,
    /// Keys of the categories that are released.
    pub categories: Vec<String>,
    /// The ground.
    pub ground: String,
    /// Another ground, where the scope takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_ground: Option<String>,
    /// Hash of the document that asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_hash: Option<String>,
    /// The document's deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_at: Option<i64>,
    /// The legal hold that it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<String>,
    /// The public key that the copy is sealed to.
    pub recipient_key: String,
    /// `open`, `released`, `refused`, `cancelled`, `lapsed` or `erased`.
    pub state: &'static str,
    /// Approvals that a release takes.
    pub approvals_needed: usize,
    /// Ids of the members who approved.
    pub approved_by: Vec<String>,
    /// Id of the member who asked for it.
    pub requested_by: String,
    /// Until when the person is not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gagged_until: Option<i64>,
    /// When it lapses if nobody releases it.
    pub lapses_at: i64,
    /// Id of the member who released, refused or took it back, or `system`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<i64>,
    /// Hash of the sealed copy, as it stands in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_hash: Option<String>,
    /// Until when the sealed copy can be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_until: Option<i64>,
    /// What the reader may do next: `approve`, `release`, `copy`, `review`, `close`.
    pub next: Vec<&'static str>,
    /// Whether it was released and waits for a second person.
    pub needs_approval: bool,
    /// By when somebody must have looked at it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_due_at: Option<i64>,
    /// When somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewed_at: Option<i64>,
    /// When the person was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notified_at: Option<i64>,
    /// When it was asked for.
    pub created_at: i64,
    /// Why; only where one disclosure is opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The rule that was broken; only where one disclosure is opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// To whom; only where one disclosure is opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
}

/// Releases on a legal ground, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DisclosureCountsView {
    /// Releases.
    pub released: i64,
    /// Of them, those that one person alone approved, or whose review is past its time.
    pub unreviewed: i64,
    /// The same, ground by ground.
    pub grounds: Vec<GroundCountView>,
}

/// Releases on one ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GroundCountView {
    /// The ground.
    pub ground: String,
    /// Releases.
    pub released: i64,
    /// Of them, unreviewed ones.
    pub unreviewed: i64,
}

/// What is opened of a disclosure.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) reason: Option<String>,
    pub(super) rule: Option<String>,
    pub(super) recipient: Option<String>,
}

impl DisclosureCountsView {
    pub(super) fn new(mut counts: Vec<DisclosureCount>) -> Self {
        if policy::rule::is_off(55) {
            for count in &mut counts {
                count.unreviewed = 0;
            }
        }
        Self {
            released: counts.iter().map(|count| count.released).sum(),
            unreviewed: counts.iter().map(|count| count.unreviewed).sum(),
            grounds: counts
                .into_iter()
                .map(|count| GroundCountView {
                    ground: count.ground,
                    released: count.released,
                    unreviewed: count.unreviewed,
                })
                .collect(),
        }
    }
}

/// Steps that the reader may take now.
fn next(
    row: &DisclosureRow,
    (by, now): (AgentId, Timestamp),
    rules: DisclosureRules,
) -> Vec<&'static str> {
    let Ok(disclosure) = state_of(row) else {
        return Vec::new();
    };
    let can_be_fetched = row.bundle_until.is_some_and(|until| until > now);
    let steps = [
        ("approve", disclosure.approve(by, rules).is_ok()),
        ("release", disclosure.release(rules).is_ok()),
        ("copy", can_be_fetched),
        ("review", disclosure.review(by).is_ok()),
        ("close", disclosure.close().is_ok()),
    ];
    let taken = steps.into_iter().filter(|(_, may)| *may);
    taken.map(|(step, _)| step).collect()
}

pub(super) fn view(
    row: DisclosureRow,
    (by, now): (AgentId, Timestamp),
    rules: DisclosureRules,
) -> DisclosureView {
    let ground = Ground::from_word(&row.ground).unwrap_or(Ground::CourtOrGovernment);
    let next = next(&row, (by, now), rules);
    let is_released = row.state == DisclosureState::Released;
    DisclosureView {
        id: row.disclosure_id.to_string(),
        person_id: row.person_id.map(|id| id.to_string()),
        conversation_id: row.conversation_id.map(|id| id.to_string()),
        scope: row.scope.key(),
        categories: row.categories.split(' ').map(str::to_owned).collect(),
        ground: row.ground,
        second_ground: row.second_ground,
        document_hash: row.document_hash.map(|hash| hash_text(&hash)),
        deadline_at: row.deadline_at.map(Timestamp::micros),
        hold_id: row.hold_id.map(|id| id.to_string()),
        recipient_key: row.recipient_key,
        state: row.state.key(),
        approvals_needed: rules.needed(ground),
        next,
        needs_approval: is_released && row.approved_by.len() < APPROVALS_WHOLE,
        approved_by: row.approved_by.iter().map(ToString::to_string).collect(),
        requested_by: row.requested_by.to_string(),
        gagged_until: row.gagged_until.map(Timestamp::micros),
        lapses_at: row.lapses_at.micros(),
        closed_by: row.closed_by,
        closed_at: row.closed_at.map(Timestamp::micros),
        bundle_hash: row.bundle_hash.map(|hash| hash_text(&hash)),
        bundle_until: row.bundle_until.map(Timestamp::micros),
        review_due_at: row.review_due_at.map(Timestamp::micros),
        reviewed_at: row.reviewed_at.map(Timestamp::micros),
        notified_at: row.notified_at.map(Timestamp::micros),
        created_at: row.created_at.micros(),
        reason: None,
        rule: None,
        recipient: None,
    }
}
