//! Visitors and their persons: one browser on a site, one data subject with a key.
//!
//! Must not know: tokens in clear, plain text of names and addresses.

use domain::{AgentId, PersonId, SiteId, VisitorId, WorkspaceId};
use policy::{ContactEmail, Language, Name, Timestamp};
use vault::Sealed;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// A visitor to be stored, with the person they are.
#[derive(Debug, Clone)]
pub struct NewVisitor {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// The browser.
    pub visitor_id: VisitorId,
    /// The data subject; their key is on disk already.
    pub person_id: PersonId,
    /// Where they write.
    pub site_id: SiteId,
    /// SHA-256 of the browser's token.
    pub token_hash: [u8; 32],
    /// Name as given.
    pub name: Option<Sealed<Name>>,
    /// Address as given.
    pub email: Option<Sealed<ContactEmail>>,
    /// Keyed index of the address.
    pub email_index: Option<[u8; 32]>,
    /// Language of the browser.
    pub locale: Option<Sealed<Language>>,
    /// Version of the policy they saw.
    pub policy_version: u32,
}

/// A stored visitor whose person is active.
#[derive(Debug, Clone)]
pub struct VisitorRow {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// The browser.
    pub visitor_id: VisitorId,
    /// The data subject.
    pub person_id: PersonId,
    /// Where they write.
    pub site_id: SiteId,
    /// Name as given.
    pub name: Option<Sealed<Name>>,
    /// Address as given.
    pub email: Option<Sealed<ContactEmail>>,
    /// When they chose to be remembered in this browser.
    pub remembered_at: Option<Timestamp>,
    /// Since when they want answers in the chat only.
    pub widget_only_at: Option<Timestamp>,
    /// When they were blocked.
    pub blocked_at: Option<Timestamp>,
    /// When the person had its use restricted.
    pub restricted_at: Option<Timestamp>,
}

macro_rules! select_visitor {
    ($condition:literal) => {
        concat!(
            "select v.workspace_id, v.visitor_id, v.person_id, v.site_id, v.name_sealed,
                 v.email_sealed, v.remembered_at, v.widget_only_at, v.blocked_at, p.restricted_at
             from visitor v
             join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
             where p.state = 'active' and ",
            $condition,
            " limit 1"
        )
    };
}

/// The workspace of a site.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_workspace_of_site(
    tx: &mut Tx<'_>,
    site_id: SiteId,
) -> Result<Option<WorkspaceId>, StoreError> {
    let found = tx.find(
        "select workspace_id from site where site_id = $1",
        &[site_id.into()],
    )?;
    found.map(|mut row| row.parse("workspace_id")).transpose()
}

/// Stores a visitor and their person.
///
/// # Errors
/// `Conflict` if the token is in use; any other [`StoreError`] of the database.
pub fn create_visitor(
    tx: &mut Tx<'_>,
    visitor: &NewVisitor,
    now: Timestamp,
) -> Result<(), StoreError> {
    let version = Value::Int(i64::from(visitor.policy_version));
    tx.execute(
        "insert into person (
             workspace_id, person_id, kind, state, source, policy_version, created_at
         )
         values ($1, $2, 'visitor', 'active', $3, $4, $5)",
        &[
            visitor.workspace_id.into(),
            visitor.person_id.into(),
            format!("site:{}", visitor.site_id).into(),
            version.clone(),
            now.into(),
        ],
    )?;
    tx.execute(
        "insert into visitor (
             workspace_id, visitor_id, person_id, site_id, token_hash, name_sealed, email_sealed,
             email_index, locale_sealed, policy_version, last_seen_at, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
        &[
            visitor.workspace_id.into(),
            visitor.visitor_id.into(),
            visitor.person_id.into(),
            visitor.site_id.into(),
            visitor.token_hash.as_slice().into(),
            visitor.name.as_ref().into(),
            visitor.email.as_ref().into(),
            visitor.email_index.map(|index| index.to_vec()).into(),
            visitor.locale.as_ref().into(),
            version,
            now.into(),
        ],
    )?;
    Ok(())
}

/// Marks the person of a visitor as one who came for letters about the policy alone.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn mark_subscriber(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<(), StoreError> {
    tx.execute(
        "update person
         set source = source || ':notices'
         where workspace_id = $1 and person_id = $2",
        &[workspace_id.into(), person_id.into()],
    )?;
    Ok(())
}

/// Notes whether a visitor wants answers in the chat only.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_channel(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    widget_only_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(
        "update visitor
         set widget_only_at = $3
         where workspace_id = $1 and person_id = $2",
        &[workspace_id.into(), person_id.into(), widget_only_at.into()],
    )?;
    Ok(())
}

/// The visitor with this token.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_visitor_by_token(
    tx: &mut Tx<'_>,
    token_hash: &[u8; 32],
) -> Result<Option<VisitorRow>, StoreError> {
    let sql = select_visitor!("v.token_hash = $1");
    let found = tx.find(sql, &[token_hash.as_slice().into()])?;
    found.map(read_visitor).transpose()
}

/// Whether a token belongs to a person who is being erased.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_token_of_erased(tx: &mut Tx<'_>, token_hash: &[u8; 32]) -> Result<bool, StoreError> {
    let found = tx.find(
        "select v.visitor_id
         from visitor v
         join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
         where v.token_hash = $1 and p.state <> 'active'
         limit 1",
        &[token_hash.as_slice().into()],
    )?;
    Ok(found.is_some())
}

/// The visitor of a person.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_visitor_of_person(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<VisitorRow>, StoreError> {
    let sql = select_visitor!("v.workspace_id = $1 and v.person_id = $2");
    let found = tx.find(sql, &[workspace_id.into(), person_id.into()])?;
    found.map(read_visitor).transpose()
}

/// Blocks a visitor; whether that changed anything.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn block_visitor(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    agent_id: AgentId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update visitor
         set blocked_at = $3, blocked_by = $4
         where workspace_id = $1 and person_id = $2 and blocked_at is null",
        &[
            workspace_id.into(),
            person_id.into(),
            now.into(),
            agent_id.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Lets a visitor write again; whether that changed anything.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn unblock_visitor(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update visitor
         set blocked_at = null, blocked_by = null
         where workspace_id = $1 and person_id = $2 and blocked_at is not null",
        &[workspace_id.into(), person_id.into()],
    )?;
    Ok(changed > 0)
}

/// Notes that a visitor was here.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn touch_visitor(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    visitor_id: VisitorId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "update visitor
         set last_seen_at = $3
         where workspace_id = $1 and visitor_id = $2 and last_seen_at < $3",
        &[workspace_id.into(), visitor_id.into(), now.into()],
    )?;
    Ok(())
}

fn read_visitor(mut row: Row) -> Result<VisitorRow, StoreError> {
    Ok(VisitorRow {
        workspace_id: row.parse("workspace_id")?,
        visitor_id: row.parse("visitor_id")?,
        person_id: row.parse("person_id")?,
        site_id: row.parse("site_id")?,
        name: row.sealed_opt("name_sealed")?,
        email: row.sealed_opt("email_sealed")?,
        remembered_at: row.time_opt("remembered_at")?,
        widget_only_at: row.time_opt("widget_only_at")?,
        blocked_at: row.time_opt("blocked_at")?,
        restricted_at: row.time_opt("restricted_at")?,
    })
}
