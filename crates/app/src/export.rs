//! Export: everything held about a person, as one JSON document in pieces.
//!
//! Notes that agents wrote about the person are in it, marked as such: they are data about them (GDPR 15).
//! Who among the personnel wrote is told as a role. In pieces, so that memory is bounded whatever was said.
//! Must not know: HTTP.

use std::sync::Arc;

use domain::WorkspaceId;
use policy::{Channel, Permit, Reading, RightsRequest, Role, Subject};
use serde_json::{Value, json};
use store::{HeldConversation, HeldMessage};
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
    End,
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

impl Export {
    /// The next piece of the document; `None` when it is whole.
    ///
    /// # Errors
    /// `NotFound` if the person was erased meanwhile, `Denied` if the policy changed, `Unavailable`.
    pub async fn next_piece(&mut self) -> Result<Option<String>, AppError> {
        match self.place {
            Place::Head => {
                self.place = Place::Conversation(0);
                self.head().await.map(Some)
            }
            Place::Conversation(index) => self.conversation(index).map(Some),
            Place::Messages {
                conversation,
                after_seq,
            } => self.messages(conversation, after_seq).await.map(Some),
            Place::End => {
                self.place = Place::Done;
                Ok(Some("]}\n".to_owned()))
            }
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

    /// Everything but the conversations; their list is left open.
    async fn head(&self) -> Result<String, AppError> {
        let held = self.app.list_own_data(&self.visitor).await?;
        let policy = self.app.policy();
        let visitor = &self.held.visitor;
        let document = json!({
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
                "blocked_at": visitor.blocked_at,
            },
            "held": held.items,
            "consents": held.consents,
            "readers": held.readers,
        });
        let text = document.to_string();
        let open = text.strip_suffix('}').unwrap_or(&text);
        Ok(format!("{open},\"conversations\":["))
    }

    /// A conversation's own fields; its list of messages is left open.
    fn conversation(&mut self, index: usize) -> Result<String, AppError> {
        let Some(row) = self.held.conversations.get(index) else {
            self.place = Place::End;
            return Ok(String::new());
        };
        let own = Reading::own();
        let permit = self.app.own_permit(&own)?;
        let opener = Opener::new(self.visitor.workspace_id, &self.key, &permit);
        let text = conversation_json(row, &opener)?.to_string();
        let open = text.strip_suffix('}').unwrap_or(&text);
        let comma = if index == 0 { "" } else { "," };
        self.place = Place::Messages {
            conversation: index,
            after_seq: 0,
        };
        Ok(format!("{comma}{open},\"messages\":["))
    }

    /// Some messages of a conversation; the last piece closes it.
    async fn messages(&mut self, index: usize, after_seq: i64) -> Result<String, AppError> {
        let rows = self.load_messages(index, after_seq).await?;
        let own = Reading::own();
        let permit = self.app.own_permit(&own)?;
        let opener = Opener::new(self.visitor.workspace_id, &self.key, &permit);
        let mut piece = String::new();
        for row in &rows {
            let is_first = piece.is_empty() && after_seq == 0;
            if !is_first {
                piece.push(',');
            }
            piece.push_str(&message_json(row, &opener)?.to_string());
        }
        if let Some(last) = rows.last() {
            self.place = Place::Messages {
                conversation: index,
                after_seq: last.seq,
            };
        } else {
            piece.push_str("]}");
            self.place = Place::Conversation(index + 1);
        }
        Ok(piece)
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
