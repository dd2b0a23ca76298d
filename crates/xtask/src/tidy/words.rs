//! Words that must not stand in a file: unfinished work, silenced tests, places of one machine.

use super::Finding;
use crate::tree::{TextFile, has_extension};

// Written in two halves, so that this file does not find itself.
const FIX: &str = concat!("FIX", "ME");
const DO: &str = concat!("TO", "DO");
const IGNORED_TEST: &str = concat!("#[ign", "ore");
const PANIC_TEST: &str = concat!("should_", "panic");
const SKIPPED_TEST: &str = concat!("test.", "skip");

/// Folders of single machines, and hosts of package registries: neither belongs in a repository.
const PLACES: [&str; 9] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
    concat!("/tmp", "/target"),
    concat!("registry.npm", "js.org"),
    concat!("static.crates", ".io"),
    concat!("index.crates", ".io"),
    concat!("files.python", "hosted.org"),
    concat!("deb.debian", ".org"),
];

/// Values that hide state between calls; only the binary's composition may hold one.
const HIDDEN_STATE: [&str; 4] = ["OnceLock", "LazyLock", "OnceCell", "lazy_static"];

/// What sets a cookie: one file of the server may, no script of a page does.
const SETS_COOKIE: [&str; 3] = [
    concat!("SET_", "COOKIE"),
    concat!("set-", "cookie"),
    concat!("document.", "cookie"),
];
const COOKIE_REGISTER: &str = "crates/pages/src/cookie.rs";

pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            let place = format!("{}:{}", file.path, index + 1);
            findings.extend(
                check_line(&file.path, line)
                    .into_iter()
                    .map(|text| Finding::Fault(format!("{place}: {text}"))),
            );
        }
    }
    findings
}

fn check_line(path: &str, line: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if is_code(path) {
        if line.contains(FIX) {
            faults.push(format!("{FIX}: mend it now or leave it out"));
        }
        if line.contains(DO) && !line.contains(&format!("{DO}(#")) {
            faults.push(format!("{DO} without the number of an issue"));
        }
        for word in [IGNORED_TEST, PANIC_TEST, SKIPPED_TEST] {
            if line.contains(word) {
                faults.push(format!("{word}: a test runs, and asserts what it means"));
            }
        }
    }
    if path != COOKIE_REGISTER && is_program(path) && SETS_COOKIE.iter().any(|it| line.contains(it))
    {
        faults.push(format!(
            "only {COOKIE_REGISTER} sets a cookie, by an entry of the register"
        ));
    }
    if is_room(path) && is_hidden_state(line) {
        faults.push("static state outside cli: pass it in".to_owned());
    }
    if path != "Cargo.lock" {
        for place in PLACES {
            if line.contains(place) {
                faults.push(format!("{place} is a place of one machine or registry"));
            }
        }
    }
    faults
}

/// The program itself and the browser's parts: not the tests around them.
fn is_program(path: &str) -> bool {
    let beside = [
        "crates/it/",
        "crates/bench/",
        "crates/xtask/",
        "crates/privacy-check/",
    ];
    let of_program = path.starts_with("crates/") || path.starts_with("web/");
    let is_test = path.contains("/test/") || path.contains("/tests/");
    of_program && !is_test && !beside.iter().any(|it| path.starts_with(it))
}

fn is_code(path: &str) -> bool {
    has_extension(
        path,
        &[
            "rs", "ts", "tsx", "mjs", "js", "css", "sql", "toml", "html", "sh",
        ],
    )
}

fn is_room(path: &str) -> bool {
    let beside = [
        "crates/cli/",
        "crates/it/",
        "crates/bench/",
        "crates/xtask/",
    ];
    has_extension(path, &["rs"]) && !beside.iter().any(|folder| path.starts_with(folder))
}

fn is_hidden_state(line: &str) -> bool {
    let line = line
        .trim_start()
        .trim_start_matches("pub ")
        .trim_start_matches("pub(crate) ");
    let is_static = line.starts_with("static ") && HIDDEN_STATE.iter().any(|t| line.contains(t));
    is_static || line.starts_with("thread_local!")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_work_is_a_fault() {
        assert_eq!(check_line("a.rs", &format!("// {DO}: later")).len(), 1);
        assert!(check_line("a.rs", &format!("// {DO}(#12): later")).is_empty());
        assert_eq!(check_line("a.ts", &format!("// {FIX}")).len(), 1);
    }

    #[test]
    fn silenced_test_is_a_fault() {
        assert_eq!(check_line("a.rs", &format!("{IGNORED_TEST}]")).len(), 1);
    }

    #[test]
    fn cookie_set_past_the_register_is_a_fault() {
        let line = format!("headers.insert(header::{}, value);", SETS_COOKIE[0]);
        assert_eq!(check_line("crates/api/src/session.rs", &line).len(), 1);
        assert!(check_line(COOKIE_REGISTER, &line).is_empty());
        assert!(check_line("crates/it/src/http.rs", &line).is_empty());
        let script = format!("{} = \"id=1\";", SETS_COOKIE[2]);
        assert_eq!(check_line("web/widget/src/core.ts", &script).len(), 1);
    }

    #[test]
    fn place_of_one_machine_is_a_fault_in_every_file() {
        let line = format!("see {}someone/notes", PLACES[1]);
        assert_eq!(check_line("docs/howto/a.md", &line).len(), 1);
    }

    #[test]
    fn hidden_state_is_a_fault_outside_cli() {
        let line = "static CACHE: OnceLock<u8> = OnceLock::new();";
        assert_eq!(check_line("crates/app/src/a.rs", line).len(), 1);
        assert!(check_line("crates/cli/src/a.rs", line).is_empty());
    }
}
