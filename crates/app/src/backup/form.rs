//! The form of a backup's parts: JSON lines. A head, then for each table a line with its columns and one
//! line a row, then an end with the number of rows and the hash of everything before it.
//!
//! Why lines: a part is written and read as it streams, whatever its size, and is the same for both
//! databases. Why an end: a cut-off copy is told from a whole one.
//! Must not know: files, passphrases, what the tables mean.

use std::io::{BufRead, Read, Write};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use policy::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use store::{Tx, Value, backup::Table};

use super::BackupError;

/// The form that this program writes and reads.
const FORMAT: &str = "chatham backup v1";
/// Longest line: the longest message sealed and in base64, ten times over.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// Where a part is written.
pub trait Sink: Write + Send {
    /// Brings everything to the disk.
    ///
    /// # Errors
    /// If the disk refuses.
    fn finish(self: Box<Self>) -> std::io::Result<()>;
}

/// Where a part is read from.
pub type Source = Box<dyn BufRead + Send>;

/// Which part of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Everything but keys.
    Data,
    /// Keys, and the erasures so far.
    Keys,
}

/// The first line of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    format: String,
    /// Which part this is.
    pub part: Part,
    /// The newest migration of its database.
    pub schema: i64,
    /// Version of the program that wrote it.
    pub program: String,
    /// When it was written; both parts of a backup say the same.
    pub created_at: Timestamp,
    /// Of the keys: the hash of the data they belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_sha256: Option<String>,
}

impl Head {
    /// The head of a part.
    pub(super) fn new(part: Part, schema: i64, program: &str, created_at: Timestamp) -> Self {
        Self {
            format: FORMAT.to_owned(),
            part,
            schema,
            program: program.to_owned(),
            created_at,
            data_sha256: None,
        }
    }
}

/// A part while it is written.
pub(super) struct PartWriter {
    sink: Box<dyn Sink>,
    hash: Sha256,
    rows: u64,
}

impl PartWriter {
    pub(super) fn new(sink: Box<dyn Sink>, head: &Head) -> Result<Self, BackupError> {
        let mut part = Self {
            sink,
            hash: Sha256::new(),
            rows: 0,
        };
        let head =
            serde_json::to_value(head).map_err(|error| BackupError::Io(error.to_string()))?;
        part.line(&head)?;
        Ok(part)
    }

    /// Writes a whole table as of the start of the transaction.
    pub(super) fn table(&mut self, tx: &mut Tx<'_>, table: Table) -> Result<(), BackupError> {
        let columns = store::backup::columns(tx, table)?;
        self.line(&json!({ "table": table.name, "columns": &columns }))?;
        store::backup::read_rows(tx, table, &columns, |row| {
            self.rows += 1;
            self.line(&row.into_iter().map(to_json).collect())
        })
    }

    /// Ends the part; the number of rows, and the hash of what stands before the end.
    pub(super) fn finish(mut self) -> Result<(u64, String), BackupError> {
        let hash = hex(self.hash.clone());
        self.line(&json!({ "rows": self.rows, "sha256": &hash }))?;
        self.sink.finish()?;
        Ok((self.rows, hash))
    }

    fn line(&mut self, line: &Json) -> Result<(), BackupError> {
        let text = format!("{line}\n");
        self.hash.update(&text);
        Ok(self.sink.write_all(text.as_bytes())?)
    }
}

/// What stands in a part, in its order.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    Table { name: String, columns: Vec<String> },
    Row(Vec<Value>),
}

/// A part while it is read.
pub(super) struct PartReader {
    source: Source,
    hash: Sha256,
    number: u64,
    rows: u64,
    /// Its first line.
    pub(super) head: Head,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableLine {
    table: String,
    columns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndLine {
    rows: u64,
    sha256: String,
}

impl PartReader {
    /// Reads the head.
    pub(super) fn new(mut source: Source, part: Part) -> Result<Self, BackupError> {
        let line = read_line(&mut source, 1)?.ok_or(BackupError::CutOff)?;
        let head: Head = serde_json::from_str(&line).map_err(|_| malformed(1, "it has no head"))?;
        if head.format != FORMAT {
            return Err(malformed(
                1,
                "it is of another form than this program writes",
            ));
        }
        if head.part != part {
            return Err(malformed(1, "it is the other part of a backup"));
        }
        let hash = Sha256::new().chain_update(&line);
        Ok(Self {
            source,
            hash,
            number: 1,
            rows: 0,
            head,
        })
    }

    /// The next table or row; `None` at the end, once it is certain that nothing is missing.
    pub(super) fn next(&mut self) -> Result<Option<Item>, BackupError> {
        self.number += 1;
        let line = read_line(&mut self.source, self.number)?.ok_or(BackupError::CutOff)?;
        if line.starts_with('[') {
            self.hash.update(&line);
            self.rows += 1;
            return self.row(&line).map(Some);
        }
        if let Ok(TableLine { table, columns }) = serde_json::from_str(&line) {
            self.hash.update(&line);
            return Ok(Some(Item::Table {
                name: table,
                columns,
            }));
        }
        let end = serde_json::from_str(&line)
            .map_err(|_| malformed(self.number, "it is no table, row or end"))?;
        self.check_end(&end).map(|()| None)
    }

    /// The hash of everything before the end.
    pub(super) fn sha256(&self) -> String {
        hex(self.hash.clone())
    }

    fn row(&self, line: &str) -> Result<Item, BackupError> {
        let cells: Vec<Json> =
            serde_json::from_str(line).map_err(|_| malformed(self.number, "it is no row"))?;
        let values = cells.into_iter().map(from_json).collect::<Option<_>>();
        values
            .map(Item::Row)
            .ok_or_else(|| malformed(self.number, "it holds a value of another type"))
    }

    fn check_end(&mut self, end: &EndLine) -> Result<(), BackupError> {
        if end.rows != self.rows || end.sha256 != self.sha256() {
            return Err(BackupError::Altered);
        }
        match read_line(&mut self.source, self.number + 1)? {
            None => Ok(()),
            Some(_) => Err(malformed(self.number + 1, "it stands after the end")),
        }
    }
}

/// A line with its line feed; `None` at the end of the file.
fn read_line(source: &mut Source, number: u64) -> Result<Option<String>, BackupError> {
    let mut line = Vec::new();
    source.take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') {
        return Err(match line.len() as u64 {
            LINE_BYTES_MAX => malformed(number, "it is too long"),
            _ => BackupError::CutOff,
        });
    }
    String::from_utf8(line)
        .map(Some)
        .map_err(|_| malformed(number, "it is no text"))
}

fn malformed(line: u64, what: &'static str) -> BackupError {
    BackupError::Malformed { line, what }
}

fn to_json(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(value) => value.into(),
        Value::Text(value) => value.into(),
        Value::Blob(value) => json!([BASE64.encode(value)]),
    }
}

fn from_json(cell: Json) -> Option<Value> {
    match cell {
        Json::Null => Some(Value::Null),
        Json::Number(value) => value.as_i64().map(Value::Int),
        Json::String(value) => Some(Value::Text(value)),
        Json::Array(inner) => match inner.as_slice() {
            [Json::String(text)] => BASE64.decode(text).ok().map(Value::Blob),
            _ => None,
        },
        Json::Bool(_) | Json::Object(_) => None,
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize()
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::backup::tests::Memory;

    fn rows() -> Vec<Vec<Value>> {
        vec![
            vec![
                Value::Null,
                Value::Int(-5),
                Value::Text("a\n\"b\" é".to_owned()),
            ],
            vec![
                Value::Blob(vec![0, 255]),
                Value::Blob(Vec::new()),
                Value::Text(String::new()),
            ],
        ]
    }

    fn part() -> Vec<u8> {
        let memory = Memory::default();
        let head = Head::new(Part::Data, 1, "0.1.0", Timestamp(7));
        let mut writer = PartWriter::new(Box::new(memory.clone()), &head).unwrap();
        writer
            .line(&json!({ "table": "t", "columns": ["a", "b", "c"] }))
            .unwrap();
        for row in rows() {
            writer.rows += 1;
            writer
                .line(&row.into_iter().map(to_json).collect())
                .unwrap();
        }
        writer.finish().unwrap();
        memory.bytes()
    }

    fn read(bytes: Vec<u8>) -> Result<Vec<Item>, BackupError> {
        let mut reader = PartReader::new(Box::new(Cursor::new(bytes)), Part::Data)?;
        let mut items = Vec::new();
        while let Some(item) = reader.next()? {
            items.push(item);
        }
        Ok(items)
    }

    #[test]
    fn what_was_written_is_read() {
        let [first, second] = <[_; 2]>::try_from(rows()).unwrap();

        let items = read(part()).unwrap();

        let table = Item::Table {
            name: "t".to_owned(),
            columns: ["a", "b", "c"].map(str::to_owned).to_vec(),
        };
        assert_eq!(items, [table, Item::Row(first), Item::Row(second)]);
    }

    #[test]
    fn every_truncation_is_refused() {
        let bytes = part();

        for length in 0..bytes.len() {
            assert!(read(bytes[..length].to_vec()).is_err(), "length {length}");
        }
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let bytes = part();
        let start = bytes.iter().position(|byte| *byte == b'\n').unwrap();

        for place in start..bytes.len() {
            for bit in 0..8 {
                let mut altered = bytes.clone();
                altered[place] ^= 1 << bit;
                assert!(read(altered).is_err(), "byte {place} bit {bit}");
            }
        }
    }

    #[test]
    fn the_other_part_is_refused() {
        let reader = PartReader::new(Box::new(Cursor::new(part())), Part::Keys);

        assert!(matches!(
            reader,
            Err(BackupError::Malformed { line: 1, .. })
        ));
    }
}
