//! Origins of all sites: what the allow-list of every stream and cross-origin answer is made of (clause 1).

use domain::SiteId;

use crate::{error::StoreError, tx::Tx};

/// Sites an installation can have; their origins are kept in memory.
const SITES_MAX: i64 = 100_000;

/// Every site with its origins, as the JSON text they are stored as.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_origins(tx: &mut Tx<'_>) -> Result<Vec<(SiteId, String)>, StoreError> {
    let rows = tx.query(
        "select site_id, origins from site order by site_id limit $1",
        &[SITES_MAX.into()],
    )?;
    rows.into_iter()
        .map(|mut row| Ok((row.parse("site_id")?, row.text("origins")?)))
        .collect()
}
