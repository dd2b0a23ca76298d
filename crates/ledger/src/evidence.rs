//! Evidence: a file that says in words what an installation can prove, and proves it. It is written and checked
//! line by line, so that neither needs it whole in memory.
//!
//! First stands the summary, to be read; then the parts: a number, a hash and one JSON value to a line. Every
//! line's hash is a leaf of a tree whose root is sealed in the last line, and the ledger's entries lead from
//! one signed checkpoint to the next, so that what was altered, removed or cut off is named.
//! Must not know: where entries are stored; what the facts mean.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::{
    checkpoint::{Checkpoint, CheckpointError},
    entry::Entry,
    hash::{Hash, leaf_hash},
    key::{KeyError, NoteKey},
    memory::Frontier,
    proof::verify_consistency,
    receipt::{Receipt, ReceiptError},
    tally::Tally,
};

/// The first line of an evidence file.
pub const EVIDENCE_FORMAT: &str = "chatham evidence v1";
/// Longest line that is read, in bytes.
pub const EVIDENCE_LINE_BYTES_MAX: usize = 256 * 1024;
/// The line between the summary and the parts.
const PARTS: &str = "=== parts: number, hash, content; `chatham verify` checks them";
/// What sets a seal apart from a checkpoint of the ledger: another name under the same key.
const SEAL: &str = "/evidence";

/// What the evidence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything between two places of the ledger.
    Period,
    /// One person's entries.
    Person,
    /// One entry.
    Entry,
}

/// What the first part says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceHead {
    /// The ledger's public key. Compare it with the published one.
    pub key: String,
    /// When it was made, in microseconds since 1970 UTC.
    pub made_at: i64,
    /// The program that made it.
    pub build: String,
    /// What it is about.
    pub scope: Scope,
    /// Hash of the summary's text.
    pub summary: Hash,
}

/// One line after the summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The first.
    Head(EvidenceHead),
    /// Something that the installation says of itself; the tally is counted again.
    Fact {
        /// What it is.
        name: String,
        /// What is said.
        value: Value,
    },
    /// A version of the policy, with the proof of its entry; none before it stands in a ledger.
    Policy {
        /// Its number.
        version: i64,
        /// Hash of its exact bytes.
        hash: String,
        /// From when it rules, in microseconds.
        effective_at: i64,
        /// Whether it changed something material.
        material: bool,
        /// Its entry.
        receipt: Option<Box<Receipt>>,
    },
    /// Where the entries begin: the complete subtrees before them.
    Start {
        /// Entries before.
        size: u64,
        /// Their subtrees, the largest first.
        peaks: Vec<Hash>,
    },
    /// An entry of the ledger, the next one.
    Entry {
        /// Where it stands.
        index: u64,
        /// What was done.
        entry: Entry,
    },
    /// An entry alone, with its proof.
    Proved(Box<Receipt>),
    /// What the entries so far come to, signed.
    Checkpoint(String),
    /// The ledger as it stands now, signed, and the proof that it goes on from the last checkpoint.
    Latest {
        /// The checkpoint.
        note: String,
        /// Size of the checkpoint it goes on from.
        from: u64,
        /// The proof.
        proof: Vec<Hash>,
    },
    /// The end: a signed root of the parts before.
    Seal(String),
}

/// The first place where evidence is not what was signed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvidenceError {
    /// Not an evidence file of this form.
    #[error("not evidence: {0}")]
    Malformed(String),
    /// The key in it is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The file names another key than the one it is checked with.
    #[error("the evidence names another ledger key than the one it is checked with")]
    OtherKey,
    /// The words before the parts are not those that were sealed.
    #[error("the summary was altered")]
    SummaryAltered,
    /// A part is not what was hashed.
    #[error("{what} was altered (line {line}, part {part})")]
    Altered {
        /// What the line holds.
        what: String,
        /// Its line, from 1.
        line: u64,
        /// Its number, from 0.
        part: u64,
    },
    /// Parts are missing.
    #[error("{what} was removed: part {found} stands where part {part} must (line {line})")]
    Removed {
        /// What is missing.
        what: String,
        /// The line, from 1.
        line: u64,
        /// The part that must stand there.
        part: u64,
        /// The part that does.
        found: u64,
    },
    /// The end is missing.
    #[error("the evidence was cut off: it ends before part {part}, and its seal is missing")]
    CutOff {
        /// The first part that is missing.
        part: u64,
    },
    /// Something follows the seal.
    #[error("line {line} and those after it are not covered by the seal")]
    Unsealed {
        /// The first line after the seal.
        line: u64,
    },
    /// Parts and their hashes were replaced together.
    #[error("parts were rewritten: they do not lead to the sealed root of {size} parts")]
    Rewritten {
        /// Parts that were sealed.
        size: u64,
    },
    /// Entries and their hashes were replaced together, somewhere in this range.
    #[error("entries {from} to {to} were rewritten: they do not lead to the signed root")]
    EntriesRewritten {
        /// The first entry that may be another.
        from: u64,
        /// The last entry that may be another.
        to: u64,
    },
    /// The ledger as it is now does not go on from the entries in the file.
    #[error(
        "the ledger was forked: that of {size} entries does not go on from the one in this file"
    )]
    Forked {
        /// Size of the newer one.
        size: u64,
    },
    /// The counts are not those of the entries.
    #[error("the counts are not those of the entries in the file")]
    Miscounted,
    /// A policy version is not the one of its entry.
    #[error("version {version} of the policy is not the one that stands in the ledger")]
    OtherVersion {
        /// Its number.
        version: i64,
    },
    /// A checkpoint is not to be believed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// An entry's proof is not to be believed.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
}

/// What whole evidence holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its head.
    pub head: EvidenceHead,
    /// Number of entries, in a row or proved one by one.
    pub entries: u64,
    /// Number of policy versions.
    pub versions: u64,
    /// The newest checkpoint it rests on.
    pub checkpoint: Option<Checkpoint>,
}

/// Writes evidence, a piece at a time.
#[derive(Debug)]
pub struct EvidenceWriter {
    tree: Frontier,
}

impl EvidenceWriter {
    /// Begins: the writer, and the file's first piece.
    #[must_use]
    pub fn begin(summary: &str) -> (Self, String) {
        let summary = summary.trim_end_matches('\n');
        let writer = Self {
            tree: Frontier::default(),
        };
        (writer, format!("{EVIDENCE_FORMAT}\n{summary}\n{PARTS}\n"))
    }

    /// The hash that the head names for a summary.
    #[must_use]
    pub fn summary_hash(summary: &str) -> Hash {
        let lines = summary.trim_end_matches('\n').lines();
        lines.fold(leaf_hash(b""), next_summary_hash)
    }

    /// The line of a part.
    pub fn part(&mut self, part: &Part) -> String {
        let json = serde_json::to_string(part)
            .unwrap_or_else(|_| unreachable!("strings and numbers always have a JSON form"));
        let (number, hash) = (self.tree.size(), leaf_hash(json.as_bytes()));
        self.tree.push(hash);
        format!("{number} {hash} {json}\n")
    }

    /// The last line: the seal, signed by `sign`, which is given the checkpoint of the parts.
    pub fn seal(
        mut self,
        origin: &str,
        at: i64,
        sign: impl FnOnce(&Checkpoint) -> String,
    ) -> String {
        let checkpoint = Checkpoint {
            origin: format!("{origin}{SEAL}"),
            size: self.tree.size(),
            root: self.tree.root(),
            at,
        };
        self.part(&Part::Seal(sign(&checkpoint)))
    }
}

/// Checks evidence line by line.
#[derive(Debug)]
pub struct EvidenceReader {
    key: Option<NoteKey>,
    line: u64,
    place: Place,
    summary: Hash,
    head: Option<EvidenceHead>,
    parts: Frontier,
    entries: Option<Frontier>,
    /// Size of the last checkpoint that the entries came to.
    good: u64,
    checkpoint: Option<Checkpoint>,
    counted: (u64, u64),
    tally: Tally,
    told: Option<Tally>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Format,
    Summary,
    Parts,
    Sealed,
}

impl EvidenceReader {
    /// A reader that believes this key, or, without one, the key in the file.
    #[must_use]
    pub fn new(key: Option<NoteKey>) -> Self {
        Self {
            key,
            line: 0,
            place: Place::Format,
            summary: leaf_hash(b""),
            head: None,
            parts: Frontier::default(),
            entries: None,
            good: 0,
            checkpoint: None,
            counted: (0, 0),
            tally: Tally::default(),
            told: None,
        }
    }

    /// The next line, without its end.
    ///
    /// # Errors
    /// The first place where it is not what was signed.
    pub fn line(&mut self, line: &str) -> Result<(), EvidenceError> {
        self.line += 1;
        match self.place {
            Place::Format if line == EVIDENCE_FORMAT => self.place = Place::Summary,
            Place::Format => {
                let what = format!("its first line is not `{EVIDENCE_FORMAT}`");
                return Err(EvidenceError::Malformed(what));
            }
            Place::Summary if line == PARTS => self.place = Place::Parts,
            Place::Summary => self.summary = next_summary_hash(self.summary, line),
            Place::Parts => return self.part(line),
            Place::Sealed => return Err(EvidenceError::Unsealed { line: self.line }),
        }
        Ok(())
    }

    /// After the last line.
    ///
    /// # Errors
    /// If the end is missing, or the counts are not those of the entries.
    pub fn finish(self) -> Result<(Evidence, NoteKey), EvidenceError> {
        let part = self.parts.size();
        if self.place != Place::Sealed {
            return Err(EvidenceError::CutOff { part });
        }
        if self.told.is_some_and(|told| told != self.tally) {
            return Err(EvidenceError::Miscounted);
        }
        let (Some(head), Some(key)) = (self.head, self.key) else {
            return Err(EvidenceError::Malformed("it has no head".to_owned()));
        };
        let (entries, versions) = self.counted;
        let evidence = Evidence {
            head,
            entries,
            versions,
            checkpoint: self.checkpoint,
        };
        Ok((evidence, key))
    }

    fn part(&mut self, line: &str) -> Result<(), EvidenceError> {
        let expected = self.parts.size();
        let mut words = line.splitn(3, ' ');
        let (number, hash) = (words.next(), words.next());
        let json = words.next().unwrap_or_default();
        let number = number.and_then(|number| number.parse::<u64>().ok());
        let actual = leaf_hash(json.as_bytes());
        let fits = hash.is_some_and(|hash| hash == actual.to_string());
        match number {
            Some(found) if found != expected && fits => {
                return Err(EvidenceError::Removed {
                    what: self.name_of(expected, ""),
                    line: self.line,
                    part: expected,
                    found,
                });
            }
            Some(_) if fits => {}
            _ => return Err(self.altered(json)),
        }
        let part: Part = serde_json::from_str(json).map_err(|_| self.altered(json))?;
        if let Part::Seal(note) = &part {
            return self.check_seal(note);
        }
        self.parts.push(actual);
        self.take(part)
    }

    fn altered(&self, json: &str) -> EvidenceError {
        let part = self.parts.size();
        EvidenceError::Altered {
            what: self.name_of(part, json),
            line: self.line,
            part,
        }
    }

    /// What the part is, as well as can be said of one that may be missing or broken.
    fn name_of(&self, part: u64, json: &str) -> String {
        let starts = |word: &str| json.starts_with(&format!("{{\"{word}\""));
        let is_other = ["checkpoint", "latest", "seal", "fact", "policy", "proved"]
            .into_iter()
            .find(|word| starts(word));
        match (&self.entries, is_other) {
            (_, Some(word)) => format!("part {part} ({word})"),
            (Some(tree), None) => format!("entry {}", tree.size()),
            (None, None) => format!("part {part}"),
        }
    }

    fn take(&mut self, part: Part) -> Result<(), EvidenceError> {
        match part {
            Part::Head(head) => self.take_head(head),
            Part::Fact { name, value } => {
                if name == "tally" {
                    let told = serde_json::from_value(value);
                    self.told = Some(told.map_err(|_| EvidenceError::Miscounted)?);
                }
                Ok(())
            }
            Part::Policy {
                version,
                hash,
                receipt,
                ..
            } => self.take_version(version, &hash, receipt),
            Part::Start { size, peaks } => {
                self.good = size;
                self.entries = Frontier::resume(size, peaks);
                Ok(())
            }
            Part::Entry { index, entry } => self.take_entry(index, &entry),
            Part::Proved(receipt) => {
                self.tally.add(&receipt.entry);
                self.counted.0 += 1;
                let checkpoint = self.believe_receipt(&receipt)?;
                self.checkpoint = Some(checkpoint);
                Ok(())
            }
            Part::Checkpoint(note) => self.take_checkpoint(&note),
            Part::Latest { note, from, proof } => self.take_latest(&note, from, &proof),
            Part::Seal(_) => Ok(()),
        }
    }

    fn take_head(&mut self, head: EvidenceHead) -> Result<(), EvidenceError> {
        let named = NoteKey::parse(&head.key)?;
        if self.key.as_ref().is_some_and(|key| *key != named) {
            return Err(EvidenceError::OtherKey);
        }
        if head.summary != self.summary {
            return Err(EvidenceError::SummaryAltered);
        }
        self.key = Some(named);
        self.head = Some(head);
        Ok(())
    }

    fn key(&self) -> Result<&NoteKey, EvidenceError> {
        let missing = || EvidenceError::Malformed("its first part is no head".to_owned());
        self.key
            .as_ref()
            .filter(|_| self.head.is_some())
            .ok_or_else(missing)
    }

    fn take_version(
        &mut self,
        version: i64,
        hash: &str,
        receipt: Option<Box<Receipt>>,
    ) -> Result<(), EvidenceError> {
        self.counted.1 += 1;
        let Some(receipt) = receipt else {
            return Ok(());
        };
        self.believe_receipt(&receipt)?;
        let said = receipt.entry.details.get("hash").map(String::as_str);
        let number = receipt.entry.details.get("version");
        if said == Some(hash) && number == Some(&version.to_string()) {
            return Ok(());
        }
        Err(EvidenceError::OtherVersion { version })
    }

    /// Versions stand in the host's ledger, which has another name under the same key.
    fn believe_receipt(&self, receipt: &Receipt) -> Result<Checkpoint, EvidenceError> {
        let named = NoteKey::parse(&receipt.key)?;
        if named.key() != self.key()?.key() {
            return Err(EvidenceError::OtherKey);
        }
        Ok(receipt.verify(&named)?)
    }

    fn take_entry(&mut self, index: u64, entry: &Entry) -> Result<(), EvidenceError> {
        let (line, part) = (self.line, self.parts.size().saturating_sub(1));
        let Some(tree) = &mut self.entries else {
            let what = "an entry stands before the place where entries begin".to_owned();
            return Err(EvidenceError::Malformed(what));
        };
        if tree.size() != index {
            return Err(EvidenceError::Removed {
                what: format!("entry {}", tree.size()),
                line,
                part,
                found: part,
            });
        }
        tree.push(entry.leaf());
        self.tally.add(entry);
        self.counted.0 += 1;
        Ok(())
    }

    fn take_checkpoint(&mut self, note: &str) -> Result<(), EvidenceError> {
        let checkpoint = Checkpoint::verify(note, self.key()?)?;
        let tree = self.entries.as_ref();
        let fits = tree
            .is_some_and(|tree| tree.size() == checkpoint.size && tree.root() == checkpoint.root);
        if !fits {
            return Err(EvidenceError::EntriesRewritten {
                from: self.good,
                to: checkpoint.size.saturating_sub(1),
            });
        }
        self.good = checkpoint.size;
        self.checkpoint = Some(checkpoint);
        Ok(())
    }

    fn take_latest(&mut self, note: &str, from: u64, proof: &[Hash]) -> Result<(), EvidenceError> {
        let latest = Checkpoint::verify(note, self.key()?)?;
        let (old, new) = (self.checkpoint.as_ref(), (latest.size, &latest.root));
        let goes_on = old.is_some_and(|old| {
            old.size == from && verify_consistency(from, new.0, &old.root, new.1, proof)
        });
        if !goes_on {
            return Err(EvidenceError::Forked { size: latest.size });
        }
        self.checkpoint = Some(latest);
        Ok(())
    }

    fn check_seal(&mut self, note: &str) -> Result<(), EvidenceError> {
        let ledger = self.key()?;
        let key = NoteKey::new(&format!("{}{SEAL}", ledger.origin()), *ledger.key())?;
        let sealed = Checkpoint::verify(note, &key)?;
        if sealed.size != self.parts.size() || sealed.root != self.parts.root() {
            return Err(EvidenceError::Rewritten { size: sealed.size });
        }
        self.place = Place::Sealed;
        Ok(())
    }
}

/// The summary line by line: each hash covers the one before.
fn next_summary_hash(before: Hash, line: &str) -> Hash {
    leaf_hash(&[before.0.as_slice(), line.as_bytes()].concat())
}

#[cfg(test)]
mod tests;
