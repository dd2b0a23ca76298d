//! The outsider's checks against the real server under both policies that ship, and against instances that
//! are wrong in one thing each: exactly that clause turns red.

mod switched;
mod wrong;

use std::time::Duration;

use it::world::{OWNER_EMAIL, PASSWORD};
use it::{Caller, Engine, MailSink, Mailbox, Reach, World};
use privacy_check::clause::{CHECKS, NEVER, NOT_YET, SCOPE};
use privacy_check::{ACT_WAIT, Outcome, Report, SignIn, Target};

use wrong::{Front, Wrong};

it::stories! {
    no_clause_fails_under_the_strict_policy,
    no_clause_fails_under_the_policy_of_2014,
}

/// Checks of a stranger that take no time: they stay green whatever else is wrong.
const SPOT: [u8; 3] = [2, 26, 73];
/// No cookie for statistics or preferences is registered; there are no boards.
const NOT_APPLICABLE_STRICT: [u8; 3] = [30, 36, 37];
/// How long a server that is wrong may take to do right: what it does not do at once it never does.
const WRONG_WAIT: Duration = Duration::from_secs(6);
const STRICT: &str = include_str!("../../../../policies/strict.toml");
const OF_2014: &str = include_str!("../../../../policies/2014.toml");

fn target(world: &World, post: &Post, url: &str) -> Target {
    Target {
        url: url.to_owned(),
        site_origin: None,
        test_clock: Some(world.folder().join("clock")),
        mail: Some(post.mail.letters_folder()),
        mailbox: Some(post.mailbox.maildir()),
        data: Some(world.data_folder()),
        act_wait: ACT_WAIT,
        sign_in: Some(SignIn {
            email: OWNER_EMAIL.to_owned(),
            password: PASSWORD.to_owned(),
            owner_link: None,
        }),
    }
}

fn check(world: &World, post: &Post) -> Report {
    privacy_check::run(target(world, post, &world.base())).expect("the instance answers")
}

/// Runs the checks of these clauses, and those of [`SPOT`], against a server that is wrong; which turned red.
fn red_of(target: Target, clauses: &[u8]) -> Vec<u8> {
    let target = Target {
        act_wait: WRONG_WAIT,
        ..target
    };
    let wanted = [clauses, &SPOT].concat();
    let report = privacy_check::run_some(target, &wanted).expect("the instance answers");
    println!("{report}");
    report.clauses(Outcome::Failed)
}

/// Where a server's letters go, and where those to it arrive.
struct Post {
    mail: MailSink,
    mailbox: Mailbox,
}

/// A server under this policy, on a clock that the checks move, with an owner; and its post.
fn on_a_test_clock(world: &mut World, policy: &str) -> Post {
    world.start_over();
    world.use_test_clock();
    let (mail, mailbox) = (MailSink::start(), Mailbox::start());
    world.use_mail_with(&mail, &format!("{policy}\n{}", mailbox.processor()));
    world.settings.extend(mailbox.settings());
    world.boot();
    world.owner();
    Post { mail, mailbox }
}

#[track_caller]
fn expect_clean(report: &Report, world: &World, not_applicable: &[u8]) {
    println!("{report}");
    let mut not_applicable = not_applicable.to_vec();
    if world.engine == Engine::Postgres {
        // The keys are in a database of another server.
        not_applicable.push(67);
        not_applicable.sort_unstable();
    }
    assert_eq!(report.clauses(Outcome::Failed), [0_u8; 0], "{report}");
    assert_eq!(report.clauses(Outcome::NotChecked), NOT_YET, "{report}");
    assert_eq!(report.clauses(Outcome::NotApplicable), not_applicable);
}

fn no_clause_fails_under_the_strict_policy(world: &mut World) {
    let post = on_a_test_clock(world, STRICT);

    let report = check(world, &post);

    expect_clean(&report, world, &NOT_APPLICABLE_STRICT);
    assert!(report.html().contains("<th scope=\"row\">73</th>"));
    assert_eq!(report.json()["failed"], serde_json::json!([]));
    published(world, &post, &report);
}

/// The result of a run is put on the instance, where everybody finds it.
fn published(world: &World, post: &Post, report: &Report) {
    let stranger = Caller::new(&world.base());
    assert_eq!(stranger.get("/privacy/check.json").status, 404);
    let page = stranger.get("/privacy/check").body;
    assert!(page.contains("Nobody has published a result"), "{page}");

    let of = target(world, post, &world.base());
    privacy_check::publish(&of, report).expect("it is published");

    let told = stranger.get("/privacy/check.json").expect(200);
    assert_eq!(told["report"], report.json());
    let page = stranger.get("/privacy/check").body;
    assert!(page.contains(&report.counts()), "{page}");
    assert!(page.contains(&told.text("/report_hash")), "{page}");
    assert!(stranger.get("/privacy").body.contains("/privacy/check"));
    let mut other = report.clone();
    other.policy_hash = report.policy_hash.replace(['0', '1'], "2");
    let refused = privacy_check::publish(&of, &other).expect_err("a policy of elsewhere");
    assert!(refused.contains("422"), "{refused}");
    assert_eq!(stranger.get("/privacy/check.json").expect(200), told);
}

fn no_clause_fails_under_the_policy_of_2014(world: &mut World) {
    let post = on_a_test_clock(world, OF_2014);

    let report = check(world, &post);

    // The cookie for a language is registered and never set; a prompt is optional, and not declared.
    expect_clean(&report, world, &[30, 37, 76]);
}

/// Runs the checks past a front that is wrong in one thing: exactly its clause turns red.
#[track_caller]
fn expect_red(world: &World, post: &Post, wrongs: &[(Wrong, u8)]) {
    for (wrong, clause) in wrongs {
        let front = Front::start(&world.direct_base(), *wrong);
        let mut target = target(world, post, front.base());
        // Nothing of these waits for time to pass.
        target.test_clock = None;

        assert_eq!(red_of(target, &[*clause]), [*clause], "{wrong:?}");
    }
}

/// What is wrong stands in front of the server: one database is enough.
#[test]
fn each_wrong_instance_fails_exactly_its_clause() {
    let mut world = World::prepare(Engine::Sqlite);
    let post = on_a_test_clock(&mut world, STRICT);

    expect_red(&world, &post, &Wrong::ALL);
}

#[test]
fn each_wrong_instance_of_2014_fails_exactly_its_clause() {
    let mut world = World::prepare(Engine::Sqlite);
    let post = on_a_test_clock(&mut world, OF_2014);

    expect_red(&world, &post, &Wrong::OF_2014);
}

/// Clauses that have a check.
fn checked() -> Vec<u8> {
    let mut clauses: Vec<u8> = CHECKS.iter().map(|check| check.clause).collect();
    clauses.sort_unstable();
    clauses
}

/// Every check has an instance on which it fails.
#[test]
fn no_check_is_without_a_wrong_instance() {
    let wrongs = Wrong::ALL.iter().chain(&Wrong::OF_2014);
    let wrongs = wrongs.map(|(_, clause)| *clause);
    let switched = switched::SWITCHED.iter().map(|(clause, _)| *clause);
    let mut clauses: Vec<u8> = wrongs.chain(switched).collect();
    clauses.sort_unstable();
    clauses.dedup();

    assert_eq!(clauses, checked());
}

/// What is promised is checked, or named as not checked yet, or asks nothing: never forgotten.
#[test]
fn every_clause_in_scope_is_checked_or_named() {
    let mut clauses = checked();
    clauses.extend(NOT_YET);
    clauses.extend(NEVER.iter().map(|(clause, _)| clause));
    let named = clauses.len();
    clauses.sort_unstable();
    clauses.dedup();

    assert_eq!(clauses.len(), named, "each stands in one list");
    let mut in_scope = SCOPE.iter().cloned().flatten();
    let missing = in_scope.find(|clause| !clauses.contains(clause));
    assert_eq!(missing, None);
}
