//! What the system does: one file per feature, each permit -> load -> decide -> save + outbox -> publish.
//!
//! Must not know: HTTP, SQL, SMTP.

#[macro_use]
mod view;

pub mod actor;
mod age;
mod agent;
mod agent_field;
mod app;
mod authenticate;
mod author;
mod availability;
pub mod backup;
mod canned_reply;
mod centre_session;
mod channel;
mod child;
mod child_parent;
mod consent;
mod consent_list;
mod consent_view;
mod contact;
mod conversation;
mod credential;
mod cursor;
mod disclosure;
mod draft;
mod drill;
mod egress;
mod envelope;
mod erasure;
mod error;
mod evidence;
mod expire;
mod export;
mod held;
mod held_reader;
mod held_told;
mod hold;
mod host;
mod housekeeping;
mod hydrate;
mod idempotency;
mod inbox;
mod incident;
mod intake;
mod inventory;
mod invitation;
mod job;
mod keyring;
mod letter;
mod letter_answer;
mod letter_notice;
mod letter_policy;
mod letter_right;
mod letter_subscription;
mod letter_text;
mod measure;
mod message;
mod notice;
mod opener;
mod origin;
mod own_account;
mod password;
mod policy_chain;
mod policy_file;
mod policy_proof;
mod policy_publish;
mod policy_simulate;
mod policy_view;
mod privacy_check;
mod proof;
mod purge;
mod random;
mod rating;
mod reach;
mod reading;
mod reading_list;
mod ready;
mod request;
mod resume;
mod reveal;
mod sealer;
mod search;
mod session;
mod setup;
mod site;
mod start;
mod status;
mod stream;
mod subscription;
mod sweep;
mod sweep_clock;
mod sweep_terms;
mod terms;
mod throttle;
mod token;
mod totp;
mod typing;
mod visitor;
mod webhook;
mod widget_config;
mod workspace;

pub use actor::{Actor, Agent, Visitor};
pub use age::{AGE_PASS_S, AgePassView};
pub use agent::AgentView;
pub use app::{App, Parts, Settings};
pub use authenticate::token_hash;
pub use canned_reply::{CannedReplyChange, CannedReplyView, NewCannedReply};
pub use channel::ChannelView;
pub use child::{CHILDREN_MAX, ChildView};
pub use child_parent::{ParentAnswer, ParentView};
pub use consent::{ChoiceView, RememberView};
pub use consent_list::{ConsentPageView, ConsentRecordView};
pub use consent_view::ConsentView;
pub use contact::{ContactChange, ContactView};
pub use conversation::{
    AssigneeView, OWN_CONVERSATIONS_MAX, OwnRatingView, VisitorConversationView,
    VisitorConversationsView,
};
pub use disclosure::{
    DISCLOSURES_MAX, DisclosureCountsView, DisclosureOrder, DisclosureView, GroundCountView,
};
pub use drill::{DRILL_DAYS, DrillAct, DrillLeft, DrillRole, DrillStep, DrillView};
pub use egress::{EgressSettings, RecipientCount, Resolver, Resolving, SendingView, TestReceiver};
pub use envelope::Envelope;
pub use error::{AppError, FieldError};
pub use evidence::{EvidenceAbout, EvidenceFile, EvidenceOrder};
pub use export::{Export, ExportPart};
pub use held::{HeldItem, HeldPerson, HeldReader, HeldView, SignalView};
pub use hold::{HOLDS_MAX, HoldOrder, HoldReleaseView, HoldView};
pub use hydrate::HydratedEvent;
pub use inbox::{
    ConversationView, INBOX_PAGE, INBOX_PAGE_MAX, InboxCountsView, InboxPageView, InboxQuery,
    InboxVisitorView, LastMessageView, OneConversationView, PageView, RatingView,
};
pub use incident::{
    AffectedPageView, AffectedView, IncidentCountsView, IncidentOrder, IncidentView,
};
pub use intake::MailboxView;
pub use inventory::{ColumnView, InventoryView};
pub use invitation::{Invitation, Invited};
pub use job::{JOB_LEASE_S, JobOutcome};
pub use keyring::Keyring;
pub use measure::Measures;
pub use message::{
    AgentMessage, AuthorView, MESSAGES_PAGE, MESSAGES_PAGE_MAX, MessageView, MessagesView,
    VisitorMessage,
};
pub use notice::{AnswerView, NoticeAnswer, NoticeView};
pub use own_account::OwnAccountView;
pub use policy_chain::{PolicyStart, PolicyStartError, PublishedVersion, start_policy};
pub use policy_file::PolicyFile;
pub use policy_proof::PolicyProof;
pub use policy_publish::{
    OPERATOR, PublishError, PublishedView, publish_policy, settle_policy_file,
};
pub use policy_simulate::{ChangeView, FaultView, PolicyCheckView, SimulationView, StandingView};
pub use policy_view::{PolicyView, WaitingView};
pub use privacy_check::{CheckOutcome, PrivacyCheckFinding, PrivacyCheckReport, PrivacyCheckView};
pub use purge::{PurgeRunView, PurgeRunsView, SweeperView};
pub use random::{Random, bytes};
pub use rating::NewRating;
pub use reach::Reached;
pub use reading::person_ref;
pub use reading_list::{ReadingEntryView, ReadingPageView};
pub use request::{
    CentreAct, CentreDone, CentreView, EnteredRequest, EnteredRequestsView, LoopedRequest,
    OwnStandingView, ReadingView, RequestPageView, RequestStepView, RequestView, RequestsQuery,
};
pub use resume::Resumed;
pub use reveal::RevealedView;
pub use search::{QUERY_CHARS_MAX, SEARCH_PAGE, SearchPageView, SearchResultView};
pub use session::{OwnView, SESSION_LIFETIME_S, SessionEntry, SessionView, SignIn, SignedIn};
pub use setup::Setup;
pub use site::{GreetingsView, LookChoice, LookView, SiteChange, SiteSeen, SiteView};
pub use start::{NewTalk, StartedView};
pub use status::{LedgerStatusView, StatusView};
pub use subscription::{NoticesView, SubscriptionView};
pub use totp::TotpStart;
pub use visitor::VisitorView;
pub use webhook::{
    DeliveryView, WebhookChange, WebhookMade, WebhookRecipientView, WebhookView, WebhooksView,
};
pub use widget_config::{LoaderConfig, WidgetConfig, WidgetFields};
pub use workspace::{CreatedWorkspace, WorkspaceView};
