//! What a delivery says, composed at the moment of sending from what stands then, with no more than the policy lets
//! its receiver have. Notes and traces are never composed.
//!
//! Must not know: signatures, connections.

use domain::{PersonId, WorkspaceId};
use policy::{
    Category, Channel, Composed, Parcel, Permit, Provider, Reading, Role, Subject, SupportForward,
};
use serde_json::{Map, Value, json};
use store::{ConversationRow, Delivery, MessageRow};

use super::LEAST;
use crate::{App, error::AppError, opener::Opener};

/// What a body is made of, and which categories that takes.
struct Draft {
    fields: Map<String, Value>,
    categories: Vec<Category>,
}

impl Draft {
    fn about(person_id: PersonId) -> Self {
        let mut fields = Map::new();
        fields.insert("person_id".to_owned(), json!(person_id));
        Self {
            fields,
            categories: vec![LEAST],
        }
    }

    fn put(&mut self, field: &str, value: Value) {
        self.fields.insert(field.to_owned(), value);
    }

    fn takes(&mut self, category: Category) {
        if !self.categories.contains(&category) {
            self.categories.push(category);
        }
    }
}

/// Who may get what, now.
struct Reach<'a> {
    permit: &'a Permit<'a, SupportForward>,
    may: Vec<Category>,
    workspace_id: WorkspaceId,
}

impl Reach<'_> {
    fn may(&self, category: Category) -> bool {
        self.may.contains(&category)
    }
}

impl App {
    /// The body of an event about a person for a host; `None` if nothing is left to say.
    ///
    /// # Errors
    /// `Denied` with the clause that stops it; `NotFound` once the person is gone.
    pub(super) async fn compose_delivery(
        &self,
        delivery: &Delivery,
        person_id: PersonId,
        host: &str,
    ) -> Result<Option<Parcel<Provider>>, AppError> {
        let workspace_id = delivery.workspace_id;
        let subject = self.subject(workspace_id, person_id).await?;
        let reading = Reading::own();
        self.way_out::<SupportForward>((&subject, Channel::Internal), host, &[LEAST])?;
        let permit =
            self.permit::<SupportForward>(Role::System, Channel::Internal, &subject, &reading)?;
        let reach = Reach {
            may: self.reachable(&permit, &subject, host),
            permit: &permit,
            workspace_id,
        };
        let draft = match delivery.kind.as_str() {
            "message.created" => self.draft_message(delivery, person_id, &reach).await?,
            "person.updated" => Some(self.draft_person(person_id, &reach).await?),
            _ => self.draft_conversation(delivery, person_id, &reach).await?,
        };
        let Some(draft) = draft else {
            return Ok(None);
        };
        // Once more, for exactly what is in it.
        let way =
            self.way_out::<SupportForward>((&subject, Channel::Internal), host, &draft.categories)?;
        let bytes = envelope(delivery, &draft.fields)?;
        let body = Composed::under(&permit, &draft.categories, bytes)?;
        Ok(Some(way.load(body)))
    }

    /// The notice that a person was erased: their id, which the receiver knows, and nothing else (GDPR 19).
    ///
    /// # Errors
    /// `Denied` by clause 7 if the policy no longer lets anything go to the host.
    pub(super) fn compose_erasure(
        &self,
        delivery: &Delivery,
        person_id: PersonId,
        host: &str,
    ) -> Result<Parcel<Provider>, AppError> {
        // What they consented to or not: to be told to forget them is no use of their data.
        let subject = Subject {
            consents: vec![<SupportForward as policy::Purpose>::KEY.to_owned()],
            ..Subject::default()
        };
        let reading = Reading::own();
        let way = self.way_out::<SupportForward>((&subject, Channel::Internal), host, &[LEAST])?;
        let permit =
            self.permit::<SupportForward>(Role::System, Channel::Internal, &subject, &reading)?;
        let draft = Draft::about(person_id);
        let bytes = envelope(delivery, &draft.fields)?;
        let body = Composed::under(&permit, &draft.categories, bytes)?;
        Ok(way.load(body))
    }

    fn reachable(
        &self,
        permit: &Permit<'_, SupportForward>,
        subject: &Subject,
        host: &str,
    ) -> Vec<Category> {
        let here = super::categories_for(&self.policy(), host);
        let older = subject.terms.as_ref();
        let may = |category: &Category| {
            permit.may(*category)
                && older.is_none_or(|terms| super::categories_for(terms, host).contains(category))
        };
        here.into_iter().filter(may).collect()
    }

    async fn draft_message(
        &self,
        delivery: &Delivery,
        person_id: PersonId,
        reach: &Reach<'_>,
    ) -> Result<Option<Draft>, AppError> {
        let Some((conversation_id, seq)) = delivery.conversation_id.zip(delivery.seq) else {
            return Ok(None);
        };
        let workspace_id = reach.workspace_id;
        let found = self
            .store
            .data
            .read(move |tx| store::find_message(tx, workspace_id, conversation_id, seq));
        let found: Option<MessageRow> = found.await.map_err(AppError::from)?;
        let theirs = |row: &MessageRow| row.kind.is_for_visitor() && row.person_id == person_id;
        let Some(row) = found.filter(theirs) else {
            return Ok(None);
        };
        let mut message = json!({
            "id": row.message_id,
            "seq": row.seq,
            "kind": row.kind.key(),
            "author": row.author_kind.key(),
            "created_at": row.created_at.to_string(),
        });
        let mut draft = Draft::about(person_id);
        if reach.may(Category::PrivateContent) {
            let key = self.keyring.person(workspace_id, person_id).await?;
            let opener = Opener::new(workspace_id, &key, reach.permit);
            let body = opener.body(row.message_id, &row.body)?;
            message
                .as_object_mut()
                .and_then(|fields| fields.insert("body".to_owned(), json!(body)));
            draft.takes(Category::PrivateContent);
        }
        draft.put("conversation_id", json!(conversation_id));
        draft.put("message", message);
        Ok(Some(draft))
    }

    async fn draft_conversation(
        &self,
        delivery: &Delivery,
        person_id: PersonId,
        reach: &Reach<'_>,
    ) -> Result<Option<Draft>, AppError> {
        let Some(conversation_id) = delivery.conversation_id else {
            return Ok(None);
        };
        let workspace_id = reach.workspace_id;
        let found = self
            .store
            .data
            .read(move |tx| store::find_conversation(tx, workspace_id, conversation_id));
        let found: Option<ConversationRow> = found.await.map_err(AppError::from)?;
        let Some(row) = found.filter(|row| row.person_id == person_id) else {
            return Ok(None);
        };
        let mut draft = self.draft_person(person_id, reach).await?;
        draft.put("conversation_id", json!(conversation_id));
        draft.put(
            "conversation",
            json!({
                "id": row.conversation_id,
                "site_id": row.site_id,
                "state": row.status.state.key(),
                "last_seq": row.last_seq,
                "created_at": row.created_at.to_string(),
                "resolved_at": row.status.resolved_at.map(|at| at.to_string()),
            }),
        );
        Ok(Some(draft))
    }

    /// The person, with name and address as far as the receiver may have them.
    async fn draft_person(
        &self,
        person_id: PersonId,
        reach: &Reach<'_>,
    ) -> Result<Draft, AppError> {
        let workspace_id = reach.workspace_id;
        let found = self.held_visitor(workspace_id, person_id).await?;
        let held = found.ok_or(AppError::NotFound)?;
        let key = self.keyring.person(workspace_id, person_id).await?;
        let opener = Opener::new(workspace_id, &key, reach.permit);
        let mut draft = Draft::about(person_id);
        let mut person = json!({ "id": person_id });
        let mut put = |field: &str, value: String| {
            person
                .as_object_mut()
                .and_then(|fields| fields.insert(field.to_owned(), json!(value)))
        };
        if let Some(name) = held.name.as_ref().filter(|_| reach.may(Category::Name)) {
            put("name", opener.name(held.visitor_id, name)?);
            draft.takes(Category::Name);
        }
        let email = held.email.as_ref();
        if let Some(email) = email.filter(|_| reach.may(Category::ContactEmail)) {
            put("email", opener.email(held.visitor_id, email)?);
            draft.takes(Category::ContactEmail);
        }
        draft.put("person", person);
        Ok(draft)
    }
}

/// The form of Standard Webhooks: kind, time, what it says.
fn envelope(delivery: &Delivery, fields: &Map<String, Value>) -> Result<Vec<u8>, AppError> {
    let whole = json!({
        "type": delivery.kind,
        "timestamp": delivery.created_at.to_string(),
        "data": fields,
    });
    serde_json::to_vec(&whole).map_err(|error| AppError::Internal(error.to_string()))
}
