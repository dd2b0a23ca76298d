//! Letters about requests and ways into the privacy centre, through a real mail server.

use std::thread::sleep;
use std::time::{Duration, Instant};

use it::{MailSink, Reach, Visitor, World, wait_until};
use serde_json::json;

use super::centre::{Centre, browser};
use super::{act, enter, look_at, with_letters};

it::stories! {
    letter_asks_whether_it_was_them_and_a_yes_does_it_at_once,
    a_no_withdraws_and_nothing_is_done,
    letter_leads_to_the_centre_and_says_nothing_of_who_is_known,
    copy_is_sent_to_a_proved_address,
    more_time_is_given_once_where_the_policy_has_it_and_the_person_is_told,
    opted_out_person_gets_no_answer_by_letter,
}

/// Time in which a letter that must not come would have come.
const SILENCE: Duration = Duration::from_secs(2);
pub(crate) const ADDRESS: &str = "reader@mail.example";

/// A visitor who gave an address and proved it.
pub(crate) fn proved(world: &mut World, mail: &MailSink) -> (Visitor, String) {
    world.owner();
    let visitor = world.visitor();
    let started = visitor.try_start(&json!({ "body": "hello", "email": ADDRESS }));
    let id = started.expect(201).text("/conversation/id");
    let token = mail.wait_for(ADDRESS).token_after("/verify/");
    let path = format!("/verify/{token}");
    let proved = browser(&world.base()).send("POST", &path, Some(b""));
    assert_eq!(proved.status, 200, "{}", proved.body);
    (visitor, id)
}

fn letters_to(mail: &MailSink, subject: &str) -> Vec<String> {
    let letters = mail.letters().into_iter();
    letters
        .filter(|letter| letter.subject.contains(subject))
        .map(|letter| letter.text)
        .collect()
}

#[track_caller]
fn wait_for_letter(mail: &MailSink, subject: &str) -> String {
    wait_until(subject, || !letters_to(mail, subject).is_empty());
    letters_to(mail, subject).remove(0)
}

fn token_in(text: &str, marker: &str) -> String {
    let (_, rest) = text.split_once(marker).expect("a link in the letter");
    rest.chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter))
        .collect()
}

fn letter_asks_whether_it_was_them_and_a_yes_does_it_at_once(world: &mut World) {
    let mail = with_letters(world);
    let (visitor, _) = proved(world, &mail);
    let owner = world.owner();
    let request = enter(&owner, &json!({ "kind": "erase", "email": ADDRESS }));

    let letter = wait_for_letter(&mail, "Is this your request?");
    let path = format!(
        "/privacy/request/{}",
        token_in(&letter, "/privacy/request/")
    );
    let call = browser(&world.base());
    assert!(call.get(&path).body.contains("Erase everything"));
    let answered = call.send("POST", &path, Some(b"answer=mine"));

    assert_eq!(answered.status, 200, "{}", answered.body);
    let done = look_at(&owner, &request);
    assert_eq!(
        (done.text("/state"), done.text("/proof")),
        ("done".to_owned(), "loop".to_owned())
    );
    assert_eq!(visitor.call.get("/api/widget/me").status, 401);
    assert_eq!(call.get(&path).status, 410);
}

fn a_no_withdraws_and_nothing_is_done(world: &mut World) {
    let mail = with_letters(world);
    let (visitor, id) = proved(world, &mail);
    let owner = world.owner();
    let request = enter(&owner, &json!({ "kind": "erase", "conversation_id": id }));

    let letter = wait_for_letter(&mail, "Is this your request?");
    let path = format!(
        "/privacy/request/{}",
        token_in(&letter, "/privacy/request/")
    );
    let call = browser(&world.base());
    assert_eq!(
        call.send("POST", &path, Some(b"answer=perhaps")).status,
        422
    );
    assert_eq!(
        call.send("POST", &path, Some(b"answer=not_mine")).status,
        200
    );

    let withdrawn = look_at(&owner, &request);
    assert_eq!(withdrawn.text("/state"), "withdrawn");
    assert_eq!(visitor.call.get("/api/widget/me").status, 200);
    assert_eq!(call.send("POST", &path, Some(b"answer=mine")).status, 410);
    assert_eq!(
        act(&owner, &request, "execute", &json!({})).problem(409),
        "request_closed"
    );
}

fn letter_leads_to_the_centre_and_says_nothing_of_who_is_known(world: &mut World) {
    let mail = with_letters(world);
    proved(world, &mail);
    let site = world.site_id();
    let call = browser(&world.base());
    let ask = |address: &str| {
        let form = format!("email={}&site={site}", address.replace('@', "%40"));
        let begun = Instant::now();
        let answer = call.send("POST", "/privacy/me/link", Some(form.as_bytes()));
        (answer.status, answer.body, begun.elapsed())
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for turn in 0..8 {
        let (status, body, took) = ask(ADDRESS);
        let (other_status, other_body, other_took) = ask(&format!("nobody{turn}@mail.example"));
        assert_eq!((status, &body), (200, &other_body));
        assert_eq!(status, other_status);
        known.push(took);
        unknown.push(other_took);
    }
    known.sort();
    unknown.sort();
    let (known, unknown) = (known[4], unknown[4]);
    let noise = Duration::from_millis(50) + known.max(unknown) / 2;
    assert!(
        known.abs_diff(unknown) < noise,
        "{known:?} against {unknown:?}"
    );

    let letter = wait_for_letter(&mail, "holds about you");
    sleep(SILENCE);
    let letters = letters_to(&mail, "holds about you");
    assert!(
        letters.len() <= 3,
        "at most three letters: {}",
        letters.len()
    );
    let strangers = mail.letters().into_iter();
    let strangers = strangers.filter(|letter| letter.to.iter().any(|to| to.contains("nobody")));
    assert_eq!(strangers.count(), 0);
    let token = token_in(&letter, "/privacy/me/open/");
    let centre = Centre::open(world, &format!("{}/privacy/me/open/{token}", world.base()));
    assert!(centre.see().body.contains(ADDRESS));
    assert_eq!(ask("no address").0, 422);
}

fn copy_is_sent_to_a_proved_address(world: &mut World) {
    let mail = with_letters(world);
    let (_, id) = proved(world, &mail);
    let owner = world.owner();
    let ask = json!({ "kind": "access", "conversation_id": id, "proof": "document" });
    let request = enter(&owner, &ask);

    let done = act(&owner, &request, "execute", &json!({})).expect(200);

    assert_eq!(done.text("/outcome"), "sent");
    let letter = wait_for_letter(&mail, "did what you asked");
    let token = token_in(&letter, "/privacy/me/open/");
    let centre = Centre::open(world, &format!("{}/privacy/me/open/{token}", world.base()));
    assert!(centre.see().body.contains("sent to your address"));
    assert!(
        letters_to(&mail, "Is this your request?").is_empty(),
        "it was proved by a document"
    );
}

fn more_time_is_given_once_where_the_policy_has_it_and_the_person_is_told(world: &mut World) {
    let mail = MailSink::start();
    world.start_over();
    world.use_mail_under(&mail, |policy| {
        policy
            .replace("floor = \"strict\"", "floor = \"gdpr\"")
            .replace("extend_days = 0", "extend_days = 60")
    });
    world.boot();
    let (_, id) = proved(world, &mail);
    let owner = world.owner();
    let ask = json!({ "kind": "export", "conversation_id": id, "proof": "document" });
    let request = enter(&owner, &ask);
    assert!(request.list("/next").contains(&json!("extend")));

    let refused = act(&owner, &request, "extend", &json!({ "reason": "busy" }));
    assert_eq!(refused.status, 422, "a reason that the law does not know");
    let extended = act(&owner, &request, "extend", &json!({ "reason": "complex" })).expect(200);

    let days = (extended.number("/due_at") - request.number("/due_at")) / 86_400_000_000;
    assert!((58..=60).contains(&days), "{days} days more");
    assert_eq!(extended.text("/extension"), "complex");
    let again = act(&owner, &request, "extend", &json!({ "reason": "many" }));
    assert_eq!(again.problem(409), "already_extended");
    let letter = wait_for_letter(&mail, "takes longer");
    assert!(letter.contains("supervisory authority"), "{letter}");
}

fn opted_out_person_gets_no_answer_by_letter(world: &mut World) {
    let mail = with_letters(world);
    let (visitor, id) = proved(world, &mail);
    let owner = world.owner();
    owner.reply(&id, "before the opt-out");
    let centre = Centre::enter(world, &visitor);
    centre.act("act=opt_out").expect_page(200);
    owner.reply(&id, "after the opt-out");

    // The letter waits for a while before it goes: look at the queue until it is empty.
    world
        .databases
        .execute("update job set run_at = 0 where kind = 'letter_answer'");
    world
        .databases
        .execute("update visitor set last_seen_at = 0");
    wait_until("the letter is dropped", || {
        world
            .databases
            .number("select count(*) from job where kind = 'letter_answer'")
            == 0
    });

    assert!(letters_to(&mail, "answered you").is_empty());
}
