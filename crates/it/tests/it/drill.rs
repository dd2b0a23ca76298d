//! The drill: thirty days on a simulated clock, in which the program does what the policy says.

use it::{Reach, World};
use serde_json::{Value, json};

it::stories! {
    drill_does_in_a_moment_what_thirty_days_bring,
    drill_under_the_policy_of_2014_keeps_to_its_times,
}

const OF_2014: &str = include_str!("../../../../policies/2014.toml");

/// Day, who, what, and whether it came by itself.
type Step = (i64, String, String, bool);

fn steps(drill: &Value) -> Vec<Step> {
    let step = |one: &Value| {
        let by_itself = one["by_itself"] == json!(true);
        (
            one.number("/day"),
            one.text("/role"),
            one.text("/act"),
            by_itself,
        )
    };
    drill.list("/steps").iter().map(step).collect()
}

fn left(drill: &Value) -> Vec<String> {
    let left = drill.list("/left").iter();
    left.map(|one| one.text("/role")).collect()
}

fn drill(world: &mut World) -> Value {
    let owner = world.owner();
    let drill = owner.call.post("/api/console/drill", &json!({}));
    let drill = drill.expect(200);
    assert_eq!(drill.number("/days"), 30);
    assert_eq!(drill["verified"], json!(true), "{drill}");
    assert!(drill.number("/entries") > 10, "{drill}");
    let people = world.databases.number("select count(*) from visitor");
    assert_eq!(people, 0, "nobody of a drill comes into the real databases");
    drill
}

fn drill_does_in_a_moment_what_thirty_days_bring(world: &mut World) {
    world.start_over();
    world.boot();

    let drill = drill(world);

    let expected = [
        (0, "asks", "requested", false),
        (0, "minor", "frozen", false),
        (0, "held", "held", false),
        (1, "leaves", "erased", false),
        (1, "minor", "erased", true),
        (2, "held", "waits", false),
        (3, "opts_out", "opted_out", false),
        (10, "held", "erased", true),
        (30, "asks", "erased", true),
    ];
    let expected = expected.map(|(day, role, act, itself): (i64, &str, &str, bool)| {
        (day, role.to_owned(), act.to_owned(), itself)
    });
    assert_eq!(steps(&drill), expected);
    assert_eq!(left(&drill), ["opts_out", "stays"]);
}

fn drill_under_the_policy_of_2014_keeps_to_its_times(world: &mut World) {
    world.start_over();
    world.use_policy(OF_2014);
    world.boot();

    let drill = drill(world);

    let steps = steps(&drill);
    let minor = steps
        .iter()
        .find(|one| one.1 == "minor" && one.2 == "erased");
    assert_eq!(minor.map(|one| (one.0, one.3)), Some((30, true)), "{drill}");
    assert_eq!(left(&drill), ["opts_out", "stays"]);
}
