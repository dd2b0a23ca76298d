//! Sites: web properties of a workspace, with their origins and their widget's look.
//!
//! Must not know: what origins, looks and greetings mean (stored as the domain writes them).

use domain::{SiteId, WorkspaceId};
use policy::Timestamp;

use crate::{error::StoreError, tx::Tx, value::Row};

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// Its id, also known outside: it stands in the tag on the page.
    pub site_id: SiteId,
    /// Its name.
    pub name: String,
    /// Origins that may carry its widget, as a JSON list.
    pub origins: String,
    /// The look, as JSON.
    pub look: String,
    /// Its language.
    pub locale: String,
    /// The owner's greetings, as JSON.
    pub greetings: String,
    /// Whether visitors may write while it is closed.
    pub offline_form: bool,
    /// Whether the widget asks for a name.
    pub ask_name: bool,
    /// Whether the widget asks for an address.
    pub ask_email: bool,
    /// When its widget was first opened on an allowed page since the last check.
    pub seen_at: Option<Timestamp>,
    /// On which origin.
    pub seen_origin: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Stores a new site.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_site(tx: &mut Tx<'_>, site: &Site) -> Result<(), StoreError> {
    tx.execute(
        "insert into site (
             workspace_id, site_id, name, origins, look, locale, greetings, offline_form, ask_name,
             ask_email, created_at
         )
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            site.workspace_id.into(),
            site.site_id.into(),
            site.name.as_str().into(),
            site.origins.as_str().into(),
            site.look.as_str().into(),
            site.locale.as_str().into(),
            site.greetings.as_str().into(),
            site.offline_form.into(),
            site.ask_name.into(),
            site.ask_email.into(),
            site.created_at.into(),
        ],
    )?;
    Ok(())
}

/// A site of a workspace; `None` if it has no such one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_site(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    site_id: SiteId,
) -> Result<Option<Site>, StoreError> {
    let found = tx.find(
        "select workspace_id, site_id, name, origins, look, locale, greetings, offline_form,
             ask_name, ask_email, seen_at, seen_origin, created_at
         from site
         where workspace_id = $1 and site_id = $2",
        &[workspace_id.into(), site_id.into()],
    )?;
    found.map(read_site).transpose()
}

/// The site that a tag on a page names, whichever workspace it is of; `None` if there is no such one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_public_site(tx: &mut Tx<'_>, site_id: SiteId) -> Result<Option<Site>, StoreError> {
    let found = tx.find(
        "select workspace_id, site_id, name, origins, look, locale, greetings, offline_form,
             ask_name, ask_email, seen_at, seen_origin, created_at
         from site
         where site_id = $1",
        &[site_id.into()],
    )?;
    found.map(read_site).transpose()
}

/// The sites of a workspace, oldest first, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_sites(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    limit: i64,
) -> Result<Vec<Site>, StoreError> {
    let rows = tx.query(
        "select workspace_id, site_id, name, origins, look, locale, greetings, offline_form,
             ask_name, ask_email, seen_at, seen_origin, created_at
         from site
         where workspace_id = $1
         order by site_id
         limit $2",
        &[workspace_id.into(), limit.into()],
    )?;
    rows.into_iter().map(read_site).collect()
}

/// Replaces everything an owner can change; whether there is such a site.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn update_site(tx: &mut Tx<'_>, site: &Site) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update site
         set name = $3, origins = $4, look = $5, locale = $6, greetings = $7, offline_form = $8,
             ask_name = $9, ask_email = $10
         where workspace_id = $1 and site_id = $2",
        &[
            site.workspace_id.into(),
            site.site_id.into(),
            site.name.as_str().into(),
            site.origins.as_str().into(),
            site.look.as_str().into(),
            site.locale.as_str().into(),
            site.greetings.as_str().into(),
            site.offline_form.into(),
            site.ask_name.into(),
            site.ask_email.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Notes that the widget was opened on an allowed page; whether this was the first time since the check.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn mark_site_seen(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    site_id: SiteId,
    origin: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update site
         set seen_at = $3, seen_origin = $4
         where workspace_id = $1 and site_id = $2 and seen_at is null",
        &[
            workspace_id.into(),
            site_id.into(),
            now.into(),
            origin.into(),
        ],
    )?;
    Ok(changed > 0)
}

/// Waits for the page anew; whether there is such a site.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn forget_site_seen(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    site_id: SiteId,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "update site
         set seen_at = null, seen_origin = null
         where workspace_id = $1 and site_id = $2",
        &[workspace_id.into(), site_id.into()],
    )?;
    Ok(changed > 0)
}

fn read_site(mut row: Row) -> Result<Site, StoreError> {
    Ok(Site {
        workspace_id: row.parse("workspace_id")?,
        site_id: row.parse("site_id")?,
        name: row.text("name")?,
        origins: row.text("origins")?,
        look: row.text("look")?,
        locale: row.text("locale")?,
        greetings: row.text("greetings")?,
        offline_form: row.flag("offline_form")?,
        ask_name: row.flag("ask_name")?,
        ask_email: row.flag("ask_email")?,
        seen_at: row.time_opt("seen_at")?,
        seen_origin: row.text_opt("seen_origin")?,
        created_at: row.time("created_at")?,
    })
}
