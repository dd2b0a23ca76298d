//! `chatham verify FILE`: checks evidence, a receipt or a ledger file, offline.
//!
//! Why: a receipt that only its issuer can check proves nothing. This needs no server, no configuration
//! and no network; it prints one plain sentence, and names the record that is wrong.
//! Must not know: the database.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use ledger::{
    BUNDLE_BYTES_MAX, Bundle, Checkpoint, EVIDENCE_FORMAT, EVIDENCE_LINE_BYTES_MAX, EvidenceReader,
    NoteKey, Receipt,
};
use serde::Deserialize;

/// Exit code for "this is not what was signed".
const ALTERED: u8 = 1;
/// Exit code for "this could not be checked at all".
const UNREADABLE: u8 = 2;

/// What `chatham verify` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The evidence, receipt or ledger file
    file: PathBuf,
    /// The ledger's public key as published; without it the key in the file is used
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

impl Arguments {
    /// Checks the file that was named.
    pub(crate) fn run(&self) -> ExitCode {
        run(&self.file, self.key.as_deref())
    }
}

/// Checks a file and prints a sentence: to standard output if it is whole, else to
/// standard error. Exit code 0 whole, 1 altered, 2 not readable.
pub(crate) fn run(path: &Path, key: Option<&str>) -> ExitCode {
    match check(path, key) {
        Ok(sentence) => {
            println!("{sentence}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("{}: {}", path.display(), failure.sentence);
            ExitCode::from(failure.code)
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Failure {
    code: u8,
    sentence: String,
}

/// The one field that tells the two kinds of file apart, and the key that the file itself names.
#[derive(Deserialize)]
struct Head {
    format: String,
    key: String,
}

fn check(path: &Path, key: Option<&str>) -> Result<String, Failure> {
    if is_evidence(path)? {
        let key = key.map(NoteKey::parse).transpose();
        let key = key.map_err(|error| unreadable(&error))?;
        return verify_evidence(BufReader::new(open(path)?), key);
    }
    read(path).and_then(|json| verdict(&json, key))
}

fn is_evidence(path: &Path) -> Result<bool, Failure> {
    let mut start = Vec::new();
    open(path)?
        .take(EVIDENCE_FORMAT.len() as u64)
        .read_to_end(&mut start)
        .map_err(|error| unreadable(&format!("cannot read it: {error}")))?;
    Ok(start == EVIDENCE_FORMAT.as_bytes())
}

/// Line by line: evidence may be longer than the memory.
fn verify_evidence(mut file: impl BufRead, key: Option<NoteKey>) -> Result<String, Failure> {
    let is_own_key = key.is_none();
    let mut reader = EvidenceReader::new(key);
    let mut line = Vec::new();
    loop {
        line.clear();
        let longest = EVIDENCE_LINE_BYTES_MAX as u64;
        let read = file.by_ref().take(longest).read_until(b'\n', &mut line);
        if read.map_err(|error| unreadable(&format!("cannot read it: {error}")))? == 0 {
            break;
        }
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        // What is no text differs from what was hashed, and so is named by its place.
        let text = String::from_utf8_lossy(&line);
        reader.line(&text).map_err(|error| altered(&error))?;
    }
    let (evidence, key) = reader.finish().map_err(|error| altered(&error))?;
    let rests_on = evidence.checkpoint.as_ref().map(signed);
    let sentence = format!(
        "Whole: nothing was altered, removed or cut off in this evidence of {}, made by {}: entries {}, \
         versions of the policy {}{}.",
        time(evidence.head.made_at),
        evidence.head.build,
        evidence.entries,
        evidence.versions,
        rests_on.map_or(String::new(), |on| format!(", in the ledger {on}"))
    );
    Ok(with_advice(sentence, is_own_key.then_some(&key)))
}

fn with_advice(sentence: String, own_key: Option<&NoteKey>) -> String {
    match own_key {
        None => sentence,
        Some(key) => format!(
            "{sentence}\nIt was checked with the key it carries itself. Compare that key with the \
             published one, or pass --key:\n  {key}"
        ),
    }
}

fn verdict(json: &[u8], key: Option<&str>) -> Result<String, Failure> {
    let head: Head = serde_json::from_slice(json).map_err(|error| {
        unreadable(&format!(
            "not evidence, a receipt or a ledger file: {error}"
        ))
    })?;
    let note_key = NoteKey::parse(key.unwrap_or(&head.key)).map_err(|error| unreadable(&error))?;
    let sentence = if head.format.starts_with("chatham ledger") {
        verify_bundle(json, &note_key)?
    } else {
        verify_receipt(json, &note_key)?
    };
    Ok(with_advice(sentence, key.is_none().then_some(&note_key)))
}

fn verify_receipt(json: &[u8], key: &NoteKey) -> Result<String, Failure> {
    let receipt = Receipt::from_json(json).map_err(|error| unreadable(&error))?;
    let checkpoint = receipt.verify(key).map_err(|error| altered(&error))?;
    Ok(format!(
        "Whole: entry {} ({}, {}) stands in the ledger {}.",
        receipt.index,
        receipt.entry.kind.key(),
        time(receipt.entry.at),
        signed(&checkpoint)
    ))
}

fn verify_bundle(json: &[u8], key: &NoteKey) -> Result<String, Failure> {
    let bundle = Bundle::from_json(json).map_err(|error| unreadable(&error))?;
    let checkpoint = bundle.verify(key).map_err(|error| altered(&error))?;
    Ok(format!(
        "Whole: nothing was altered, removed or cut off in the ledger {}; older checkpoints in the \
         file that agree with it: {}.",
        signed(&checkpoint),
        bundle.older.len()
    ))
}

fn signed(checkpoint: &Checkpoint) -> String {
    format!(
        "{} of {} entries, signed {}",
        checkpoint.origin,
        checkpoint.size,
        time(checkpoint.at)
    )
}

fn time(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros).map_or_else(
        |_| format!("{micros} microseconds after 1970"),
        |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| unreadable(&format!("cannot open it: {error}")))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut json = Vec::new();
    open(path)?
        .take(BUNDLE_BYTES_MAX + 1)
        .read_to_end(&mut json)
        .map_err(|error| unreadable(&format!("cannot read it: {error}")))?;
    if json.len() as u64 > BUNDLE_BYTES_MAX {
        return Err(unreadable(&"it is larger than 1 GiB"));
    }
    Ok(json)
}

fn unreadable(sentence: &impl ToString) -> Failure {
    Failure {
        code: UNREADABLE,
        sentence: sentence.to_string(),
    }
}

fn altered(sentence: &impl ToString) -> Failure {
    Failure {
        code: ALTERED,
        sentence: sentence.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ledger::{Entry, EntryKind, MemoryNodes, SigningKey};

    use super::*;

    struct Sample {
        receipt: Receipt,
        bundle: Bundle,
        key: String,
    }

    fn sample() -> Sample {
        let signing = SigningKey::from_bytes(&[3; 32]);
        let key = NoteKey::new("chat.example/ledger", signing.verifying_key()).unwrap();
        let entries = (0..9).map(|index| Entry {
            at: 1_764_000_000_000_000 + index,
            details: BTreeMap::new(),
            kind: EntryKind::Erasure,
            subject: None,
        });
        let entries = entries.collect::<Vec<_>>();
        let mut nodes = MemoryNodes::default();
        for entry in &entries {
            nodes.push(entry.leaf()).unwrap();
        }
        let checkpoint = Checkpoint {
            origin: "chat.example/ledger".to_owned(),
            size: 9,
            root: ledger::root(9, &mut nodes).unwrap(),
            at: 1_764_000_001_000_000,
        };
        let note = checkpoint.sign(&signing);
        let proof = ledger::inclusion(4, 9, &mut nodes).unwrap().unwrap();
        Sample {
            receipt: Receipt::new(entries[4].clone(), 4, proof, note.clone(), &key),
            bundle: Bundle::new(entries, note, Vec::new(), &key),
            key: key.to_string(),
        }
    }

    #[test]
    fn a_whole_receipt_is_said_to_be_whole() {
        let sample = sample();

        let sentence = verdict(sample.receipt.to_json().as_bytes(), Some(&sample.key)).unwrap();

        assert_eq!(
            sentence,
            "Whole: entry 4 (erasure, 2025-11-24 16:00:00 UTC) stands in the ledger \
             chat.example/ledger of 9 entries, signed 2025-11-24 16:00:01 UTC."
        );
    }

    #[test]
    fn without_a_key_the_reader_is_told_to_compare_it() {
        let sample = sample();

        let sentence = verdict(sample.receipt.to_json().as_bytes(), None).unwrap();

        assert!(sentence.contains("Compare that key"));
        assert!(sentence.ends_with(&sample.key));
    }

    #[test]
    fn an_altered_record_is_named_with_exit_code_1() {
        let Sample {
            mut receipt,
            mut bundle,
            key,
        } = sample();
        receipt.entry.at += 1;
        bundle.entries[7].entry.at += 1;

        let receipt = verdict(receipt.to_json().as_bytes(), Some(&key)).unwrap_err();
        let bundle = verdict(&serde_json::to_vec(&bundle).unwrap(), Some(&key)).unwrap_err();

        assert_eq!(receipt.code, ALTERED);
        assert!(receipt.sentence.contains("entry 4"), "{}", receipt.sentence);
        assert_eq!(bundle.code, ALTERED);
        assert!(
            bundle.sentence.contains("entry 7 was altered"),
            "{}",
            bundle.sentence
        );
    }

    #[test]
    fn what_cannot_be_checked_has_exit_code_2() {
        let sample = sample();
        let json = sample.receipt.to_json();

        for (json, key) in [
            ("{}", None),
            ("no json", None),
            (json.as_str(), Some("no key")),
        ] {
            assert_eq!(verdict(json.as_bytes(), key).unwrap_err().code, UNREADABLE);
        }
        assert_eq!(
            run(Path::new("/nonexistent"), None),
            ExitCode::from(UNREADABLE)
        );
    }
}
