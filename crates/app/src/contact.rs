//! Contact details of a visitor: left by themselves, sealed, verified by a link before anything is sent
//! (clauses 20, 21, 60).
//!
//! Must not know: HTTP, SMTP.

use std::{collections::BTreeMap, sync::Arc};

use domain::{DisplayName, EmailAddress, LinkKind, Locale, VisitorId, WorkspaceId};
use ledger::{Commitment, Entry, EntryKind};
use policy::{ContactEmail, DataCategory, Language, Name, Personal, Policy, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use vault::{Place, Sealed, SubjectKey};

use crate::{
    App,
    actor::Visitor,
    authenticate::token_hash,
    consent::person_updated,
    error::{AppError, FieldError},
    reading::person_ref,
};

/// The form that takes these fields.
const FORM: &str = "contact";

/// What a visitor leaves or changes; what is left out stays.
pub struct ContactChange {
    /// Name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Language, put right by the person themselves.
    pub locale: Option<String>,
    /// The version of the policy that was shown.
    pub policy_version: Option<u32>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactView {
    /// Whether a letter with a link is on its way to the new address.
    pub verification_sent: bool,
}

/// Parsed values.
struct Parsed {
    name: Option<DisplayName>,
    email: Option<EmailAddress>,
    locale: Option<Locale>,
}

impl App {
    /// The visitor leaves or changes name and address. A changed address is no longer verified.
    ///
    /// # Errors
    /// `PolicyVersionMissing` or `PolicyVersionOld`, `Denied` for a field that the policy does not list,
    /// `Invalid`, `TooMany` letters, `NotFound` once erased, `Full`, `Unavailable`.
    pub async fn update_contact(
        &self,
        visitor: &Visitor,
        change: ContactChange,
    ) -> Result<ContactView, AppError> {
        let policy = self.policy();
        let person = (visitor.workspace_id, visitor.person_id);
        let terms = self
            .check_shown(Some(person), change.policy_version)
            .await?;
        let parsed = parse(&policy, &change)?;
        if let Some(terms) = terms {
            parse(&terms, &change)?;
        }
        let changed = self.store_contact(visitor, parsed).await?;
        if !changed {
            return Ok(ContactView {
                verification_sent: false,
            });
        }
        let queued =
            self.send_verification(visitor.workspace_id, visitor.visitor_id, visitor.person_id);
        match queued.await {
            Ok(()) => Ok(ContactView {
                verification_sent: true,
            }),
            // The address is kept; it stays unverified until a letter may go again.
            Err(AppError::TooMany { .. }) => Ok(ContactView {
                verification_sent: false,
            }),
            Err(error) => Err(error),
        }
    }

    /// The name of the site whose visitor a verification link was sent to, while it works.
    ///
    /// # Errors
    /// `NotFound` if it is used, over, or never was.
    pub async fn find_verification(&self, token: &str) -> Result<String, AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let found = self.store.data.read(move |tx| {
            let link = store::find_link(tx, LinkKind::Verification, &hash, now)?;
            let link = link.ok_or(AppError::NotFound)?;
            let site = store::find_site_of_visitor(tx, link.workspace_id, &link.subject_id)?;
            site.ok_or(AppError::NotFound)
        });
        found.await
    }

    /// Uses a verification link: from now on the address counts as the visitor's.
    ///
    /// # Errors
    /// `NotFound` if it is used, over, or never was.
    pub async fn verify_email(&self, token: &str) -> Result<(), AppError> {
        let (hash, now) = (token_hash(token), self.now());
        let verified = self.store.data.write(move |tx| {
            let link = if policy::rule::is_off(21) {
                store::find_link(tx, LinkKind::Verification, &hash, now)?
            } else {
                store::take_link(tx, LinkKind::Verification, &hash, now)?
            };
            let link = link.ok_or(AppError::NotFound)?;
            let visitor_id: VisitorId = link.subject_id.parse().map_err(|_| AppError::NotFound)?;
            let workspace_id = link.workspace_id;
            let person = store::verify_visitor_email(tx, workspace_id, visitor_id, now)?;
            if let Some(person_id) = person {
                store::append_event(tx, workspace_id, &person_updated(person_id), now)?;
            }
            Ok(())
        });
        verified.await
    }

    /// Whether the address is another one than before.
    async fn store_contact(&self, visitor: &Visitor, parsed: Parsed) -> Result<bool, AppError> {
        let Visitor {
            workspace_id,
            visitor_id,
            person_id,
            ..
        } = *visitor;
        let key = self.keyring.person(workspace_id, person_id).await?;
        let keys = self.keyring.workspace(workspace_id).await?;
        let now = self.now();
        let subject = Commitment(person_ref(workspace_id, person_id, &key));
        let entry = correction(&parsed, subject, now);
        let place = (workspace_id, visitor_id);
        let name: Option<Sealed<Name>> = parsed
            .name
            .map(|name| self.seal_own(&key, place, "name_sealed", &name.into_personal()));
        let locale: Option<Sealed<Language>> = parsed
            .locale
            .map(|locale| self.seal_own(&key, place, "locale_sealed", &locale.into_personal()));
        let email = parsed.email.map(|email| {
            let index = keys.blind_index(email.as_str());
            let plain = Personal::new(email.into_string());
            let sealed: Sealed<ContactEmail> = self.seal_own(&key, place, "email_sealed", &plain);
            (sealed, index)
        });
        let stored = self.store.data.write(move |tx| {
            if !store::is_person_active(tx, workspace_id, person_id)? {
                return Err(AppError::NotFound);
            }
            if let Some(name) = name.as_ref().filter(|_| !policy::rule::is_off(60)) {
                store::update_visitor_name(tx, workspace_id, visitor_id, name)?;
            }
            if let Some(locale) = &locale {
                store::update_visitor_locale(tx, workspace_id, visitor_id, locale)?;
            }
            let changed = match &email {
                Some((email, index)) => {
                    store::update_visitor_email(tx, workspace_id, visitor_id, email, *index)?
                }
                None => false,
            };
            store::append_entry(tx, workspace_id, &entry)?;
            store::append_event(tx, workspace_id, &person_updated(person_id), now)?;
            Ok(changed)
        });
        stored.await
    }

    fn seal_own<C: DataCategory>(
        &self,
        key: &Arc<SubjectKey>,
        (workspace_id, visitor_id): (WorkspaceId, VisitorId),
        column: &'static str,
        plain: &Personal<String, C>,
    ) -> Sealed<C> {
        let (workspace, row) = (workspace_id.to_string(), visitor_id.to_string());
        let place = Place {
            workspace: &workspace,
            table: "visitor",
            column,
            row: &row,
        };
        vault::seal(key, &place, plain, self.random())
    }
}

/// Every field that is given must be one the policy lists, and whole.
fn parse(policy: &Policy, change: &ContactChange) -> Result<Parsed, AppError> {
    if change.name.is_none() && change.email.is_none() && change.locale.is_none() {
        return Err(AppError::invalid(
            "name",
            "missing",
            "give a name, an address, or both",
        ));
    }
    let mut faults = Vec::new();
    let mut name = None;
    if let Some(text) = &change.name {
        policy.form_takes(FORM, "visitor.name")?;
        match DisplayName::parse(text) {
            Ok(parsed) => name = Some(parsed),
            Err(fault) => faults.push(FieldError::new("name", fault.code(), fault.to_string())),
        }
    }
    let mut email = None;
    if let Some(text) = &change.email {
        policy.form_takes(FORM, "visitor.email")?;
        match EmailAddress::parse(text) {
            Ok(parsed) => email = Some(parsed),
            Err(fault) => {
                faults.push(FieldError::new("email", "wrong_form", fault.to_string()));
            }
        }
    }
    let mut locale = None;
    if let Some(text) = &change.locale {
        policy.field_allowed("visitor.locale")?;
        match Locale::parse(text) {
            Ok(parsed) => locale = Some(parsed),
            Err(fault) => faults.push(FieldError::new("locale", fault.code(), fault.to_string())),
        }
    }
    if faults.is_empty() {
        Ok(Parsed {
            name,
            email,
            locale,
        })
    } else {
        Err(AppError::Invalid(faults))
    }
}

fn correction(parsed: &Parsed, subject: Commitment, now: Timestamp) -> Entry {
    let fields = [
        ("visitor.name", parsed.name.is_some()),
        ("visitor.email", parsed.email.is_some()),
        ("visitor.locale", parsed.locale.is_some()),
    ];
    let named: Vec<_> = fields
        .into_iter()
        .filter_map(|(field, given)| given.then_some(field))
        .collect();
    Entry {
        kind: EntryKind::Correction,
        at: now.micros(),
        subject: Some(subject),
        details: BTreeMap::from([("fields".to_owned(), named.join(","))]),
    }
}
