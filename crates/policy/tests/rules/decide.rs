//! Every refusal with its clause and code, and that no layer ever widens.

use policy::{
    AccountManage, Category, Channel, ContactEmail, Name, Permit, Personal, Policy, PrivateContent,
    Reading, Refusal, RightsRequest, Role, SecurityAbuse, Subject, SupportLetter, SupportReply,
    Timestamp, VersionRefusal, shipped,
};
use proptest::prelude::*;

use crate::{ask, now, parse, strict, strict_with, y2014};

fn refused(result: Result<Vec<Category>, Refusal>) -> (u8, &'static str) {
    let refusal = result.unwrap_err();
    assert!(!refusal.what.is_empty() && !refusal.mend.is_empty());
    (refusal.clause, refusal.code)
}

/// The strict policy with a newsletter by consent that the build would carry out under another name:
/// the purpose of the letters, made to stand on consent and signals.
fn by_consent() -> Policy {
    let text = shipped::STRICT.replace(
        "use = \"essential.service.notifications.email\"\nbasis = \"contract\"",
        "use = \"marketing.communications.email\"\nbasis = \"consent\"\nproof = \"double-opt-in\"\n\
             honours = [\"gpc\", \"optout.email\", \"suppression\"]",
    );
    parse(&text)
}

#[test]
fn an_agent_may_read_what_a_visitor_wrote() {
    let (policy, subject) = (strict(), Subject::default());
    let reading = Reading::logged(7);

    let permit: Permit<'_, SupportReply> = policy
        .permit(&ask(Role::Agent, Channel::Widget, &subject), &reading)
        .unwrap();

    let body = Personal::<_, PrivateContent>::new("hello");
    assert_eq!(body.read(&permit), Ok(&"hello"));
    assert_eq!(permit.until(), Timestamp(now().0 + 15 * 60 * 1_000_000));
    assert_eq!(body.take(&permit), Ok("hello"));
}

#[test]
fn a_category_that_the_file_leaves_out_is_refused_by_clause_6() {
    let policy = strict_with(
        "categories = [\"user.name\", \"user.contact.email\", \"user.content.private\"]\n\
         roles = [\"agent\", \"admin\", \"system\"]",
        "categories = [\"user.contact.email\"]\nroles = [\"agent\", \"admin\", \"system\"]",
    );
    let (subject, reading) = (Subject::default(), Reading::own());
    let permit: Permit<'_, SupportLetter> = policy
        .permit(&ask(Role::Agent, Channel::Email, &subject), &reading)
        .unwrap();

    let refusal = Personal::<_, Name>::new("Ada").read(&permit).unwrap_err();

    assert_eq!(
        (refusal.clause, refusal.code),
        (6, "category_not_in_purpose")
    );
    assert!(
        Personal::<_, ContactEmail>::new("a@b")
            .read(&permit)
            .is_ok()
    );
    assert_eq!(
        permit.categories().collect::<Vec<_>>(),
        [Category::ContactEmail]
    );
}

#[test]
fn a_purpose_that_the_file_does_not_declare_is_refused_by_clause_6() {
    let subject = Subject::default();
    let decided = strict().decide(
        "marketing.newsletter",
        &ask(Role::Admin, Channel::Email, &subject),
    );
    assert_eq!(refused(decided), (6, "purpose_not_declared"));
}

#[test]
fn a_purpose_that_this_build_does_not_carry_out_is_refused_by_clause_6() {
    let subject = Subject::default();
    let decided = y2014().decide("visit.log", &ask(Role::System, Channel::Widget, &subject));
    assert_eq!(refused(decided), (6, "purpose_not_built"));
}

#[test]
fn a_role_without_a_part_is_refused_by_clause_69() {
    let subject = Subject::default();
    let decided = strict().decide(
        "support.reply",
        &ask(Role::Analyst, Channel::Widget, &subject),
    );
    assert_eq!(refused(decided), (69, "role_not_in_purpose"));
}

#[test]
fn the_owner_counts_as_admin_unless_the_file_names_the_owner() {
    let subject = Subject::default();
    let owner = ask(Role::Owner, Channel::Widget, &subject);
    assert!(strict().decide("support.reply", &owner).is_ok());
    assert!(y2014().decide("support.reply", &owner).is_ok());

    let named = strict_with(
        "roles = [\"subject\", \"privacy_officer\", \"admin\", \"system\"]",
        "roles = [\"subject\", \"privacy_officer\", \"owner\", \"system\"]",
    );
    assert_eq!(
        refused(named.decide("support.reply", &owner)),
        (69, "role_not_in_purpose")
    );
    assert!(named.decide("rights.request", &owner).is_ok());
    assert_eq!(strict().without_owner(), [""; 0]);
    assert!(named.without_owner().contains(&"support.reply"));
    assert!(!named.without_owner().contains(&"rights.request"));
}

#[test]
fn a_channel_that_is_not_named_is_refused_by_clause_23() {
    let subject = Subject::default();
    let by_mail = ask(Role::Agent, Channel::Email, &subject);
    assert_eq!(
        refused(strict().decide("support.reply", &by_mail)),
        (23, "channel_not_in_purpose")
    );
    let inside = ask(Role::Agent, Channel::Internal, &subject);
    assert_eq!(
        refused(strict().decide("support.reply", &inside)),
        (23, "channel_not_in_purpose")
    );
    let job = ask(Role::System, Channel::Internal, &subject);
    assert!(strict().decide("support.reply", &job).is_ok());
}

#[test]
fn an_erased_person_is_refused_to_everyone_by_clause_60() {
    let subject = Subject {
        erasing: true,
        ..Subject::default()
    };
    for role in Role::ALL {
        let decided = strict().decide("rights.request", &ask(role, Channel::Widget, &subject));
        assert_eq!(refused(decided), (60, "person_erased"));
    }
}

#[test]
fn a_minors_record_is_frozen_by_clause_62_but_their_rights_go_on() {
    let subject = Subject {
        frozen: true,
        ..Subject::default()
    };
    let agent = ask(Role::Agent, Channel::Widget, &subject);
    assert_eq!(
        refused(strict().decide("support.reply", &agent)),
        (62, "record_frozen")
    );
    let officer = ask(Role::PrivacyOfficer, Channel::Widget, &subject);
    assert!(strict().decide("rights.request", &officer).is_ok());
}

#[test]
fn objected_purpose_is_refused_by_clause_60_and_others_go_on() {
    let policy = strict();
    let subject = Subject {
        objections: vec!["support.letter".to_owned(), "rights.request".to_owned()],
        ..Subject::default()
    };
    let decide = |purpose: &str, role, channel| {
        let decided = policy.decide(purpose, &ask(role, channel, &subject));
        decided.map_err(|refusal| (refusal.clause, refusal.code))
    };

    assert_eq!(
        decide("support.letter", Role::Agent, Channel::Email).unwrap_err(),
        (60, "person_objected")
    );
    assert!(decide("support.reply", Role::Agent, Channel::Widget).is_ok());
    assert!(decide("rights.request", Role::Admin, Channel::Widget).is_ok());
}

#[test]
fn older_terms_refuse_a_new_use_by_clause_74_and_never_widen() {
    let older = parse(&shipped::STRICT.replace("\"user.name\", \"user.contact.email\", ", ""));
    let before = parse(&shipped::STRICT.replace("\"agent\", \"admin\"", "\"admin\""));
    let under = |terms: Policy| Subject {
        terms: Some(terms),
        ..Subject::default()
    };

    let narrow = under(older);
    let agent = ask(Role::Agent, Channel::Widget, &narrow);
    let categories = strict().decide("support.reply", &agent).unwrap();
    assert!(categories.contains(&Category::PrivateContent));
    assert!(!categories.contains(&Category::Name));

    let closed = under(before);
    let agent = ask(Role::Agent, Channel::Widget, &closed);
    assert_eq!(
        refused(strict().decide("support.reply", &agent)),
        (74, "not_in_older_terms")
    );
    let person = ask(Role::Subject, Channel::Widget, &closed);
    assert!(strict().decide("rights.request", &person).is_ok());
}

#[test]
fn restricted_processing_is_refused_by_clause_60_but_rights_go_on() {
    let subject = Subject {
        restricted: true,
        ..Subject::default()
    };
    let agent = ask(Role::Agent, Channel::Widget, &subject);
    assert_eq!(
        refused(strict().decide("support.reply", &agent)),
        (60, "person_restricted")
    );
    let own = ask(Role::Subject, Channel::Widget, &subject);
    assert!(strict().decide("rights.request", &own).is_ok());
}

#[test]
fn a_policy_does_not_rule_before_its_date_by_clause_75() {
    let policy = strict_with("2026-01-01T00:00:00Z", "2026-12-01T00:00:00Z");
    let subject = Subject::default();
    let decided = policy.decide(
        "support.reply",
        &ask(Role::Agent, Channel::Widget, &subject),
    );
    assert_eq!(refused(decided), (75, "policy_not_effective"));
}

#[test]
fn a_purpose_that_has_ended_is_refused_by_clause_15() {
    let policy = strict_with(
        "key = \"support.reply\"",
        "key = \"support.reply\"\nends = \"2026-11-24T12:00:00Z\"",
    );
    let subject = Subject::default();
    let decided = policy.decide(
        "support.reply",
        &ask(Role::Agent, Channel::Widget, &subject),
    );
    assert_eq!(refused(decided), (15, "purpose_ended"));
}

#[test]
fn an_exception_that_has_ended_takes_its_purpose_along() {
    let text = by_consent()
        .text()
        .replace("\nproof = \"double-opt-in\"", "\nproof = \"single-opt-in\"");
    let text = format!(
        "{text}\n[[exception]]\nclause = 14\nvalue = \"purpose.support.letter.proof = single-opt-in\"\n\
         reason = \"old forms\"\nuntil = \"2026-11-01T00:00:00Z\"\n"
    );
    let policy = parse(&text);
    let subject = Subject {
        consents: vec!["support.letter".to_owned()],
        ..Subject::default()
    };
    let decided = policy.decide(
        "support.letter",
        &ask(Role::Agent, Channel::Email, &subject),
    );
    assert_eq!(refused(decided), (14, "exception_ended"));
}

#[test]
fn silence_is_not_consent_and_signals_and_opt_outs_win_over_consent() {
    let policy = by_consent();
    let mut subject = Subject::default();
    let decide = |subject: &Subject| {
        policy.decide("support.letter", &ask(Role::Agent, Channel::Email, subject))
    };
    assert_eq!(refused(decide(&subject)), (14, "consent_missing"));

    subject.consents.push("support.letter".to_owned());
    assert!(decide(&subject).is_ok());

    subject.gpc = true;
    assert_eq!(refused(decide(&subject)), (14, "gpc_signal"));

    subject.gpc = false;
    subject.optouts.push("optout.email".to_owned());
    assert_eq!(refused(decide(&subject)), (32, "opted_out"));
}

#[test]
fn ones_own_rights_need_neither_role_nor_channel() {
    let policy = strict_with(
        "roles = [\"subject\", \"privacy_officer\", \"admin\", \"system\"]\nchannels = [\"widget\", \"email\"]",
        "roles = [\"privacy_officer\"]",
    );
    let (subject, reading) = (Subject::default(), Reading::own());
    let own: Permit<'_, RightsRequest> = policy
        .permit(&ask(Role::Subject, Channel::Widget, &subject), &reading)
        .unwrap();
    assert!(own.may(Category::PrivateContent));
}

#[test]
fn the_jobs_of_the_program_have_permits_under_both_files() {
    let (subject, reading) = (Subject::default(), Reading::own());
    for policy in [strict(), y2014()] {
        let ask = ask(Role::System, Channel::Internal, &subject);
        assert!(policy.permit::<SupportReply>(&ask, &reading).is_ok());
        assert!(policy.permit::<SupportLetter>(&ask, &reading).is_ok());
        assert!(policy.permit::<AccountManage>(&ask, &reading).is_ok());
        assert!(policy.permit::<SecurityAbuse>(&ask, &reading).is_ok());
        assert!(policy.permit::<RightsRequest>(&ask, &reading).is_ok());
    }
}

const RELAY: &str = "
[[processor]]
key = \"relay\"
name = \"Example Mail GmbH\"
country = \"DE\"
kind = \"service-provider\"
purposes = [\"support.letter\"]
categories = [\"user.contact.email\", \"user.content.private\"]
hosts = [\"smtp.mail.example:465\"]
require = [\"tls1.3\", \"auth\"]
";

#[test]
fn data_goes_to_declared_hosts_for_declared_purposes_only_by_clause_7() {
    let policy = parse(&format!("{}{RELAY}", shipped::STRICT));
    let code = |host: &str, purpose: &str, category: Category| {
        policy
            .egress(host, purpose, &[category])
            .map_err(|no| (no.clause, no.code))
    };
    let relay = "smtp.mail.example:465";
    assert_eq!(
        code(relay, "support.letter", Category::ContactEmail),
        Ok(())
    );
    assert_eq!(
        code(
            "smtp.mail.example:25",
            "support.letter",
            Category::ContactEmail
        ),
        Err((7, "host_not_declared"))
    );
    assert_eq!(
        code(relay, "support.reply", Category::ContactEmail),
        Err((7, "purpose_not_for_host"))
    );
    assert_eq!(
        code(relay, "support.letter", Category::Name),
        Err((7, "category_not_for_host"))
    );
}

#[test]
fn a_third_party_gets_counts_only_by_clause_50() {
    let third = RELAY
        .replace("service-provider", "third-party")
        .replace("support.letter", "stats.traffic")
        .replace(
            "[\"user.contact.email\", \"user.content.private\"]",
            "[\"user.device.cookie_id\"]",
        );
    let policy = parse(&format!("{}{third}", shipped::Y2014));
    let refusal = policy
        .egress(
            "smtp.mail.example:465",
            "stats.traffic",
            &[Category::BrowsingHistory],
        )
        .unwrap_err();
    assert_eq!((refusal.clause, refusal.code), (50, "aggregate_only"));
}

#[test]
fn fields_and_cookies_that_are_not_listed_are_refused() {
    let policy = strict();
    assert!(policy.field_allowed("visitor.email").is_ok());
    let field = policy.field_allowed("visitor.phone").unwrap_err();
    assert_eq!((field.clause, field.code), (20, "field_not_declared"));
    assert!(policy.cookie("__Host-chatham_session").is_ok());
    let cookie = policy.cookie("_ga").unwrap_err();
    assert_eq!((cookie.clause, cookie.code), (35, "cookie_not_registered"));
}

#[test]
fn a_write_names_a_version_that_still_stands_by_clause_4() {
    let policy = strict();
    assert_eq!(policy.version_check(None), Err(VersionRefusal::Missing));
    assert_eq!(policy.version_check(Some(1)), Ok(()));
    for shown in [0, 2, u32::MAX] {
        assert_eq!(
            policy.version_check(Some(shown)),
            Err(VersionRefusal::Old { current: 1, shown })
        );
    }
}

#[test]
fn only_a_material_version_makes_older_ones_fall() {
    let predecessor = format!("sha256:{}", "0".repeat(64));
    let third = strict_with(
        "version = 1",
        &format!("version = 3\npredecessor = \"{predecessor}\""),
    );
    assert!(
        third.version_check(Some(2)).is_err(),
        "without a log the version stands alone"
    );
    let third = third.with_last_material(2);
    assert_eq!(third.version_check(Some(2)), Ok(()));
    assert_eq!(third.version_check(Some(3)), Ok(()));
    assert!(third.version_check(Some(1)).is_err());
}

#[test]
fn each_built_field_of_the_shipped_files_has_one_retention() {
    for policy in [strict(), y2014()] {
        for field in policy::FIELDS.iter().filter(|field| field.built) {
            let (purpose, _) = policy.retention(field.name).unwrap();
            assert!(field.is_kept_for(purpose), "{}", field.name);
        }
    }
    assert_eq!(strict().retention("visit.ip"), None);
}

#[test]
fn answers_in_the_chat_only_refuse_the_letter_by_clause_23_and_nothing_else() {
    let subject = Subject {
        widget_only: true,
        ..Subject::default()
    };
    let ask = |channel| policy::Ask {
        role: Role::System,
        channel,
        subject: &subject,
        now: strict().effective(),
    };

    let refused = strict().decide("support.letter", &ask(Channel::Email));

    let refused = refused.unwrap_err();
    assert_eq!(
        (refused.code, refused.clause),
        ("channel_not_in_purpose", 23)
    );
    assert!(
        strict()
            .decide("rights.request", &ask(Channel::Email))
            .is_ok()
    );
    assert!(
        strict()
            .decide("support.reply", &ask(Channel::Widget))
            .is_ok()
    );
}

#[test]
fn letter_that_needs_a_yes_gets_no_proof_while_it_is_pending_or_suppressed() {
    let subject = Subject {
        consents: vec!["notice.letter".to_owned()],
        ..Subject::default()
    };
    let (policy, reading) = (strict(), Reading::own());
    let ask = |subject| policy::Ask {
        role: Role::System,
        channel: Channel::Email,
        subject,
        now: policy.effective(),
    };
    let permit = policy
        .permit::<policy::NoticeLetter>(&ask(&subject), &reading)
        .unwrap();
    let state = |confirmed_at, suppressed| policy::OptInState {
        confirmed_at,
        suppressed,
    };
    let clause = |state| permit.opt_in(state).map(|_| ()).map_err(|it| it.clause);

    assert_eq!(clause(state(None, false)), Err(14));
    assert_eq!(clause(state(Some(Timestamp(1)), true)), Err(32));
    assert_eq!(clause(state(Some(Timestamp(1)), false)), Ok(()));
    let silent = Subject::default();
    assert!(
        policy
            .permit::<policy::NoticeLetter>(&ask(&silent), &reading)
            .is_err()
    );
}

fn any_subject() -> impl Strategy<Value = Subject> {
    let keys = proptest::sample::subsequence(vec!["support.letter", "support.reply"], 0..=2);
    let outs =
        proptest::sample::subsequence(vec!["optout.email", "suppression", "optout.ads"], 0..=3);
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let objections = proptest::sample::subsequence(vec!["support.letter"], 0..=1);
    let all = (keys, outs, objections, any::<[bool; 5]>());
    all.prop_map(move |(consents, optouts, objections, flags)| Subject {
        consents: owned(consents),
        optouts: owned(optouts),
        objections: owned(objections),
        gpc: flags[0],
        erasing: flags[1],
        frozen: flags[2],
        restricted: flags[3],
        widget_only: flags[4],
        terms: None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Signals, opt-outs and states of the person can only take permission away; so can a shorter file.
    #[test]
    fn adding_a_layer_never_widens(
        subject in any_subject(),
        role in proptest::sample::select(Role::ALL.to_vec()),
        channel in proptest::sample::select(Channel::ALL.to_vec()),
        purpose in proptest::sample::select(policy::BUILT.to_vec()),
        layer in 0..8_usize,
    ) {
        let policy = by_consent();
        let allowed = |policy: &Policy, subject: &Subject| {
            policy.decide(purpose.0, &ask(role, channel, subject)).unwrap_or_default()
        };
        let before = allowed(&policy, &subject);
        let mut narrowed = subject.clone();
        match layer {
            0 => narrowed.gpc = true,
            1 => narrowed.erasing = true,
            2 => narrowed.frozen = true,
            3 => narrowed.restricted = true,
            4 => narrowed.optouts.push("optout.email".to_owned()),
            5 => narrowed.objections.push("support.reply".to_owned()),
            _ => narrowed.consents.clear(),
        }
        let after = allowed(&policy, &narrowed);
        prop_assert!(after.iter().all(|category| before.contains(category)));
        prop_assert!(before.iter().all(|category| purpose.1.contains(category)), "above the ceiling");
    }

    /// A file that says less allows less: lists of roles, channels and categories cut at any place.
    #[test]
    fn a_narrower_file_never_widens(
        role in proptest::sample::select(Role::ALL.to_vec()),
        channel in proptest::sample::select(Channel::ALL.to_vec()),
        purpose in proptest::sample::select(policy::BUILT.to_vec()),
        cut in proptest::sample::select(vec!["\"agent\", ", "\"privacy_officer\", ", "\"user.name\", "]),
    ) {
        let (whole, narrow) = (strict(), parse(&shipped::STRICT.replace(cut, "")));
        let subject = Subject::default();
        let ask = ask(role, channel, &subject);
        let before = whole.decide(purpose.0, &ask).unwrap_or_default();
        let after = narrow.decide(purpose.0, &ask).unwrap_or_default();
        prop_assert!(after.iter().all(|category| before.contains(category)));
    }
}
