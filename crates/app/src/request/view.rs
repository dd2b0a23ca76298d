//! A request as the privacy desk sees it: nothing of the person is opened.
//!
//! Must not know: HTTP, SQL.

use domain::{AgentId, PersonId, RequestId, RequestKind, RequestState, VisitorId};
use policy::Timestamp;
use serde::Serialize;
use store::{RequestRow, RequestStep};
use utoipa::ToSchema;

use crate::author::AgentNames;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: RequestId,
    /// `access`, `correct`, `export`, `restrict`, `object`, `opt_out` or `erase`.
    pub kind: &'static str,
    /// `open`, `done` or `withdrawn`.
    pub state: &'static str,
    /// `centre`, `mail`, `post`, `telephone` or `spoken`.
    pub way: &'static str,
    /// The purpose objected to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Who asks; absent once they are erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub person_id: Option<PersonId>,
    /// What to call them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// `session`, `loop`, `document` or `call_back`: how they showed that it is theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<&'static str>,
    /// `complex` or `many`: why it takes longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<&'static str>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// When it came in.
    #[schema(value_type = i64)]
    pub received_at: Timestamp,
    /// When it runs by itself.
    #[schema(value_type = i64)]
    pub due_at: Timestamp,
    /// When it was done or taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub closed_at: Option<Timestamp>,
    /// What may be done next: `verify`, `execute`, `extend`, `hand_over`.
    pub next: Vec<&'static str>,
    /// Who did what, in order.
    pub steps: Vec<RequestStepView>,
}

/// What was done with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestStepView {
    /// `received`, `verified`, `extended`, `executed`, `withdrawn`, `lifted` or `handed_over`.
    pub act: &'static str,
    /// As what they did it: `subject`, `system`, or a role of personnel.
    pub role: String,
    /// Who of the personnel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub agent_id: Option<AgentId>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its entry in the ledger.
    pub ledger_index: u64,
    /// When.
    #[schema(value_type = i64)]
    pub at: Timestamp,
}

/// A request with what stands beside it.
pub(crate) struct Loaded {
    pub(crate) row: RequestRow,
    pub(crate) visitor_id: Option<VisitorId>,
    pub(crate) steps: Vec<RequestStep>,
}

pub(crate) fn request_view(loaded: Loaded, names: &AgentNames, may_extend: bool) -> RequestView {
    let next = next_steps(&loaded.row, may_extend);
    let Loaded {
        row,
        visitor_id,
        steps,
    } = loaded;
    let request = row.request;
    RequestView {
        id: row.request_id,
        kind: request.kind.key(),
        state: request.state.key(),
        way: row.way.key(),
        purpose: (!row.purpose.is_empty()).then_some(row.purpose),
        person_id: row.person_id,
        label: visitor_id.map(|id| crate::visitor::visitor_label(id, None)),
        proof: request.proof.map(domain::RequestProof::key),
        extension: request.extension.map(domain::ExtensionReason::key),
        outcome: row.outcome,
        received_at: request.received_at,
        due_at: request.due_at,
        closed_at: row.closed_at,
        next,
        steps: steps
            .into_iter()
            .map(|step| step_view(step, names))
            .collect(),
    }
}

/// What may be done next: whoever looks is shown these and no others.
fn next_steps(row: &RequestRow, may_extend: bool) -> Vec<&'static str> {
    let request = &row.request;
    let mut next = Vec::new();
    match request.state {
        RequestState::Open => {
            if request.proof.is_none() {
                next.push("verify");
            } else {
                next.push("execute");
            }
            let is_extendable = request.kind != RequestKind::OptOut && request.extension.is_none();
            if may_extend && is_extendable {
                next.push("extend");
            }
        }
        RequestState::Done => {
            if row.outcome.as_deref() == Some("ready") && row.person_id.is_some() {
                next.push("hand_over");
            }
        }
        RequestState::Withdrawn => {}
    }
    next
}

fn step_view(step: RequestStep, names: &AgentNames) -> RequestStepView {
    RequestStepView {
        act: step.act.key(),
        role: step.role,
        agent_id: step.agent_id,
        name: step.agent_id.and_then(|id| names.get(&id).cloned()),
        ledger_index: step.ledger_index,
        at: step.created_at,
    }
}
