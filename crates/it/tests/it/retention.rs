//! Each period of keeping, from outside, on a clock that the story moves: just before its end all is there,
//! just after it nothing is readable anywhere, and setting the clock lengthens nothing.

use std::thread::sleep;
use std::time::Duration;

use it::clock::{DAY_S, day_in};
use it::search::Search;
use it::{Console, Engine, MailSink, Reach, Visitor, World, wait_until};
use policy::QUIET_S;
use serde_json::json;

use crate::publish::{next, publish};

/// Kept after a conversation ended, as `policies/strict.toml` says.
const CONVERSATION_S: i64 = 365 * DAY_S;
/// Kept after an account was closed, or an invitation made.
const ACCOUNT_S: i64 = 30 * DAY_S;
/// Room for the seconds that a story itself takes.
const MARGIN_S: i64 = 120;
const MARK: &str = "mark-kept-5d0c93f1a7";

it::stories! {
    conversation_is_there_until_its_period_ends_and_then_nowhere,
    purge_is_recorded_and_the_lag_is_public,
    version_that_keeps_longer_reaches_nobody_before_their_own_yes,
}

fn moved(engine: Engine) -> World {
    let mut world = World::prepare(engine);
    world.use_test_clock();
    world.boot();
    world
}

/// The same installation with a clock that the story moves.
fn give_clock(world: &mut World) {
    world.start_over();
    world.use_test_clock();
    world.boot();
}

/// A conversation with a mark in every field, ended now.
fn ended(world: &mut World, mark: &str) -> (Visitor, String) {
    let visitor = world.visitor();
    let started = visitor.try_start(&json!({
        "body": mark,
        "name": mark,
        "email": format!("{mark}@mail.example"),
        "page_url": format!("https://shop.example/{mark}"),
        "page_title": mark,
    }));
    let id = started.expect(201).text("/conversation/id");
    end(&visitor, &id);
    (visitor, id)
}

fn end(visitor: &Visitor, id: &str) {
    let path = format!("/api/widget/conversations/{id}/end");
    visitor.call.post(&path, &json!({})).expect(204);
}

fn count(world: &World, table: &str) -> i64 {
    world
        .databases
        .number(&format!("select count(*) from {table}"))
}

/// Waits until a whole round of the sweeper has seen the clock as it stands.
#[track_caller]
fn wait_for_round(world: &mut World) {
    let due = it::clock::real_now() + world.clock().ahead_s() * 1_000_000;
    wait_for_round_since(world, due);
}

#[track_caller]
fn wait_for_round_since(world: &World, due: i64) {
    wait_until("a round of the sweeper", || {
        let status = world.stranger().get("/privacy/status.json").expect(200);
        status.at("/sweeper/last_run_at").as_i64() >= Some(due)
    });
}

fn conversation_is_there_until_its_period_ends_and_then_nowhere(world: &mut World) {
    give_clock(world);
    let (visitor, _) = ended(world, MARK);

    world.clock().advance(CONVERSATION_S - MARGIN_S);
    wait_for_round(world);
    assert!(count(world, "message") > 0, "just before");
    assert_eq!(
        visitor.call.get("/api/widget/me").status,
        200,
        "just before"
    );

    world.clock().advance(2 * MARGIN_S);
    wait_for_round(world);

    for table in [
        "message",
        "conversation",
        "visitor",
        "search_token",
        "consent",
        "job",
    ] {
        assert_eq!(count(world, table), 0, "{table}");
    }
    let left = "select count(*) from person where kind = 'visitor'";
    assert_eq!(world.databases.number(left), 0);
    assert_eq!(Search::new(&[MARK]).folder(&world.folder()), []);
    assert_eq!(
        count(world, "suppression"),
        0,
        "nobody asked not to be written to"
    );
}

fn purge_is_recorded_and_the_lag_is_public(world: &mut World) {
    give_clock(world);
    ended(world, MARK);
    let before = ledger_size(world);
    world.clock().advance(CONVERSATION_S + MARGIN_S);
    wait_for_round(world);

    let owner = Console::sign_in(&world.base(), it::world::OWNER_EMAIL, it::world::PASSWORD);
    let record = owner.call.get("/api/console/purge-runs").expect(200);
    let runs = record.list("/runs");
    let of = |rule: &str| runs.iter().find(|run| run.text("/rule") == rule).cloned();
    let persons = of("person").expect("the person's purge is recorded");
    assert_eq!(persons.number("/purged"), 1);
    assert_eq!(persons.number("/policy_version"), 1);
    assert!(persons.has("/ledger_index"), "with its entry in the ledger");
    let session = of("session").expect("and what is transient, by the day");
    assert!(!session.has("/ledger_index"));

    let status = world.stranger().get("/privacy/status.json").expect(200);
    assert_eq!(status.number("/sweeper/lag_s"), 0);
    assert_eq!(status.number("/policy_version"), 1);
    assert_eq!(status.at("/test_clock").as_bool(), Some(true));
    assert!(status.text("/ledger/checkpoint").contains("/ledger/"));
    assert!(status.number("/ledger/size") > before);
}

fn ledger_size(world: &World) -> i64 {
    let status = world.stranger().get("/privacy/status.json").expect(200);
    status.number("/ledger/size")
}

#[test]
fn two_conversations_that_end_together_take_their_person_with_them() {
    let mut world = moved(Engine::Sqlite);
    let (visitor, _) = ended(&mut world, MARK);
    let second = visitor.start("again").text("/conversation/id");
    end(&visitor, &second);

    world.clock().advance(CONVERSATION_S + MARGIN_S);
    wait_for_round(&mut world);

    let left = "select count(*) from person where kind = 'visitor'";
    assert_eq!(world.databases.number(left), 0);
}

#[test]
fn older_conversation_goes_alone_while_another_is_kept() {
    let mut world = moved(Engine::Sqlite);
    let (visitor, first) = ended(&mut world, MARK);
    world.clock().advance(100 * DAY_S);
    let second = visitor.start("kept").text("/conversation/id");
    end(&visitor, &second);

    world.clock().advance(265 * DAY_S + MARGIN_S);
    wait_for_round(&mut world);

    let kept = world
        .databases
        .rows("select conversation_id from conversation");
    assert_eq!(kept, [[second]], "{first} is past its time");
    let words = format!("select count(*) from message where conversation_id = '{first}'");
    assert_eq!(world.databases.number(&words), 0);
}

#[test]
fn conversation_that_nobody_ends_counts_as_ended_after_thirty_quiet_days() {
    let mut world = moved(Engine::Sqlite);
    let visitor = world.visitor();
    let id = visitor.start(MARK).text("/conversation/id");
    world.clock().advance(20 * DAY_S);
    visitor.say(&id, "still here");
    world.clock().advance(QUIET_S + CONVERSATION_S - MARGIN_S);
    wait_for_round(&mut world);
    assert!(count(&world, "message") > 0, "just before");

    world.clock().advance(2 * MARGIN_S);
    wait_for_round(&mut world);

    assert_eq!(count(&world, "message"), 0);
    assert_eq!(count(&world, "conversation"), 0);
}

/// Clause 74: who came under a version goes by it, as long as they have not agreed to one that keeps longer.
fn version_that_keeps_longer_reaches_nobody_before_their_own_yes(world: &mut World) {
    const SHORT: &str = "100d after conversation.closed";
    const LONG: &str = "365d after conversation.closed";
    world.start_over();
    world.use_test_clock();
    world.use_policy(&include_str!("../../../../policies/strict.toml").replace(LONG, SHORT));
    world.boot();
    world.owner();
    let (_, silent) = ended(world, MARK);
    let (yes, of_yes) = ended(world, "mark-yes");
    let day = format!("{}T00:00:00Z", day_in(60));
    let (code, said) = publish(world, &next(world, Some(&day), &[(SHORT, LONG)]));
    assert_eq!(code, 0, "{said}");
    world.clock().advance(61 * DAY_S);
    wait_until("version 2 rules", || {
        world.stranger().get("/privacy").header("policy-version") == "2"
    });
    let agreed = json!({ "answer": "accept", "version": 2 });
    let path = "/api/widget/me/notice";
    yes.call.post(path, &agreed).expect(200);

    world.clock().advance(39 * DAY_S + MARGIN_S);
    wait_for_round(world);

    let rows = "select conversation_id from conversation";
    assert_eq!(world.databases.rows(rows), [[of_yes]], "{silent} is gone");
    assert_eq!(Search::new(&[MARK]).folder(&world.folder()), []);
}

#[test]
fn clock_set_back_lengthens_no_period() {
    for back in [3_600, 30 * DAY_S] {
        let mut world = moved(Engine::Sqlite);
        ended(&mut world, MARK);
        world.clock().advance(CONVERSATION_S - 8);
        wait_for_round(&mut world);
        assert!(count(&world, "message") > 0, "just before");

        world.clock().advance(-back);

        let what = format!("gone, with the clock set back by {back} s");
        wait_until(&what, || count(&world, "message") == 0);
    }
}

#[test]
fn clock_set_back_over_a_restart_lengthens_no_period() {
    let mut world = moved(Engine::Sqlite);
    ended(&mut world, MARK);
    world.clock().advance(CONVERSATION_S - 4);
    wait_for_round(&mut world);
    world.crash();
    world.clock().advance(-30 * DAY_S);
    sleep(Duration::from_secs(1));
    world.boot();

    wait_until("gone after the restart", || count(&world, "message") == 0);
}

#[test]
fn invitation_that_nobody_takes_goes_like_an_account() {
    // Without a mail server nobody can be invited.
    let mail = MailSink::start();
    let mut world = World::prepare(Engine::Sqlite);
    world.use_test_clock();
    world.use_mail(&mail);
    world.boot();
    let owner = world.owner();
    let body = json!({ "email": format!("{MARK}@mail.example"), "role": "agent" });
    owner
        .call
        .post("/api/console/invitations", &body)
        .expect(201);
    world.clock().advance(ACCOUNT_S - MARGIN_S);
    wait_for_round(&mut world);
    assert_eq!(count(&world, "agent"), 2, "just before");

    world.clock().advance(2 * MARGIN_S);
    wait_for_round(&mut world);

    assert_eq!(count(&world, "agent"), 1);
    assert_eq!(Search::new(&[MARK]).folder(&world.folder()), []);
}

#[test]
fn readings_are_kept_three_years_and_links_and_events_as_long_as_they_are_good() {
    let mut world = moved(Engine::Sqlite);
    let (_, id) = ended(&mut world, MARK);
    assert!(!world.owner().history(&id).is_empty());
    assert!(count(&world, "reading") > 0);

    world.clock().advance(8 * DAY_S);
    wait_for_round(&mut world);
    assert_eq!(count(&world, "event"), 0);
    assert_eq!(count(&world, "link"), 0);
    assert!(count(&world, "reading") > 0);

    world.clock().advance(1_095 * DAY_S);
    wait_for_round(&mut world);
    assert_eq!(count(&world, "reading"), 0);
}
