//! The only SQL: one text for SQLite and PostgreSQL behind one concrete [`Store`].
//!
//! Must not know: HTTP, the policy's decisions, plain text of anything sealed.

mod agent;
mod agent_session;
mod authenticate;
pub mod backup;
mod canned_reply;
mod child;
mod consent;
mod contact;
mod conversation;
mod db;
mod dialect;
mod disclosed;
mod disclosure;
mod erasure;
mod error;
mod event;
mod held;
mod hold;
mod host;
mod idempotency;
mod inbox;
mod incident;
mod intake;
pub mod inventory;
mod inventory_plain;
mod job;
mod key;
mod ledger;
mod letter;
mod link;
mod live;
mod message;
mod migrate;
mod notice;
mod origin;
mod policy_version;
mod privacy_check;
mod reading;
mod request;
mod reserve;
mod retention;
mod role_count;
mod search;
mod sending;
mod session;
mod site;
mod standing;
mod store;
mod subscription;
mod sweep;
mod terms;
mod tx;
mod unheld;
mod value;
mod visitor;
mod webhook;
mod webhook_delivery;
mod work;
mod workspace;

pub use agent::{
    Agent, NewAgent, count_agents, count_owners, create_agent, delete_invited_agent, find_agent,
    find_agent_by_email, list_agents, list_logins, lock_access, replace_recovery,
    update_agent_access, update_agent_availability, update_agent_name, update_agent_password,
    update_agent_totp, use_totp_step,
};
pub use agent_session::{
    ListedSession, LiveSession, NewSession, SESSION_IDLE_S, create_session, delete_session,
    delete_sessions, find_live_session, list_seen_agents, list_sessions, touch_session,
};
pub use authenticate::{VisitorIdentity, find_visitor_identity};
pub use canned_reply::{
    CannedReply, count_canned_replies, create_canned_reply, delete_canned_reply, find_canned_reply,
    find_canned_reply_by_shortcut, list_canned_replies, update_canned_reply,
};
pub use child::{
    Child, LiftedChild, NewChild, ParentCase, ask_parent, find_address_of_person, find_child,
    find_lifted_child, find_parent_case, freeze_child, is_token_of_frozen, lift_child,
    list_children, list_due_children, list_persons_of_parent,
};
pub use consent::{
    Consent, ConsentCursor, ConsentRow, NewConsent, create_consent, list_all_consents,
    list_consents, update_remembered,
};
pub use contact::{
    find_site_of_visitor, update_visitor_email, update_visitor_locale, update_visitor_name,
    verify_visitor_email,
};
pub use conversation::{
    ConversationRow, NewConversation, Reach, Side, count_unread_of_visitor, count_unresolved,
    create_conversation, find_conversation, find_last_visible, is_answering,
    list_conversations_of_person, mark_unread, take_seq, update_answered, update_rating,
    update_reach, update_status,
};
pub use db::{Db, DbMeasures, Listener, Location};
pub use dialect::Dialect;
pub use disclosed::{
    DisclosedConversation, DisclosedVisitor, find_disclosed_visitor, list_disclosed_conversations,
    list_disclosed_messages,
};
pub use disclosure::{
    DisclosureCount, DisclosureRow, NewDisclosure, Released, close_disclosure, count_disclosures,
    count_open_disclosures, create_disclosure, create_disclosure_approval, find_disclosure,
    find_disclosure_bundle, is_gagged, list_disclosures, list_disclosures_of_person,
    list_lapsed_disclosures, list_untold_disclosures, mark_disclosure_told, release_disclosure,
    review_disclosure,
};
pub use erasure::{
    ERASE_BATCH_ROWS, ERASED, Erasure, ErasureStep, KEPT, NewErasure, create_erasure, erase_rows,
    find_erasure, finish_erasure, is_suppressed, list_erased_conversations, list_pending_erasures,
    list_waiting_erasures, record_erasure, suppress_erased_address, update_erasure_step,
};
pub use error::StoreError;
pub use event::{Audience, Event, NewEvent, Reader, append_event, event_range, list_events};
pub use held::{
    HELD_CONVERSATIONS_MAX, HeldConversation, HeldMessage, HeldVisitor, find_held_visitor,
    list_held_conversations, list_held_messages,
};
pub use hold::{
    HeldBack, Hold, NewHold, create_hold, erase_rows_outside_holds, find_held_back, list_holds,
    list_holds_of_person, list_overdue_holds, may_be_held, release_hold, release_holds_of_person,
};
pub use host::{HostSite, find_host_site, find_host_workspace, has_workspace};
pub use idempotency::{IdempotentCommand, KnownCommand, find_command, record_command};
pub use inbox::{
    InboxCounts, InboxCursor, InboxRow, InboxView, LastMessage, UNREAD_COUNT_MAX, find_inbox_row,
    inbox_counts, list_inbox,
};
pub use incident::{
    IncidentCounts, IncidentReach, IncidentRow, count_affected, count_incidents,
    count_incidents_since, create_incident, find_incident, list_incidents, list_purposes_read,
    list_reached, update_incident, update_incident_told, was_read_by,
};
pub use intake::note_letter;
pub use job::{
    JOB_ATTEMPTS_MAX, Job, NewJob, count_due_jobs, count_given_up_jobs, enqueue_job, fail_job,
    finish_job, lease_jobs, next_job_at, postpone_job,
};
pub use key::{
    create_person_key, destroy_person_key, find_person_key, has_installation_secret,
    installation_secret, workspace_secret,
};
pub use ledger::{LedgerNodes, append_entry, ledger_size, list_entries};
pub use letter::{
    LetterConversation, LetterMessage, UnprovedAddress, find_letter_conversation,
    find_unproved_address, list_letter_messages, mark_letter_sent,
};
pub use link::{Link, NewLink, create_link, delete_links, find_link, take_link};
pub use live::{is_person_active, is_session_live, ping};
pub use message::{
    AuthorRow, MessageJob, MessageRow, NewMessage, Readers, create_message, enqueue_message_jobs,
    find_author, find_message, find_message_by_client, find_message_of_visitor,
    list_messages_before,
};
pub use migrate::{SCHEMA_DATA, SCHEMA_KEYS};
pub use notice::{create_policy_notice, list_unnoticed};
pub use origin::list_origins;
pub use policy_version::{
    PolicyHead, PolicyVersionRow, StandingCount, count_standing, create_policy_version,
    find_newest_policy_version, find_policy_version, list_policy_heads, list_policy_versions,
    update_policy_version_entry,
};
pub use privacy_check::{PrivacyCheckRow, find_privacy_check, put_privacy_check};
pub use reading::{
    NewReading, ReaderCount, ReadingCursor, ReadingEntryRow, ReadingRow, create_reading,
    has_reading, list_all_readings, list_readers, list_readings,
};
pub use request::{
    NewRequest, NewRequestStep, REQUEST_STEPS_MAX, RequestCursor, RequestFilter, RequestRow,
    RequestStep, count_requests_since, create_request, create_request_step, find_open_request,
    find_request, is_entry_of_person, list_due_requests, list_request_steps, list_requests,
    list_requests_of_person, update_request,
};
pub use reserve::{Reserve, Reserves};
pub use retention::{
    Due, Ended, delete_closed_agent, delete_ended_conversation, list_closed_agents,
    list_emptied_conversations, list_ended_conversations, list_left_subscribers,
    list_silent_persons,
};
pub use role_count::list_role_counts;
pub use search::{
    QUERY_WORDS_MAX, SearchCursor, SearchHit, create_search_tokens, search_by_email,
    search_messages,
};
pub use sending::{
    NewSending, SendingCount, SendingRow, count_sending, count_sendings_since, list_sendings,
    record_sending,
};
pub use site::{
    Site, create_site, find_public_site, find_site, forget_site_seen, list_sites, mark_site_seen,
    update_site,
};
pub use standing::{
    KnownReader, Standing, find_person_of_visitor, find_standing, list_persons_of_address,
    suppress_address, update_standing,
};
pub use store::Store;
pub use subscription::{
    NewSubscription, Subscription, ToTell, ask_subscription, confirm_subscription,
    count_subscriptions_since, create_subscription, end_subscription, find_subscription,
    is_address_subscribed, lift_suppression, list_subscribers_of_address, list_untold, mark_told,
    suppress_subscriber,
};
pub use sweep::{
    PurgeRun, ROW_RULES, RowRule, SweepState, find_sweep, latest_time, list_purge_runs,
    purge_sessions, record_purge, row_rule, update_sweep,
};
pub use terms::{Terms, find_terms, list_older_terms, list_terms, update_terms};
pub use tx::{Announcement, Tx};
pub use value::{Row, Value};
pub use visitor::{
    NewVisitor, VisitorRow, block_visitor, create_visitor, find_visitor_by_token,
    find_visitor_of_person, find_workspace_of_site, is_token_of_erased, mark_subscriber,
    touch_visitor, unblock_visitor, update_channel,
};
pub use webhook::{
    Webhook, create_webhook, find_webhook, list_hungry_webhooks, list_webhooks, note_webhook,
    renew_webhook_secret, resume_webhook, stop_webhook, update_webhook_events,
};
pub use webhook_delivery::{
    DELIVERIES_WAITING_MAX, Delivery, DeliveryOutcome, DeliveryRow, count_waiting_deliveries,
    feed_webhook, is_delivery_waiting, lease_deliveries, list_deliveries, replay_delivery,
    settle_delivery,
};
pub use workspace::{
    Workspace, create_workspace, find_workspace, list_workspaces, rename_workspace,
    update_working_hours,
};
