//! A visitor's first deliberate act: a person with a key, a visitor, a conversation and its first message
//! come into being together, and nothing before (clause 3).
//!
//! Why the key first: it is on disk before anything is sealed under it, so no crash leaves a row that
//! nobody can open. A key without a person is harmless.
//! Must not know: HTTP, SQL.

use std::sync::Arc;

use domain::{
    AuthorKind, ClientMessageId, ConversationId, DisplayName, EmailAddress, Locale, MessageBody,
    MessageKind, OPEN_CONVERSATIONS_MAX, PageTitle, PageUrl, PersonId, SiteId, Status, VisitorId,
    WorkspaceId,
};
use policy::{Category, Timestamp};
use serde::Serialize;
use store::{Audience, NewConversation, NewJob, NewVisitor, StoreError, Tx, VisitorRow};
use utoipa::ToSchema;
use vault::SubjectKey;

use crate::{
    App, FieldError,
    actor::Visitor,
    authenticate::token_hash,
    conversation::{VisitorConversationView, tell},
    draft::{Draft, Failed},
    error::AppError,
    job::JobKind,
    message::{MessageView, Writing, blocked, restricted},
    sealer::Sealer,
    visitor::VisitorView,
};

/// The form of the policy that a conversation begins with.
pub(crate) const FORM: &str = "chat";
/// What every message has.
pub(crate) const BODY: (&str, Category) = ("message.body", Category::PrivateContent);

/// Attempts to begin, should two requests with one new token race.
const ATTEMPTS_MAX: usize = 2;

/// What a visitor sends to begin a conversation.
pub struct NewTalk {
    /// Version of the policy they saw (clause 4).
    pub policy_version: Option<u32>,
    /// The id the browser gave the first message.
    pub client_msg_id: ClientMessageId,
    /// What it says.
    pub body: String,
    /// Name, if given.
    pub name: Option<String>,
    /// Address, if given.
    pub email: Option<String>,
    /// Address of the page they write from.
    pub page_url: Option<String>,
    /// Title of that page.
    pub page_title: Option<String>,
    /// Language of the browser.
    pub locale: Option<String>,
    /// The browser sent `Sec-GPC: 1`.
    pub gpc: bool,
    /// What the question of age gave, where the policy asks it.
    pub age_pass: Option<String>,
}

/// What has begun.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StartedView {
    /// The visitor.
    pub visitor: VisitorView,
    /// The conversation.
    pub conversation: VisitorConversationView,
    /// Its first message.
    pub message: MessageView,
}

opaque_debug!(StartedView);

/// What was sent, parsed.
#[derive(Clone)]
struct Parsed {
    body: MessageBody,
    name: Option<DisplayName>,
    email: Option<EmailAddress>,
    page_url: Option<PageUrl>,
    page_title: Option<PageTitle>,
    locale: Option<Locale>,
}

/// A conversation ready to be stored.
struct Beginning {
    talk: NewConversation,
    draft: Draft,
    status: Status,
}

/// What has begun; `None` if somebody else used the token first.
type Attempt = Option<StartedView>;

impl App {
    /// Begins a conversation of whoever holds the token; a new token makes a new person.
    ///
    /// # Errors
    /// `Invalid` fields, `NotFound` site, the policy's version, field or age refusals, `blocked`,
    /// `too_many_open_conversations`, `idempotency_conflict`, `Unauthenticated` if the token's person is
    /// being erased or belongs to another site, and those of the databases.
    pub async fn start_conversation(
        &self,
        site_id: SiteId,
        token: &str,
        new: NewTalk,
    ) -> Result<StartedView, AppError> {
        let hash = token_hash(token);
        let parsed = parse(&new)?;
        for _ in 0..ATTEMPTS_MAX {
            let (workspace_id, known) = self.find_starter(site_id, hash).await?;
            let attempt = if let Some(visitor) = known {
                self.start_known(&visitor, &new, &parsed).await
            } else {
                self.check_age_pass(site_id, token, new.age_pass.as_deref())?;
                self.start_new((workspace_id, site_id, hash), &new, &parsed)
                    .await
            };
            if let Some(started) = attempt? {
                return Ok(started);
            }
        }
        Err(AppError::Unavailable(
            "two first messages with one token".to_owned(),
        ))
    }

    /// The site's workspace, and the visitor with this token if there is one.
    async fn find_starter(
        &self,
        site_id: SiteId,
        hash: [u8; 32],
    ) -> Result<(WorkspaceId, Option<VisitorRow>), AppError> {
        let unknown = || AppError::Unauthenticated(policy::RefusalCode::VisitorUnknown);
        self.store
            .data
            .read(move |tx| {
                let workspace_id =
                    store::find_workspace_of_site(tx, site_id)?.ok_or(AppError::NotFound)?;
                let found = store::find_visitor_by_token(tx, &hash)?;
                if found.is_none() && store::is_token_of_frozen(tx, &hash)? {
                    return Err(crate::child::record_frozen());
                }
                if found.is_none() && store::is_token_of_erased(tx, &hash)? {
                    return Err(unknown());
                }
                if found
                    .as_ref()
                    .is_some_and(|visitor| visitor.site_id != site_id)
                {
                    return Err(unknown());
                }
                Ok((workspace_id, found))
            })
            .await
    }

    async fn start_new(
        &self,
        (workspace_id, site_id, token_hash): (WorkspaceId, SiteId, [u8; 32]),
        new: &NewTalk,
        parsed: &Parsed,
    ) -> Result<Attempt, AppError> {
        self.check_start(None, new, parsed).await?;
        let now = self.now();
        let actor = Visitor {
            workspace_id,
            site_id,
            visitor_id: VisitorId::new(now, self.random()),
            person_id: PersonId::new(now, self.random()),
            gpc: new.gpc,
        };
        let key = self
            .keyring
            .create_person(workspace_id, actor.person_id)
            .await?;
        let index = self.index_of(workspace_id, parsed.email.as_ref()).await?;
        let sealer = Sealer::new(workspace_id, Arc::clone(&key), self.random_source());
        let (id, given) = (actor.visitor_id, parsed.clone());
        let policy = self.policy();
        let visitor = NewVisitor {
            workspace_id,
            visitor_id: id,
            person_id: actor.person_id,
            site_id,
            token_hash,
            name: given.name.map(|name| sealer.name(id, name)),
            email: given.email.map(|email| sealer.email(id, email)),
            email_index: index,
            locale: given
                .locale
                .filter(|_| policy.form_takes(FORM, "visitor.locale").is_ok())
                .map(|locale| sealer.locale(id, locale)),
            policy_version: policy.version(),
        };
        let beginning = self.beginning(&actor, key, new, parsed);
        let proof = self.proof_of_address(&actor);
        let written = self.store.data.write(move |tx| {
            if store::find_visitor_by_token(tx, &token_hash)?.is_some() {
                return Err(Failed::Duplicate);
            }
            write_visitor(tx, &visitor, &proof, now)?;
            write_beginning(tx, beginning, now)
        });
        match written.await {
            Ok(draft) => self.started(&actor, &draft, now).await,
            Err(Failed::Duplicate) => {
                // The key was made for nothing; nothing is sealed under it.
                self.keyring
                    .destroy_person(workspace_id, actor.person_id)
                    .await?;
                Ok(None)
            }
            Err(Failed::App(error)) => Err(error),
        }
    }

    /// The letter that proves an address: queued in the transaction that stores the address.
    fn proof_of_address(&self, actor: &Visitor) -> NewJob {
        let reference = actor.visitor_id.to_string();
        self.new_job(actor.workspace_id, JobKind::Verification, &reference)
            .about(actor.person_id)
    }

    async fn start_known(
        &self,
        row: &VisitorRow,
        new: &NewTalk,
        parsed: &Parsed,
    ) -> Result<Attempt, AppError> {
        let actor = Visitor {
            workspace_id: row.workspace_id,
            site_id: row.site_id,
            visitor_id: row.visitor_id,
            person_id: row.person_id,
            gpc: new.gpc,
        };
        let key = self
            .keyring
            .person(actor.workspace_id, actor.person_id)
            .await?;
        let beginning = self.beginning(&actor, Arc::clone(&key), new, parsed);
        if let Some(first) = self.find_first(&actor, new.client_msg_id).await? {
            let message = self.stored_view(&beginning.draft, &first).await?;
            return self.started_with(&actor, message).await.map(Some);
        }
        let person = (actor.workspace_id, actor.person_id);
        self.check_start(Some(person), new, parsed).await?;
        if row.blocked_at.is_some() {
            return Err(blocked());
        }
        if row.restricted_at.is_some() {
            return Err(restricted());
        }
        let (now, index) = (
            self.now(),
            self.index_of(actor.workspace_id, parsed.email.as_ref())
                .await?,
        );
        let beginning = self.under_own_terms(&actor, beginning).await?;
        let sealer = Sealer::new(actor.workspace_id, key, self.random_source());
        let (given, id) = (parsed.clone(), actor.visitor_id);
        let name = given.name.map(|name| sealer.name(id, name));
        let email = given.email.map(|email| sealer.email(id, email)).zip(index);
        let proof = self.proof_of_address(&actor);
        let written = self.store.data.write(move |tx| {
            let (workspace_id, person_id) = (actor.workspace_id, actor.person_id);
            check_open(tx, workspace_id, person_id)?;
            if let Some(name) = &name {
                store::update_visitor_name(tx, workspace_id, id, name)?;
            }
            if let Some((email, index)) = &email
                && store::update_visitor_email(tx, workspace_id, id, email, *index)?
            {
                store::enqueue_job(tx, &proof, now)?;
            }
            store::touch_visitor(tx, workspace_id, id, now)?;
            write_beginning(tx, beginning, now)
        });
        match written.await {
            Ok(draft) => self.started(&actor, &draft, now).await,
            Err(Failed::Duplicate) => Ok(None),
            Err(Failed::App(error)) => Err(error),
        }
    }

    /// What somebody begins who keeps older terms: under that version, and no field it has no room for.
    async fn under_own_terms(
        &self,
        actor: &Visitor,
        mut beginning: Beginning,
    ) -> Result<Beginning, AppError> {
        let (workspace_id, person_id) = (actor.workspace_id, actor.person_id);
        let version = self.row_version(workspace_id, person_id).await?;
        beginning.talk.policy_version = version;
        beginning.draft.message.policy_version = version;
        let terms = self.terms_of(workspace_id, person_id).await?;
        if terms.is_some_and(|terms| terms.form_takes(FORM, "conversation.page").is_err()) {
            beginning.talk.page_url = None;
            beginning.talk.page_title = None;
        }
        Ok(beginning)
    }

    /// Whether the write may stand: the version they saw, and room for each field they filled in.
    async fn check_start(
        &self,
        person: Option<(WorkspaceId, PersonId)>,
        new: &NewTalk,
        parsed: &Parsed,
    ) -> Result<(), AppError> {
        let mut given = vec![BODY];
        if parsed.name.is_some() {
            given.push(("visitor.name", Category::Name));
        }
        if parsed.email.is_some() {
            given.push(("visitor.email", Category::ContactEmail));
        }
        self.check_write((person, new.gpc), new.policy_version, (FORM, &given))
            .await
    }

    fn beginning(
        &self,
        actor: &Visitor,
        key: Arc<SubjectKey>,
        new: &NewTalk,
        parsed: &Parsed,
    ) -> Beginning {
        let now = self.now();
        let policy = self.policy();
        let conversation_id = ConversationId::new(now, self.random());
        let sealer = Sealer::new(actor.workspace_id, Arc::clone(&key), self.random_source());
        // The browser sends the page by itself: without room for it in the policy it stays empty.
        let page = parsed.clone();
        let has_page = policy.form_takes(FORM, "conversation.page").is_ok();
        let talk = NewConversation {
            workspace_id: actor.workspace_id,
            conversation_id,
            site_id: actor.site_id,
            person_id: actor.person_id,
            visitor_id: actor.visitor_id,
            page_url: page
                .page_url
                .filter(|_| has_page)
                .map(|url| sealer.page(conversation_id, "page_url_sealed", &url.into_personal())),
            page_title: page.page_title.filter(|_| has_page).map(|title| {
                sealer.page(conversation_id, "page_title_sealed", &title.into_personal())
            }),
            policy_version: policy.version(),
        };
        let writing = Writing {
            workspace_id: actor.workspace_id,
            conversation_id,
            person_id: actor.person_id,
            kind: MessageKind::Message,
            author_kind: AuthorKind::Visitor,
            author_id: actor.visitor_id.to_string(),
            client_msg_id: new.client_msg_id,
        };
        Beginning {
            talk,
            draft: self.draft_under(key, writing, parsed.body.clone()),
            status: Status::begun(now),
        }
    }

    async fn find_first(
        &self,
        actor: &Visitor,
        client_msg_id: ClientMessageId,
    ) -> Result<Option<store::MessageRow>, AppError> {
        let (actor, author) = (*actor, actor.visitor_id.to_string());
        let found = self.store.data.read(move |tx| {
            let (workspace_id, person_id) = (actor.workspace_id, actor.person_id);
            store::find_message_of_visitor(tx, workspace_id, person_id, &author, client_msg_id)
        });
        found.await.map_err(|error: StoreError| error.into())
    }

    async fn started(
        &self,
        actor: &Visitor,
        draft: &Draft,
        now: Timestamp,
    ) -> Result<Attempt, AppError> {
        let message = self.written_view(draft, now).await?;
        self.started_with(actor, message).await.map(Some)
    }

    async fn started_with(
        &self,
        actor: &Visitor,
        message: MessageView,
    ) -> Result<StartedView, AppError> {
        Ok(StartedView {
            visitor: self.visitor_view(actor).await?,
            conversation: self
                .get_own_conversation(actor, message.conversation_id)
                .await?,
            message,
        })
    }

    async fn index_of(
        &self,
        workspace_id: WorkspaceId,
        email: Option<&EmailAddress>,
    ) -> Result<Option<[u8; 32]>, AppError> {
        match email {
            Some(email) => self.email_index(workspace_id, email).await.map(Some),
            None => Ok(None),
        }
    }
}

fn check_open(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<(), Failed> {
    if !store::is_person_active(tx, workspace_id, person_id)? {
        return Err(AppError::Unauthenticated(policy::RefusalCode::VisitorUnknown).into());
    }
    let open = store::count_unresolved(tx, workspace_id, person_id, OPEN_CONVERSATIONS_MAX)?;
    if open < OPEN_CONVERSATIONS_MAX {
        return Ok(());
    }
    Err(AppError::conflict(
        "too_many_open_conversations",
        format!("{OPEN_CONVERSATIONS_MAX} conversations are open: go on in one of them"),
    )
    .into())
}

/// Stores a visitor, and queues the letter to an address they gave.
fn write_visitor(
    tx: &mut Tx<'_>,
    visitor: &NewVisitor,
    proof: &NewJob,
    now: Timestamp,
) -> Result<(), Failed> {
    match store::create_visitor(tx, visitor, now) {
        Err(StoreError::Conflict(_)) => return Err(Failed::Duplicate),
        other => other?,
    }
    if visitor.email.is_some() {
        store::enqueue_job(tx, proof, now)?;
    }
    Ok(())
}

fn write_beginning(tx: &mut Tx<'_>, beginning: Beginning, now: Timestamp) -> Result<Draft, Failed> {
    let Beginning {
        talk,
        mut draft,
        status,
    } = beginning;
    store::create_conversation(tx, &talk, &status, now)?;
    tell(
        tx,
        "conversation.created",
        Audience::All,
        &draft.message,
        now,
    )?;
    draft.write_first(tx, now)?;
    Ok(draft)
}

/// Parses all fields and names every one that is not acceptable. What the browser sends by itself (page,
/// language) is left out where it has no usable form: it is not the visitor's doing.
fn parse(new: &NewTalk) -> Result<Parsed, AppError> {
    let mut faults = Vec::new();
    let body = MessageBody::parse(&new.body)
        .map_err(|error| faults.push(FieldError::new("body", error.code(), error.to_string())))
        .ok();
    let name = filled(new.name.as_ref()).and_then(|name| {
        DisplayName::parse(name)
            .map_err(|error| faults.push(FieldError::new("name", error.code(), error.to_string())))
            .ok()
    });
    let email = filled(new.email.as_ref()).and_then(|email| {
        EmailAddress::parse(email)
            .map_err(|error| {
                faults.push(FieldError::new("email", "wrong_form", error.to_string()));
            })
            .ok()
    });
    let Some(body) = body.filter(|_| faults.is_empty()) else {
        return Err(AppError::Invalid(faults));
    };
    Ok(Parsed {
        body,
        name,
        email,
        page_url: new
            .page_url
            .as_deref()
            .and_then(|url| PageUrl::parse(url).ok()),
        page_title: new
            .page_title
            .as_deref()
            .and_then(|title| PageTitle::parse(title).ok()),
        locale: new
            .locale
            .as_deref()
            .and_then(|locale| Locale::parse(locale).ok()),
    })
}

/// A field left empty in a form was not given.
fn filled(field: Option<&String>) -> Option<&String> {
    field.filter(|text| !text.trim().is_empty())
}
