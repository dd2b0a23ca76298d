//! What stands for a person: restricted, opted out, objected. Every use of their data asks for it.
//!
//! Must not know: what follows from it (`policy`).

use domain::{PersonId, VisitorId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx, value::Value};

/// What stands for a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Since when the record stays and is not used.
    pub restricted_at: Option<Timestamp>,
    /// Since when no letters go to them.
    pub opted_out_at: Option<Timestamp>,
    /// Keys of purposes they objected to.
    pub objections: Vec<String>,
}

/// Somebody who proved that they read an address.
#[derive(Debug, Clone)]
pub struct KnownReader {
    /// The person.
    pub person_id: PersonId,
    /// Their browser.
    pub visitor_id: VisitorId,
    /// The site they wrote on.
    pub site_name: String,
    /// When they first wrote.
    pub created_at: Timestamp,
}

/// What stands for an active person; `None` if there is none.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_standing(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<Standing>, StoreError> {
    let found = tx.find(
        "select restricted_at, opted_out_at, objections from person
         where workspace_id = $1 and person_id = $2 and state = 'active'",
        &[workspace_id.into(), person_id.into()],
    )?;
    let Some(mut row) = found else {
        return Ok(None);
    };
    let restricted_at = row.time_opt("restricted_at")?;
    let opted_out_at = row.time_opt("opted_out_at")?;
    let objections = row.text_opt("objections")?.unwrap_or_default();
    Ok(Some(Standing {
        restricted_at,
        opted_out_at,
        objections: objections.split_whitespace().map(str::to_owned).collect(),
    }))
}

/// Stores what stands for an active person; whether there is one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_standing(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    standing: &Standing,
) -> Result<bool, StoreError> {
    let objections = standing.objections.join(" ");
    let objections = (!objections.is_empty()).then_some(objections);
    let changed = tx.execute(
        "update person
         set restricted_at = $3, opted_out_at = $4, objections = $5
         where workspace_id = $1 and person_id = $2 and state = 'active'",
        &[
            workspace_id.into(),
            person_id.into(),
            standing.restricted_at.into(),
            standing.opted_out_at.into(),
            objections.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Puts an address on the suppression list. Again: nothing changes.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn suppress_address(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    address_hash: [u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into suppression (workspace_id, address_hash, created_at)
         values ($1, $2, $3)
         on conflict (workspace_id, address_hash) do nothing",
        &[
            workspace_id.into(),
            address_hash.as_slice().into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// Active persons with this address, newest first, at most `limit`; only those who proved it, if asked.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_persons_of_address(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    email_index: [u8; 32],
    is_proved: bool,
    limit: i64,
) -> Result<Vec<KnownReader>, StoreError> {
    let rows = tx.query(
        "select v.person_id, v.visitor_id, s.name, v.created_at
         from visitor v
         join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
         join site s on s.workspace_id = v.workspace_id and s.site_id = v.site_id
         where v.workspace_id = $1 and p.state = 'active' and (
             (v.email_index = $2 and ($3 = 0 or v.email_verified_at is not null))
             or v.person_id in (
                 select o.person_id from subscription o
                 where o.workspace_id = $1 and o.email_index = $2 and o.state = 'confirmed'
             )
         )
         order by v.created_at desc
         limit $4",
        &[
            workspace_id.into(),
            email_index.as_slice().into(),
            is_proved.into(),
            Value::Int(limit),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(KnownReader {
                person_id: row.parse("person_id")?,
                visitor_id: row.parse("visitor_id")?,
                site_name: row.text("name")?,
                created_at: row.time("created_at")?,
            })
        })
        .collect()
}

/// The active person of a visitor.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_person_of_visitor(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    visitor_id: VisitorId,
) -> Result<Option<PersonId>, StoreError> {
    let found = tx.find(
        "select v.person_id
         from visitor v
         join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
         where v.workspace_id = $1 and v.visitor_id = $2 and p.state = 'active'",
        &[workspace_id.into(), visitor_id.into()],
    )?;
    found.map(|mut row| row.parse("person_id")).transpose()
}
