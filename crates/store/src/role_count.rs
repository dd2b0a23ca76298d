//! How many people have which role: printed on the policy page (clause 69).
//!
//! Must not know: who they are.

use policy::Role;

use crate::{error::StoreError, tx::Tx};

/// Roles with the number of active members of the whole installation; roles without anyone are left out.
///
/// # Errors
/// Any [`StoreError`] of the database; `Corrupt` for a role that no build knows.
pub fn list_role_counts(tx: &mut Tx<'_>) -> Result<Vec<(Role, u32)>, StoreError> {
    let rows = tx.query(
        "select role, count(*) as people
         from agent
         where state = 'active'
         group by role
         order by role
         limit 16",
        &[],
    )?;
    let counts = rows.into_iter().map(|mut row| {
        let corrupt = StoreError::Corrupt {
            table: "agent",
            column: "role",
        };
        let role = Role::from_key(&row.text("role")?).ok_or(corrupt)?;
        let people = row.int("people")?;
        Ok((role, u32::try_from(people).unwrap_or(u32::MAX)))
    });
    counts.collect()
}
