//! No god files: a file warns early and fails late. Function lengths are clippy's.

use super::Finding;
use crate::tree::{TextFile, has_extension};

const RUST_WARN: usize = 300;
const RUST_FAIL: usize = 600;
const WEB_WARN: usize = 250;
const WEB_FAIL: usize = 400;
const LOCKED_PACKAGES_MAX: usize = 650;

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        if is_generated(&file.path) {
            continue;
        }
        if has_extension(&file.path, &["rs"]) && !file.path.contains("/tests/") {
            let lines = lines_before_tests(&file.text);
            findings.extend(judge(&file.path, lines, RUST_WARN, RUST_FAIL));
        }
        if is_web_source(&file.path) {
            let lines = file.text.lines().count();
            findings.extend(judge(&file.path, lines, WEB_WARN, WEB_FAIL));
        }
        if file.path == "Cargo.lock" {
            findings.extend(judge_lock(&file.text));
        }
    }
    findings
}

fn judge(path: &str, lines: usize, warn: usize, fail: usize) -> Option<Finding> {
    if lines > fail {
        return Some(Finding::Fault(format!(
            "{path} has {lines} lines, at most {fail}: split it"
        )));
    }
    (lines > warn).then(|| Finding::Warning(format!("{path} has {lines} lines, aim for {warn}")))
}

fn judge_lock(text: &str) -> Option<Finding> {
    let packages = text.lines().filter(|line| *line == "[[package]]").count();
    (packages > LOCKED_PACKAGES_MAX).then(|| {
        Finding::Fault(format!(
            "Cargo.lock has {packages} packages, at most {LOCKED_PACKAGES_MAX}"
        ))
    })
}

/// Lines up to the test module, which by the house order comes last.
fn lines_before_tests(text: &str) -> usize {
    text.lines()
        .take_while(|line| *line != "#[cfg(test)]")
        .count()
}

fn is_generated(path: &str) -> bool {
    path.contains(".gen.")
}

fn is_web_source(path: &str) -> bool {
    let is_code = has_extension(path, &["ts", "tsx", "mjs", "js", "css"]);
    is_code && path.starts_with("web/") && !path.contains(".test.") && !path.contains("/test/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{count_faults, file};

    #[test]
    fn long_file_fails_and_its_tests_do_not_count() {
        let long = "let a = 1;\n".repeat(RUST_FAIL + 1);
        let tested = format!("fn a() {{}}\n#[cfg(test)]\n{long}");

        assert_eq!(count_faults(&check(&[file("crates/a/src/a.rs", &long)])), 1);
        assert_eq!(
            count_faults(&check(&[file("crates/a/src/a.rs", &tested)])),
            0
        );
    }

    #[test]
    fn long_component_fails() {
        let long = "a\n".repeat(WEB_FAIL + 1);
        assert_eq!(
            count_faults(&check(&[file("web/console/src/a.tsx", &long)])),
            1
        );
        assert_eq!(
            count_faults(&check(&[file("web/client/src/a.gen.ts", &long)])),
            0
        );
    }
}
