//! Browser stories: a script under Node drives Chromium, and this side drives the server.
//!
//! The script asks by a line `@ {"ask":…}` on its standard output and reads one line of JSON as the
//! answer. So one story kills the server, counts rows in the database itself and looks at the screen.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::json::Reach;
use crate::world::{OWNER_EMAIL, PASSWORD, World};

/// A script that hangs must not hang the whole run.
const STORY_WAIT: Duration = Duration::from_mins(5);

/// Runs `browser/stories/NAME.mjs` against the world; the story fails unless it ends well.
///
/// # Panics
/// When the script fails, asks for something unknown, or takes longer than five minutes.
#[track_caller]
pub fn run(world: &mut World, name: &str, facts: &Value) {
    run_with(world, name, facts, |_, _| None);
}

/// The same for a script that asks for more; `more` answers what it knows.
///
/// # Panics
/// As [`run`].
#[track_caller]
pub fn run_with(
    world: &mut World,
    name: &str,
    facts: &Value,
    mut more: impl FnMut(&mut World, &Value) -> Option<Value>,
) {
    drop(world.owner());
    let mut facts = facts.clone();
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("base".to_owned(), json!(world.base()));
        facts.insert("host_port".to_owned(), json!(world.host_port));
        facts.insert("email".to_owned(), json!(OWNER_EMAIL));
        facts.insert("password".to_owned(), json!(PASSWORD));
        facts.insert("pictures".to_owned(), json!(picture_folder()));
    }
    let mut child = start(name, &facts);
    let mut answers = child.stdin.take().expect("the script's input");
    let lines = BufReader::new(child.stdout.take().expect("the script's output"));
    let deadline = Instant::now() + STORY_WAIT;
    for line in lines.lines().map_while(Result::ok) {
        match line.strip_prefix("@ ") {
            None => println!("    {line}"),
            Some(text) => {
                let ask: Value = serde_json::from_str(text).expect("a request is JSON");
                let answer = more(world, &ask).unwrap_or_else(|| answer(world, &ask));
                reply(&mut answers, &answer);
            }
        }
        if Instant::now() > deadline {
            drop(child.kill());
            break;
        }
    }
    let status = child.wait().expect("wait for the script");
    assert!(status.success(), "browser story {name} failed: {status}");
}

fn start(name: &str, facts: &Value) -> Child {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    assert!(
        folder.join("node_modules").is_dir(),
        "the browser stories' packages are missing: run `cargo xtask test --only browser`"
    );
    Command::new("node")
        .arg(format!("stories/{name}.mjs"))
        .current_dir(folder)
        .env("CHATHAM_FACTS", facts.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("start node")
}

fn reply(answers: &mut ChildStdin, answer: &Value) {
    writeln!(answers, "{answer}")
        .and_then(|()| answers.flush())
        .expect("the script still listens");
}

fn answer(world: &mut World, ask: &Value) -> Value {
    match ask.text("/ask").as_str() {
        "site" => {
            let fields = ask.at("/fields").clone();
            world
                .owner()
                .call
                .post("/api/console/sites", &fields)
                .expect(201)
        }
        "call" => {
            // Past a proxy: a cut is for the browser.
            let owner = world.owner().call.at(&world.direct_base());
            let body = ask.pointer("/body").map(ToString::to_string);
            let body = body.as_ref().map(String::as_bytes);
            let answer = owner.send(&ask.text("/method"), &ask.text("/path"), body);
            json!({ "status": answer.status, "body": answer.json() })
        }
        "rows" => json!(world.databases.rows(&ask.text("/sql"))),
        "execute" => {
            world.databases.execute(&ask.text("/sql"));
            Value::Null
        }
        "row_counts" => Value::Object(
            world
                .databases
                .row_counts()
                .into_iter()
                .map(|(table, n)| (table, n.into()))
                .collect(),
        ),
        "kill" => {
            world.crash();
            Value::Null
        }
        "boot" => {
            world.boot();
            Value::Null
        }
        "cut" => {
            world.cut_connections();
            Value::Null
        }
        other => panic!("a browser story asked for {other}"),
    }
}

/// Where screenshots go: they outlive the run, so that a person can look at them.
fn picture_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test
        .ancestors()
        .nth(3)
        .expect("a test stands in target/PROFILE/deps");
    let pictures = folder.join("pictures");
    std::fs::create_dir_all(&pictures).expect("make a folder for pictures");
    pictures
}
