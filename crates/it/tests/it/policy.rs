//! The policy page is the file that rules; versions follow each other as the file promises.

use it::World;
use serde_json::json;
use sha2::{Digest, Sha256};

it::stories! {
    policy_page_is_the_file_that_rules,
    narrower_version_rules_at_once_and_the_old_one_stays_published,
    material_version_waits_for_its_notice_period,
    every_version_stays_with_its_file_and_its_json,
    any_two_versions_are_compared_for_people_and_for_programs,
    feed_tells_of_every_version,
    signal_of_the_browser_is_shown_where_it_was_sent,
    policy_of_2014_has_its_page_too,
}

const HEADINGS: [&str; 11] = [
    "Information collection and use",
    "Personally identifiable information you provide to us",
    "Aggregate information that is automatically collected",
    "Other aggregate information",
    "Legal matters",
    "How do I opt out or change my personal information?",
    "Children&#39;s on-line privacy information",
    "Our commitment to data security",
    "Changes or updates to this privacy policy",
    "Contact us",
    "Version",
];

/// The policy file of the installation.
fn file(world: &World) -> std::path::PathBuf {
    world.data_folder().join("policy.toml")
}

/// The hash that the page of a version shows.
fn hash(page: &str) -> String {
    let from = page.find("sha256:").expect("the page shows its hash");
    page[from..from + "sha256:".len() + 64].to_owned()
}

/// Writes the next version: the file with its head changed, and one more piece.
fn write_next(world: &World, pieces: &[(&str, &str)]) -> String {
    let before = std::fs::read_to_string(file(world)).unwrap();
    let page = world.stranger().get("/privacy").body;
    let head = format!("version = 2\npredecessor = \"{}\"", hash(&page));
    let mut text = before.replace("\nversion = 1\n", &format!("\n{head}\n"));
    for (from, to) in pieces {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    std::fs::write(file(world), text).unwrap();
    before
}

/// The text of `effective` in the file.
fn effective(text: &str) -> String {
    let line = text
        .lines()
        .find(|line| line.starts_with("effective"))
        .expect("a date");
    line.to_owned()
}

fn policy_page_is_the_file_that_rules(world: &mut World) {
    world.owner();
    let page = world.stranger().get("/privacy");

    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.header("policy-version"), "1");
    let mut from = 0;
    for heading in HEADINGS {
        let at = page.body[from..].find(&format!("\">{heading}</a></h2>"));
        from += at.unwrap_or_else(|| panic!("{heading} is missing or out of order"));
    }
    let row = page
        .body
        .find(">owner</span>")
        .expect("the owner has a row");
    assert!(
        page.body[row..row + 80].contains("1 in this role"),
        "{}",
        &page.body[row..row + 80]
    );

    let text = world.stranger().get("/privacy/v/1/policy.toml");
    assert_eq!(text.body, std::fs::read_to_string(file(world)).unwrap());
    assert_eq!(world.stranger().get("/privacy/v/2").status, 404);
}

fn narrower_version_rules_at_once_and_the_old_one_stays_published(world: &mut World) {
    let visitor = world.visitor();
    let first = hash(&world.stranger().get("/privacy").body);
    write_next(world, &[("keep_days = 30", "keep_days = 29")]);
    world.crash_and_restart();

    let page = world.stranger().get("/privacy");
    assert_eq!(page.header("policy-version"), "2");
    assert!(
        page.body.contains("29 days"),
        "the page prints the new period"
    );
    let old = world.stranger().get("/privacy/v/1");
    assert_eq!(old.header("policy-version"), "1");
    assert_eq!(hash(&old.body), first);
    assert!(old.body.contains("This is not the version in force"));
    visitor.start("Written with version 1 in view, which still stands");
}

fn material_version_waits_for_its_notice_period(world: &mut World) {
    world.visitor();
    let before = std::fs::read_to_string(file(world)).unwrap();
    let longer = (
        "365d after conversation.closed",
        "400d after conversation.closed",
    );
    write_next(world, &[longer]);
    world.crash();

    let (code, said) = world.run(&["serve"]);
    assert!(
        ![0, 124].contains(&code),
        "without notice it refuses to start: {said}"
    );
    assert!(
        said.contains("purpose.support.reply.retain"),
        "names the reason: {said}"
    );

    let text = std::fs::read_to_string(file(world)).unwrap();
    let later = text.replace(&effective(&before), "effective = \"2099-01-01T00:00:00Z\"");
    std::fs::write(file(world), later).unwrap();
    world.boot();
    let page = world.stranger().get("/privacy");
    assert_eq!(
        page.header("policy-version"),
        "1",
        "the version before rules"
    );
    assert!(page.body.contains("Version 2 takes effect on"));
    let coming = world.stranger().get("/privacy/v/2");
    assert!(coming.body.contains("400 days after the conversation ends"));
    let visitor = world.visitor();
    visitor.start("Version 1 still stands");
}

fn every_version_stays_with_its_file_and_its_json(world: &mut World) {
    world.owner();
    let before = write_next(world, &[("keep_days = 30", "keep_days = 29")]);
    world.crash_and_restart();
    let stranger = world.stranger();

    let old = stranger.get("/privacy/v/1.toml");
    assert_eq!((old.status, old.body.as_str()), (200, before.as_str()));
    assert_eq!(stranger.get("/privacy/v/1/policy.toml").body, before);
    let list = stranger.get("/privacy/versions.json").json();
    assert_eq!(list["ruling"], 2);
    let digits = it::search::hexadecimal(&Sha256::digest(before.as_bytes()));
    assert_eq!(list["versions"][1]["hash"], format!("sha256:{digits}"));
    assert_eq!(
        list["versions"][1]["ledger_index"].as_i64(),
        Some(0),
        "{list}"
    );
    let rows = stranger.get("/privacy/versions").body;
    assert!(
        rows.contains(&digits) && rows.contains("/privacy/v/1/to/2"),
        "{rows}"
    );

    let answer = stranger.get("/privacy/v/2.json");
    assert_eq!(answer.header("policy-version"), "2");
    let date = effective(&before);
    assert!(date.contains(answer.header("policy-effective")), "{date}");
    let version = answer.json();
    assert_eq!(version["ruling"], true, "{version}");
    assert!(
        date.contains(version["page"]["effective"].as_str().unwrap()),
        "{date}"
    );
    assert_eq!(stranger.get("/privacy/v/1.json").json()["ruling"], false);

    let note = stranger.get("/privacy/checkpoint");
    assert_eq!(note.status, 200);
    assert!(note.body.contains("/ledger/"), "{}", note.body);
    let shown = stranger.get("/privacy").body;
    assert!(shown.contains("Newest proof: the ledger with"), "{shown}");
}

fn any_two_versions_are_compared_for_people_and_for_programs(world: &mut World) {
    write_next(world, &[("keep_days = 30", "keep_days = 29")]);
    world.crash_and_restart();
    let stranger = world.stranger();

    let difference = stranger.get("/privacy/v/1/to/2.json").json();
    assert_eq!(difference["material"], false);
    assert_eq!(difference["changes"][0]["path"], "backup.keep_days");
    assert_eq!(difference["changes"][0]["class"], "narrower");
    let back = stranger.get("/privacy/v/2/to/1.json").json();
    assert_eq!(
        (&back["material"], &back["notice_days"]),
        (&json!(true), &json!(30))
    );
    let page = stranger.get("/privacy/v/1/to/2").body;
    assert!(
        page.contains("Days that copies are kept: 29 instead of 30"),
        "{page}"
    );
    assert!(page.contains(">narrower</span>"), "{page}");
    for nowhere in [
        "/privacy/v/3",
        "/privacy/v/3.toml",
        "/privacy/v/01",
        "/privacy/v/1.exe",
        "/privacy/v/1/to/3",
        "/privacy/v/1/to/2.toml",
    ] {
        assert_eq!(stranger.get(nowhere).status, 404, "{nowhere}");
    }
}

fn feed_tells_of_every_version(world: &mut World) {
    world.owner();
    write_next(world, &[("keep_days = 30", "keep_days = 29")]);
    world.crash_and_restart();
    let stranger = world.stranger();

    let page = stranger.get("/privacy").body;
    assert!(
        page.contains("type=\"application/atom+xml\""),
        "the page links its feed"
    );
    let feed = stranger.get("/privacy/feed.atom");

    assert_eq!(
        feed.header("content-type"),
        "application/atom+xml; charset=utf-8"
    );
    let base = world.base();
    for (text, times) in [
        ("<entry>".to_owned(), 2),
        ("<updated>".to_owned(), 3),
        (format!("<id>{base}/privacy</id>"), 1),
        (format!("<id>{base}/privacy/v/1</id>"), 1),
        (format!("<id>{base}/privacy/v/2</id>"), 1),
        (
            "narrower: Days that copies are kept: 29 instead of 30".to_owned(),
            1,
        ),
    ] {
        assert_eq!(
            feed.body.matches(&text).count(),
            times,
            "{text}: {}",
            feed.body
        );
    }
}

fn signal_of_the_browser_is_shown_where_it_was_sent(world: &mut World) {
    world.owner();
    let honoured = "Your browser asks not to sell or share: honoured.";
    let with = |value: &str| world.stranger().with("sec-gpc", value).get("/privacy");

    let heard = with("1");
    assert!(heard.body.contains(honoured));
    assert!(heard.header("vary").to_lowercase().contains("sec-gpc"));
    for other in ["0", "true", "1, 1", "?1"] {
        assert!(!with(other).body.contains(honoured), "{other}");
    }
    assert!(!world.stranger().get("/privacy").body.contains(honoured));

    let visitor = world.visitor();
    visitor.start("Hello");
    let held = |value| {
        visitor
            .call
            .clone()
            .with("sec-gpc", value)
            .get("/api/widget/me")
            .json()
    };
    assert_eq!(
        held("1")["signal"]["sent"],
        true,
        "shown where the visitor looks"
    );
    assert_eq!(held("0")["signal"]["sent"], false);

    let support = world.stranger().get("/.well-known/gpc.json");
    assert_eq!(support.status, 200);
    assert_eq!(support.header("content-type"), "application/json");
    assert_eq!(support.json()["gpc"], true);
    let date = effective(&std::fs::read_to_string(file(world)).unwrap());
    let said = support.json()["lastUpdate"].as_str().unwrap().to_owned();
    assert!(
        said.len() == 10 && date.contains(&said),
        "{said}: a full-date of RFC 3339"
    );
}

fn policy_of_2014_has_its_page_too(world: &mut World) {
    world.start_over();
    let text = include_str!("../../../../policies/2014.toml");
    std::fs::create_dir_all(world.data_folder()).unwrap();
    std::fs::write(
        file(world),
        text.replace("http://127.0.0.1:8080", &world.base()),
    )
    .unwrap();
    world.boot();

    let page = world.stranger().with("sec-gpc", "1").get("/privacy");

    assert_eq!(page.status, 200, "{}", page.body);
    let mut from = 0;
    for heading in HEADINGS {
        let at = page.body[from..].find(&format!("\">{heading}</a></h2>"));
        from += at.unwrap_or_else(|| panic!("{heading} is missing or out of order"));
    }
    assert!(
        page.body.contains("It stops these uses for you: "),
        "2014 honours the signal"
    );
    assert!(page.body.contains("to count traffic"));
}
