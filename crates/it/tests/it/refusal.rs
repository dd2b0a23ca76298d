//! Every refusal that the program can give, met from outside: status, code, and the clause that forbids it.
//!
//! The program lists its codes (`chatham reference refusals`); the tables here are written by hand. A code
//! without a row fails, and so does a row without a code.

mod request;
mod start;

use std::collections::{BTreeMap, BTreeSet};

use it::{Answer, Console, MailSink, Reach, World};

use request::INSTALLATIONS;
use start::STARTS;

it::stories! {
    every_refusal_is_met_from_outside_and_names_its_clause,
    start_that_would_break_the_policy_names_its_clause,
    refused_start_of_a_conversation_stores_nothing,
}

/// Codes that no request reaches in this build, and why they stay: each is a layer of the policy's decision with a
/// test of its own beside it (`policy/tests/rules/decide.rs`).
const NOT_REACHED: [(&str, &str); 4] = [
    (
        "not_in_older_terms",
        "it takes two versions and the notice period between them: met in `notice.rs`",
    ),
    (
        "person_erased",
        "rows of an erased person are hidden by the mark itself: everybody is told 401 or 404 before the policy \
         is asked; this is the second lock",
    ),
    (
        "person_objected",
        "a letter that somebody objected to is dropped from the queue: nobody asks for it from outside",
    ),
    ("opted_out", "no letter that one can opt out of is sent"),
];

/// What a row acts on: a running installation and its mail server.
struct Scene<'world> {
    world: &'world mut World,
    mail: MailSink,
}

impl Scene<'_> {
    /// A new agent of this role, who joined by the letter.
    fn agent(&mut self, role: &str) -> Console {
        let email = format!("{role}@mail.example");
        let body = serde_json::json!({ "email": email, "role": role });
        let invited = self
            .world
            .owner()
            .call
            .post("/api/console/invitations", &body);
        invited.expect(201);
        let token = self.mail.wait_for(&email).token_after("#token=");
        Console::accept(&self.world.base(), &token, "Member")
    }
}

/// How a refusal is met.
struct Row {
    code: &'static str,
    clause: i64,
    status: u16,
    meet: fn(&mut Scene<'_>) -> Answer,
}

/// A policy, as changes of the strict one (each text must occur in it), and what it refuses.
struct Installation {
    changes: &'static [(&'static str, &'static str)],
    rows: &'static [Row],
}

/// Applies changes; `{soon}` is a moment some seconds from now.
fn change(policy: String, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(policy, |policy, (from, to)| {
        assert!(policy.contains(from), "the policy has no {from}");
        policy.replacen(from, &to.replace("{soon}", &request::soon()), 1)
    })
}

fn every_refusal_is_met_from_outside_and_names_its_clause(world: &mut World) {
    let known = read_codes(world);
    let mail = MailSink::start();
    let mut scene = Scene { world, mail };
    let mut faults = Vec::new();
    for installation in INSTALLATIONS {
        scene.world.start_over();
        let changes = installation.changes;
        scene
            .world
            .use_mail_under(&scene.mail, |policy| change(policy, changes));
        scene.world.boot();
        for row in installation.rows {
            faults.extend(check(row, &known, &(row.meet)(&mut scene)));
        }
    }
    let met = INSTALLATIONS.iter().flat_map(|one| one.rows);
    let listed: BTreeSet<&str> = met
        .map(|row| row.code)
        .chain(STARTS.iter().map(|row| row.code))
        .chain(NOT_REACHED.iter().map(|(code, _)| *code))
        .collect();
    let known: BTreeSet<&str> = known.keys().map(String::as_str).collect();

    assert_eq!(faults, Vec::<String>::new());
    let missing: Vec<_> = known.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "refusals that nothing provokes: {missing:?}"
    );
    let stale: Vec<_> = listed.difference(&known).collect();
    assert!(stale.is_empty(), "rows without a refusal: {stale:?}");
}

/// What is wrong with an answer, or with the row itself.
fn check(row: &Row, known: &BTreeMap<String, Option<i64>>, answer: &Answer) -> Option<String> {
    let fault = |what: String| Some(format!("{}: {what}", row.code));
    if let Some(Some(clause)) = known.get(row.code)
        && *clause != row.clause
    {
        return fault(format!("the program's own list says clause {clause}"));
    }
    if answer.status != row.status {
        return fault(format!("{} {}", answer.status, answer.body));
    }
    let problem = answer.json();
    let is_right = answer.header("content-type") == "application/problem+json"
        && problem.text("/code") == row.code
        && problem.has("/clause")
        && problem.number("/clause") == row.clause;
    if is_right {
        None
    } else {
        fault(answer.body.clone())
    }
}

/// The program's own list: code and clause, if the code has one of its own.
fn read_codes(world: &World) -> BTreeMap<String, Option<i64>> {
    let (code, said) = world.run(&["reference", "refusals"]);
    assert_eq!(code, 0, "{said}");
    let rows = said.lines().filter_map(|line| line.strip_prefix("| `"));
    let codes: BTreeMap<String, Option<i64>> = rows
        .filter_map(|row| row.split_once("` |"))
        .map(|(code, rest)| (code.to_owned(), rest.trim_matches(['|', ' ']).parse().ok()))
        .collect();
    assert!(codes.len() > 30, "the program lists its refusals: {said}");
    codes
}

fn start_that_would_break_the_policy_names_its_clause(world: &mut World) {
    let mail = MailSink::start();
    let mut faults = Vec::new();
    for row in STARTS {
        world.start_over();
        world.use_mail_under(&mail, |policy| change(policy, row.first));
        if row.runs_first {
            world.boot();
            world.crash();
        }
        (row.then)(world);
        let (code, said) = world.run(&["serve"]);
        let clause = format!("(clause {}", row.clause);
        // 124: it served until its time was up.
        if [0, 124].contains(&code) || !said.contains(&clause) || !said.contains(row.says) {
            faults.push(format!("{}: ended with {code}: {said}", row.code));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

fn refused_start_of_a_conversation_stores_nothing(world: &mut World) {
    let mail = MailSink::start();
    world.start_over();
    let silent = [request::WITHOUT_CHAT];
    world.use_mail_under(&mail, |policy| change(policy, &silent));
    world.boot();
    let visitor = world.visitor();
    let before = world.databases.row_counts();

    let answer = visitor.try_start(&serde_json::json!({ "body": "Hello" }));

    assert_eq!(answer.problem(403), "role_not_in_purpose");
    assert_eq!(world.databases.row_counts(), before);
}
