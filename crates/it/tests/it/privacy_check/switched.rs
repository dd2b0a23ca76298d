//! The real program with the rule of one clause taken out (`policy::rule`): the check of that clause notices.

use it::{Engine, MailSink, World};

use super::{NOT_APPLICABLE_STRICT, STRICT, check, expect_clean, on_a_test_clock, red_of, target};

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
    (47, &[47]),
    (53, &[53]),
    (59, &[59]),
    (60, &[60]),
    (61, &[61]),
    // What is not marked does not end either.
    (62, &[62, 65]),
    (63, &[63]),
    (65, &[65]),
    (69, &[69]),
    (70, &[70]),
    (71, &[71]),
    (72, &[72]),
    (74, &[74]),
    (75, &[75]),
    (76, &[76]),
    (77, &[77]),
];

/// A server without the rule of this clause, and where its letters go.
fn without(clause: u8) -> (World, MailSink) {
    let mut world = World::prepare(Engine::Sqlite);
    world.is_switched = true;
    let off = ("CHATHAM_RULE_OFF".to_owned(), clause.to_string());
    world.settings.push(off);
    let mail = on_a_test_clock(&mut world, STRICT);
    (world, mail)
}

/// Which checks of these turn red on a server without the rule of this clause.
fn red_without(clause: u8, clauses: &[u8]) -> Vec<u8> {
    let (world, mail) = without(clause);

    println!("without the rule of clause {clause}:");
    red_of(target(&world, &mail, &world.base()), clauses)
}

/// Servers that start at the same time.
const SERVERS_MAX: usize = 4;

/// What is switched stands in `app` and above, so that one database is enough.
#[test]
fn each_switched_rule_fails_its_clause() {
    // Each waits for time to pass more than it works.
    let share = SWITCHED.len().div_ceil(SERVERS_MAX);
    let turned: Vec<(u8, Vec<u8>)> = std::thread::scope(|scope| {
        let turns: Vec<_> = SWITCHED
            .chunks(share)
            .map(|chunk| {
                let red = |(clause, red): &(u8, &[u8])| (*clause, red_without(*clause, red));
                scope.spawn(move || chunk.iter().map(red).collect::<Vec<_>>())
            })
            .collect();
        let ended = turns.into_iter().map(|turn| turn.join().expect("a turn"));
        ended.flatten().collect()
    });

    let expected: Vec<(u8, Vec<u8>)> = SWITCHED
        .iter()
        .map(|(clause, red)| (*clause, red.to_vec()))
        .collect();
    assert_eq!(turned, expected);
}

#[test]
fn switched_program_with_every_rule_on_fails_nothing() {
    let (world, mail) = without(0);

    expect_clean(&check(&world, &mail), &NOT_APPLICABLE_STRICT);
}

#[test]
fn switched_program_says_what_it_is() {
    let mut world = World::prepare(Engine::Sqlite);
    world.is_switched = true;
    world.boot();

    let server = world.server.as_ref().expect("it was started");

    assert!(server.output().contains("RULE SWITCH"));
}
