use ed25519_dalek::SigningKey;
use serde_json::json;

use super::*;
use crate::{bundle::tests::entry, memory::MemoryNodes, tree};

const ORIGIN: &str = "chat.example/ledger";
const SUMMARY: &str = "# What can be proved\n\nErasures: 12\n";

fn signing() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

fn key() -> NoteKey {
    NoteKey::new(ORIGIN, signing().verifying_key()).unwrap()
}

fn checkpoint(size: u64, nodes: &mut MemoryNodes) -> String {
    let root = tree::root(size, nodes).unwrap();
    let (origin, at) = (ORIGIN.to_owned(), 7);
    let checkpoint = Checkpoint {
        origin,
        size,
        root,
        at,
    };
    checkpoint.sign(&signing())
}

fn head() -> Part {
    Part::Head(EvidenceHead {
        key: key().to_string(),
        made_at: 7,
        build: "chatham 0".to_owned(),
        scope: Scope::Period,
        summary: EvidenceWriter::summary_hash(SUMMARY),
    })
}

/// Entries 5 to 16 of a ledger of 20, with checkpoints at 10 and 17.
fn parts() -> Vec<Part> {
    let mut nodes = MemoryNodes::default();
    let entries: Vec<_> = (0..20).map(entry).collect();
    for entry in &entries {
        nodes.push(entry.leaf()).unwrap();
    }
    let mut tally = Tally::default();
    entries[5..17].iter().for_each(|entry| tally.add(entry));
    let value = serde_json::to_value(tally).unwrap();
    let name = "tally".to_owned();
    let peaks = tree::peaks(5, &mut nodes).unwrap();
    let mut parts = vec![head(), Part::Fact { name, value }];
    parts.push(Part::Start { size: 5, peaks });
    for (index, entry) in (5..17).zip(&entries[5..17]) {
        let entry = entry.clone();
        parts.push(Part::Entry { index, entry });
        if index == 9 || index == 16 {
            parts.push(Part::Checkpoint(checkpoint(index + 1, &mut nodes)));
        }
    }
    let proof = tree::consistency(17, 20, &mut nodes).unwrap().unwrap();
    let (note, from) = (checkpoint(20, &mut nodes), 17);
    parts.push(Part::Latest { note, from, proof });
    parts
}

fn write(parts: &[Part]) -> String {
    let (mut writer, mut text) = EvidenceWriter::begin(SUMMARY);
    for part in parts {
        text.push_str(&writer.part(part));
    }
    text.push_str(&writer.seal(ORIGIN, 7, |checkpoint| checkpoint.sign(&signing())));
    text
}

fn verify(text: &str) -> Result<Evidence, EvidenceError> {
    let mut reader = EvidenceReader::new(Some(key()));
    text.lines().try_for_each(|line| reader.line(line))?;
    reader.finish().map(|(evidence, _)| evidence)
}

/// The line that holds this entry, from 0.
fn line_of(text: &str, index: u64) -> usize {
    let start = format!("{{\"entry\":{{\"index\":{index},");
    text.lines().position(|line| line.contains(&start)).unwrap()
}

fn without(text: &str, place: usize) -> String {
    let mut lines: Vec<_> = text.lines().collect();
    lines.remove(place);
    lines.join("\n")
}

#[test]
fn whole_evidence_is_verified() {
    let evidence = verify(&write(&parts())).unwrap();

    assert_eq!(evidence.entries, 12);
    assert_eq!(evidence.checkpoint.unwrap().size, 20);
}

#[test]
fn every_flipped_byte_is_refused_and_an_entry_is_named() {
    let text = write(&parts());
    let line = line_of(&text, 8);
    let start: usize = text.lines().take(line).map(|line| line.len() + 1).sum();
    let end = start + text.lines().nth(line).unwrap().len();

    for place in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[place] ^= 1;
        let Ok(altered) = String::from_utf8(bytes) else {
            continue;
        };
        if altered.trim_end() == text.trim_end() {
            continue;
        }
        let error = verify(&altered).expect_err(&format!("byte {place}"));
        if (start..end).contains(&place) {
            let said = error.to_string();
            assert!(said.contains("entry 8"), "byte {place}: {said}");
        }
    }
}

#[test]
fn a_removed_entry_is_named() {
    let text = write(&parts());

    for index in [5, 9, 12, 16] {
        let said = verify(&without(&text, line_of(&text, index))).unwrap_err();
        let said = said.to_string();
        assert!(
            said.starts_with(&format!("entry {index} was removed")),
            "{said}"
        );
    }
}

#[test]
fn a_cut_off_end_is_named() {
    let text = write(&parts());
    let lines: Vec<_> = text.lines().collect();

    for kept in [1, 6, 12, lines.len() - 1] {
        let error = verify(&lines[..kept].join("\n")).unwrap_err();
        assert!(matches!(error, EvidenceError::CutOff { .. }), "{error}");
    }
}

#[test]
fn rewritten_entries_are_bracketed_even_when_sealed_again() {
    let mut parts = parts();
    for part in &mut parts {
        if let Part::Entry { index: 12, entry } = part {
            entry.at += 1;
        }
    }

    assert_eq!(
        verify(&write(&parts)),
        Err(EvidenceError::EntriesRewritten { from: 10, to: 16 })
    );
}

#[test]
fn counts_that_are_not_those_of_the_entries_are_refused() {
    let mut parts = parts();
    let mut tally = Tally::default();
    tally.add(&entry(0));
    parts[1] = Part::Fact {
        name: "tally".to_owned(),
        value: serde_json::to_value(tally).unwrap(),
    };

    assert_eq!(verify(&write(&parts)), Err(EvidenceError::Miscounted));
}

#[test]
fn a_seal_is_no_checkpoint_and_another_key_is_refused() {
    let mut reader = EvidenceReader::new(Some(
        NoteKey::new(ORIGIN, SigningKey::from_bytes(&[8; 32]).verifying_key()).unwrap(),
    ));
    let text = write(&parts());
    let told = text.lines().try_for_each(|line| reader.line(line));

    assert_eq!(told, Err(EvidenceError::OtherKey));
    let seal = text.lines().last().unwrap();
    let json = seal.splitn(3, ' ').nth(2).unwrap();
    let Part::Seal(note) = serde_json::from_str(json).unwrap() else {
        panic!("the last part is the seal");
    };
    assert!(Checkpoint::verify(&note, &key()).is_err());
}

#[test]
fn broken_files_are_refused_calmly() {
    for text in [
        "",
        "{}",
        "chatham evidence v1",
        "chatham evidence v1\n=== parts: number, hash, content; `chatham verify` checks them\n0 a {}",
    ] {
        assert!(verify(text).is_err(), "{text}");
    }
    let start = Part::Start {
        size: 5,
        peaks: Vec::new(),
    };
    let index = u64::MAX;
    let entry = entry(1);
    let fact = Part::Fact {
        name: "x".to_owned(),
        value: json!(null),
    };
    assert!(verify(&write(&[head(), start, Part::Entry { index, entry }])).is_err());
    assert!(verify(&write(&[fact])).is_err());
}
