//! The outsider's checks against the real server under both policies that ship, and against instances that
//! are wrong in one thing each: exactly that clause turns red.

mod wrong;

use it::World;
use it::world::{OWNER_EMAIL, PASSWORD};
use privacy_check::{Outcome, Report, SignIn, Target};

use wrong::{Front, Wrong};

it::stories! {
    no_clause_fails_under_the_strict_policy,
    no_clause_fails_under_the_policy_of_2014,
    each_wrong_instance_fails_exactly_its_clause,
}

/// Clauses that have a check, written by hand: a check that goes missing is seen here.
const CLAUSES: &[u8] = &[
    1, 2, 3, 4, 6, 8, 9, 18, 20, 25, 26, 27, 28, 34, 35, 36, 37, 48, 59, 60, 69, 70, 72, 73, 75,
];
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

/// A server on a clock that the checks move, with an owner.
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

fn no_clause_fails_under_the_policy_of_2014(world: &mut World) {
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

    let report = check(world, &world.base());

    // The cookie for a language is registered and never set.
    expect_clean(&report, &[37]);
}

fn each_wrong_instance_fails_exactly_its_clause(world: &mut World) {
    world.owner();
    for (wrong, clause) in Wrong::ALL {
        let front = Front::start(&world.direct_base(), wrong);
        let mut target = target(world, front.base());
        target.test_clock = None;

        let report = privacy_check::run(target).expect("the instance answers");

        assert_eq!(
            report.clauses(Outcome::Failed),
            [clause],
            "{wrong:?}: {report}"
        );
    }
}
