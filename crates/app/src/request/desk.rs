//! The privacy desk: requests that came by post or telephone are entered, shown to be the person's, given more
//! time where the policy has any, and carried out before their time.
//!
//! Why no search by name: a person is found by the address they gave (its keyed look-up) or by a conversation,
//! so nothing of anybody is opened to find them.
//! Must not know: HTTP, SQL.

use domain::{
    ConversationId, DisplayName, EmailAddress, ExtensionReason, PersonId, Request, RequestAct,
    RequestId, RequestKind, RequestProof, RequestState, RequestWay, WorkspaceId,
};
use policy::{Channel, Reading, RightsRequest, Subject, Timestamp};
use serde::Serialize;
use store::{RequestFilter, RequestRow};
use utoipa::ToSchema;

use super::{
    App, Doer, Incoming, Step, letter, may_object, refuse,
    view::{Loaded, RequestView, request_view},
    write_next, write_step,
};
use crate::{
    actor::{Agent, RIGHTS},
    cursor::{read_cursor, time_and_id, write_cursor},
    error::{AppError, FieldError},
    intake::MailboxView,
    sealer::Sealer,
};

/// Requests on one page.
const PAGE: usize = 50;
/// Persons with one address for whom one letter is entered.
const PERSONS_MAX: i64 = 20;

/// A request that came in on paper or by voice.
pub struct EnteredRequest {
    /// What is asked for.
    pub kind: RequestKind,
    /// `mail` (with another subject), `post`, `telephone` or `spoken`.
    pub way: RequestWay,
    /// The person is found by the address they gave ...
    pub email: Option<String>,
    /// ... or by a conversation of theirs.
    pub conversation_id: Option<ConversationId>,
    /// To correct: the right name.
    pub right_name: Option<String>,
    /// To correct: the right address.
    pub right_email: Option<String>,
    /// To object: to which purpose.
    pub purpose: Option<String>,
    /// When it came in; now, if left out.
    pub received_at: Option<Timestamp>,
    /// How it was shown to be the person's, if it was.
    pub proof: Option<RequestProof>,
}

/// What became of it: one request for each record under the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EnteredRequestsView {
    /// The requests.
    pub requests: Vec<RequestView>,
    /// How many of them were open before: asking twice is one request.
    pub known: usize,
}

/// Which requests.
pub struct RequestsQuery {
    /// In which state.
    pub state: RequestState,
    /// Of which kind, if of one only.
    pub kind: Option<RequestKind>,
    /// Where the page begins, as the page before said.
    pub cursor: Option<String>,
}

/// A page of requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequestPageView {
    /// The requests: open ones by their end, closed ones from the newest.
    pub requests: Vec<RequestView>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Purposes that a person may object to.
    pub may_object: Vec<String>,
    /// Days the policy gives where it takes longer; 0: none.
    pub extend_days: u32,
    /// The mailbox of the policy's contact address, if it is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<MailboxView>,
}

/// The right values of a request to correct.
struct Right {
    name: Option<DisplayName>,
    email: Option<EmailAddress>,
}

impl App {
    /// Enters a request that came by post, by telephone or in person, with the clock of the day it came in.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `Invalid` fields, `NotFound` if nothing is held under the address or no such
    /// conversation is there, `TooMany` past the day's limit, those of the databases.
    pub async fn enter_request(
        &self,
        agent: &Agent,
        entered: EnteredRequest,
    ) -> Result<EnteredRequestsView, AppError> {
        self.check_desk(agent)?;
        let right = self.check_entered(&entered)?;
        let now = self.now();
        let received_at = entered.received_at.unwrap_or(now);
        let rules = self.policy().file().requests;
        let request = Request::receive(entered.kind, received_at, now, &rules)
            .and_then(|request| match entered.proof {
                Some(proof) => request.verify(proof),
                None => Ok(request),
            })
            .map_err(|refusal| {
                AppError::invalid("received_at", refusal.code(), refusal.to_string())
            })?;
        let persons = self.find_asking(agent, &entered).await?;
        let (mut ids, mut known) = (Vec::new(), 0);
        for person_id in persons {
            let incoming = self
                .incoming(agent, person_id, request, (&entered, &right))
                .await?;
            let taken = self.take_request(incoming).await?;
            known += usize::from(taken.is_known);
            ids.push(taken.row.request_id);
        }
        let mut requests = Vec::with_capacity(ids.len());
        for id in ids {
            requests.push(self.get_request(agent, id).await?);
        }
        Ok(EnteredRequestsView { requests, known })
    }

    /// A page of requests.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `Invalid` cursor, those of the databases.
    pub async fn list_requests(
        &self,
        agent: &Agent,
        query: &RequestsQuery,
    ) -> Result<RequestPageView, AppError> {
        self.check_desk(agent)?;
        let workspace_id = agent.workspace_id;
        let after = query
            .cursor
            .as_deref()
            .map(|cursor| read_cursor(cursor, time_and_id))
            .transpose()?;
        let filter = RequestFilter {
            state: query.state,
            kind: query.kind,
        };
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
        let loaded = self.store.data.read(move |tx| {
            let rows = store::list_requests(tx, workspace_id, filter, after, limit)?;
            rows.into_iter().map(|row| load(tx, row)).collect()
        });
        let mut loaded: Vec<Loaded> = loaded.await?;
        let has_more = loaded.len() > PAGE;
        loaded.truncate(PAGE);
        let last = loaded.last().filter(|_| has_more);
        let next_cursor = last.map(|last| {
            let due = last.row.request.due_at.micros();
            write_cursor(format_args!("{due}.{}", last.row.request_id))
        });
        let policy = self.policy();
        Ok(RequestPageView {
            requests: self.request_views(agent.workspace_id, loaded).await?,
            next_cursor,
            may_object: may_object(&policy),
            extend_days: policy.file().requests.extend_days,
            mailbox: self.mailbox_view(),
        })
    }

    /// One request.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `NotFound`, those of the databases.
    pub async fn get_request(
        &self,
        agent: &Agent,
        request_id: RequestId,
    ) -> Result<RequestView, AppError> {
        self.check_desk(agent)?;
        let workspace_id = agent.workspace_id;
        let loaded = self.store.data.read(move |tx| {
            let row = store::find_request(tx, workspace_id, request_id)?;
            load(tx, row.ok_or(AppError::NotFound)?)
        });
        let views = self
            .request_views(workspace_id, vec![loaded.await?])
            .await?;
        views.into_iter().next().ok_or(AppError::NotFound)
    }

    /// Notes how a request was shown to be the person's; `loop` sends the letter that asks them again.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `NotFound`, `Conflict` if it is closed or verified already, those of the
    /// databases.
    pub async fn verify_request(
        &self,
        agent: &Agent,
        request_id: RequestId,
        proof: RequestProof,
    ) -> Result<RequestView, AppError> {
        self.check_desk(agent)?;
        let row = self.get_request_row(agent.workspace_id, request_id).await?;
        let next = row.request.verify(proof).map_err(refuse)?;
        if proof == RequestProof::Loop {
            let person_id = row.person_id.ok_or(AppError::NotFound)?;
            let job = self.request_letter(agent.workspace_id, &request_id, letter::RECEIVED);
            self.enqueue(job.about(person_id)).await?;
            return self.get_request(agent, request_id).await;
        }
        self.change_request(agent, row, next, (RequestAct::Verified, None))
            .await
    }

    /// Gives a request more time, where the policy has any; the person is told why.
    ///
    /// # Errors
    /// As [`Self::verify_request`]; `Conflict` if the policy gives none, or more was given before.
    pub async fn extend_request(
        &self,
        agent: &Agent,
        request_id: RequestId,
        reason: ExtensionReason,
    ) -> Result<RequestView, AppError> {
        self.check_desk(agent)?;
        let row = self.get_request_row(agent.workspace_id, request_id).await?;
        let rules = self.policy().file().requests;
        let next = row
            .request
            .extend(reason, self.now(), &rules)
            .map_err(refuse)?;
        let act = (RequestAct::Extended, Some(letter::EXTENDED));
        self.change_request(agent, row, next, act).await
    }

    /// Carries a request out before its time.
    ///
    /// # Errors
    /// As [`Self::verify_request`]; `Conflict` if nobody has shown that it is the person's.
    pub async fn execute_request_now(
        &self,
        agent: &Agent,
        request_id: RequestId,
    ) -> Result<RequestView, AppError> {
        self.check_desk(agent)?;
        let row = self.get_request_row(agent.workspace_id, request_id).await?;
        row.request.execute_early().map_err(refuse)?;
        self.execute_request(&row, Doer::of(agent)).await?;
        self.get_request(agent, request_id).await
    }

    /// A link to the copy that is ready, to be sent by post: it works once, for 30 days.
    ///
    /// # Errors
    /// `Forbidden` role, `Denied`, `NotFound`, `Conflict` if there is no copy to hand over.
    pub async fn hand_over_copy(
        &self,
        agent: &Agent,
        request_id: RequestId,
    ) -> Result<String, AppError> {
        self.check_desk(agent)?;
        let workspace_id = agent.workspace_id;
        let row = self.get_request_row(workspace_id, request_id).await?;
        let person_id = row.person_id.ok_or(AppError::NotFound)?;
        if row.outcome.as_deref() != Some("ready") {
            return Err(AppError::conflict(
                "nothing_to_hand_over",
                "this request has no copy that waits to be handed over",
            ));
        }
        let subject = self.request_subject(workspace_id, person_id).await?;
        let step = Step {
            act: RequestAct::HandedOver,
            by: Doer::of(agent),
            subject: Some(subject),
            more: Vec::new(),
            now: self.now(),
        };
        let noted = self
            .store
            .data
            .write(move |tx| write_step(tx, &row, step).map(drop));
        noted.await?;
        self.new_copy_link(workspace_id, person_id).await
    }

    fn check_desk(&self, agent: &Agent) -> Result<(), AppError> {
        agent.require(RIGHTS)?;
        let own = Reading::own();
        self.permit::<RightsRequest>(agent.role, Channel::Widget, &Subject::default(), &own)?;
        Ok(())
    }

    /// What is entered must be whole, and nothing in it that its kind does not take.
    fn check_entered(&self, entered: &EnteredRequest) -> Result<Right, AppError> {
        let mut faults = Vec::new();
        if entered.way == RequestWay::Centre {
            faults.push(FieldError::new(
                "way",
                "unknown_word",
                "mail, post, telephone or spoken",
            ));
        }
        let has_proof = matches!(
            entered.proof,
            None | Some(RequestProof::Document | RequestProof::CallBack)
        );
        if !has_proof {
            faults.push(FieldError::new(
                "proof",
                "unknown_word",
                "document or call_back",
            ));
        }
        if entered.email.is_some() == entered.conversation_id.is_some() {
            let why = "give the address or a conversation, one of them";
            faults.push(FieldError::new("email", "missing", why));
        }
        faults.extend(self.check_purpose(entered));
        let right = check_right(entered, &mut faults);
        if faults.is_empty() {
            Ok(right)
        } else {
            Err(AppError::Invalid(faults))
        }
    }

    fn check_purpose(&self, entered: &EnteredRequest) -> Option<FieldError> {
        let objects = entered.kind == RequestKind::Object;
        let allowed = may_object(&self.policy());
        let is_right = match &entered.purpose {
            Some(purpose) => objects && allowed.contains(purpose),
            None => !objects,
        };
        let why = format!("to object, name one of: {}", allowed.join(", "));
        (!is_right).then(|| FieldError::new("purpose", "unknown_word", why))
    }

    /// The persons a letter is about: those with the address in it, or the one of the conversation.
    async fn find_asking(
        &self,
        agent: &Agent,
        entered: &EnteredRequest,
    ) -> Result<Vec<PersonId>, AppError> {
        let workspace_id = agent.workspace_id;
        if let Some(conversation_id) = entered.conversation_id {
            return Ok(vec![self.person_of(workspace_id, conversation_id).await?]);
        }
        let email = entered.email.as_deref().unwrap_or_default();
        self.persons_of_address(workspace_id, email).await
    }

    /// Everybody who gave this address, of those who are held.
    ///
    /// # Errors
    /// `Invalid`, or `NotFound` if there is nobody.
    pub(crate) async fn persons_of_address(
        &self,
        workspace_id: WorkspaceId,
        email: &str,
    ) -> Result<Vec<PersonId>, AppError> {
        let email = EmailAddress::parse(email)
            .map_err(|fault| AppError::invalid("email", "wrong_form", fault.to_string()))?;
        let index = self.keyring.workspace(workspace_id).await?;
        let index = index.blind_index(email.as_str());
        let found = self.store.data.read(move |tx| {
            store::list_persons_of_address(tx, workspace_id, index, false, PERSONS_MAX)
        });
        let found: Vec<store::KnownReader> = found.await.map_err(AppError::from)?;
        if found.is_empty() {
            return Err(AppError::NotFound);
        }
        Ok(found.into_iter().map(|reader| reader.person_id).collect())
    }

    async fn incoming(
        &self,
        agent: &Agent,
        person_id: PersonId,
        request: Request,
        (entered, right): (&EnteredRequest, &Right),
    ) -> Result<Incoming, AppError> {
        let workspace_id = agent.workspace_id;
        let request_id = RequestId::new(self.now(), self.random());
        let key = self.keyring.person(workspace_id, person_id).await?;
        let sealer = Sealer::new(workspace_id, key, self.random_source());
        let (name, email) = (right.name.clone(), right.email.clone());
        Ok(Incoming {
            workspace_id,
            person_id,
            request_id,
            request,
            purpose: entered.purpose.clone().unwrap_or_default(),
            way: entered.way,
            name: name.map(|name| sealer.request_name(request_id, name)),
            email: email.map(|email| sealer.request_email(request_id, email)),
            by: Doer::of(agent),
        })
    }

    async fn change_request(
        &self,
        agent: &Agent,
        row: RequestRow,
        next: Request,
        (act, letter): (RequestAct, Option<i64>),
    ) -> Result<RequestView, AppError> {
        let (workspace_id, request_id, now) = (agent.workspace_id, row.request_id, self.now());
        let person_id = row.person_id.ok_or(AppError::NotFound)?;
        let step = Step {
            act,
            by: Doer::of(agent),
            subject: Some(self.request_subject(workspace_id, person_id).await?),
            more: Vec::new(),
            now,
        };
        let job = letter.map(|stage| self.request_letter(workspace_id, &request_id, stage));
        let changed = self.store.data.write(move |tx| {
            write_next(tx, &row, &next, None, step)?;
            if let Some(job) = job {
                store::enqueue_job(tx, &job.about(person_id), now)?;
            }
            Ok::<_, AppError>(())
        });
        changed.await?;
        self.get_request(agent, request_id).await
    }

    pub(crate) async fn request_views(
        &self,
        workspace_id: domain::WorkspaceId,
        loaded: Vec<Loaded>,
    ) -> Result<Vec<RequestView>, AppError> {
        let agents = loaded.iter().flat_map(|one| &one.steps);
        let agents: Vec<_> = agents.filter_map(|step| step.agent_id).collect();
        let names = self.agent_names(workspace_id, agents).await?;
        let may_extend = self.policy().file().requests.extend_days > 0;
        let views = loaded.into_iter();
        Ok(views
            .map(|one| request_view(one, &names, may_extend))
            .collect())
    }
}

/// A request with its steps and its visitor.
pub(crate) fn load(tx: &mut store::Tx<'_>, row: RequestRow) -> Result<Loaded, AppError> {
    let steps = store::list_request_steps(tx, row.workspace_id, row.request_id)?;
    let visitor = match row.person_id {
        Some(person_id) => store::find_visitor_of_person(tx, row.workspace_id, person_id)?,
        None => None,
    };
    Ok(Loaded {
        row,
        visitor_id: visitor.map(|visitor| visitor.visitor_id),
        steps,
    })
}

fn check_right(entered: &EnteredRequest, faults: &mut Vec<FieldError>) -> Right {
    let corrects = entered.kind == RequestKind::Correct;
    let is_given = entered.right_name.is_some() || entered.right_email.is_some();
    if corrects != is_given {
        let why = "to correct, give the right name or the right address";
        faults.push(FieldError::new("right_name", "missing", why));
    }
    let name = entered.right_name.as_deref().map(DisplayName::parse);
    let name = name.transpose().unwrap_or_else(|fault| {
        faults.push(FieldError::new(
            "right_name",
            fault.code(),
            fault.to_string(),
        ));
        None
    });
    let email = entered.right_email.as_deref().map(EmailAddress::parse);
    let email = email.transpose().unwrap_or_else(|fault| {
        faults.push(FieldError::new(
            "right_email",
            "wrong_form",
            fault.to_string(),
        ));
        None
    });
    Right { name, email }
}
