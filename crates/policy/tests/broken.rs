//! Broken policy files and exactly what is said about each: line, column, code, what, mend.
//!
//! `tests/broken/NAME.toml` is one file; `NAME.expected` beside it is the answer, read and judged by people.

use std::{fs, path::Path};

use policy::Policy;

fn told(text: &str) -> String {
    let Err(faults) = Policy::parse(text) else {
        return "valid\n".to_owned();
    };
    let told = faults.iter().map(|fault| {
        let quoted = text.get(fault.span.clone()).unwrap_or("");
        let (line, column) = (fault.line, fault.column);
        let (code, what, mend) = (fault.code, &fault.what, &fault.mend);
        format!("{line}:{column} {code} at `{quoted}`\n  what: {what}\n  mend: {mend}\n")
    });
    told.collect::<Vec<_>>().concat()
}

#[test]
fn every_broken_file_is_told_what_is_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    assert!(files.len() >= 12, "{} files", files.len());

    let mut wrong = Vec::new();
    for path in &files {
        let said = told(&fs::read_to_string(path).unwrap());
        let expected = fs::read_to_string(path.with_extension("expected")).unwrap_or_default();
        if said != expected {
            wrong.push(format!(
                "{}\n--- expected\n{expected}--- said\n{said}",
                path.display()
            ));
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_names_a_place_and_a_mend() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for fault in Policy::parse(&text).unwrap_err() {
            assert!(fault.line >= 1 && fault.column >= 1, "{}", path.display());
            assert!(
                !fault.what.is_empty() && !fault.mend.is_empty(),
                "{}",
                path.display()
            );
            assert!(
                !fault.what.ends_with('.'),
                "{}: {}",
                path.display(),
                fault.what
            );
        }
    }
}

#[test]
fn both_shipped_files_are_valid() {
    for text in [policy::shipped::STRICT, policy::shipped::Y2014] {
        assert_eq!(told(text), "valid\n");
    }
}
