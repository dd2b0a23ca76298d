//! The page says what the file says.

use policy::{
    page::{SECTIONS, page},
    shipped,
};

use crate::{parse, strict, y2014};

const HEADINGS: [&str; 11] = [
    "Information collection and use",
    "Personally identifiable information you provide to us",
    "Aggregate information that is automatically collected",
    "Other aggregate information",
    "Legal matters",
    "How do I opt out or change my personal information?",
    "Children's on-line privacy information",
    "Our commitment to data security",
    "Changes or updates to this privacy policy",
    "Contact us",
    "Version",
];

#[test]
fn the_headings_stand_in_their_order() {
    for policy in [strict(), y2014()] {
        let model = page(&policy, "en");
        let headings: Vec<_> = model
            .sections
            .iter()
            .map(|section| section.heading)
            .collect();
        assert_eq!(headings, HEADINGS);
    }
    assert_eq!(SECTIONS.len(), 11);
}

#[test]
fn every_clause_is_spoken_of_in_some_section() {
    let model = page(&y2014(), "en");
    for clause in 1..=78_u8 {
        let spoken = model
            .sections
            .iter()
            .any(|section| section.clauses.contains(&clause));
        assert!(spoken, "clause {clause}");
    }
}

#[test]
fn version_date_and_hash_are_those_of_the_file() {
    let policy = strict();
    let model = page(&policy, "en");
    assert_eq!((model.version, model.effective.as_str()), (1, "2026-01-01"));
    assert_eq!(model.hash, policy.hash());
    let version = model.sections.last().unwrap();
    assert!(version.paragraphs[0].contains(policy.hash()));
}

#[test]
fn tables_have_a_row_for_every_rule() {
    let policy = y2014();
    let (model, file) = (page(&policy, "en"), policy.file());
    assert_eq!(model.retention.len(), file.purpose.len());
    assert_eq!(model.categories.len(), file.category.len());
    assert_eq!(model.cookies.len(), file.cookie.len());
    assert_eq!(model.processors.len(), file.processor.len());
    let reply = model
        .retention
        .iter()
        .find(|row| row.purpose == "support.reply")
        .unwrap();
    assert_eq!(reply.kept, "1095 days after the conversation ends");
    assert!(reply.built);
    assert!(model.retention.iter().any(|row| !row.built));
}

#[test]
fn the_two_policies_say_different_things_where_they_differ() {
    let said = |policy: &policy::Policy, id: &str| {
        let model = page(policy, "en");
        let section = model
            .sections
            .into_iter()
            .find(|section| section.id == id)
            .unwrap();
        section.paragraphs.join("\n")
    };
    assert!(said(&strict(), "collection").contains("silence is no"));
    assert!(said(&y2014(), "collection").contains("counts as agreement"));
    assert!(said(&strict(), "automatic").contains("never stored"));
    assert!(said(&y2014(), "automatic").contains("sealed under a key of the day"));
    assert!(said(&strict(), "legal").contains("2 approvals"));
    assert!(said(&y2014(), "legal").contains("one approval, reviewed within 24 hours"));
    assert!(said(&strict(), "legal").contains("told 30 days before"));
    assert!(said(&y2014(), "legal").contains("do not owe notice"));
    assert!(said(&strict(), "changes").contains("published 30 days before"));
    assert!(said(&y2014(), "provided").contains("until you opt out"));
    assert!(said(&y2014(), "provided").contains("does not carry out yet"));
}

#[test]
fn own_words_are_appended_and_exceptions_stand_on_top() {
    let text = format!(
        "{}\n[words.en]\ncontact = \"We like letters.\"\n\n[[exception]]\nclause = 75\n\
         value = \"notice.material_days = 14\"\nreason = \"a small shop\"\n\
         until = \"2028-01-01T00:00:00Z\"\n",
        shipped::STRICT.replace("material_days = 30", "material_days = 14")
    );
    let model = page(&parse(&text), "de");
    let contact = model
        .sections
        .iter()
        .find(|section| section.id == "contact")
        .unwrap();
    assert_eq!(contact.words.as_deref(), Some("We like letters."));
    assert_eq!(model.exceptions.len(), 1);
    assert_eq!(model.exceptions[0].until, "2028-01-01");
}

#[test]
fn a_starter_carries_its_own_details_and_is_valid() {
    let details = shipped::Details {
        sites: vec![
            "https://shop.example".to_owned(),
            "https://help.shop.example".to_owned(),
        ],
        name: "Shop \"X\" \\ Ltd".to_owned(),
        post: "1 High St".to_owned(),
        email: "privacy@shop.example".to_owned(),
        effective: crate::now(),
    };
    for shipped in [shipped::STRICT, shipped::Y2014] {
        let policy = parse(&shipped::starter(shipped, &details).unwrap());
        assert_eq!(policy.sites(), details.sites);
        assert_eq!(policy.file().policy.controller.name, details.name);
        assert_eq!(policy.effective(), crate::now());
    }
    let bad = shipped::Details {
        sites: vec!["shop.example".to_owned()],
        ..details
    };
    assert!(shipped::starter(shipped::STRICT, &bad).is_err());
}
