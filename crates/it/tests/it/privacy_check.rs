//! The outsider's checks against the real server under both policies that ship, and against instances that
//! are wrong in one thing each: exactly that clause turns red.

mod switched;
mod wrong;

use it::world::{OWNER_EMAIL, PASSWORD};
use it::{Engine, World};
use privacy_check::{Outcome, Report, SignIn, Target};

use wrong::{Front, Wrong};

it::stories! {
    no_clause_fails_under_the_strict_policy,
    no_clause_fails_under_the_policy_of_2014,
}

/// Clauses that have a check, written by hand: a check that goes missing is seen here.
const CLAUSES: &[u8] = &[
    1, 2, 3, 4, 6, 7, 8, 9, 18, 20, 25, 26, 27, 28, 34, 35, 36, 37, 47, 48, 53, 59, 60, 61, 62, 63,
    65, 69, 70, 71, 72, 73, 75,
];
/// Runs against one server: each tries a wrong password, and ten of those in a minute are too many.
const RUNS_MAX: usize = 6;
const POLICY_OF_2014: &str = include_str!("../../../../policies/2014.toml");

fn target(world: &World, url: &str) -> Target {
    Target {
        url: url.to_owned(),
        site_origin: None,
        test_clock: Some(world.folder().join("clock")),
        sign_in: Some(SignIn {
            email: OWNER_EMAIL.to_owned(),
            password: PASSWORD.to_owned(),
            owner_link: None,
        }),
    }
}

fn check(world: &World, url: &str) -> Report {
    privacy_check::run(target(world, url)).expect("the instance answers")
}

/// A server under the strict policy on a clock that the checks move, with an owner.
fn on_a_test_clock(world: &mut World) {
    world.start_over();
    world.use_test_clock();
    world.boot();
    world.owner();
}

#[track_caller]
fn expect_clean(report: &Report, not_applicable: &[u8]) {
    println!("{report}");
    assert_eq!(report.clauses(Outcome::Failed), [0_u8; 0], "{report}");
    assert_eq!(report.clauses(Outcome::NotChecked), [0_u8; 0], "{report}");
    assert_eq!(report.clauses(Outcome::NotApplicable), not_applicable);
    let all: Vec<u8> = report.findings.iter().map(|one| one.clause).collect();
    assert_eq!(all, CLAUSES);
}

fn no_clause_fails_under_the_strict_policy(world: &mut World) {
    on_a_test_clock(world);

    let report = check(world, &world.base());

    // No cookie for statistics or preferences is registered.
    expect_clean(&report, &[36, 37]);
    assert!(report.html().contains("<th scope=\"row\">73</th>"));
    assert_eq!(report.json()["failed"], serde_json::json!([]));
}

fn under_2014(world: &mut World) {
    world.start_over();
    world.use_test_clock();
    let sites = format!("sites = [{:?}]", world.base());
    let policy: Vec<&str> = POLICY_OF_2014
        .lines()
        .map(|line| {
            if line.starts_with("sites = ") {
                sites.as_str()
            } else {
                line
            }
        })
        .collect();
    std::fs::create_dir_all(world.data_folder()).unwrap();
    std::fs::write(world.data_folder().join("policy.toml"), policy.join("\n")).unwrap();
    world.boot();
    world.owner();
}

fn no_clause_fails_under_the_policy_of_2014(world: &mut World) {
    under_2014(world);

    let report = check(world, &world.base());

    // The cookie for a language is registered and never set.
    expect_clean(&report, &[37]);
}

/// Runs the checks past a front that is wrong in one thing: exactly its clause turns red.
#[track_caller]
fn expect_red(world: &World, wrongs: &[(Wrong, u8)]) {
    for (wrong, clause) in wrongs {
        let front = Front::start(&world.direct_base(), *wrong);
        let mut target = target(world, front.base());
        if *wrong != Wrong::TakesItsTime {
            // Nothing else waits for time to pass.
            target.test_clock = None;
        }

        let report = privacy_check::run(target).expect("the instance answers");

        assert_eq!(
            report.clauses(Outcome::Failed),
            [*clause],
            "{wrong:?}: {report}"
        );
    }
}

/// What is wrong stands in front of the server: one database is enough.
#[test]
fn each_wrong_instance_fails_exactly_its_clause() {
    for wrongs in Wrong::ALL.chunks(RUNS_MAX) {
        let mut world = World::start(Engine::Sqlite);
        on_a_test_clock(&mut world);

        expect_red(&world, wrongs);
    }
}

#[test]
fn each_wrong_instance_of_2014_fails_exactly_its_clause() {
    let mut world = World::start(Engine::Sqlite);
    under_2014(&mut world);

    expect_red(&world, &Wrong::OF_2014);
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

    assert_eq!(clauses, CLAUSES);
}
