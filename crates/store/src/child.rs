//! Minors who were found: frozen, held for a parent's decision, erased when the time is over, or taken back.
//!
//! Why the state of the person and not a condition of each query: whatever shows a person asks whether they are
//! active, so from the commit of the mark on nobody sees anything of them.
//! Must not know: who may mark, how long a record is held, plain text.

use domain::{AgentId, PersonId, VisitorId, WorkspaceId};
use policy::{AgeRange, ContactEmail, PrivateContent, Timestamp};
use vault::Sealed;

use crate::{
    error::StoreError,
    event::{Audience, NewEvent, append_event},
    inbox::{leave_inbox, return_to_inbox},
    tx::Tx,
    value::{Row, Value},
};

/// Conversations whose readers are told that a record is back.
const TOLD_MAX: i64 = 100;

/// A mark to be stored.
#[derive(Debug, Clone)]
pub struct NewChild {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Whose record.
    pub person_id: PersonId,
    /// That they are a minor, sealed under their key.
    pub mark: Sealed<AgeRange>,
    /// Who pressed the button.
    pub marked_by: AgentId,
    /// Until when a parent's address must be there.
    pub hold_until: Timestamp,
    /// When it is erased without an answer.
    pub erase_at: Timestamp,
}

/// A record that is frozen.
#[derive(Debug, Clone)]
pub struct Child {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Whose record.
    pub person_id: PersonId,
    /// Who pressed the button.
    pub marked_by: String,
    /// When.
    pub marked_at: Timestamp,
    /// Until when a parent's address must be there.
    pub hold_until: Timestamp,
    /// When it is erased without an answer.
    pub erase_at: Timestamp,
    /// A parent's address.
    pub parent_email: Option<Sealed<ContactEmail>>,
    /// When the parent was asked.
    pub asked_at: Option<Timestamp>,
    /// Name of the site that they wrote on.
    pub site_name: String,
    /// Language of that site.
    pub site_locale: String,
    /// Their conversations.
    pub conversations: i64,
    /// Whether a legal hold keeps something of it.
    pub is_held: bool,
}

macro_rules! select_child {
    ($condition:literal) => {
        concat!(
            "select k.workspace_id, k.person_id, k.marked_by, k.marked_at, k.hold_until, k.erase_at,
                 k.parent_email_sealed, k.asked_at, s.name, s.locale,
                 (select count(*) from conversation c
                  where c.workspace_id = k.workspace_id and c.person_id = k.person_id),
                 (select count(*) from hold h
                  where h.workspace_id = k.workspace_id and h.person_id = k.person_id
                      and h.released_at is null)
             from child k
             join person p on p.workspace_id = k.workspace_id and p.person_id = k.person_id
             join visitor v on v.workspace_id = k.workspace_id and v.person_id = k.person_id
             join site s on s.workspace_id = v.workspace_id and s.site_id = v.site_id
             where p.state = 'frozen' and k.lifted_at is null and ",
            $condition
        )
    };
}

/// Freezes a visitor's record: from this commit on nobody sees anything of them. Whether it was not frozen before.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn freeze_child(
    tx: &mut Tx<'_>,
    child: &NewChild,
    ledger_index: u64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let key = [child.workspace_id.into(), child.person_id.into()];
    let frozen = tx.execute(
        "update person set state = 'frozen'
         where workspace_id = $1 and person_id = $2 and state = 'active' and kind = 'visitor'",
        &key,
    )?;
    if frozen == 0 {
        return Ok(false);
    }
    leave_inbox(tx, &key)?;
    tx.execute(
        "delete from child where workspace_id = $1 and person_id = $2",
        &key,
    )?;
    tx.execute(
        "insert into child (
             workspace_id, person_id, mark_sealed, marked_by, marked_at, hold_until, erase_at,
             ledger_index
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            child.workspace_id.into(),
            child.person_id.into(),
            (&child.mark).into(),
            child.marked_by.into(),
            now.into(),
            child.hold_until.into(),
            child.erase_at.into(),
            Value::Int(i64::try_from(ledger_index).unwrap_or(i64::MAX)),
        ],
    )?;
    let told = NewEvent {
        kind: "person.frozen",
        audience: Audience::All,
        person_id: Some(child.person_id),
        conversation_id: None,
        ref_id: None,
        seq: None,
    };
    append_event(tx, child.workspace_id, &told, now)?;
    Ok(true)
}

/// A mark that was taken back, as long as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiftedChild {
    /// When it was made.
    pub marked_at: Timestamp,
    /// When it was taken back.
    pub lifted_at: Timestamp,
    /// Whether a reason is kept with it.
    pub has_reason: bool,
}

/// A person's mark that was taken back, if it is kept still.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_lifted_child(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<LiftedChild>, StoreError> {
    let found = tx.find(
        "select marked_at, lifted_at, reason_sealed from child
         where workspace_id = $1 and person_id = $2 and lifted_at is not null",
        &[workspace_id.into(), person_id.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    Ok(Some(LiftedChild {
        marked_at: row.time("marked_at")?,
        lifted_at: row.time("lifted_at")?,
        has_reason: row.sealed_opt::<PrivateContent>("reason_sealed")?.is_some(),
    }))
}

/// Takes a mark back: the record is as it was. Whether it was frozen.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn lift_child(
    tx: &mut Tx<'_>,
    (workspace_id, person_id): (WorkspaceId, PersonId),
    (lifted_by, reason): (&str, Option<&Sealed<PrivateContent>>),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let key = [workspace_id.into(), person_id.into()];
    let lifted = tx.execute(
        "update person set state = 'active'
         where workspace_id = $1 and person_id = $2 and state = 'frozen'",
        &key,
    )?;
    if lifted == 0 {
        return Ok(false);
    }
    return_to_inbox(tx, &key)?;
    tx.execute(
        "update child
         set lifted_by = $3, lifted_at = $4, reason_sealed = $5, parent_email_sealed = null,
             parent_email_index = null
         where workspace_id = $1 and person_id = $2",
        &[
            workspace_id.into(),
            person_id.into(),
            lifted_by.into(),
            now.into(),
            reason.into(),
        ],
    )?;
    let conversations = tx.query(
        "select conversation_id from conversation
         where workspace_id = $1 and person_id = $2
         order by created_at desc
         limit $3",
        &[workspace_id.into(), person_id.into(), TOLD_MAX.into()],
    )?;
    for mut row in conversations {
        let told = NewEvent {
            kind: "conversation.updated",
            audience: Audience::All,
            person_id: Some(person_id),
            conversation_id: Some(row.parse("conversation_id")?),
            ref_id: None,
            seq: None,
        };
        append_event(tx, workspace_id, &told, now)?;
    }
    Ok(true)
}

/// Notes a parent's address and that they are asked; whether the record is frozen.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn ask_parent(
    tx: &mut Tx<'_>,
    (workspace_id, person_id): (WorkspaceId, PersonId),
    (email, index): (&Sealed<ContactEmail>, [u8; 32]),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let asked = tx.execute(
        "update child
         set parent_email_sealed = $3, parent_email_index = $4, asked_at = $5
         where workspace_id = $1 and person_id = $2 and lifted_at is null and exists (
             select 1 from person p
             where p.workspace_id = child.workspace_id and p.person_id = child.person_id
                 and p.state = 'frozen'
         )",
        &[
            workspace_id.into(),
            person_id.into(),
            email.into(),
            index.as_slice().into(),
            now.into(),
        ],
    )?;
    Ok(asked > 0)
}

/// Frozen records of a workspace, those that end first before the others, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_children(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    limit: i64,
) -> Result<Vec<Child>, StoreError> {
    let rows = tx.query(
        select_child!("k.workspace_id = $1 order by k.erase_at, k.person_id limit $2"),
        &[workspace_id.into(), limit.into()],
    )?;
    rows.into_iter().map(read_child).collect()
}

/// One frozen record.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_child(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<Child>, StoreError> {
    let found = tx.find(
        select_child!("k.workspace_id = $1 and k.person_id = $2"),
        &[workspace_id.into(), person_id.into()],
    )?;
    found.map(read_child).transpose()
}

/// Frozen records whose time is over, of all workspaces: no parent's address in time, or no answer. At most `limit`;
/// what is being erased already is not among them.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_due_children(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(WorkspaceId, PersonId)>, StoreError> {
    let rows = tx.query(
        "select k.workspace_id, k.person_id
         from child k
         join person p on p.workspace_id = k.workspace_id and p.person_id = k.person_id
         where p.state = 'frozen' and k.lifted_at is null
             and (k.erase_at <= $1 or (k.asked_at is null and k.hold_until <= $1))
         order by k.erase_at
         limit $2",
        &[now.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| Ok((row.parse("workspace_id")?, row.parse("person_id")?)))
        .collect()
}

/// Whether a token belongs to a person whose record is frozen.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_token_of_frozen(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<bool, StoreError> {
    let found = tx.find(
        "select v.visitor_id
         from visitor v
         join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
         where v.token_hash = $1 and p.state = 'frozen'
         limit 1",
        &[token_hash.into()],
    )?;
    Ok(found.is_some())
}

/// Persons, frozen or not, whose record has this address as their own or as a parent's; newest first, at most
/// `limit`, each with its site's name and language and when they first wrote.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_persons_of_parent(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    email_index: [u8; 32],
    limit: i64,
) -> Result<Vec<ParentCase>, StoreError> {
    let rows = tx.query(
        "select p.person_id, s.name, s.locale, v.created_at
         from person p
         join visitor v on v.workspace_id = p.workspace_id and v.person_id = p.person_id
         join site s on s.workspace_id = v.workspace_id and s.site_id = v.site_id
         where p.workspace_id = $1 and p.state in ('active', 'frozen') and p.person_id in (
             select o.person_id from visitor o
             where o.workspace_id = $1 and o.email_index = $2
             union
             select k.person_id from child k
             where k.workspace_id = $1 and k.parent_email_index = $2
         )
         order by v.created_at desc
         limit $3",
        &[
            workspace_id.into(),
            email_index.as_slice().into(),
            limit.into(),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(ParentCase {
                person_id: row.parse("person_id")?,
                site_name: row.text("name")?,
                site_locale: row.text("locale")?,
                created_at: row.time("created_at")?,
            })
        })
        .collect()
}

/// A record that somebody asks about as a parent.
#[derive(Debug, Clone)]
pub struct ParentCase {
    /// Whose record.
    pub person_id: PersonId,
    /// Name of the site that they wrote on.
    pub site_name: String,
    /// Language of that site.
    pub site_locale: String,
    /// When they first wrote.
    pub created_at: Timestamp,
}

/// One record as a parent is told of it, frozen or not.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_parent_case(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<ParentCase>, StoreError> {
    let found = tx.find(
        "select p.person_id, s.name, s.locale, v.created_at
         from person p
         join visitor v on v.workspace_id = p.workspace_id and v.person_id = p.person_id
         join site s on s.workspace_id = v.workspace_id and s.site_id = v.site_id
         where p.workspace_id = $1 and p.person_id = $2 and p.state in ('active', 'frozen')",
        &[workspace_id.into(), person_id.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    Ok(Some(ParentCase {
        person_id: row.parse("person_id")?,
        site_name: row.text("name")?,
        site_locale: row.text("locale")?,
        created_at: row.time("created_at")?,
    }))
}

/// The address that stands in a record, frozen or not.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_address_of_person(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<(VisitorId, Sealed<ContactEmail>)>, StoreError> {
    let found = tx.find(
        "select v.visitor_id, v.email_sealed
         from visitor v
         join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
         where v.workspace_id = $1 and v.person_id = $2 and v.email_sealed is not null
             and p.state in ('active', 'frozen')",
        &[workspace_id.into(), person_id.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    Ok(Some((
        row.parse("visitor_id")?,
        row.sealed("email_sealed")?,
    )))
}

fn read_child(mut row: Row) -> Result<Child, StoreError> {
    Ok(Child {
        workspace_id: row.parse("workspace_id")?,
        person_id: row.parse("person_id")?,
        marked_by: row.text("marked_by")?,
        marked_at: row.time("marked_at")?,
        hold_until: row.time("hold_until")?,
        erase_at: row.time("erase_at")?,
        parent_email: row.sealed_opt("parent_email_sealed")?,
        asked_at: row.time_opt("asked_at")?,
        site_name: row.text("name")?,
        site_locale: row.text("locale")?,
        conversations: row.int("conversations")?,
        is_held: row.int("is_held")? > 0,
    })
}
