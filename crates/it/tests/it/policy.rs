//! The policy page is the file that rules; versions follow each other as the file promises.

use it::World;

it::stories! {
    policy_page_is_the_file_that_rules,
    narrower_version_rules_at_once_and_the_old_one_stays_published,
    material_version_waits_for_its_notice_period,
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
