//! The keys part, read whole: whose keys there are, whether they open, and who was erased.
//!
//! Must not know: where it came from, or that it was encrypted.

use std::collections::{BTreeMap, BTreeSet};

use domain::{PersonId, WorkspaceId};
use store::{
    ErasureStep, Tx, Value,
    backup::{self as tables, DESTROYED, ERASURE, KEYS, SUPPRESSION, Table},
};
use vault::WorkspaceKeys;

use super::{
    BackupError,
    form::{Head, Item, Part, PartReader, Source},
};

/// A person of a workspace.
pub(super) type Person = (WorkspaceId, PersonId);

/// A keys part.
pub struct Keys {
    /// Its first line.
    pub head: Head,
    tables: BTreeMap<String, Rows>,
}

struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Keys {
    /// Reads a keys part.
    ///
    /// # Errors
    /// `Malformed`, `CutOff` or `Altered` if it is not whole.
    pub fn read(source: Source) -> Result<Self, BackupError> {
        let mut reader = PartReader::new(source, Part::Keys)?;
        let (mut tables, mut current) = (BTreeMap::new(), None);
        while let Some(item) = reader.next()? {
            match item {
                Item::Table { name, columns } => {
                    let rows = Vec::new();
                    tables.extend(current.replace((name, Rows { columns, rows })));
                }
                Item::Row(row) => match &mut current {
                    Some((_, table)) => table.rows.push(row),
                    None => return Err(BackupError::Altered),
                },
            }
        }
        tables.extend(current);
        Ok(Self {
            head: reader.head,
            tables,
        })
    }

    /// Everybody whose key was destroyed when this part was written.
    pub(super) fn erased(&self) -> Result<BTreeSet<Person>, BackupError> {
        let mut erased = self.rows(DESTROYED)?.persons()?;
        erased.extend(self.erasures(false)?);
        Ok(erased)
    }

    /// Everybody whose erasure was ordered only: a legal hold kept the key, or a crash.
    pub(super) fn ordered(&self) -> Result<BTreeSet<Person>, BackupError> {
        self.erasures(true)
    }

    fn erasures(&self, ordered: bool) -> Result<BTreeSet<Person>, BackupError> {
        let rows = self
            .rows(ERASURE)?
            .cells(["workspace_id", "person_id", "step"])?;
        rows.into_iter()
            .filter(|[_, _, step]| is_ordered(step) == ordered)
            .map(|[workspace, person, _]| parse_person([workspace, person]))
            .collect()
    }

    /// Everybody whose key is there and opens.
    pub(super) fn openable(&self) -> Result<BTreeSet<Person>, BackupError> {
        let mut workspaces = BTreeMap::new();
        for row in self
            .named("workspace_key")?
            .cells(["workspace_id", "secret"])?
        {
            if let [Value::Text(id), Value::Blob(secret)] = row
                && let Ok(secret) = <[u8; 32]>::try_from(secret.as_slice())
            {
                workspaces.insert(id, WorkspaceKeys::derive(&secret, id));
            }
        }
        let opens = |row: &[&Value; 3]| match row {
            [
                Value::Text(workspace),
                Value::Text(person),
                Value::Blob(wrapped),
            ] => workspaces
                .get(workspace)
                .is_some_and(|keys| keys.unwrap(person, wrapped).is_ok()),
            _ => false,
        };
        let rows = self.named("person_key")?;
        rows.cells(["workspace_id", "person_id", "wrapped"])?
            .into_iter()
            .filter(opens)
            .map(|[workspace, person, _]| parse_person([workspace, person]))
            .collect()
    }

    /// Writes the keys into the keys database, those of erased persons left out.
    pub(super) fn load(
        &self,
        tx: &mut Tx<'_>,
        erased: &BTreeSet<Person>,
    ) -> Result<(), BackupError> {
        for (name, key) in [
            ("installation_key", "kind"),
            ("workspace_key", "workspace_id"),
        ] {
            self.refuse_other_secrets(tx, name, key)?;
        }
        for table in KEYS {
            let Rows { columns, rows } = self.rows(*table)?;
            check_columns(tx, *table, columns)?;
            let mut rows = rows.clone();
            if table.name == "person_key" {
                let persons = self.rows(*table)?.cells(["workspace_id", "person_id"])?;
                let gone = persons
                    .into_iter()
                    .map(|person| Ok(erased.contains(&parse_person(person)?)))
                    .collect::<Result<Vec<_>, BackupError>>()?;
                let mut gone = gone.into_iter();
                rows.retain(|_| gone.next() == Some(false));
            }
            tables::insert_rows(tx, *table, columns, &rows)?;
        }
        Ok(())
    }

    /// Writes the suppressed addresses into the data database.
    pub(super) fn load_suppression(&self, tx: &mut Tx<'_>) -> Result<(), BackupError> {
        let Rows { columns, rows } = self.rows(SUPPRESSION)?;
        check_columns(tx, SUPPRESSION, columns)?;
        tables::insert_rows(tx, SUPPRESSION, columns, rows)?;
        Ok(())
    }

    /// A secret that is there already must be the same: two installations never share a keys database.
    fn refuse_other_secrets(
        &self,
        tx: &mut Tx<'_>,
        name: &'static str,
        key: &'static str,
    ) -> Result<(), BackupError> {
        let mine = self.named(name)?.cells([key, "secret"])?;
        let Some(table) = KEYS.iter().find(|table| table.name == name) else {
            return Ok(());
        };
        let columns = [key.to_owned(), "secret".to_owned()];
        tables::read_rows(tx, *table, &columns, |row| {
            let other = mine
                .iter()
                .any(|[id, secret]| row.first() == Some(*id) && row.get(1) != Some(*secret));
            if other {
                return Err(BackupError::OtherInstallation);
            }
            Ok(())
        })
    }

    fn rows(&self, table: Table) -> Result<&Rows, BackupError> {
        self.named(table.name)
    }

    fn named(&self, name: &str) -> Result<&Rows, BackupError> {
        self.tables.get(name).ok_or(BackupError::CutOff)
    }
}

impl Rows {
    /// The named columns of every row.
    fn cells<const N: usize>(&self, names: [&str; N]) -> Result<Vec<[&Value; N]>, BackupError> {
        let places = names.map(|name| self.columns.iter().position(|column| column == name));
        let cells = |row: &'_ Vec<Value>| places.map(|place| place.filter(|at| *at < row.len()));
        if self.rows.iter().any(|row| cells(row).contains(&None)) {
            return Err(BackupError::Altered);
        }
        let pick = |row| cells(row).map(|place| place.and_then(|at| row.get(at)));
        let all = self.rows.iter().map(pick);
        Ok(all
            .map(|row| row.map(|cell| cell.unwrap_or(&Value::Null)))
            .collect())
    }

    fn persons(&self) -> Result<BTreeSet<Person>, BackupError> {
        let rows = self.cells(["workspace_id", "person_id"])?;
        rows.into_iter().map(parse_person).collect()
    }
}

/// The columns of a table in a backup must be those of the live table.
pub(super) fn check_columns(
    tx: &mut Tx<'_>,
    table: Table,
    columns: &[String],
) -> Result<(), BackupError> {
    if tables::columns(tx, table)? == columns {
        Ok(())
    } else {
        Err(BackupError::Columns { table: table.name })
    }
}

/// A person from the text form of both ids.
/// Whether an erasure has gone no further than its mark.
pub(super) fn is_ordered(step: &Value) -> bool {
    matches!(step, Value::Text(step) if step == ErasureStep::Marked.key())
}

pub(super) fn parse_person(ids: [&Value; 2]) -> Result<Person, BackupError> {
    let [Value::Text(workspace), Value::Text(person)] = ids else {
        return Err(BackupError::Altered);
    };
    let workspace = workspace.parse().map_err(|_| BackupError::Altered)?;
    let person = person.parse().map_err(|_| BackupError::Altered)?;
    Ok((workspace, person))
}
