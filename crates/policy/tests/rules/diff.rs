//! Every line of what is material and what is not, and that the unknown is material.

use policy::{Class, Diff, Policy, diff, diff_since, shipped};
use proptest::prelude::*;

use crate::{parse, strict, y2014};

/// What changes when pieces of the 2014 policy are replaced.
fn change(pieces: &[(&str, &str)]) -> Diff {
    diff(&y2014(), &changed(pieces))
}

fn changed(pieces: &[(&str, &str)]) -> Policy {
    let mut text = shipped::Y2014.to_owned();
    for (from, to) in pieces {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    parse(&text)
}

fn class(pieces: &[(&str, &str)]) -> Class {
    let diff = change(pieces);
    assert!(!diff.changes.is_empty(), "{pieces:?}");
    diff.changes
        .iter()
        .map(|change| change.class)
        .max()
        .unwrap()
}

const RELAY: &str = "[[processor]]
key = \"relay\"
name = \"Example Mail GmbH\"
country = \"DE\"
kind = \"service-provider\"
purposes = [\"support.letter\"]
categories = [\"user.contact.email\"]
hosts = [\"smtp.mail.example:465\"]
require = [\"tls1.3\", \"auth\"]

[disclosure]  ";

#[test]
fn a_wider_purpose_is_material() {
    for pieces in [
        (
            "retain = \"1095d after conversation.closed\"",
            "retain = \"1096d after conversation.closed\"",
        ),
        (
            "retain = \"1095d after conversation.closed\"",
            "retain = \"until erased\"",
        ),
        (
            "\"agent\", \"admin\", \"system\"]",
            "\"agent\", \"admin\", \"system\", \"analyst\"]",
        ),
        (
            "channels = [\"widget\"]",
            "channels = [\"widget\", \"email\"]",
        ),
        ("basis = \"contract\"", "basis = \"legitimate-interest\""),
        ("keep_days = 30", "keep_days = 31"),
        ("extend_days = 0", "extend_days = 1"),
        ("optout_minutes = 5", "optout_minutes = 6"),
        ("k = 10, round = 5 }", "k = 9, round = 5 }"),
        ("k = 10, round = 5 }", "k = 10, round = 1 }"),
        ("output = { kind = \"aggregate\", k = 10, round = 5 }\n", ""),
        (
            "honours = [\"gpc\", \"optout.stats\"]",
            "honours = [\"optout.stats\"]",
        ),
    ] {
        assert_eq!(class(&[pieces]), Class::Material, "{pieces:?}");
    }
}

#[test]
fn a_pixel_for_each_recipient_is_material() {
    // It needs consent, so the basis has to come along.
    let pieces = [
        (
            "pixel = \"campaign\"",
            "pixel = \"recipient\"\nproof = \"double-opt-in\"",
        ),
        (
            "basis = \"opt-out\"\nsubjects = [\"prospect\"",
            "basis = \"consent\"\nsubjects = [\"prospect\"",
        ),
    ];
    assert_eq!(class(&pieces), Class::Material);
}

#[test]
fn a_wider_promise_around_the_purposes_is_material() {
    for pieces in [
        ("minimum = 18", "minimum = 17"),
        (
            "name = \"The owner of this installation\"",
            "name = \"Somebody else\"",
        ),
        ("sites = [", "sites = [\"https://new.example\", "),
        ("typing_preview = false", "typing_preview = true"),
        ("[disclosure]  ", RELAY),
        ("lifetime = \"session\"", "lifetime = \"1h\""),
        (
            "ends = \"2015-10-01T00:00:00Z\"",
            "ends = \"2016-10-01T00:00:00Z\"",
        ),
        (
            "use = \"functional.service\"",
            "use = \"functional.storage\"",
        ),
        (
            "fields = [\"subscriber.email\"]",
            "fields = [\"subscriber.email\", \"visitor.name\"]",
        ),
        (
            "subjects = [\"customer\"]",
            "subjects = [\"customer\", \"prospect\"]",
        ),
        (
            "protect = \"day-key\"",
            "protect = \"day-key\" # as before\n[[source]]\nkey = \"third-party:vendor\"\nvendor = \"Vendor\"\ndate = \"2014-01-01T00:00:00Z\"\nbasis = \"consent\"\n",
        ),
    ] {
        assert_eq!(class(&[pieces]), Class::Material, "{pieces:?}");
    }
}

#[test]
fn what_narrows_is_not_material() {
    for pieces in [
        (
            "retain = \"1095d after conversation.closed\"",
            "retain = \"1094d after conversation.closed\"",
        ),
        (
            "roles = [\"subject\", \"agent\", \"admin\", \"system\"]",
            "roles = [\"subject\", \"agent\", \"admin\"]",
        ),
        ("keep_days = 30", "keep_days = 29"),
        ("answer_days = 30", "answer_days = 20"),
        ("minimum = 18", "minimum = 21"),
        ("gate = \"statement\"", "gate = \"neutral\""),
        ("home_prompt = false", "home_prompt = true"),
        ("agreement = \"deemed\"", "agreement = \"act\""),
        (
            "records = \"follow-after-notice\"",
            "records = \"keep-version\"",
        ),
        ("objection = \"on-request\"", "objection = \"erase\""),
        (
            "notify_subject = \"not-owed\"",
            "notify_subject = \"unless-gagged\"",
        ),
        (
            "honours = [\"gpc\", \"optout.stats\"]",
            "honours = [\"gpc\", \"optout.stats\", \"optout.ads\"]",
        ),
        ("audience = \"general\"", "audience = \"mixed\""),
        ("material_days = 14", "material_days = 15"),
        ("approvals = 1", "approvals = 2"),
        ("notify_days = 0", "notify_days = 1"),
        ("pixel = \"campaign\"", "pixel = false"),
        ("set = \"first-page\"", "set = \"on-choice\""),
        ("grounds = [\"terms-or-illegal\", ", "grounds = ["),
        (", \"http://127.0.0.1:8080\"]", "]"),
        (
            "[[form]]\nkey = \"notices\"\nfields = [\"subscriber.email\"]\nneeded = [\"subscriber.email\"]\n",
            "",
        ),
    ] {
        assert_eq!(class(&[pieces]), Class::Narrower, "{pieces:?}");
    }
}

#[test]
fn comments_and_spaces_change_nothing_but_the_hash() {
    let (old, new) = (
        y2014(),
        changed(&[("floor = \"us-2014\"", "floor = \"us-2014\"  # the same")]),
    );
    assert!(diff(&old, &new).changes.is_empty());
    assert_ne!(old.hash(), new.hash());
}

#[test]
fn contact_details_and_words_are_neither() {
    for pieces in [
        (
            "email = \"privacy@localhost\"",
            "email = \"desk@localhost\"",
        ),
        ("post = \"this computer\"", "post = \"that computer\""),
        (
            "attention = \"Webmaster\"",
            "attention = \"Data protection\"",
        ),
        ("We use firewalls", "We use good firewalls"),
    ] {
        let diff = change(&[pieces]);
        assert_eq!(class(&[pieces]), Class::Wording, "{pieces:?}");
        assert!(!diff.material && diff.notice_days == 0);
    }
}

#[test]
fn a_change_that_narrows_here_and_widens_there_is_material() {
    let diff = change(&[
        ("keep_days = 30", "keep_days = 7"),
        ("minimum = 18", "minimum = 17"),
    ]);
    assert!(diff.material);
    assert_eq!(diff.notice_days, 14, "the older policy's promise");
    let now = crate::now();
    assert_eq!(diff.earliest(now), now.plus_days(14));
}

#[test]
fn a_rename_is_a_new_purpose() {
    let diff = change(&[("marketing.promotion.opening", "marketing.promotion.spring")]);
    let judged: Vec<_> = diff
        .changes
        .iter()
        .map(|change| (change.path.as_str(), change.class))
        .collect();
    assert_eq!(
        judged,
        [
            ("purpose.marketing.promotion.opening", Class::Narrower),
            ("purpose.marketing.promotion.spring", Class::Material),
        ]
    );
}

#[test]
fn those_who_consented_to_what_changes_are_asked_again() {
    let survey = "retain = \"90d after survey.closed\"";
    let diff = change(&[(survey, "retain = \"91d after survey.closed\"")]);
    let asked: Vec<_> = diff
        .ask_again
        .iter()
        .map(|ask| ask.purpose.as_str())
        .collect();
    assert_eq!(asked, ["survey.answer.readers"]);
    assert_eq!(diff.ask_again[0].subjects, ["visitor"]);
    assert!(!diff.ask_again[0].first);
    let diff = change(&[("keep_days = 30", "keep_days = 31")]);
    assert!(
        diff.ask_again.is_empty(),
        "no purpose by consent is touched"
    );
}

#[test]
fn a_new_controller_asks_everyone_who_consented() {
    let name = ("The owner of this installation", "Somebody else");
    let diff = change(&[name]);
    let asked: Vec<_> = diff
        .ask_again
        .iter()
        .map(|ask| ask.purpose.as_str())
        .collect();
    assert_eq!(
        asked,
        [
            "notice.letter",
            "content.premium_ip",
            "survey.answer.readers"
        ]
    );
}

#[test]
fn small_steps_add_up_and_the_longest_promise_of_notice_stands() {
    let step = |number: u32, pieces: &[(&str, &str)]| {
        let version = format!("version = {number}");
        let head = if number == 1 {
            version
        } else {
            format!("{version}\npredecessor = \"sha256:{}\"", "0".repeat(64))
        };
        let mut all = vec![("version = 1", head.as_str())];
        all.extend(pieces);
        changed(&all)
    };
    let seen = step(1, &[("material_days = 14", "material_days = 60")]);
    let less = ("keep_days = 30", "keep_days = 7");
    let between = step(2, &[less, ("material_days = 14", "material_days = 90")]);
    let new = step(3, &[("keep_days = 30", "keep_days = 31")]);

    let published = [seen.clone(), between.clone()];
    let whole = diff_since(&published, 1, &new).unwrap();
    let paths: Vec<_> = whole.reasons().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["backup.keep_days", "notice.material_days"]);
    assert_eq!(whole.changes[0].before.as_deref(), Some("30"));
    assert_eq!(whole.notice_days, 90);
    assert!(
        diff_since(&published, 7, &new).is_none(),
        "nobody saw version 7"
    );
    assert!(!diff(&seen, &between).material);
}

#[test]
fn every_change_has_a_sentence() {
    let diff = change(&[
        (
            "1095d after conversation.closed",
            "400d after conversation.closed",
        ),
        (
            "\"subject\", \"agent\", \"admin\", \"system\"]",
            "\"subject\", \"agent\", \"admin\"]",
        ),
        ("gate = \"statement\"", "gate = \"neutral\""),
    ]);
    let said: Vec<_> = diff
        .changes
        .iter()
        .map(|change| change.text.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "How age is asked: neutral instead of statement",
            "Use \u{201c}to read and answer what you write in the chat\u{201d}: how long data is kept: \
             400 days after the conversation ends instead of 1095 days after the conversation ends",
            "Use \u{201c}to read and answer what you write in the chat\u{201d}: who acts for it: the program \
             itself removed",
        ]
    );
    for change in diff_of_everything().changes {
        assert!(!change.text.is_empty(), "{}", change.path);
        assert!(!change.text.contains("declared"), "{}", change.text);
    }
}

fn diff_of_everything() -> Diff {
    diff(&strict(), &y2014())
}

#[test]
fn a_report_has_the_shape_that_is_documented() {
    let report = diff_of_everything().report(&strict(), &y2014(), crate::now());
    let json = serde_json::to_value(&report).unwrap();
    let members: Vec<_> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        [
            "ask_again",
            "changes",
            "earliest_effective",
            "effective",
            "from",
            "from_hash",
            "in_time",
            "material",
            "notice_days",
            "to",
            "to_hash",
        ]
    );
    let change: Vec<_> = json["changes"][0].as_object().unwrap().keys().collect();
    assert_eq!(
        change,
        ["after", "before", "class", "path", "reason", "text"]
    );
    assert_eq!(json["in_time"], false, "2014 is before any notice period");
}

#[test]
fn a_new_exception_is_material_and_a_later_end_too() {
    let exception = |until: &str| {
        parse(&format!(
            "{}\n[[exception]]\nclause = 75\nvalue = \"notice.material_days = 14\"\n\
             reason = \"a small shop\"\nuntil = \"{until}\"\n",
            shipped::STRICT.replace("material_days = 30", "material_days = 14")
        ))
    };
    let one = exception("2027-01-01T00:00:00Z");
    assert!(diff(&strict(), &one).material);
    assert!(diff(&one, &exception("2028-01-01T00:00:00Z")).material);
    assert!(!diff(&exception("2028-01-01T00:00:00Z"), &one).material);
}

#[test]
fn strict_to_2014_is_material_and_serialises_for_tools() {
    let there = diff(&strict(), &y2014());
    assert!(there.material);
    assert_eq!(there.notice_days, 30);
    assert!(
        there
            .changes
            .iter()
            .any(|change| change.path == "policy.floor")
    );
    assert!(serde_json::to_value(&there).unwrap()["changes"].is_array());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn longer_keeping_is_always_material_and_shorter_never(days in 1..3_000_u32) {
        let (old, new) = ("retain = \"30d after account.closed\"", format!("retain = \"{days}d after account.closed\""));
        let diff = change(&[(old, &new)]);
        prop_assert_eq!(diff.material, days > 30);
    }

    #[test]
    fn a_policy_never_differs_from_itself(which in any::<bool>()) {
        let policy = if which { strict() } else { y2014() };
        prop_assert!(diff(&policy, &policy).changes.is_empty());
    }
}
