//! The real program with the rule of one clause taken out (`policy::rule`): the check of that clause notices.

use std::sync::Mutex;

use it::{Engine, World};

use super::{NOT_APPLICABLE_STRICT, OF_2014, Post, STRICT};
use super::{check, expect_clean, on_a_test_clock, red_of, target};

/// Each clause that has a switch, with the clauses whose checks turn red when it is off.
pub(super) const SWITCHED: &[(u8, &[u8])] = &[
    (1, &[1]),
    (4, &[4]),
    (5, &[5]),
    (6, &[6]),
    (7, &[7]),
    (8, &[8]),
    (18, &[18]),
    (21, &[21]),
    (22, &[22]),
    (25, &[25]),
    // Leaving is ending one's own session.
    (27, &[27, 28]),
    (28, &[28]),
    // Nothing that is written to us is taken.
    (33, &[33, 78]),
    (47, &[47]),
    (51, &[51]),
    (52, &[52]),
    (53, &[53]),
    (54, &[54]),
    (55, &[55]),
    (59, &[59]),
    (60, &[60]),
    (61, &[61]),
    // What is not marked does not end either.
    (62, &[62, 65]),
    (63, &[63]),
    (64, &[64]),
    (65, &[65]),
    (66, &[66]),
    (67, &[67]),
    (68, &[68]),
    (69, &[69]),
    (70, &[70]),
    (71, &[71]),
    (72, &[72]),
    (74, &[74]),
    (75, &[75]),
    (76, &[76]),
    (77, &[77]),
    (78, &[78]),
];

/// Switched servers at once: each waits for time to pass more than it works.
const SERVERS_MAX: usize = 4;

/// A server without the rule of this clause, and its post.
fn without(clause: u8) -> (World, Post) {
    let mut world = World::prepare(Engine::Sqlite);
    world.is_switched = true;
    let off = ("CHATHAM_RULE_OFF".to_owned(), clause.to_string());
    world.settings.push(off);
    // Under the strict policy everybody is asked for an age, whatever clause 64 asks.
    let policy = if clause == 64 { OF_2014 } else { STRICT };
    let post = on_a_test_clock(&mut world, policy);
    (world, post)
}

/// Which checks of these turn red on a server without the rule of this clause.
fn red_without(clause: u8, clauses: &[u8]) -> Vec<u8> {
    let (world, post) = without(clause);

    println!("without the rule of clause {clause}:");
    red_of(target(&world, &post, &world.base()), clauses)
}

/// What is switched stands in `app` and above, so that one database is enough.
#[test]
fn each_switched_rule_fails_its_clause() {
    let (waiting, turned) = (Mutex::new(SWITCHED.iter()), Mutex::new(Vec::new()));
    let work = || {
        let next = || waiting.lock().expect("no panic").next();
        while let Some((clause, red)) = next() {
            let red = red_without(*clause, red);
            turned.lock().expect("no panic").push((*clause, red));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..SERVERS_MAX {
            scope.spawn(work);
        }
    });

    let mut turned = turned.into_inner().expect("no panic");
    turned.sort_unstable();
    let expected: Vec<(u8, Vec<u8>)> = SWITCHED
        .iter()
        .map(|(clause, red)| (*clause, red.to_vec()))
        .collect();
    assert_eq!(turned, expected);
}

#[test]
fn switched_program_with_every_rule_on_fails_nothing() {
    let (world, post) = without(0);

    expect_clean(&check(&world, &post), &world, &NOT_APPLICABLE_STRICT);
}

#[test]
fn switched_program_says_what_it_is() {
    let mut world = World::prepare(Engine::Sqlite);
    world.is_switched = true;
    world.boot();

    let server = world.server.as_ref().expect("it was started");

    assert!(server.output().contains("RULE SWITCH"));
}
