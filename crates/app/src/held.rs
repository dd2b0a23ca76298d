//! What is held about a person: every field with its source, purpose, deletion date and recipients, from the
//! inventory and the policy, and who of the personnel read it (clauses 2, 6, 60, 69).
//!
//! Why masked without opening: looking at which kinds of data there are is no reading; a value is opened by
//! the person themselves, or by [`App::reveal_field`], which is a reading.
//! Must not know: HTTP, SQL.

use domain::{AgentId, PersonId, WorkspaceId};
use policy::{
    BrowsingHistory, Channel, ContactEmail, Event, Field, Honour, Language, May, Name, Policy,
    PrivateContent, Purpose, Reading, Retention, RightsRequest, Role, Subject, Timestamp,
};
use serde::Serialize;
use store::{
    Consent, DisclosureRow, HeldConversation, HeldVisitor, Hold, ReaderCount, RequestRow,
    SendingRow, Standing, Subscription,
};
use utoipa::ToSchema;
use vault::Sealed;

use crate::{
    App,
    actor::{Agent, Visitor},
    consent_view::{ConsentView, consent_views},
    egress::{SendingView, sending_views},
    error::AppError,
    held_reader::{reader_view, sum_by_role},
    opener::Opener,
    reading::person_ref,
    subscription::NoticesView,
    visitor::visitor_label,
};

/// What stands in place of a value that is not opened.
const MASK: &str = "••••••";
/// Pages and ratings listed in one value.
const LISTED_MAX: usize = 20;
/// Legal holds listed in one value.
const HELD_HOLDS_MAX: i64 = 20;
/// Roles that may see which kinds of data are held.
pub(crate) const LOOKING: &[Role] = &[Role::Owner, Role::Admin, Role::Agent, Role::PrivacyOfficer];

/// One field that is held.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldItem {
    /// Name in the policy, such as `visitor.email`.
    pub field: &'static str,
    /// What it is, in words.
    pub label: &'static str,
    /// The value, for the person themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What personnel see instead of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masked: Option<String>,
    /// Whether personnel may ask for the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revealable: Option<bool>,
    /// Where it comes from: `site`, `partner` or `import`.
    pub source: String,
    /// Key of the purpose it is kept for.
    pub purpose: String,
    /// How long, in the words of the policy.
    pub retention: String,
    /// When it is deleted, if that is known by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_at: Option<i64>,
    /// Who else gets it.
    pub recipients: Vec<String>,
}

/// Who of the personnel read, summed up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldReader {
    /// Who; personnel see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub agent_id: Option<AgentId>,
    /// In which role.
    pub role: String,
    /// What for; personnel see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Quarters of an hour with a reading.
    pub count: i64,
    /// The newest.
    #[schema(value_type = i64)]
    pub last_at: Timestamp,
}

/// What is held, for the person themselves.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldView {
    /// Every field that is held.
    pub items: Vec<HeldItem>,
    /// Who of the personnel read.
    pub readers: Vec<HeldReader>,
    /// Who outside received something, and what for.
    pub sendings: Vec<SendingView>,
    /// The person's choices.
    pub consents: Vec<ConsentView>,
    /// Number of conversations.
    pub conversations: usize,
    /// The version of the policy in force.
    pub policy_version: u32,
    /// What the browser's privacy signal asks for.
    pub signal: SignalView,
    /// Letters about new versions of the policy.
    pub notices: NoticesView,
}

/// The privacy signal of the browser that asks (Global Privacy Control).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignalView {
    /// It asks not to sell or share: this request carried `Sec-GPC: 1`.
    pub sent: bool,
    /// Purposes that the signal stops while it is sent.
    pub stops: Vec<String>,
}

/// What is held about a person, for personnel: nothing is opened.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldPerson {
    /// The person.
    #[schema(value_type = String)]
    pub person_id: PersonId,
    /// How to call them without knowing them.
    pub label: String,
    /// Every field that is held.
    pub items: Vec<HeldItem>,
    /// Who of the personnel read.
    pub readers: Vec<HeldReader>,
    /// Who outside received something, and what for.
    pub sendings: Vec<SendingView>,
    /// The person's choices.
    pub consents: Vec<ConsentView>,
    /// Whether they may write.
    pub blocked: bool,
    /// Whether the person lets nobody use it.
    pub restricted: bool,
}

/// Everything of a person that their fields are told from.
pub(crate) struct Held {
    person_id: PersonId,
    pub(crate) visitor: HeldVisitor,
    pub(crate) conversations: Vec<HeldConversation>,
    pub(crate) consents: Vec<Consent>,
    pub(crate) readers: Vec<ReaderCount>,
    pub(crate) sendings: Vec<SendingRow>,
    pub(crate) requests: Vec<RequestRow>,
    /// Legal holds that last and that the person may be told of.
    pub(crate) holds: Vec<Hold>,
    pub(crate) child: Option<store::LiftedChild>,
    /// Releases that the person may be told of.
    pub(crate) disclosures: Vec<DisclosureRow>,
    pub(crate) standing: Standing,
    /// A wish for letters about the policy that has not ended.
    pub(crate) subscription: Option<Subscription>,
}

/// A purpose that may touch everything a visitor can leave.
pub(crate) trait MaySeeAll:
    May<Name> + May<ContactEmail> + May<Language> + May<BrowsingHistory> + May<PrivateContent>
{
}
impl<P> MaySeeAll for P where
    P: May<Name> + May<ContactEmail> + May<Language> + May<BrowsingHistory> + May<PrivateContent>
{
}

/// The content of a field: sealed, or what may be told to anybody who looks.
enum Content<'a> {
    Name(&'a Sealed<Name>),
    Email(&'a Sealed<ContactEmail>),
    Subscriber(&'a Sealed<ContactEmail>),
    Locale(&'a Sealed<Language>),
    Pages,
    Ratings,
    Told(String),
}

impl App {
    /// What is held about the visitor, opened for them.
    ///
    /// # Errors
    /// `NotFound` once they are erased, `Denied` by the policy, `Unavailable` if a database does not answer.
    pub async fn list_own_data(&self, visitor: &Visitor) -> Result<HeldView, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let held = self.load_held(workspace_id, person_id).await?;
        let key = self.keyring.person(workspace_id, person_id).await?;
        let (own, subject) = (Reading::own(), Subject::default());
        let permit =
            self.permit::<RightsRequest>(Role::Subject, Channel::Widget, &subject, &own)?;
        let opener = Opener::new(workspace_id, &key, &permit);
        let policy = self.policy();
        let mut items = Vec::new();
        for (field, content) in held.fields() {
            let value = held.open(&content, &opener)?;
            items.extend(held.item(&policy, field).map(|item| HeldItem {
                value: Some(value),
                ..item
            }));
        }
        let stopped = held.standing.opted_out_at.is_some();
        Ok(HeldView {
            notices: self.notices_view(held.subscription.as_ref(), stopped),
            items,
            readers: sum_by_role(&held.readers),
            sendings: sending_views(&held.sendings, &policy),
            consents: consent_views(&held.consents),
            conversations: held.conversations.len(),
            policy_version: policy.version(),
            signal: signal_view(visitor.gpc, &policy),
        })
    }

    /// What is held about a person, masked.
    ///
    /// # Errors
    /// `Forbidden` for roles without a part in it, `NotFound` for other workspaces' persons and erased ones.
    pub async fn get_person(
        &self,
        agent: &Agent,
        person_id: PersonId,
    ) -> Result<HeldPerson, AppError> {
        agent.require(LOOKING)?;
        let held = self.load_held(agent.workspace_id, person_id).await?;
        let policy = self.policy();
        let masked = held.fields().into_iter().filter_map(|(field, content)| {
            let item = held.item(&policy, field)?;
            let told = match content {
                Content::Told(told) => Some(told),
                _ => None,
            };
            Some(HeldItem {
                revealable: Some(told.is_none()),
                masked: Some(told.unwrap_or_else(|| MASK.to_owned())),
                ..item
            })
        });
        Ok(HeldPerson {
            person_id,
            label: visitor_label(held.visitor.visitor_id, None),
            items: masked.collect(),
            readers: held.readers.iter().map(reader_view).collect(),
            sendings: sending_views(&held.sendings, &policy),
            consents: consent_views(&held.consents),
            blocked: held.visitor.blocked_at.is_some(),
            restricted: held.standing.restricted_at.is_some(),
        })
    }

    /// Everything of a visitor's person that is not messages; `NotFound` from the erasure mark on.
    pub(crate) async fn load_held(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Held, AppError> {
        let key = self.keyring.find_person(workspace_id, person_id).await?;
        let reference = key.map(|key| person_ref(workspace_id, person_id, &key));
        let now = self.now();
        let loaded = self.store.data.read(move |tx| {
            let visitor = store::find_held_visitor(tx, workspace_id, person_id)?;
            let Some(visitor) = visitor else {
                return Err(AppError::NotFound);
            };
            let mut readers = match reference {
                Some(reference) => store::list_readers(tx, workspace_id, reference)?,
                None => Vec::new(),
            };
            // Readings for it would tell of what they must not be told of yet.
            if store::is_gagged(tx, workspace_id, person_id, now)? {
                readers.retain(|reader| !crate::disclosure::is_gagged_purpose(&reader.purpose));
            }
            let mut holds =
                store::list_holds_of_person(tx, workspace_id, person_id, HELD_HOLDS_MAX)?;
            holds.retain(|hold| hold.gagged_until.is_none_or(|until| until <= now));
            Ok(Held {
                holds,
                child: store::find_lifted_child(tx, workspace_id, person_id)?,
                disclosures: crate::disclosure::told(tx, (workspace_id, person_id), now)?,
                visitor,
                conversations: store::list_held_conversations(tx, workspace_id, person_id)?,
                consents: store::list_consents(tx, workspace_id, person_id)?,
                sendings: store::list_sendings(tx, workspace_id, person_id)?,
                readers,
                requests: store::list_requests_of_person(tx, workspace_id, person_id)?,
                standing: store::find_standing(tx, workspace_id, person_id)?.unwrap_or_default(),
                subscription: store::find_subscription(tx, workspace_id, person_id)?
                    .filter(|one| one.state != "ended"),
                person_id,
            })
        });
        loaded.await
    }
}

fn signal_view(sent: bool, policy: &Policy) -> SignalView {
    let rules = policy.file().purpose.iter();
    let honouring = rules.filter(|rule| rule.honours.contains(&Honour::Gpc));
    SignalView {
        sent,
        stops: honouring.map(|rule| rule.key.clone()).collect(),
    }
}

impl Held {
    /// Fields that hold something, in the order they are shown.
    fn fields(&self) -> Vec<(&'static str, Content<'_>)> {
        let visitor = &self.visitor;
        let messages: i64 = self.conversations.iter().map(|one| one.messages).sum();
        let conversations = self.conversations.len();
        let mut fields = Vec::new();
        fields.extend(
            visitor
                .name
                .as_ref()
                .map(|name| ("visitor.name", Content::Name(name))),
        );
        fields.extend(
            visitor
                .email
                .as_ref()
                .map(|email| ("visitor.email", Content::Email(email))),
        );
        fields.extend(
            visitor
                .locale
                .as_ref()
                .map(|locale| ("visitor.locale", Content::Locale(locale))),
        );
        fields.extend(
            self.subscription
                .as_ref()
                .map(|one| ("subscriber.email", Content::Subscriber(&one.email))),
        );
        if self
            .conversations
            .iter()
            .any(|one| one.page_url.is_some() || one.page_title.is_some())
        {
            fields.push(("conversation.page", Content::Pages));
        }
        if self.conversations.iter().any(|one| one.rating.is_some()) {
            fields.push(("conversation.rating", Content::Ratings));
        }
        let mut told = |field, text: String| fields.push((field, Content::Told(text)));
        told(
            "message.body",
            format!("{messages} in {conversations} conversations"),
        );
        for (field, what) in self.chosen() {
            told(field, what);
        }
        if !self.consents.is_empty() {
            told("consent.choice", self.consents.len().to_string());
        }
        for (field, what) in self.requested() {
            told(field, what);
        }
        told("person.id", "a random number".to_owned());
        told("visitor.id", visitor.visitor_id.to_string());
        told("visitor.token", "kept as a hash".to_owned());
        fields
    }

    /// Opens the content of a field.
    fn open<P: MaySeeAll + Purpose>(
        &self,
        content: &Content<'_>,
        opener: &Opener<'_, P>,
    ) -> Result<String, AppError> {
        let row = self.visitor.visitor_id;
        match content {
            Content::Name(sealed) => opener.name(row, sealed),
            Content::Email(sealed) => opener.email(row, sealed),
            Content::Subscriber(sealed) => opener.subscriber_email(self.person_id, sealed),
            Content::Locale(sealed) => opener.locale(row, sealed),
            Content::Pages => self.open_pages(opener),
            Content::Ratings => self.open_ratings(opener),
            Content::Told(told) => Ok(told.clone()),
        }
    }

    /// The name of a field that holds something that may be asked for.
    pub(crate) fn revealable(&self, field: &str) -> Option<&'static str> {
        let mut fields = self.fields().into_iter();
        let found =
            fields.find(|(name, content)| *name == field && !matches!(content, Content::Told(_)));
        found.map(|(name, _)| name)
    }

    /// Opens a field by its name; `None` if it holds nothing that may be asked for.
    pub(crate) fn reveal<P: MaySeeAll + Purpose>(
        &self,
        field: &str,
        opener: &Opener<'_, P>,
    ) -> Result<Option<String>, AppError> {
        let mut fields = self.fields().into_iter();
        match fields.find(|(name, _)| *name == field) {
            None | Some((_, Content::Told(_))) => Ok(None),
            Some((_, content)) => self.open(&content, opener).map(Some),
        }
    }

    fn open_pages<P: May<BrowsingHistory>>(
        &self,
        opener: &Opener<'_, P>,
    ) -> Result<String, AppError> {
        let mut pages = Vec::new();
        for conversation in self.conversations.iter().take(LISTED_MAX) {
            let row = conversation.conversation_id;
            let read = |column, sealed: &Option<_>| {
                sealed
                    .as_ref()
                    .map(|sealed| opener.page(row, column, sealed))
                    .transpose()
            };
            let title = read("page_title_sealed", &conversation.page_title)?;
            let url = read("page_url_sealed", &conversation.page_url)?;
            let page: Vec<_> = title.into_iter().chain(url).collect();
            let page = page.join(", ");
            if !page.is_empty() && !pages.contains(&page) {
                pages.push(page);
            }
        }
        Ok(pages.join("; "))
    }

    fn open_ratings<P: May<PrivateContent>>(
        &self,
        opener: &Opener<'_, P>,
    ) -> Result<String, AppError> {
        let mut ratings = Vec::new();
        let rated = self.conversations.iter().filter(|one| one.rating.is_some());
        for conversation in rated.take(LISTED_MAX) {
            let score = conversation.rating.unwrap_or_default();
            let comment = conversation.rating_comment.as_ref();
            let comment = comment
                .map(|sealed| opener.rating_comment(conversation.conversation_id, sealed))
                .transpose()?;
            ratings.push(match comment {
                Some(comment) => format!("{score} of 5, {comment}"),
                None => format!("{score} of 5"),
            });
        }
        Ok(ratings.join("; "))
    }

    /// A field as the policy tells of it, without its value; `None` if the policy gives it no room.
    pub(crate) fn item(&self, policy: &Policy, field: &'static str) -> Option<HeldItem> {
        let known = Field::find(field)?;
        let (purpose, retention) = policy.retention(field)?;
        Some(HeldItem {
            field,
            label: known.label,
            value: None,
            masked: None,
            revealable: None,
            source: source_of(&self.visitor.source),
            purpose: purpose.to_owned(),
            retention: retention.to_string(),
            delete_at: self.delete_at(retention).map(Timestamp::micros),
            recipients: recipients(policy, known),
        })
    }

    /// When a field goes, as far as what its time counts from has happened.
    fn delete_at(&self, retention: Retention) -> Option<Timestamp> {
        let start = match retention.event() {
            Event::Collected => Some(self.visitor.created_at),
            Event::RequestAnswered => {
                let closed = self.requests.iter().map(|one| one.closed_at);
                let closed: Option<Vec<_>> = closed.collect();
                closed?.into_iter().max()
            }
            Event::ConversationClosed => {
                let closed = self.conversations.iter().map(|one| one.resolved_at);
                let closed: Option<Vec<_>> = closed.collect();
                closed?.into_iter().max()
            }
            _ => None,
        };
        retention.ends_at(start?)
    }
}

/// `site:ID` is stored, so that several sites can be told apart; people are told the kind.
fn source_of(stored: &str) -> String {
    if policy::rule::is_off(5) {
        return String::new();
    }
    stored.split(':').next().unwrap_or_default().to_owned()
}

/// Who else may get a field: recipients that list its category, for a purpose that touches it and is about the same
/// people. Whether they did is another question, which the record of sendings answers.
pub(crate) fn recipients(policy: &Policy, field: &Field) -> Vec<String> {
    let has = |list: &[String], key: &str| list.iter().any(|known| known == key);
    let touches = |purpose: &String| {
        policy.purpose(purpose).is_some_and(|rule| {
            has(&rule.categories, field.category) && has(&rule.subjects, field.subject)
        })
    };
    let processors = policy.file().processor.iter();
    processors
        .filter(|rule| has(&rule.categories, field.category) && rule.purposes.iter().any(touches))
        .map(|rule| rule.name.clone())
        .collect()
}
