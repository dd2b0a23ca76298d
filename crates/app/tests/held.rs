//! What is held, told and opened: to the person, to personnel, as a file; and the choices a person makes.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use app::{AppError, ContactChange};
use common::{World, email_of, on_both};
use policy::{Category, Role, Timestamp};
use serde_json::Value;
use store::inventory::{Tag, columns};

const MARK: &str = "mark-held-0c5d";

fn field<'a>(items: &'a [app::HeldItem], name: &str) -> &'a app::HeldItem {
    items.iter().find(|item| item.field == name).unwrap()
}

#[tokio::test]
async fn person_sees_every_field_with_source_purpose_and_time() {
    on_both(|world| async move {
        let seeded = world.seed_person(MARK, 4).await;

        let held = world.app.list_own_data(&seeded.visitor).await.unwrap();

        let value = |name| field(&held.items, name).value.clone().unwrap();
        assert_eq!(value("visitor.name"), format!("Ana {MARK}"));
        assert_eq!(value("visitor.email"), email_of(MARK));
        assert!(value("conversation.page").contains(MARK));
        assert_eq!(
            value("conversation.rating"),
            format!("4 of 5, fine, {MARK}")
        );
        assert_eq!(value("message.body"), "4 in 1 conversations");
        let name = field(&held.items, "visitor.name");
        assert_eq!(
            (name.source.as_str(), name.purpose.as_str()),
            ("site", "support.reply")
        );
        assert_eq!(name.retention, "365d after conversation.closed");
        assert_eq!(name.delete_at, None, "the conversation is open");
    })
    .await;
}

#[tokio::test]
async fn field_is_deleted_the_declared_time_after_the_last_conversation_closed() {
    on_both(|world| async move {
        let seeded = world.seed_person(MARK, 1).await;
        let (workspace, closed_at) = (world.workspace_id, world.now());
        world
            .write(move |tx| {
                tx.execute(
                    "update conversation set state = 'resolved', resolved_at = $2
                     where workspace_id = $1",
                    &[workspace.into(), closed_at.into()],
                )
            })
            .await;

        let held = world.app.list_own_data(&seeded.visitor).await.unwrap();

        let expected = closed_at.plus_days(365).micros();
        assert_eq!(field(&held.items, "message.body").delete_at, Some(expected));
    })
    .await;
}

#[tokio::test]
async fn every_field_of_a_visitor_in_the_inventory_can_be_told() {
    let world = World::embedded().await;
    let seeded = world.seed_person(MARK, 1).await;
    let version = Some(world.app.policy().version());
    let remember = world.app.choose_remembering(&seeded.visitor, true, version);
    remember.await.unwrap();
    let visitor = &seeded.visitor;
    world.app.choose_channel(visitor, true).await.unwrap();
    let notices = world
        .app
        .ask_own_notices(visitor, "a@mail.example", (version, "centre"));
    notices.await.unwrap();
    let asked = app::EnteredRequest {
        kind: domain::RequestKind::Correct,
        way: domain::RequestWay::Post,
        email: None,
        conversation_id: Some(seeded.conversation_id),
        right_name: Some("Right".to_owned()),
        right_email: Some("right@mail.example".to_owned()),
        purpose: None,
        received_at: None,
        proof: None,
    };
    let owner = world.agent(Role::Owner);
    world.app.enter_request(&owner, asked).await.unwrap();
    let order = app::HoldOrder {
        person_id: seeded.visitor.person_id,
        conversation_id: None,
        ground: "court-or-government".to_owned(),
        document_hash: format!("sha256:{}", "ab".repeat(32)),
        deadline_at: world.now().plus_days(9).micros(),
        gagged_until: None,
        reason: "an order of a court".to_owned(),
    };
    let officer = world.agent(Role::PrivacyOfficer);
    world.app.place_hold(&officer, order).await.unwrap();

    let held = world.app.list_own_data(&seeded.visitor).await.unwrap();

    let told: Vec<_> = held.items.iter().map(|item| item.field).collect();
    for column in columns() {
        let Tag::Personal(category, name, _) = column.tag else {
            continue;
        };
        let of_members = name.starts_with("agent.") || category == Category::Credentials;
        let after_erasure = name == "suppression.address";
        // There only while the record is frozen, when nobody is told anything of it.
        let while_frozen = name == "parent.email";
        assert!(
            told.contains(&name) || of_members || after_erasure || while_frozen,
            "{}.{} is not told",
            column.table,
            column.column
        );
    }
}

#[tokio::test]
async fn personnel_see_kinds_of_data_and_no_value() {
    on_both(|world| async move {
        let seeded = world.seed_person(MARK, 3).await;
        let person = seeded.visitor.person_id;

        let seen = world
            .app
            .get_person(&world.agent(Role::Agent), person)
            .await
            .unwrap();

        let text = serde_json::to_string(&seen).unwrap();
        assert!(!text.contains(MARK), "{text}");
        assert_eq!(field(&seen.items, "visitor.email").revealable, Some(true));
        assert_eq!(field(&seen.items, "message.body").revealable, Some(false));
        assert!(seen.readers.is_empty(), "to look is no reading");
        let refused = world
            .app
            .get_person(&world.agent(Role::Analyst), person)
            .await;
        assert_eq!(refused.err(), Some(AppError::Forbidden));
    })
    .await;
}

#[tokio::test]
async fn revealed_field_is_entered_and_counted() {
    on_both(|world| async move {
        let seeded = world.seed_person(MARK, 1).await;
        let person = seeded.visitor.person_id;
        let agent = world.agent(Role::Agent);
        let reveal = |field| {
            world
                .app
                .reveal_field(&agent, person, field, "support.reply")
        };

        let email = reveal("visitor.email").await.unwrap();
        let name = reveal("visitor.name").await.unwrap();

        assert_eq!(email.value, email_of(MARK));
        assert_eq!(name.value, format!("Ana {MARK}"));
        let held = world.app.list_own_data(&seeded.visitor).await.unwrap();
        assert_eq!(held.readers.len(), 1);
        assert_eq!(
            (held.readers[0].role.as_str(), held.readers[0].count),
            ("agent", 1)
        );
        assert_eq!(held.readers[0].agent_id, None, "the person is told roles");
        let workspace = world.workspace_id;
        let entries = world
            .write(move |tx| store::list_entries(tx, workspace, 0, 100))
            .await;
        let revealed: Vec<_> = entries
            .iter()
            .filter_map(|entry| entry.details.get("field"))
            .collect();
        assert_eq!(revealed, ["visitor.email", "visitor.name"]);
    })
    .await;
}

#[tokio::test]
async fn reveal_is_refused_outside_purpose_role_and_field() {
    on_both(|world| async move {
        let person = world.seed_person(MARK, 1).await.visitor.person_id;
        let reveal = |role, field, purpose| reveal(&world, (role, person), field, purpose);
        let clause = |error: Option<AppError>| match error {
            Some(AppError::Denied(refusal)) => refusal.clause,
            other => panic!("{other:?}"),
        };

        let agent = reveal(Role::Agent, "visitor.email", "rights.request").await;
        assert_eq!(clause(agent), 69);
        let officer = reveal(Role::PrivacyOfficer, "visitor.email", "support.reply").await;
        assert_eq!(clause(officer), 69);
        let other = reveal(Role::Owner, "visitor.email", "marketing.newsletter").await;
        assert_eq!(clause(other), 6);
        let plain = reveal(Role::Owner, "message.body", "support.reply").await;
        assert_eq!(plain, Some(AppError::NotFound));
        let fine = reveal(Role::PrivacyOfficer, "visitor.email", "rights.request").await;
        assert_eq!(fine, None);
    })
    .await;
}

async fn reveal(
    world: &World,
    (role, person): (Role, domain::PersonId),
    field: &'static str,
    purpose: &'static str,
) -> Option<AppError> {
    let agent = world.agent(role);
    let revealed = world.app.reveal_field(&agent, person, field, purpose);
    revealed.await.err()
}

#[tokio::test]
async fn reveals_of_one_agent_are_limited() {
    on_both(|world| async move {
        let person = world.seed_person(MARK, 1).await.visitor.person_id;
        let agent = world.agent(Role::Admin);
        let reveal = || {
            world
                .app
                .reveal_field(&agent, person, "visitor.name", "support.reply")
        };
        for _ in 0..20 {
            reveal().await.unwrap();
        }

        let refused = reveal().await;

        assert!(matches!(
            refused.err(),
            Some(AppError::TooMany {
                retry_after_s: 1..=30
            })
        ));
        world.clock.add_seconds(30);
        assert!(reveal().await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn export_is_whole_and_holds_nothing_of_others() {
    on_both(|world| async move {
        let seeded = world.seed_person(MARK, 450).await;
        world.seed_person("mark-other-77aa", 3).await;

        let export = world.app.export_own_data(&seeded.visitor).await.unwrap();
        let text = export.whole().await.unwrap();

        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["form"], "chatham export v1");
        let conversations = document["conversations"].as_array().unwrap();
        assert_eq!(conversations.len(), 1);
        let messages = conversations[0]["messages"].as_array().unwrap();
        // Every third of the seeded is a note: what the team tells itself never leaves the workspace.
        assert_eq!(messages.len(), 300);
        for (number, message) in (1_i64..).filter(|seq| seq % 3 != 0).zip(messages) {
            assert_eq!(message["seq"], number);
            assert_eq!(message["body"], format!("message {number} says {MARK}"));
        }
        assert!(text.contains(&email_of(MARK)));
        assert!(!text.contains("mark-other"));
    })
    .await;
}

#[tokio::test]
async fn choice_is_kept_with_version_and_receipt_and_taken_back_as_easily() {
    on_both(|world| async move {
        let visitor = world.seed_person(MARK, 1).await.visitor;
        let version = world.app.policy().version();
        let choose = |remember| {
            world
                .app
                .choose_remembering(&visitor, remember, Some(version))
        };

        let yes = choose(true).await.unwrap();
        let again = choose(true).await.unwrap();
        let no = choose(false).await.unwrap();

        let key = world.app.ledger_key(world.workspace_id).unwrap();
        for view in [&yes, &again, &no] {
            assert!(view.receipt.verify(&key).is_ok());
        }
        assert_eq!(
            yes.receipt.index, again.receipt.index,
            "the same choice is one entry"
        );
        assert_ne!(yes.receipt.index, no.receipt.index);
        let held = world.app.list_own_data(&visitor).await.unwrap();
        let choices: Vec<_> = held.consents.iter().map(|choice| choice.granted).collect();
        assert_eq!(choices, [false, true]);
        assert_eq!(held.consents[1].policy_version, i64::from(version));
        assert!(
            !held
                .items
                .iter()
                .any(|item| item.field == "visitor.remembered")
        );
    })
    .await;
}

#[tokio::test]
async fn choice_without_the_version_shown_is_refused() {
    on_both(|world| async move {
        let visitor = world.seed_person(MARK, 1).await.visitor;
        let choose = |version| world.app.choose_remembering(&visitor, true, version);

        assert_eq!(
            choose(None).await.err(),
            Some(AppError::PolicyVersionMissing)
        );
        assert_eq!(
            choose(Some(99)).await.err(),
            Some(AppError::PolicyVersionOld { current: 1 })
        );
    })
    .await;
}

fn contact(name: Option<&str>, email: Option<&str>) -> ContactChange {
    ContactChange {
        name: name.map(str::to_owned),
        email: email.map(str::to_owned),
        locale: None,
        policy_version: Some(1),
    }
}

async fn verified_at(world: &World, visitor: &app::Visitor) -> Option<Timestamp> {
    let (workspace, person) = (visitor.workspace_id, visitor.person_id);
    let found = world
        .write(move |tx| store::find_held_visitor(tx, workspace, person))
        .await;
    found.unwrap().email_verified_at
}

#[tokio::test]
async fn changed_address_is_verified_by_a_link_that_works_once() {
    on_both(|world| async move {
        let visitor = world.seed_person(MARK, 1).await.visitor;

        let change = contact(Some("Ana Lopez"), Some("Ana.New@mail.example"));
        let view = world.app.update_contact(&visitor, change).await.unwrap();
        run_jobs(&world).await;

        assert!(view.verification_sent);
        let held = world.app.list_own_data(&visitor).await.unwrap();
        let email = field(&held.items, "visitor.email").value.clone();
        assert_eq!(email.as_deref(), Some("ana.new@mail.example"));
        let letter = mail::Mailer::sent(&*world.letters).remove(0);
        let (_, token) = letter.body.split_once("/verify/").unwrap();
        let token = &token[..43];
        assert_eq!(world.app.find_verification(token).await.unwrap(), "Shop");
        assert_eq!(
            verified_at(&world, &visitor).await,
            None,
            "a look changes nothing"
        );
        world.app.verify_email(token).await.unwrap();
        assert_eq!(verified_at(&world, &visitor).await, Some(world.now()));
        assert_eq!(world.app.verify_email(token).await, Err(AppError::NotFound));

        let change = contact(None, Some("other@mail.example"));
        world.app.update_contact(&visitor, change).await.unwrap();
        assert_eq!(
            verified_at(&world, &visitor).await,
            None,
            "another address, another proof"
        );
    })
    .await;
}

async fn run_jobs(world: &World) {
    let jobs = world.app.lease_jobs(10).await.unwrap();
    for job in jobs.iter().filter(|job| job.kind.contains("verif")) {
        let outcome = world.app.run_job(job).await.unwrap();
        world
            .app
            .settle_job(job.clone(), Ok(outcome))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn verification_link_ends_after_a_day() {
    on_both(|world| async move {
        let visitor = world.seed_person(MARK, 1).await.visitor;
        let change = contact(None, Some("ana.new@mail.example"));
        world.app.update_contact(&visitor, change).await.unwrap();
        run_jobs(&world).await;
        let letter = mail::Mailer::sent(&*world.letters).remove(0);
        let (_, token) = letter.body.split_once("/verify/").unwrap();

        world.clock.add_seconds(24 * 3_600);

        assert_eq!(
            world.app.verify_email(&token[..43]).await,
            Err(AppError::NotFound)
        );
    })
    .await;
}

#[tokio::test]
async fn contact_details_that_are_not_whole_are_refused_and_nothing_is_stored() {
    on_both(|world| async move {
        let visitor = world.seed_person(MARK, 1).await.visitor;

        let change = contact(Some("Ana\r\nBcc: x"), Some("not an address"));
        let refused = world.app.update_contact(&visitor, change).await;

        let Err(AppError::Invalid(fields)) = refused else {
            panic!("{refused:?}")
        };
        let names: Vec<_> = fields.iter().map(|field| field.field).collect();
        assert_eq!(names, ["name", "email"]);
        let held = world.app.list_own_data(&visitor).await.unwrap();
        assert_eq!(
            field(&held.items, "visitor.email").value,
            Some(email_of(MARK))
        );
    })
    .await;
}

#[tokio::test]
async fn erased_person_can_change_nothing() {
    on_both(|world| async move {
        let visitor = world.seed_person(MARK, 1).await.visitor;
        world.app.erase_visitor(&visitor).await.unwrap();

        let changed = world
            .app
            .update_contact(&visitor, contact(Some("Ana"), None))
            .await;
        let chosen = world.app.choose_remembering(&visitor, true, Some(1)).await;

        assert_eq!(changed.err(), Some(AppError::NotFound));
        assert_eq!(chosen.err(), Some(AppError::NotFound));
    })
    .await;
}
