//! The release itself: what is in the scope, in one document, sealed to its recipient (clause 51).
//!
//! Why the sealed copy is sealed once more: what waits to be fetched must go with the person's key.
//! Must not know: HTTP, SQL, the format of the seal.

use std::{collections::HashMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{BUNDLE_DAYS, Disclosure, DisclosureId, DisclosureRules, PersonId};
use ledger::Commitment;
use policy::{Category, Channel, LegalDisclosure, Personal, Subject};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{DisclosedConversation, DisclosedVisitor, DisclosureRow, HeldMessage, Released, Tx};
use vault::SubjectKey;

use super::{App, DAY_S, entry, get_row, refused, state_of};
use crate::{
    actor::Agent, error::AppError, hold::hash_text, opener::Opener, reading::person_ref,
    sealer::Sealer,
};

/// The form of the document; another form would have another name.
const FORM: &str = "chatham disclosure v1";
/// Conversations in one release.
const CONVERSATIONS_MAX: i64 = 1_000;
/// Messages in one release.
const MESSAGES_MAX: i64 = 20_000;
/// Bytes of the document.
const BYTES_MAX: usize = 8 * 1_024 * 1_024;

/// What is released, still sealed.
struct Material {
    visitor: Option<DisclosedVisitor>,
    conversations: Vec<(DisclosedConversation, Vec<HeldMessage>)>,
}

impl App {
    /// Releases: makes the copy, seals it to the recipient's public key and enters its hash in the ledger.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in disclosures and there are enough approvals;
    /// `Conflict` if it is closed or too large; `NotFound`; `Unavailable` if the reading cannot be entered.
    pub async fn release_disclosure(
        &self,
        agent: &Agent,
        disclosure_id: DisclosureId,
    ) -> Result<(), AppError> {
        self.check_disclosing(agent)?;
        let (workspace_id, rules) = (agent.workspace_id, self.disclosure_rules());
        let row = self.load_disclosure(workspace_id, disclosure_id).await?;
        check_release(&state_of(&row)?, rules)?;
        let person_id = row.person_id.ok_or(AppError::NotFound)?;
        let key = self.disclosed_key(workspace_id, person_id).await?;
        let document = self.write_document(agent, &row, (person_id, &key)).await?;
        let copy = self.envelope.seal(&row.recipient_key, document.as_bytes());
        let copy =
            copy.ok_or_else(|| AppError::Internal("the copy cannot be sealed".to_owned()))?;
        let hash: [u8; 32] = Sha256::digest(&copy).into();
        let now = self.now();
        let sealer = Sealer::new(workspace_id, Arc::clone(&key), self.random_source());
        let copy = Personal::new(STANDARD.encode(copy));
        let bundle = sealer.disclosure(disclosure_id, "bundle_sealed", &copy);
        let subject = Commitment(person_ref(workspace_id, person_id, &key));
        let by = agent.agent_id;
        let released = self.store.data.write(move |tx| {
            let row = get_row(tx, workspace_id, disclosure_id)?;
            let disclosure = state_of(&row)?;
            check_release(&disclosure, rules)?;
            let approvals = row.approved_by.len();
            let released = Released {
                bundle,
                hash,
                until: now.plus_seconds(BUNDLE_DAYS * DAY_S),
                review_due_at: disclosure
                    .review_due_at(approvals, now, rules)
                    .filter(|_| !policy::rule::is_off(54)),
            };
            store::release_disclosure(tx, (workspace_id, disclosure_id), &released, by, now)?;
            let more = vec![
                ("ground", row.ground),
                ("scope", row.scope.key().to_owned()),
                ("approvals", approvals.to_string()),
                ("bundle", hash_text(&hash)),
            ];
            let by = (disclosure_id, by.to_string());
            let entered = entry("released", by, Some(subject), more, now);
            store::append_entry(tx, workspace_id, &entered)?;
            Ok::<_, AppError>(())
        });
        released.await
    }

    /// The sealed copy, as it is handed to its recipient.
    ///
    /// # Errors
    /// `Denied` unless the policy gives the role a part in disclosures; `NotFound` if there is none, or its
    /// time is over.
    pub async fn fetch_disclosure(
        &self,
        agent: &Agent,
        disclosure_id: DisclosureId,
    ) -> Result<Vec<u8>, AppError> {
        self.check_disclosing(agent)?;
        let (workspace_id, now) = (agent.workspace_id, self.now());
        let row = self.load_disclosure(workspace_id, disclosure_id).await?;
        let person_id = row.person_id.ok_or(AppError::NotFound)?;
        let sealed = self
            .store
            .data
            .read(move |tx| store::find_disclosure_bundle(tx, workspace_id, disclosure_id, now));
        let sealed: Option<_> = sealed
            .await
            .map_err(|error: store::StoreError| AppError::from(error))?;
        let sealed = sealed.ok_or(AppError::NotFound)?;
        let key = self.disclosed_key(workspace_id, person_id).await?;
        let keys = HashMap::from([(person_id, Arc::clone(&key))]);
        let reading = self
            .account_reading::<LegalDisclosure>(agent, &keys)
            .await?;
        let subject = Subject::default();
        let permit =
            self.permit::<LegalDisclosure>(agent.role, Channel::Widget, &subject, &reading)?;
        let opener = Opener::new(workspace_id, &key, &permit);
        let copy = opener.disclosure(disclosure_id, "bundle_sealed", &sealed)?;
        let decoded = STANDARD.decode(copy);
        decoded.map_err(|_| AppError::Internal("the copy is not what was stored".to_owned()))
    }

    async fn write_document(
        &self,
        agent: &Agent,
        row: &DisclosureRow,
        (person_id, key): (PersonId, &Arc<SubjectKey>),
    ) -> Result<String, AppError> {
        let keys = HashMap::from([(person_id, Arc::clone(key))]);
        let reading = self
            .account_reading::<LegalDisclosure>(agent, &keys)
            .await?;
        let (of, holds_words) = (row.clone(), has(row, Category::PrivateContent));
        let material = self
            .store
            .data
            .read(move |tx| load(tx, &of, person_id, holds_words));
        let material: Material = material.await?;
        let subject = Subject::default();
        let permit =
            self.permit::<LegalDisclosure>(agent.role, Channel::Widget, &subject, &reading)?;
        let opener = Opener::new(row.workspace_id, key, &permit);
        let policy = self.policy();
        let document = json!({
            "form": FORM,
            "disclosure": row.disclosure_id,
            "installation": self.settings.public_url,
            "released_at": self.now(),
            "ground": row.ground,
            "second_ground": row.second_ground,
            "scope": row.scope.key(),
            "categories": row.categories.split(' ').collect::<Vec<_>>(),
            "policy": { "version": policy.version(), "hash": policy.hash() },
            "person": person_json(row, material.visitor.as_ref(), &opener)?,
            "conversations": conversations_json(&material, &opener)?,
        })
        .to_string();
        if document.len() > BYTES_MAX {
            return Err(too_large());
        }
        Ok(document)
    }
}

fn check_release(disclosure: &Disclosure, rules: DisclosureRules) -> Result<(), AppError> {
    if policy::rule::is_off(51) {
        return Ok(());
    }
    disclosure.release(rules).map_err(refused)
}

/// What is in the scope; a person who is being erased has it only as far as a hold keeps it.
fn load(
    tx: &mut Tx<'_>,
    row: &DisclosureRow,
    person_id: PersonId,
    holds_words: bool,
) -> Result<Material, AppError> {
    let workspace_id = row.workspace_id;
    if !store::may_be_held(tx, workspace_id, person_id, row.conversation_id)? {
        return Err(AppError::NotFound);
    }
    let visitor = store::find_disclosed_visitor(tx, workspace_id, person_id)?;
    let mut conversations = Vec::new();
    if holds_words {
        let scope = (person_id, row.conversation_id);
        let limit = CONVERSATIONS_MAX + 1;
        let listed = store::list_disclosed_conversations(tx, workspace_id, scope, limit)?;
        let mut left = MESSAGES_MAX;
        if i64::try_from(listed.len()).unwrap_or(i64::MAX) > CONVERSATIONS_MAX {
            return Err(too_large());
        }
        for conversation in listed {
            let id = conversation.conversation_id;
            let messages = store::list_disclosed_messages(tx, workspace_id, id, left + 1)?;
            left -= i64::try_from(messages.len()).unwrap_or(i64::MAX);
            if left < 0 {
                return Err(too_large());
            }
            conversations.push((conversation, messages));
        }
    }
    Ok(Material {
        visitor,
        conversations,
    })
}

fn person_json(
    row: &DisclosureRow,
    visitor: Option<&DisclosedVisitor>,
    opener: &Opener<'_, LegalDisclosure>,
) -> Result<Value, AppError> {
    let Some(visitor) = visitor else {
        return Ok(json!({}));
    };
    let mut person = serde_json::Map::new();
    if let Some(name) = visitor.name.as_ref().filter(|_| has(row, Category::Name)) {
        person.insert(
            "name".to_owned(),
            json!(opener.name(visitor.visitor_id, name)?),
        );
    }
    let email = visitor.email.as_ref();
    if let Some(email) = email.filter(|_| has(row, Category::ContactEmail)) {
        person.insert(
            "email".to_owned(),
            json!(opener.email(visitor.visitor_id, email)?),
        );
    }
    Ok(Value::Object(person))
}

fn conversations_json(
    material: &Material,
    opener: &Opener<'_, LegalDisclosure>,
) -> Result<Vec<Value>, AppError> {
    let conversations = material.conversations.iter();
    conversations
        .map(|(conversation, messages)| {
            let messages = messages.iter().map(|message| {
                Ok::<_, AppError>(json!({
                    "seq": message.seq,
                    "author": message.author_kind,
                    "body": opener.body(message.message_id, &message.body)?,
                    "created_at": message.created_at,
                }))
            });
            Ok(json!({
                "id": conversation.conversation_id,
                "created_at": conversation.created_at,
                "messages": messages.collect::<Result<Vec<_>, _>>()?,
            }))
        })
        .collect()
}

fn has(row: &DisclosureRow, category: Category) -> bool {
    row.categories.split(' ').any(|key| key == category.key())
}

fn too_large() -> AppError {
    let what = "the scope holds more than one release may: ask for single conversations";
    AppError::conflict("disclosure_too_large", what)
}
