//! What a start does with a file, given the log of versions.

use policy::{
    Policy, Timestamp,
    chain::{LoggedVersion, StartRefusal, check},
    shipped,
};

use crate::{now, parse, strict};

/// The strict policy as a later version after `before`, with other pieces replaced.
fn next(before: &Policy, effective: &str, changes: &[(&str, &str)]) -> Policy {
    let version = before.version() + 1;
    let head = format!("version = {version}\npredecessor = \"{}\"", before.hash());
    let mut text = shipped::STRICT
        .replace("version = 1", &head)
        .replace("2026-01-01T00:00:00Z", effective);
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    parse(&text)
}

fn logged(policy: &Policy, material: bool) -> LoggedVersion {
    LoggedVersion {
        version: policy.version(),
        hash: policy.hash().to_owned(),
        effective: policy.effective(),
        material,
        text: policy.text().to_owned(),
    }
}

const WIDER: (&str, &str) = ("keep_days = 30", "keep_days = 29");
const LONGER: (&str, &str) = (
    "365d after conversation.closed",
    "400d after conversation.closed",
);

#[test]
fn the_first_version_is_logged_and_rules_without_notice() {
    let decision = check(&[], &strict(), now()).unwrap();
    assert_eq!(decision.ruling.version(), 1);
    assert!(decision.waiting.is_none());
    let entry = decision.log.unwrap();
    assert!(entry.material && entry.hash == strict().hash());
}

#[test]
fn the_same_version_with_the_same_bytes_starts_and_logs_nothing() {
    let decision = check(&[logged(&strict(), true)], &strict(), now()).unwrap();
    assert!(decision.log.is_none() && decision.waiting.is_none());
}

#[test]
fn one_edited_byte_is_refused_with_line_and_column() {
    let edited = parse(&shipped::STRICT.replace("minimum = 18", "minimum = 19"));
    let refusal = check(&[logged(&strict(), true)], &edited, now()).unwrap_err();
    assert!(matches!(refusal, StartRefusal::Edited(_)), "{refusal:?}");
    assert_eq!(refusal.clause(), 72);
    assert_eq!((refusal.fault().line, refusal.fault().column), (7, 11));
    assert!(refusal.fault().mend.contains("version = 2"));
}

#[test]
fn a_past_version_and_a_skipped_one_are_refused() {
    let first = strict();
    let second = next(&first, "2026-06-01T00:00:00Z", &[WIDER]);
    let log = [logged(&first, true), logged(&second, false)];
    assert!(matches!(
        check(&log, &first, now()),
        Err(StartRefusal::Past(_))
    ));

    let third = next(&second, "2026-07-01T00:00:00Z", &[]);
    assert!(matches!(
        check(&[logged(&first, true)], &third, now()),
        Err(StartRefusal::Skipped(_))
    ));
    assert!(matches!(
        check(&[], &second, now()),
        Err(StartRefusal::Skipped(_))
    ));
}

#[test]
fn a_successor_must_name_the_logged_hash() {
    let other = parse(&shipped::STRICT.replace("minimum = 18", "minimum = 19"));
    let second = next(&other, "2027-06-01T00:00:00Z", &[]);
    let refusal = check(&[logged(&strict(), true)], &second, now()).unwrap_err();
    assert!(
        matches!(refusal, StartRefusal::WrongPredecessor(_)),
        "{refusal:?}"
    );
    assert!(refusal.fault().mend.contains(strict().hash()));
}

#[test]
fn a_material_version_before_its_notice_period_is_refused_by_clause_75_with_reasons() {
    let second = next(&strict(), "2026-11-25T00:00:00Z", &[LONGER]);
    let refusal = check(&[logged(&strict(), true)], &second, now()).unwrap_err();
    assert_eq!(refusal.clause(), 75);
    let StartRefusal::NoticeTooShort { fault, reasons } = refusal else {
        panic!("{refusal:?}")
    };
    assert_eq!(reasons.len(), 1);
    assert_eq!(reasons[0].path, "purpose.support.reply.retain");
    assert!(
        fault.mend.contains("2026-12-24T12:00:00Z"),
        "{}",
        fault.mend
    );
}

#[test]
fn a_material_version_waits_while_its_predecessor_rules() {
    let second = next(&strict(), "2026-12-24T12:00:00Z", &[LONGER]);
    let decision = check(&[logged(&strict(), true)], &second, now()).unwrap();
    assert_eq!(decision.ruling.version(), 1);
    assert_eq!(decision.waiting.as_ref().map(Policy::version), Some(2));
    assert!(decision.log.unwrap().material);

    let log = [logged(&strict(), true), logged(&second, true)];
    let later = Timestamp::parse("2026-12-24T12:00:00Z").unwrap();
    let decision = check(&log, &second, later).unwrap();
    assert_eq!(decision.ruling.version(), 2);
    assert!(decision.waiting.is_none() && decision.log.is_none());
    assert!(
        decision.ruling.version_check(Some(1)).is_err(),
        "version 2 was material"
    );
}

#[test]
fn a_waiting_version_cannot_shorten_the_notice_that_people_were_promised() {
    let looser = strict_on_2014();
    let shorter = ("material_days = 30", "material_days = 14");
    let second = after(&looser, "2026-12-25T00:00:00Z", &[shorter]);
    let log = [logged(&looser, true), logged(&second, true)];
    let third = after(&second, "2026-12-25T00:00:00Z", &[shorter, LONGER]);

    let at = |text: &str| Timestamp::parse(text).unwrap();
    let refusal = check(&log, &third, at("2026-12-01T00:00:00Z")).unwrap_err();
    let StartRefusal::NoticeTooShort { fault, reasons } = refusal else {
        panic!("{refusal:?}")
    };
    assert!(
        fault.mend.contains("2026-12-31T00:00:00Z"),
        "{}",
        fault.mend
    );
    assert_eq!(
        reasons.len(),
        1,
        "the shorter notice itself was published in time"
    );
    assert!(check(&log, &third, at("2026-11-25T00:00:00Z")).is_ok());
}

#[test]
fn a_material_change_that_waits_is_not_asked_to_wait_again() {
    let second = next(&strict(), "2026-12-24T12:00:00Z", &[LONGER]);
    let third = next(&second, "2026-12-24T12:00:00Z", &[LONGER, WIDER]);
    let log = [logged(&strict(), true), logged(&second, true)];
    let decision = check(&log, &third, now()).unwrap();
    assert!(!decision.log.unwrap().material, "its own step only narrows");

    // Had the step before not been called material, the sum of both would be.
    let small = [logged(&strict(), true), logged(&second, false)];
    let early = next(&second, "2026-12-24T12:00:00Z", &[LONGER, WIDER]);
    let later = Timestamp::parse("2026-12-01T00:00:00Z").unwrap();
    let refusal = check(&small, &early, later).unwrap_err();
    assert!(
        matches!(refusal, StartRefusal::NoticeTooShort { .. }),
        "{refusal:?}"
    );
}

fn strict_on_2014() -> Policy {
    parse(&shipped::STRICT.replace("floor = \"strict\"", "floor = \"us-2014\""))
}

/// As [`next`], on the floor of 2014.
fn after(before: &Policy, effective: &str, changes: &[(&str, &str)]) -> Policy {
    let floor = ("floor = \"strict\"", "floor = \"us-2014\"");
    let mut all = vec![floor];
    all.extend(changes);
    next(before, effective, &all)
}

#[test]
fn what_only_narrows_rules_at_once_and_keeps_writes_valid() {
    let second = next(&strict(), "2026-11-24T12:00:00Z", &[WIDER]);
    let decision = check(&[logged(&strict(), true)], &second, now()).unwrap();
    assert_eq!(decision.ruling.version(), 2);
    assert!(!decision.log.unwrap().material);
    assert_eq!(decision.ruling.version_check(Some(1)), Ok(()));
}

#[test]
fn a_version_does_not_take_effect_before_the_one_it_follows() {
    let second = next(&strict(), "2025-12-31T00:00:00Z", &[WIDER]);
    let refusal = check(&[logged(&strict(), true)], &second, now()).unwrap_err();
    assert!(
        matches!(refusal, StartRefusal::BeforePredecessor(_)),
        "{refusal:?}"
    );
}

#[test]
fn a_predecessor_that_cannot_be_read_makes_every_change_material() {
    let unreadable = LoggedVersion {
        text: "gone".to_owned(),
        ..logged(&strict(), true)
    };
    let early = next(&strict(), "2026-11-25T00:00:00Z", &[WIDER]);
    let refusal = check(std::slice::from_ref(&unreadable), &early, now()).unwrap_err();
    assert!(
        matches!(refusal, StartRefusal::NoticeTooShort { .. }),
        "{refusal:?}"
    );

    let late = next(&strict(), "2027-01-25T00:00:00Z", &[WIDER]);
    let refusal = check(&[unreadable], &late, now()).unwrap_err();
    assert!(
        matches!(refusal, StartRefusal::LogUnreadable(_)),
        "{refusal:?}"
    );
}

#[test]
fn an_exception_that_has_ended_stops_the_start() {
    let text = format!(
        "{}\n[[exception]]\nclause = 75\nvalue = \"notice.material_days = 14\"\n\
         reason = \"a small shop\"\nuntil = \"2026-11-24T12:00:00Z\"\n",
        shipped::STRICT.replace("material_days = 30", "material_days = 14")
    );
    let policy = parse(&text);
    let refusal = check(&[], &policy, now()).unwrap_err();
    assert!(
        matches!(refusal, StartRefusal::ExceptionEnded(_)),
        "{refusal:?}"
    );
    let before = Timestamp(now().0 - 1);
    assert!(check(&[], &policy, before).is_ok());
}

#[test]
fn every_refusal_reads_as_a_sentence_with_its_clause_and_mend() {
    let edited = parse(&shipped::STRICT.replace("minimum = 18", "minimum = 19"));
    let told = check(&[logged(&strict(), true)], &edited, now())
        .unwrap_err()
        .to_string();
    assert!(told.starts_with(
        "version 1 is not what was logged under this number (clause 72, version_edited): write"
    ));
}

#[test]
fn a_shorter_notice_counts_only_once_it_rules() {
    let long = ("material_days = 30 ", "material_days = 60 ");
    let first = parse(&shipped::STRICT.replace(long.0, long.1));
    let now = now();
    let shorter = next(&first, &now.plus_days(60).to_string(), &[]);
    let versions = [logged(&first, true), logged(&shorter, true)];

    let early = next(&shorter, &now.plus_days(60).to_string(), &[LONGER]);
    assert!(check(&versions, &early, now.plus_days(10)).is_err());
    let lawful = next(&shorter, &now.plus_days(70).to_string(), &[LONGER]);
    assert!(check(&versions, &lawful, now.plus_days(10)).is_ok());

    let later = now.plus_days(61);
    let after = next(&shorter, &later.plus_days(30).to_string(), &[LONGER]);
    assert!(
        check(&versions, &after, later).is_ok(),
        "the shorter one rules now"
    );
}
