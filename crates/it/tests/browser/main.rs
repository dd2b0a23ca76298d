//! Stories in a real browser, on SQLite and on PostgreSQL. What they do stands in
//! `browser/stories/NAME.mjs`; `cargo xtask test --only browser` installs what they need.

#![expect(
    clippy::expect_used,
    reason = "a story fails by panicking with a sentence"
)]

mod promise;

use it::{Engine, World, browser};
use serde_json::json;

it::stories! {
    visitor_and_agent_talk_while_the_server_dies,
    widget_works_under_the_strictest_page_and_resumes_over_server_sent_events,
    widget_says_at_once_whether_somebody_answers,
    person_subscribes_is_read_opts_out_asks_exports_and_erases,
}

fn visitor_and_agent_talk_while_the_server_dies(world: &mut World) {
    browser::run(world, "talk", &json!({}));
}

fn widget_works_under_the_strictest_page_and_resumes_over_server_sent_events(world: &mut World) {
    world.start_over();
    world.put_proxy_in_front();
    world.boot();
    browser::run(world, "policy", &json!({}));
}

fn widget_says_at_once_whether_somebody_answers(world: &mut World) {
    browser::run(world, "availability", &json!({}));
}

fn person_subscribes_is_read_opts_out_asks_exports_and_erases(world: &mut World) {
    promise::run(world);
}

#[test]
fn widget_is_light_and_moves_nothing() {
    browser::run(&mut World::start(Engine::Sqlite), "weight", &json!({}));
}

#[test]
fn screens_are_accessible() {
    browser::run(&mut World::start(Engine::Sqlite), "access", &json!({}));
}

#[test]
fn shift_needs_no_mouse() {
    browser::run(&mut World::start(Engine::Sqlite), "keyboard", &json!({}));
}
