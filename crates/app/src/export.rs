//! Export: everything held about a person, as one JSON document in pieces.
//!
//! Notes that agents wrote about the person are in it, marked as such: they are data about them (GDPR 15).
//! Who among the personnel wrote is told as a role. In pieces, so that memory is bounded whatever was said.
//! Must not know: HTTP.

use std::sync::Arc;

use domain::WorkspaceId;
use policy::{Channel, Permit, Reading, RightsRequest, Role, Subject};
use serde_json::{Value, json};
use store::{HeldConversation, HeldMessage, RequestRow};
use vault::SubjectKey;

use crate::{App, actor::Visitor, error::AppError, held::Held, opener::Opener};

/// The form of the document; another form would have another name.
const FORM: &str = "chatham export v1";
/// Messages in one piece.
const PIECE_MESSAGES: i64 = 200;

/// An export under way: gives piece after piece.
pub struct Export {
    app: Arc<App>,
    visitor: Visitor,
    key: Arc<SubjectKey>,
    held: Held,
    place: Place,
}

/// What comes next.
enum Place {
    Head,
    Conversation(usize),
    Messages { conversation: usize, after_seq: i64 },
    Done,
}

impl App {
    /// Begins the export of a visitor's data.
    ///
    /// # Errors
    /// `NotFound` once they are erased, `Denied` by the policy, `Unavailable` if a database does not answer.
    pub async fn export_own_data(self: &Arc<Self>, visitor: &Visitor) -> Result<Export, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let held = self.load_held(workspace_id, person_id).await?;
        let key = self.keyring.person(workspace_id, person_id).await?;
        let own = Reading::own();
        self.own_permit(&own)?;
        Ok(Export {
            app: Arc::clone(self),
            visitor: *visitor,
            key,
            held,
            place: Place::Head,
        })
    }

    /// A permit for the person themselves; longer work asks again for each piece.
    fn own_permit<'reading>(
        &self,
        own: &'reading Reading,
    ) -> Result<Permit<'reading, RightsRequest>, AppError> {
        self.permit::<RightsRequest>(Role::Subject, Channel::Widget, &Subject::default(), own)
    }
}

/// A part of the document, in any form it is written in.
pub enum ExportPart {
    /// Everything but the conversations; their list follows.
    Head(Value),
    /// A conversation's own fields; its messages follow.
    Conversation(Value),
    /// Some of its messages.
    Messages(Vec<Value>),
    /// No more messages in this conversation.
    ConversationEnd,
    /// No more conversations.
    End,
}

impl Export {
    /// The next piece of the JSON document; `None` when it is whole.
    ///
    /// # Errors
    /// As [`Self::next_part`].
    pub async fn next_piece(&mut self) -> Result<Option<String>, AppError> {
        let is_first_conversation = matches!(self.place, Place::Conversation(0));
        let is_first_message = matches!(self.place, Place::Messages { after_seq: 0, .. });
        let part = self.next_part().await?;
        let comma = |is_first: bool| if is_first { "" } else { "," };
        Ok(part.map(|part| match part {
            ExportPart::Head(head) => open(&head, "conversations"),
            ExportPart::Conversation(conversation) => {
                let conversation = open(&conversation, "messages");
                format!("{}{conversation}", comma(is_first_conversation))
            }
            ExportPart::Messages(messages) => {
                let messages: Vec<_> = messages.iter().map(Value::to_string).collect();
                format!("{}{}", comma(is_first_message), messages.join(","))
            }
            ExportPart::ConversationEnd => "]}".to_owned(),
            ExportPart::End => "]}\n".to_owned(),
        }))
    }

    /// The next part; `None` when it is whole.
    ///
    /// # Errors
    /// `NotFound` if the person was erased meanwhile, `Denied` if the policy changed, `Unavailable`.
    pub async fn next_part(&mut self) -> Result<Option<ExportPart>, AppError> {
        match self.place {
            Place::Head => {
                self.place = Place::Conversation(0);
                Ok(Some(ExportPart::Head(self.head().await?)))
            }
            Place::Conversation(index) => self.conversation(index).map(Some),
            Place::Messages {
                conversation,
                after_seq,
            } => self.messages(conversation, after_seq).await.map(Some),
            Place::Done => Ok(None),
        }
    }

    /// The whole document, for callers that hold it anyway.
    ///
    /// # Errors
    /// As [`Self::next_piece`].
    pub async fn whole(mut self) -> Result<String, AppError> {
        let mut document = String::new();
        while let Some(piece) = self.next_piece().await? {
            document.push_str(&piece);
        }
        Ok(document)
    }

    /// Everything but the conversations.
    async fn head(&self) -> Result<Value, AppError> {
        let held = self.app.list_own_data(&self.visitor).await?;
        let policy = self.app.policy();
        let visitor = &self.held.visitor;
        let standing = &self.held.standing;
        let requests: Vec<_> = self.held.requests.iter().map(request_json).collect();
        Ok(json!({
            "form": FORM,
            "exported_at": self.app.now(),
            "installation": self.app.settings.public_url,
            "policy": { "version": policy.version(), "hash": policy.hash() },
            "person": {
                "id": self.visitor.person_id,
                "visitor_id": self.visitor.visitor_id,
                "site_id": visitor.site_id,
                "source": visitor.source,
                "policy_version": visitor.policy_version,
                "created_at": visitor.created_at,
                "last_seen_at": visitor.last_seen_at,
                "email_verified_at": visitor.email_verified_at,
                "remembered_at": visitor.remembered_at,
                "widget_only_at": visitor.widget_only_at,
                "blocked_at": visitor.blocked_at,
            },
            "held": held.items,
            "consents": held.consents,
            "readers": held.readers,
            "sendings": held.sendings,
            "requests": requests,
            "subscription": self.held.subscription.as_ref().map(|one| json!({
                "state": one.state,
                "asked_at": one.asked_at,
                "confirmed_at": one.confirmed_at,
                "created_at": one.created_at,
                "policy_version": one.policy_version,
                "told_version": one.told_version,
            })),
            "standing": {
                "restricted_at": standing.restricted_at,
                "opted_out_at": standing.opted_out_at,
                "objections": standing.objections,
            },
        }))
    }

    /// A conversation's own fields, or the end.
    fn conversation(&mut self, index: usize) -> Result<ExportPart, AppError> {
        let Some(row) = self.held.conversations.get(index) else {
            self.place = Place::Done;
            return Ok(ExportPart::End);
        };
        let own = Reading::own();
        let permit = self.app.own_permit(&own)?;
        let opener = Opener::new(self.visitor.workspace_id, &self.key, &permit);
        let conversation = conversation_json(row, &opener)?;
        self.place = Place::Messages {
            conversation: index,
            after_seq: 0,
        };
        Ok(ExportPart::Conversation(conversation))
    }

    /// Some messages of a conversation, or its end.
    async fn messages(&mut self, index: usize, after_seq: i64) -> Result<ExportPart, AppError> {
        let rows = self.load_messages(index, after_seq).await?;
        let Some(last) = rows.last() else {
            self.place = Place::Conversation(index + 1);
            return Ok(ExportPart::ConversationEnd);
        };
        self.place = Place::Messages {
            conversation: index,
            after_seq: last.seq,
        };
        let own = Reading::own();
        let permit = self.app.own_permit(&own)?;
        let opener = Opener::new(self.visitor.workspace_id, &self.key, &permit);
        let messages = rows.iter().map(|row| message_json(row, &opener));
        Ok(ExportPart::Messages(messages.collect::<Result<_, _>>()?))
    }

    async fn load_messages(
        &self,
        index: usize,
        after_seq: i64,
    ) -> Result<Vec<HeldMessage>, AppError> {
        let Some(row) = self.held.conversations.get(index) else {
            return Ok(Vec::new());
        };
        let workspace_id: WorkspaceId = self.visitor.workspace_id;
        let place = (self.visitor.person_id, row.conversation_id);
        let rows = self.app.store.data.read(move |tx| {
            // From the erasure mark on nothing leaves, not even the rest of an export under way.
            if !store::is_person_active(tx, workspace_id, place.0)? {
                return Err(AppError::NotFound);
            }
            let limit = PIECE_MESSAGES;
            Ok(store::list_held_messages(
                tx,
                workspace_id,
                place,
                after_seq,
                limit,
            )?)
        });
        rows.await
    }
}

/// An object whose last field is a list that is still open.
fn open(object: &Value, list: &str) -> String {
    let text = object.to_string();
    let head = text.strip_suffix('}').unwrap_or(&text);
    format!("{head},\"{list}\":[")
}

fn request_json(row: &RequestRow) -> Value {
    json!({
        "id": row.request_id,
        "kind": row.request.kind.key(),
        "purpose": row.purpose,
        "state": row.request.state.key(),
        "way": row.way.key(),
        "outcome": row.outcome,
        "received_at": row.request.received_at,
        "due_at": row.request.due_at,
        "closed_at": row.closed_at,
    })
}

fn conversation_json(
    row: &HeldConversation,
    opener: &Opener<'_, RightsRequest>,
) -> Result<Value, AppError> {
    let id = row.conversation_id;
    let page = |column, sealed: &Option<_>| {
        sealed
            .as_ref()
            .map(|sealed| opener.page(id, column, sealed))
            .transpose()
    };
    let comment = row.rating_comment.as_ref();
    let comment = comment
        .map(|sealed| opener.rating_comment(id, sealed))
        .transpose()?;
    Ok(json!({
        "id": id,
        "state": row.state,
        "page_url": page("page_url_sealed", &row.page_url)?,
        "page_title": page("page_title_sealed", &row.page_title)?,
        "rating": row.rating,
        "rating_comment": comment,
        "policy_version": row.policy_version,
        "created_at": row.created_at,
        "resolved_at": row.resolved_at,
    }))
}

fn message_json(row: &HeldMessage, opener: &Opener<'_, RightsRequest>) -> Result<Value, AppError> {
    Ok(json!({
        "id": row.message_id,
        "seq": row.seq,
        "kind": row.kind,
        "author": row.author_kind,
        "body": opener.body(row.message_id, &row.body)?,
        "policy_version": row.policy_version,
        "created_at": row.created_at,
    }))
}
