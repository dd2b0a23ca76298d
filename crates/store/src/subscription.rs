//! Who asked for letters about new versions of the policy, and the list of addresses not to be written to.
//!
//! Must not know: addresses in clear, words of letters, when a version is material.

use domain::{PersonId, WorkspaceId};
use policy::{ContactEmail, Timestamp};
use vault::Sealed;

use crate::{
    error::StoreError,
    tx::Tx,
    value::{Row, Value},
};

/// A wish for letters on its way in.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Who asks.
    pub person_id: PersonId,
    /// The address, sealed.
    pub email: Sealed<ContactEmail>,
    /// Keyed index of the address.
    pub email_index: [u8; 32],
    /// Keyed hash of the address on the suppression list.
    pub address_hash: [u8; 32],
    /// Version of the policy that was shown.
    pub policy_version: i64,
    /// Where they asked: `page`, `widget` or `centre`.
    pub way: &'static str,
}

/// A stored wish.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// `pending`, `confirmed` or `ended`.
    pub state: String,
    /// The address, sealed.
    pub email: Sealed<ContactEmail>,
    /// Keyed hash of the address on the suppression list.
    pub address_hash: [u8; 32],
    /// Version of the policy that was shown.
    pub policy_version: i64,
    /// The newest version they were told of, or had when they confirmed.
    pub told_version: i64,
    /// When the link to confirm was sent.
    pub asked_at: Option<Timestamp>,
    /// When it was used.
    pub confirmed_at: Option<Timestamp>,
    /// When they asked.
    pub created_at: Timestamp,
}

/// Somebody to be told of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToTell {
    /// Workspace.
    pub workspace_id: WorkspaceId,
    /// Who.
    pub person_id: PersonId,
    /// The version they know.
    pub told_version: i64,
}

/// Stores a wish; one of the same person that is not confirmed gives way. Whether it stands now.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn create_subscription(
    tx: &mut Tx<'_>,
    new: &NewSubscription,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let stored = tx.execute(
        "insert into subscription (
             workspace_id, person_id, state, email_sealed, email_index, address_hash,
             policy_version, told_version, way, created_at
         )
         values ($1, $2, 'pending', $3, $4, $5, $6, $6, $7, $8)
         on conflict (workspace_id, person_id) do update
         set state = 'pending', email_sealed = excluded.email_sealed,
             email_index = excluded.email_index, address_hash = excluded.address_hash,
             policy_version = excluded.policy_version, told_version = excluded.told_version,
             way = excluded.way, asked_at = null, confirmed_at = null, ended_at = null,
             created_at = excluded.created_at
         where subscription.state <> 'confirmed'",
        &[
            new.workspace_id.into(),
            new.person_id.into(),
            (&new.email).into(),
            new.email_index.as_slice().into(),
            new.address_hash.as_slice().into(),
            new.policy_version.into(),
            new.way.into(),
            now.into(),
        ],
    )?;
    Ok(stored > 0)
}

/// The wish of an active person.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn find_subscription(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
) -> Result<Option<Subscription>, StoreError> {
    let found = tx.find(
        "select s.state, s.email_sealed, s.address_hash, s.policy_version, s.told_version,
             s.asked_at, s.confirmed_at, s.created_at
         from subscription s
         join person p on p.workspace_id = s.workspace_id and p.person_id = s.person_id
         where s.workspace_id = $1 and s.person_id = $2 and p.state = 'active'",
        &[workspace_id.into(), person_id.into()],
    )?;
    found.map(read_subscription).transpose()
}

/// Wishes of a day in a workspace, counted up to `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn count_subscriptions_since(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    since: Timestamp,
    limit: i64,
) -> Result<i64, StoreError> {
    let mut row = tx.get(
        "select count(*) from (
             select 1 from subscription
             where workspace_id = $1 and state = 'pending' and created_at > $2
             limit $3
         ) as wished",
        &[workspace_id.into(), since.into(), limit.into()],
    )?;
    row.int("count")
}

/// Whether a link to confirm may go to an address: nobody has confirmed it, and none went since `since`, nor
/// more than `letters_max` in all that wait. Then this wish is noted as asked.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn ask_subscription(
    tx: &mut Tx<'_>,
    (workspace_id, person_id): (WorkspaceId, PersonId),
    address_hash: [u8; 32],
    (since, letters_max): (Timestamp, i64),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let asked = tx.execute(
        "update subscription
         set asked_at = $6
         where workspace_id = $1 and person_id = $2 and state = 'pending'
             and not exists (
                 select 1 from subscription o
                 where o.workspace_id = $1 and o.address_hash = $3
                     and (o.state = 'confirmed' or (o.state = 'pending' and o.asked_at > $4))
                     and o.person_id <> $2
             )
             and (
                 select count(*) from subscription o
                 where o.workspace_id = $1 and o.address_hash = $3 and o.state = 'pending'
                     and o.asked_at is not null and o.person_id <> $2
             ) < $5",
        &[
            workspace_id.into(),
            person_id.into(),
            address_hash.as_slice().into(),
            since.into(),
            letters_max.into(),
            now.into(),
        ],
    )?;
    Ok(asked > 0)
}

/// The link was used: from now on letters may go. Whether the wish was pending.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn confirm_subscription(
    tx: &mut Tx<'_>,
    (workspace_id, person_id): (WorkspaceId, PersonId),
    told_version: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let confirmed = tx.execute(
        "update subscription
         set state = 'confirmed', confirmed_at = $4, told_version = $3
         where workspace_id = $1 and person_id = $2 and state = 'pending'",
        &[
            workspace_id.into(),
            person_id.into(),
            told_version.into(),
            now.into(),
        ],
    )?;
    Ok(confirmed > 0)
}

/// Whether somebody else confirmed this address already.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn is_address_subscribed(
    tx: &mut Tx<'_>,
    (workspace_id, person_id): (WorkspaceId, PersonId),
    address_hash: [u8; 32],
) -> Result<bool, StoreError> {
    let found = tx.find(
        "select person_id from subscription
         where workspace_id = $1 and address_hash = $2 and state = 'confirmed' and person_id <> $3
         limit 1",
        &[
            workspace_id.into(),
            address_hash.as_slice().into(),
            person_id.into(),
        ],
    )?;
    Ok(found.is_some())
}

/// Ends the wish of a person. The row goes with the next round of the sweeper. Whether there was one.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn end_subscription(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let ended = tx.execute(
        "update subscription
         set state = 'ended', ended_at = $3
         where workspace_id = $1 and person_id = $2 and state <> 'ended'",
        &[workspace_id.into(), person_id.into(), now.into()],
    )?;
    Ok(ended > 0)
}

/// Who gets letters at an address, confirmed or not, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_subscribers_of_address(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    address_hash: [u8; 32],
    limit: i64,
) -> Result<Vec<PersonId>, StoreError> {
    let rows = tx.query(
        "select s.person_id
         from subscription s
         join person p on p.workspace_id = s.workspace_id and p.person_id = s.person_id
         where s.workspace_id = $1 and s.address_hash = $2 and s.state <> 'ended'
             and p.state = 'active'
         order by s.state, s.created_at
         limit $3",
        &[
            workspace_id.into(),
            address_hash.as_slice().into(),
            limit.into(),
        ],
    )?;
    rows.into_iter()
        .map(|mut row| row.parse("person_id"))
        .collect()
}

/// Confirmed subscribers of every workspace who do not know a version, at most `limit`.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn list_untold(tx: &mut Tx<'_>, version: i64, limit: i64) -> Result<Vec<ToTell>, StoreError> {
    let rows = tx.query(
        "select s.workspace_id, s.person_id, s.told_version
         from subscription s
         join person p on p.workspace_id = s.workspace_id and p.person_id = s.person_id
         where s.state = 'confirmed' and s.told_version < $1 and p.state = 'active'
         order by s.told_version, s.workspace_id, s.person_id
         limit $2",
        &[version.into(), limit.into()],
    )?;
    rows.into_iter()
        .map(|mut row| {
            Ok(ToTell {
                workspace_id: row.parse("workspace_id")?,
                person_id: row.parse("person_id")?,
                told_version: row.int("told_version")?,
            })
        })
        .collect()
}

/// Notes that a subscriber's letter about a version is in the queue. Whether it was not before.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn mark_told(tx: &mut Tx<'_>, one: ToTell, version: i64) -> Result<bool, StoreError> {
    let told = tx.execute(
        "update subscription
         set told_version = $3
         where workspace_id = $1 and person_id = $2 and state = 'confirmed' and told_version < $3",
        &[
            one.workspace_id.into(),
            one.person_id.into(),
            version.into(),
        ],
    )?;
    Ok(told > 0)
}

/// Takes an address off the suppression list: its reader asked for letters again, twice. Whether it was there.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn lift_suppression(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    address_hash: [u8; 32],
) -> Result<bool, StoreError> {
    let lifted = tx.execute(
        "delete from suppression where workspace_id = $1 and address_hash = $2",
        &[workspace_id.into(), address_hash.as_slice().into()],
    )?;
    Ok(lifted > 0)
}

/// Puts the confirmed address of a subscriber on the suppression list, before they are erased.
///
/// # Errors
/// Any [`StoreError`] of the database.
pub fn suppress_subscriber(
    tx: &mut Tx<'_>,
    workspace_id: WorkspaceId,
    person_id: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "insert into suppression (workspace_id, address_hash, created_at)
         select workspace_id, address_hash, $3
         from subscription
         where workspace_id = $1 and person_id = $2 and confirmed_at is not null
         on conflict (workspace_id, address_hash) do nothing",
        &[workspace_id.into(), person_id.into(), now.into()],
    )?;
    Ok(())
}

pub(crate) fn delete_subscriptions(tx: &mut Tx<'_>, key: &[Value; 2]) -> Result<u64, StoreError> {
    tx.execute(
        "delete from subscription where workspace_id = $1 and person_id = $2",
        key,
    )
}

fn read_subscription(mut row: Row) -> Result<Subscription, StoreError> {
    let corrupt = |_| StoreError::Corrupt {
        table: "subscription",
        column: "address_hash",
    };
    Ok(Subscription {
        state: row.text("state")?,
        email: row.sealed("email_sealed")?,
        address_hash: row.blob("address_hash")?.try_into().map_err(corrupt)?,
        policy_version: row.int("policy_version")?,
        told_version: row.int("told_version")?,
        asked_at: row.time_opt("asked_at")?,
        confirmed_at: row.time_opt("confirmed_at")?,
        created_at: row.time("created_at")?,
    })
}
