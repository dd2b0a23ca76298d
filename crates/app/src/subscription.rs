//! Letters about new versions of the policy: asked for by anybody, confirmed by the link that reaches the address,
//! ended by one click (clauses 14, 32).
//!
//! Why every wish makes a person of its own at once: known address or not, the work until the answer is the same,
//! and what comes of it is found later, by a job. Why a link that ends it holds the hash of the suppression list:
//! it needs no row, so it works after an erasure, after a restore, and for ever.
//! Must not know: HTTP, the words of letters.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{ConsentId, EmailAddress, LinkKind, PersonId, VisitorId, WorkspaceId};
use ledger::{Commitment, Entry, EntryKind, Receipt};
use policy::{
    Channel, NoticeLetter, Purpose as _, Reading, RightsRequest, Role, Subject, Timestamp,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{HostSite, NewConsent, NewSubscription, NewVisitor, Subscription, Tx};
use utoipa::ToSchema;

use crate::{
    App, actor::Visitor, authenticate::token_hash, consent::person_updated, error::AppError,
    job::JobKind, opener::Opener, reading::person_ref, sealer::Sealer, throttle,
};

/// The form that takes the address.
const FORM: &str = "notices";
/// The field that holds it.
const FIELD: &str = "subscriber.email";
/// Wishes of a day in a workspace that wait for their link.
const PENDING_A_DAY_MAX: i64 = 10_000;
const DAY_S: i64 = 24 * 3_600;
/// Wishes of one address that one click ends.
const ENDED_MAX: i64 = 50;
/// Bytes of the hash in a link that ends letters; its tag follows.
const HASH_BYTES: usize = 32;
/// Bytes of the tag: 128 bits.
const TAG_BYTES: usize = 16;

/// How it stands with a person's letters about the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionView {
    /// When they asked.
    pub asked_at: Timestamp,
    /// When they confirmed; none: the link waits.
    pub confirmed_at: Option<Timestamp>,
}

/// Letters about the policy, for the visitor in the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoticesView {
    /// Whether they can be asked for: the policy has room for them, and the visitor did not stop all letters.
    pub offered: bool,
    /// When they were asked for; the link waits until they are confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<i64>,
    /// When they were confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<i64>,
}

/// A choice on its way to disk.
struct Choice {
    consent: NewConsent,
    entry: Entry,
}

impl App {
    /// Whether the policy has room for letters about itself.
    #[must_use]
    pub fn may_subscribe(&self) -> bool {
        self.check_subscribing().is_ok()
    }

    fn check_subscribing(&self) -> Result<(), AppError> {
        self.policy().form_takes(FORM, FIELD)?;
        let subject = Subject {
            consents: vec![NoticeLetter::KEY.to_owned()],
            ..Subject::default()
        };
        let own = Reading::own();
        self.permit::<NoticeLetter>(Role::System, Channel::Email, &subject, &own)?;
        Ok(())
    }

    /// Somebody asks for letters about the policy at an address. The answer and the work are the same whether the
    /// address is known, confirmed, or not to be written to.
    ///
    /// # Errors
    /// `PolicyVersionMissing` or `PolicyVersionOld`, `Denied` if the policy has no room for it, `Invalid` if it is
    /// no address, `TooMany` on a day of too many wishes, `Full`, `Unavailable`.
    pub async fn ask_notices(
        &self,
        email: &str,
        policy_version: Option<u32>,
    ) -> Result<(), AppError> {
        self.check_shown(None, policy_version).await?;
        self.check_subscribing()?;
        let email = parse(email)?;
        let host = self.store.data.read(store::find_host_site);
        let host: Option<HostSite> = host.await.map_err(AppError::from)?;
        let Some(host) = host else { return Ok(()) };
        if !self.may_ask(host.workspace_id, &email).await? {
            return Ok(());
        }
        let now = self.now();
        let visitor = Visitor {
            workspace_id: host.workspace_id,
            site_id: host.site_id,
            visitor_id: VisitorId::new(now, self.random()),
            person_id: PersonId::new(now, self.random()),
            gpc: false,
        };
        self.keyring
            .create_person(visitor.workspace_id, visitor.person_id)
            .await?;
        let row = NewVisitor {
            workspace_id: visitor.workspace_id,
            visitor_id: visitor.visitor_id,
            person_id: visitor.person_id,
            site_id: visitor.site_id,
            // Nobody is told the token: this record is entered by letter only.
            token_hash: token_hash(&self.new_token()),
            name: None,
            email: None,
            email_index: None,
            locale: None,
            policy_version: self.policy().version(),
        };
        self.store_wish(&visitor, email, Some(row), "page").await
    }

    /// A known person asks for letters about the policy, in the chat (`widget`) or in the privacy centre (`centre`).
    ///
    /// # Errors
    /// As [`Self::ask_notices`]; `Conflict` if they stopped all letters or get these already, `NotFound` once
    /// erased.
    pub async fn ask_own_notices(
        &self,
        visitor: &Visitor,
        email: &str,
        (policy_version, way): (Option<u32>, &'static str),
    ) -> Result<(), AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        self.check_shown(Some((workspace_id, person_id)), policy_version)
            .await?;
        self.check_subscribing()?;
        let email = parse(email)?;
        let standing = self.standing_of(workspace_id, person_id).await?;
        if standing.opted_out_at.is_some() {
            let what = "you stopped all letters: let letters come again first";
            return Err(AppError::conflict("letters_stopped", what));
        }
        if !self.may_ask(workspace_id, &email).await? {
            return Ok(());
        }
        self.store_wish(visitor, email, None, way).await
    }

    async fn may_ask(
        &self,
        workspace_id: WorkspaceId,
        email: &EmailAddress,
    ) -> Result<bool, AppError> {
        let keys = self.keyring.workspace(workspace_id).await?;
        let index = keys.blind_index(email.as_str());
        Ok(self
            .throttle
            .take(throttle::SUBSCRIBE, &index, self.now())
            .is_ok())
    }

    async fn store_wish(
        &self,
        visitor: &Visitor,
        email: EmailAddress,
        new: Option<NewVisitor>,
        way: &'static str,
    ) -> Result<(), AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let keys = self.keyring.workspace(workspace_id).await?;
        let key = self.keyring.person(workspace_id, person_id).await?;
        let sealer = Sealer::new(workspace_id, key, self.random_source());
        let wish = NewSubscription {
            workspace_id,
            person_id,
            email_index: keys.blind_index(email.as_str()),
            address_hash: keys.suppression_hash(email.as_str()),
            email: sealer.subscriber_email(person_id, email),
            policy_version: i64::from(self.policy().version()),
            way,
        };
        let now = self.now();
        let job = self
            .new_job(workspace_id, JobKind::Subscription, &person_id.to_string())
            .about(person_id);
        let stored = self.store.data.write(move |tx| {
            let since = now.plus_seconds(-DAY_S);
            let count =
                store::count_subscriptions_since(tx, workspace_id, since, PENDING_A_DAY_MAX)?;
            if count >= PENDING_A_DAY_MAX {
                return Err(AppError::TooMany {
                    retry_after_s: 3_600,
                });
            }
            if let Some(new) = new {
                store::create_visitor(tx, &new, now)?;
                store::mark_subscriber(tx, workspace_id, person_id)?;
            } else if !store::is_person_active(tx, workspace_id, person_id)? {
                return Err(AppError::NotFound);
            }
            if store::create_subscription(tx, &wish, now)? {
                store::enqueue_job(tx, &job, now)?;
            }
            Ok(())
        });
        stored.await
    }

    /// Whether a link that confirms still works.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn is_subscription_link(&self, token: &str) -> Result<bool, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let found = self
            .store
            .data
            .read(move |tx| store::find_link(tx, LinkKind::Subscription, &hash, now));
        Ok(found.await?.is_some())
    }

    /// Uses a link that confirms: from now on letters about the policy go to the address, and it is taken off the
    /// list of those not to be written to.
    ///
    /// # Errors
    /// `NotFound` if the link is used, over, or never was, or its person is gone; `Full`, `Unavailable`.
    pub async fn confirm_notices(&self, token: &str) -> Result<(), AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let found = self.store.data.read(move |tx| {
            let link = store::find_link(tx, LinkKind::Subscription, &hash, now)?;
            let (workspace_id, person_id) = link
                .and_then(|link| Some((link.workspace_id, link.person_id?)))
                .ok_or(AppError::NotFound)?;
            let wish = store::find_subscription(tx, workspace_id, person_id)?;
            Ok::<_, AppError>((workspace_id, person_id, wish.ok_or(AppError::NotFound)?))
        });
        let (workspace_id, person_id, wish) = found.await?;
        let person = (workspace_id, person_id);
        let choice = self
            .choice(person, (true, "double-opt-in"), wish.policy_version)
            .await?;
        let told = self.versions.newest_material().map_or(0, |it| it.version);
        let told = i64::from(told.max(self.policy().version()));
        let confirmed = self.store.data.write(move |tx| {
            let link = store::take_link(tx, LinkKind::Subscription, &hash, now)?;
            link.ok_or(AppError::NotFound)?;
            confirm(tx, person, &wish, (told, choice), now)
        });
        confirmed.await
    }

    /// How it stands with a person's letters about the policy; none if they never asked, or it ended.
    ///
    /// # Errors
    /// `Unavailable` if the database does not answer.
    pub async fn find_own_notices(
        &self,
        visitor: &Visitor,
    ) -> Result<Option<SubscriptionView>, AppError> {
        let (workspace_id, person_id) = (visitor.workspace_id, visitor.person_id);
        let found = self
            .store
            .data
            .read(move |tx| store::find_subscription(tx, workspace_id, person_id));
        let found: Option<Subscription> = found.await.map_err(AppError::from)?;
        let lasting = found.filter(|one| one.state != "ended");
        Ok(lasting.map(|one| SubscriptionView {
            asked_at: one.created_at,
            confirmed_at: one.confirmed_at,
        }))
    }

    /// The same for the chat.
    pub(crate) fn notices_view(&self, wish: Option<&Subscription>, stopped: bool) -> NoticesView {
        NoticesView {
            offered: !stopped && self.may_subscribe(),
            asked_at: wish.map(|one| one.created_at.micros()),
            confirmed_at: wish.and_then(|one| one.confirmed_at).map(Timestamp::micros),
        }
    }

    /// The person ends their letters about the policy, in the chat or in the privacy centre; the receipt, if there
    /// were any.
    ///
    /// # Errors
    /// `NotFound` once erased; `Full`, `Unavailable`.
    pub(crate) async fn end_own_notices(
        &self,
        visitor: &Visitor,
        way: &'static str,
    ) -> Result<Option<Receipt>, AppError> {
        let person = (visitor.workspace_id, visitor.person_id);
        let now = self.now();
        let version = i64::from(self.policy().version());
        let choice = self.choice(person, (false, way), version).await?;
        let ended = self.store.data.write(move |tx| {
            store::suppress_subscriber(tx, person.0, person.1, now)?;
            if !store::end_subscription(tx, person.0, person.1, now)? {
                return Ok(None);
            }
            enter(tx, person, &choice, now).map(Some)
        });
        let index: Option<u64> = ended.await?;
        match index {
            Some(index) => Ok(Some(self.receipt(person.0, index).await?)),
            None => Ok(None),
        }
    }

    /// The address of the link that ends letters to an address, made of its keyed hash alone.
    pub(crate) async fn unsubscribe_url(
        &self,
        workspace_id: WorkspaceId,
        address_hash: &[u8; 32],
    ) -> Result<String, AppError> {
        let tag = self
            .keyring
            .workspace(workspace_id)
            .await?
            .unsubscribe_tag(address_hash);
        let token = URL_SAFE_NO_PAD.encode([address_hash.as_slice(), &tag].concat());
        let base = &self.settings.public_url;
        Ok(format!("{base}/unsubscribe/{workspace_id}/{token}"))
    }

    /// One click: no letter that needs a yes goes to the address any more. Of a link that was not made here nothing
    /// comes, and it is answered the same.
    ///
    /// # Errors
    /// `Full`, `Unavailable`.
    pub async fn unsubscribe(&self, workspace: &str, token: &str) -> Result<(), AppError> {
        let Some((workspace_id, hash)) = self.read_unsubscribe(workspace, token).await? else {
            return Ok(());
        };
        let listed = self
            .store
            .data
            .read(move |tx| store::list_subscribers_of_address(tx, workspace_id, hash, ENDED_MAX));
        let listed: Vec<PersonId> = listed.await.map_err(AppError::from)?;
        let version = i64::from(self.policy().version());
        let mut choices = Vec::with_capacity(listed.len());
        for person_id in listed {
            let person = (workspace_id, person_id);
            match self.choice(person, (false, "one-click"), version).await {
                Ok(choice) => choices.push((person_id, choice)),
                // Erased meanwhile.
                Err(AppError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        let now = self.now();
        let ended = self.store.data.write(move |tx| {
            if choices.is_empty() && !store::is_suppressed(tx, workspace_id, hash)? {
                store::append_entry(tx, workspace_id, &nobodys(now))?;
            }
            store::suppress_address(tx, workspace_id, hash, now)?;
            choices.iter().try_for_each(|(person_id, choice)| {
                end(tx, (workspace_id, *person_id), choice, now)
            })
        });
        ended.await
    }

    /// The workspace and the hash that a link stands for, if it was made here.
    async fn read_unsubscribe(
        &self,
        workspace: &str,
        token: &str,
    ) -> Result<Option<(WorkspaceId, [u8; HASH_BYTES])>, AppError> {
        let (Ok(workspace_id), Ok(bytes)) = (
            workspace.parse::<WorkspaceId>(),
            URL_SAFE_NO_PAD.decode(token),
        ) else {
            return Ok(None);
        };
        let Some((hash, tag)) = bytes.split_first_chunk::<HASH_BYTES>() else {
            return Ok(None);
        };
        let known = self
            .store
            .data
            .read(move |tx| store::find_workspace(tx, workspace_id));
        let known: Option<store::Workspace> = known.await.map_err(AppError::from)?;
        if known.is_none() || tag.len() != TAG_BYTES {
            return Ok(None);
        }
        let keys = self.keyring.workspace(workspace_id).await?;
        let is_own = vault::same(&keys.unsubscribe_tag(hash), tag);
        Ok(is_own.then_some((workspace_id, *hash)))
    }

    /// The confirmed address of a subscriber, opened to write to them about their rights.
    pub(crate) async fn subscriber_address(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Option<String>, AppError> {
        let found = self
            .store
            .data
            .read(move |tx| store::find_subscription(tx, workspace_id, person_id));
        let found: Option<Subscription> = found.await.map_err(AppError::from)?;
        let Some(wish) = found.filter(|one| one.state == "confirmed") else {
            return Ok(None);
        };
        let key = self.keyring.person(workspace_id, person_id).await?;
        let reading = Reading::own();
        let permit = self.letter_permit::<RightsRequest>(&reading)?;
        let opener = Opener::new(workspace_id, &key, &permit);
        opener.subscriber_email(person_id, &wish.email).map(Some)
    }

    async fn choice(
        &self,
        (workspace_id, person_id): (WorkspaceId, PersonId),
        (granted, way): (bool, &'static str),
        version: i64,
    ) -> Result<Choice, AppError> {
        let key = self.keyring.person(workspace_id, person_id).await?;
        let text = self.version(u32::try_from(version).unwrap_or(0)).await?;
        let now = self.now();
        let consent = NewConsent {
            consent_id: ConsentId::new(now, self.random()),
            workspace_id,
            person_id,
            purpose: NoticeLetter::KEY,
            granted,
            policy_version: version,
            text_hash: Sha256::digest(text.text().as_bytes()).into(),
            way,
        };
        let details = [
            ("about", NoticeLetter::KEY.to_owned()),
            ("granted", granted.to_string()),
            ("policy_hash", text.hash().to_owned()),
            ("policy_version", version.to_string()),
            ("way", way.to_owned()),
        ];
        let entry = Entry {
            kind: kind(granted),
            at: now.micros(),
            subject: Some(Commitment(person_ref(workspace_id, person_id, &key))),
            details: BTreeMap::from(details.map(|(name, value)| (name.to_owned(), value))),
        };
        Ok(Choice { consent, entry })
    }
}

fn parse(email: &str) -> Result<EmailAddress, AppError> {
    EmailAddress::parse(email)
        .map_err(|fault| AppError::invalid("email", "wrong_form", fault.to_string()))
}

const fn kind(granted: bool) -> EntryKind {
    if granted {
        EntryKind::Consent
    } else {
        EntryKind::OptOut
    }
}

/// The entry of a click whose person is gone.
fn nobodys(now: Timestamp) -> Entry {
    let details = [
        ("about", NoticeLetter::KEY),
        ("granted", "false"),
        ("way", "one-click"),
    ];
    Entry {
        kind: kind(false),
        at: now.micros(),
        subject: None,
        details: BTreeMap::from(details.map(|(name, value)| (name.to_owned(), value.to_owned()))),
    }
}

fn confirm(
    tx: &mut Tx<'_>,
    person: (WorkspaceId, PersonId),
    wish: &Subscription,
    (told, choice): (i64, Choice),
    now: Timestamp,
) -> Result<(), AppError> {
    // Somebody asked twice for one address: the first yes stands.
    if store::is_address_subscribed(tx, person, wish.address_hash)? {
        store::end_subscription(tx, person.0, person.1, now)?;
        return Ok(());
    }
    if !store::confirm_subscription(tx, person, told, now)? {
        return Err(AppError::NotFound);
    }
    store::lift_suppression(tx, person.0, wish.address_hash)?;
    enter(tx, person, &choice, now).map(drop)
}

/// Ends a wish, if it has not ended, with its entry.
fn end(
    tx: &mut Tx<'_>,
    person: (WorkspaceId, PersonId),
    choice: &Choice,
    now: Timestamp,
) -> Result<(), AppError> {
    if !store::end_subscription(tx, person.0, person.1, now)? {
        return Ok(());
    }
    enter(tx, person, choice, now).map(drop)
}

/// Stores a choice with its entry in the ledger; the entry's number.
fn enter(
    tx: &mut Tx<'_>,
    (workspace_id, person_id): (WorkspaceId, PersonId),
    choice: &Choice,
    now: Timestamp,
) -> Result<u64, AppError> {
    let index = store::append_entry(tx, workspace_id, &choice.entry)?;
    store::create_consent(tx, &choice.consent, index, now)?;
    store::append_event(tx, workspace_id, &person_updated(person_id), now)?;
    Ok(index)
}
