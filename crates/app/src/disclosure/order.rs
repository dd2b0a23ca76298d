//! Asking for a release: what each ground takes, and how little it may reach (clauses 52, 53).
//!
//! Why the least scope is what nobody named: who wants more than one conversation has to say so, and why.
//! Must not know: HTTP, SQL.

use std::sync::Arc;

use domain::{
    Comment, ConversationId, DISCLOSURES_OPEN_MAX, DisclosureId, DisclosureScope, GAG_DAYS_MAX,
    HoldId, OPEN_DAYS, PersonId, WorkspaceId,
};
use ledger::{Commitment, Entry};
use policy::{Category, Ground, LegalDisclosure, Purpose, RefusalCode, Timestamp};
use store::{NewDisclosure, NewHold, Tx};

use super::{App, DAY_S, entry};
use crate::{
    actor::Agent,
    error::{AppError, FieldError},
    hold::{parse_hash, placed},
    reading::person_ref,
    sealer::Sealer,
};

/// Days until a document's deadline, at most.
const DEADLINE_DAYS_MAX: i64 = 5 * 366;
/// What may be released, and is asked for by name.
const RELEASABLE: [Category; 3] = [
    Category::PrivateContent,
    Category::Name,
    Category::ContactEmail,
];

/// A release that somebody asks for.
#[derive(Clone)]
pub struct DisclosureOrder {
    /// Whose data; left out: of the conversation's person, or of those with the address.
    pub person_id: Option<PersonId>,
    /// An address: of everybody here who gave it, one release each.
    pub email: Option<String>,
    /// `conversation`, if left out; `person`; never `everybody`.
    pub scope: Option<String>,
    /// The conversation, if the scope is one.
    pub conversation_id: Option<ConversationId>,
    /// Keys of the categories to be released; left out: what was written.
    pub categories: Option<Vec<String>>,
    /// A ground of the policy.
    pub ground: String,
    /// Another one: a breach alone carries one conversation.
    pub second_ground: Option<String>,
    /// The rule that was broken, where a breach is the ground.
    pub rule: Option<String>,
    /// `sha256:` and the hash of the document, where a court or an authority asks.
    pub document_hash: Option<String>,
    /// The document's deadline, in microseconds.
    pub deadline_at: Option<i64>,
    /// Until when the person is not told, in microseconds; none: they are told.
    pub gagged_until: Option<i64>,
    /// Why.
    pub reason: String,
    /// To whom.
    pub recipient: String,
    /// Their public key: `age1...`.
    pub recipient_key: String,
}

/// An order whose every field is acceptable.
struct Parsed {
    scope: DisclosureScope,
    conversation_id: Option<ConversationId>,
    categories: String,
    ground: Ground,
    second_ground: Option<Ground>,
    document: Option<([u8; 32], Timestamp)>,
    gagged_until: Option<Timestamp>,
    rule: Option<Comment>,
    reason: Comment,
    recipient: Comment,
}

/// One person's part of an order, sealed.
struct Asked {
    new: NewDisclosure,
    hold: Option<(NewHold, Entry)>,
    subject: Commitment,
}

impl Asked {
    fn store(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), AppError> {
        let new = &self.new;
        let workspace_id = new.workspace_id;
        if !store::may_be_held(tx, workspace_id, new.person_id, new.conversation_id)? {
            return Err(AppError::NotFound);
        }
        if store::count_open_disclosures(tx, workspace_id)? >= DISCLOSURES_OPEN_MAX {
            let what = "as many disclosures are open as one workspace may have: close one first";
            return Err(AppError::conflict("too_many_disclosures", what));
        }
        if let Some((hold, placed)) = &self.hold {
            let index = store::append_entry(tx, workspace_id, placed)?;
            store::create_hold(tx, hold, index, now)?;
        }
        store::create_disclosure(tx, new, now)?;
        let more = vec![
            ("ground", new.ground.clone()),
            ("scope", new.scope.key().to_owned()),
        ];
        let by = (new.disclosure_id, new.requested_by.to_string());
        let asked = entry("requested", by, Some(self.subject), more, now);
        store::append_entry(tx, workspace_id, &asked)?;
        Ok(())
    }
}

impl App {
    /// Asks for a release. Where a court or an authority asks, what it names is held from now on.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in disclosures and lists the ground, the scope is one
    /// that the ground carries, and rule or document are named; `Invalid`; `NotFound` if there is no such
    /// person or conversation; `Conflict` past the limit of open ones.
    pub async fn request_disclosure(
        &self,
        agent: &Agent,
        order: DisclosureOrder,
    ) -> Result<Vec<DisclosureId>, AppError> {
        self.check_disclosing(agent)?;
        let parsed = self.parse_disclosure(&order)?;
        if parsed.document.is_some() {
            self.check_holding(agent)?;
        }
        let now = self.now();
        let mut asked = Vec::new();
        for person_id in self.disclosed_persons(agent.workspace_id, &order).await? {
            asked.push(self.ask_about(agent, &order, person_id).await?);
        }
        let ids = asked.iter().map(|one| one.new.disclosure_id).collect();
        let stored = self
            .store
            .data
            .write(move |tx| asked.iter().try_for_each(|one| one.store(tx, now)));
        stored.await?;
        Ok(ids)
    }

    /// Whose data the order is about; one address may have been given in several browsers.
    async fn disclosed_persons(
        &self,
        workspace_id: WorkspaceId,
        order: &DisclosureOrder,
    ) -> Result<Vec<PersonId>, AppError> {
        match (order.person_id, order.conversation_id, &order.email) {
            (Some(person_id), _, None) => Ok(vec![person_id]),
            (None, Some(conversation_id), None) => {
                Ok(vec![self.person_of(workspace_id, conversation_id).await?])
            }
            (None, None, Some(email)) => self.persons_of_address(workspace_id, email).await,
            _ => {
                let what = "name whose data by one of person, conversation and address";
                Err(AppError::invalid("person_id", "missing", what))
            }
        }
    }

    async fn ask_about(
        &self,
        agent: &Agent,
        order: &DisclosureOrder,
        person_id: PersonId,
    ) -> Result<Asked, AppError> {
        let workspace_id = agent.workspace_id;
        let parsed = self.parse_disclosure(order)?;
        let key = self.disclosed_key(workspace_id, person_id).await?;
        let sealer = Sealer::new(workspace_id, Arc::clone(&key), self.random_source());
        let id = DisclosureId::new(self.now(), self.random());
        let subject = Commitment(person_ref(workspace_id, person_id, &key));
        let hold = self.hold_for(agent, (&parsed, id), (person_id, subject), &sealer);
        let of = (id, person_id);
        let new = self.new_disclosure(agent, of, (order, parsed), (hold.as_ref(), &sealer));
        Ok(Asked { new, hold, subject })
    }

    fn new_disclosure(
        &self,
        agent: &Agent,
        (id, person_id): (DisclosureId, PersonId),
        (order, parsed): (&DisclosureOrder, Parsed),
        (hold, sealer): (Option<&(NewHold, Entry)>, &Sealer),
    ) -> NewDisclosure {
        let seal = |column, text: Comment| sealer.disclosure(id, column, &text.into_personal());
        let lapses_at = self.now().plus_seconds(OPEN_DAYS * DAY_S);
        let deadline_at = parsed.document.map(|(_, deadline_at)| deadline_at);
        NewDisclosure {
            workspace_id: agent.workspace_id,
            disclosure_id: id,
            person_id,
            conversation_id: parsed.conversation_id,
            scope: parsed.scope,
            categories: parsed.categories,
            ground: parsed.ground.word().to_owned(),
            second_ground: parsed.second_ground.map(|ground| ground.word().to_owned()),
            document_hash: parsed.document.map(|(hash, _)| hash),
            deadline_at,
            hold_id: hold.map(|(hold, _)| hold.hold_id),
            recipient_key: order.recipient_key.clone(),
            rule: parsed.rule.map(|rule| seal("rule_sealed", rule)),
            reason: seal("reason_sealed", parsed.reason),
            recipient: seal("recipient_sealed", parsed.recipient),
            gagged_until: parsed.gagged_until,
            lapses_at: deadline_at.unwrap_or(lapses_at),
            requested_by: agent.agent_id,
            policy_version: i64::from(self.policy().version()),
        }
    }

    /// The legal hold that a document starts, with its entry (clause 53).
    fn hold_for(
        &self,
        agent: &Agent,
        (parsed, id): (&Parsed, DisclosureId),
        (person_id, subject): (PersonId, Commitment),
        sealer: &Sealer,
    ) -> Option<(NewHold, Entry)> {
        let (document_hash, deadline_at) = parsed.document?;
        let now = self.now();
        let hold_id = HoldId::new(now, self.random());
        let reason = policy::Personal::new(format!("disclosure {id}"));
        let hold = NewHold {
            workspace_id: agent.workspace_id,
            hold_id,
            person_id,
            conversation_id: parsed.conversation_id,
            ground: parsed.ground.word().to_owned(),
            document_hash,
            reason: sealer.hold_reason(hold_id, &reason),
            deadline_at,
            gagged_until: parsed.gagged_until.map(|until| until.min(deadline_at)),
            placed_by: agent.agent_id,
        };
        let entry = placed(&hold, agent, subject, now);
        Some((hold, entry))
    }

    fn parse_disclosure(&self, order: &DisclosureOrder) -> Result<Parsed, AppError> {
        let ground = self.parse_ground(&order.ground)?;
        let second = order.second_ground.as_deref();
        let second = second.map(|word| self.parse_ground(word)).transpose()?;
        let second_ground = second.filter(|second| *second != ground);
        let mut faults = Vec::new();
        let scope = check_scope(order, ground, second_ground, &mut faults)?;
        let grounds = [Some(ground), second_ground];
        if grounds.contains(&Some(Ground::TermsOrIllegal)) && order.rule.is_none() {
            return Err(rule_not_cited());
        }
        let needs_document = grounds.contains(&Some(Ground::CourtOrGovernment));
        let document = if needs_document {
            check_document(order, self.now(), &mut faults)?
        } else {
            None
        };
        let categories = self.check_categories(order, &mut faults);
        let gagged_until = self.check_gag(order, &mut faults);
        if !self.envelope.is_recipient(&order.recipient_key) {
            let what = "must be a public key of age: age1 and 58 letters and digits";
            faults.push(FieldError::new("recipient_key", "wrong_form", what));
        }
        let rule = order.rule.as_deref();
        let rule = rule.and_then(|text| comment("rule", text, &mut faults));
        let reason = comment("reason", &order.reason, &mut faults);
        let recipient = comment("recipient", &order.recipient, &mut faults);
        let (Some(reason), Some(recipient), true) = (reason, recipient, faults.is_empty()) else {
            return Err(AppError::Invalid(faults));
        };
        Ok(Parsed {
            scope,
            conversation_id: order
                .conversation_id
                .filter(|_| scope == DisclosureScope::Conversation),
            categories,
            ground,
            second_ground,
            document,
            gagged_until,
            rule,
            reason,
            recipient,
        })
    }

    /// Keys of the categories, with a blank between two: those that the policy's purpose names.
    fn check_categories(&self, order: &DisclosureOrder, faults: &mut Vec<FieldError>) -> String {
        let policy = self.policy();
        let rule = policy.purpose(LegalDisclosure::KEY);
        let known = |key: &str| {
            RELEASABLE.iter().any(|category| category.key() == key)
                && rule.is_some_and(|rule| rule.categories.iter().any(|known| known == key))
        };
        let Some(asked) = &order.categories else {
            return Category::PrivateContent.key().to_owned();
        };
        let mut asked = asked.clone();
        asked.sort();
        asked.dedup();
        if asked.is_empty() || !asked.iter().all(|key| known(key)) {
            let what = "must name categories that the policy lists for a disclosure and that can be released";
            faults.push(FieldError::new("categories", "unknown_category", what));
        }
        asked.join(" ")
    }

    fn check_gag(
        &self,
        order: &DisclosureOrder,
        faults: &mut Vec<FieldError>,
    ) -> Option<Timestamp> {
        let (now, until) = (self.now(), order.gagged_until.map(Timestamp)?);
        if until <= now || until > now.plus_seconds(GAG_DAYS_MAX * DAY_S) {
            let what = "must be to come, and within a year";
            faults.push(FieldError::new("gagged_until", "unusable_time", what));
        }
        Some(until)
    }
}

/// One conversation, unless the order says more and its grounds carry it.
fn check_scope(
    order: &DisclosureOrder,
    ground: Ground,
    second: Option<Ground>,
    faults: &mut Vec<FieldError>,
) -> Result<DisclosureScope, AppError> {
    let word = order.scope.as_deref().unwrap_or("conversation");
    let Ok(scope) = word.parse() else {
        let what = "must be conversation or person";
        faults.push(FieldError::new("scope", "unknown_word", what));
        return Ok(DisclosureScope::Conversation);
    };
    let too_wide = |what: &str, mend: &str| {
        Err(AppError::Denied(
            RefusalCode::ScopeTooWide.refuse(what, mend),
        ))
    };
    match scope {
        scope if policy::rule::is_off(52) => Ok(scope),
        DisclosureScope::Everybody => too_wide(
            "no ground carries a release about everybody",
            "ask for one conversation or one person, each with its own ground",
        ),
        DisclosureScope::Person if ground == Ground::TermsOrIllegal && second.is_none() => {
            too_wide(
                "a breach alone carries one conversation",
                "name the conversation, or a second ground in `second_ground`",
            )
        }
        DisclosureScope::Conversation if order.conversation_id.is_none() => {
            let what = "must name the conversation, or `scope` must be person";
            faults.push(FieldError::new("conversation_id", "missing", what));
            Ok(scope)
        }
        scope => Ok(scope),
    }
}

/// The document of a court or an authority, with its deadline.
fn check_document(
    order: &DisclosureOrder,
    now: Timestamp,
    faults: &mut Vec<FieldError>,
) -> Result<Option<([u8; 32], Timestamp)>, AppError> {
    let (Some(hash), Some(deadline_at)) = (&order.document_hash, order.deadline_at) else {
        return Err(AppError::Denied(RefusalCode::DocumentMissing.refuse(
            "a court or an authority asks by a document with a deadline",
            "name the document's SHA-256 in `document_hash`, and its end in `deadline_at`",
        )));
    };
    let hash = parse_hash(hash);
    if hash.is_none() {
        let what = "must be sha256: and 64 lower-case hexadecimal digits";
        faults.push(FieldError::new("document_hash", "wrong_form", what));
    }
    let deadline_at = Timestamp(deadline_at);
    if deadline_at <= now || deadline_at > now.plus_seconds(DEADLINE_DAYS_MAX * DAY_S) {
        let what = "must be to come, and within five years";
        faults.push(FieldError::new("deadline_at", "unusable_time", what));
    }
    Ok(hash.map(|hash| (hash, deadline_at)))
}

fn rule_not_cited() -> AppError {
    AppError::Denied(RefusalCode::RuleNotCited.refuse(
        "a breach is a ground only of a rule that is named",
        "cite the rule of terms or law in `rule`",
    ))
}

fn comment(field: &'static str, text: &str, faults: &mut Vec<FieldError>) -> Option<Comment> {
    match Comment::parse(text) {
        Ok(comment) => Some(comment),
        Err(fault) => {
            faults.push(FieldError::new(field, fault.code(), fault.to_string()));
            None
        }
    }
}
