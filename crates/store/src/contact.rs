//! Contact details that a visitor leaves: name and address, sealed, with the look-up key of the address.
//!
//! Must not know: plain text.

use domain::{PersonId, VisitorId, WorkspaceId};
use policy::{ContactEmail, Language, Name, Timestamp};
use vault::Sealed;

use crate::{error::StoreError, tx::Tx};

/// Sets a visitor's name.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_visitor_name(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    visitor_id: VisitorId,
    name: &Sealed<Name>,
) -> Result<(), StoreError> {
    tx.execute(
        "update visitor
         set name_sealed = $3
         where workspace_id = $1 and visitor_id = $2",
        &[workspace_id.into(), visitor_id.into(), name.into()],
    )?;
    Ok(())
}

/// Sets a visitor's language.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_visitor_locale(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    visitor_id: VisitorId,
    locale: &Sealed<Language>,
) -> Result<(), StoreError> {
    tx.execute(
        "update visitor
         set locale_sealed = $3
         where workspace_id = $1 and visitor_id = $2",
        &[workspace_id.into(), visitor_id.into(), locale.into()],
    )?;
    Ok(())
}

/// Sets a visitor's address; one that differs from the stored one is no longer verified.
/// Whether it differs.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_visitor_email(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    visitor_id: VisitorId,
    email: &Sealed<ContactEmail>,
    index: [u8; 32],
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update visitor
         set email_sealed = $3, email_index = $4, email_verified_at = null
         where workspace_id = $1 and visitor_id = $2
             and (email_index is null or email_index <> $4)",
        &[
            workspace_id.into(),
            visitor_id.into(),
            email.into(),
            index.as_slice().into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Notes that a visitor's address is theirs. The person, if it was not noted before.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn verify_visitor_email(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    visitor_id: VisitorId,
    now: Timestamp,
) -> Result<Option<PersonId>, StoreError> {
    let found = tx.find(
        "update visitor
         set email_verified_at = $3
         where workspace_id = $1 and visitor_id = $2 and email_sealed is not null
             and email_verified_at is null
         returning person_id",
        &[workspace_id.into(), visitor_id.into(), now.into()],
    )?;
    found.map(|mut row| row.parse("person_id")).transpose()
}

/// The name of the site that a visitor came to, while their person is active.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_site_of_visitor(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    visitor_id: &str,
) -> Result<Option<String>, StoreError> {
    let found = tx.find(
        "select s.name
         from visitor v
         join person p on p.workspace_id = v.workspace_id and p.person_id = v.person_id
         join site s on s.workspace_id = v.workspace_id and s.site_id = v.site_id
         where v.workspace_id = $1 and v.visitor_id = $2 and p.state = 'active'",
        &[workspace_id.into(), visitor_id.into()],
    )?;
    found.map(|mut row| row.text("name")).transpose()
}
