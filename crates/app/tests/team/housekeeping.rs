//! What is past its time goes.

use domain::AgentState;
use policy::Role;

use crate::{
    common::on_both,
    office::{OWNER, Office, PASSWORD, code, sign_in},
};

const DAY_S: i64 = 24 * 3_600;

async fn count(office: &Office, query: &'static str) -> i64 {
    office
        .world
        .write(move |tx| tx.get(query, &[])?.int("count"))
        .await
}

#[tokio::test]
async fn sessions_links_and_events_go_when_their_time_is_over() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let site_id = office.made.site_id;
        let origin = Some("https://shop.example");
        office
            .app
            .widget_config(site_id, None, origin)
            .await
            .unwrap();
        office
            .app
            .owner_link(office.made.workspace_id)
            .await
            .unwrap();
        office.app.keep_house().await.unwrap();
        assert_eq!(count(&office, "select count(*) from session").await, 1);
        assert_eq!(count(&office, "select count(*) from event").await, 1);

        office.pass_seconds(8 * DAY_S);
        office.app.keep_house().await.unwrap();

        assert_eq!(count(&office, "select count(*) from session").await, 0);
        assert_eq!(count(&office, "select count(*) from link").await, 0);
        assert_eq!(count(&office, "select count(*) from event").await, 0);
        assert_eq!(
            code(office.app.sign_in(sign_in(OWNER, PASSWORD)).await),
            "ok"
        );
    })
    .await;
}

#[tokio::test]
async fn account_of_a_disabled_member_goes_after_thirty_days() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let bea = office.joined("bea@shop.example", Role::Agent).await;
        let disable = (None, Some(AgentState::Disabled));
        office
            .app
            .update_agent(&office.owner, bea.agent_id, disable)
            .await
            .unwrap();
        office.pass_seconds(29 * DAY_S);
        office.app.keep_house().await.unwrap();
        assert_eq!(count(&office, "select count(*) from agent").await, 2);

        office.pass_seconds(DAY_S);
        office.app.keep_house().await.unwrap();

        assert_eq!(count(&office, "select count(*) from agent").await, 1);
        let key = office
            .app
            .keyring
            .find_person(bea.workspace_id, bea.person_id)
            .await;
        assert!(key.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn conversation_goes_a_year_after_it_was_resolved_and_its_person_with_it() {
    on_both(|world| async move {
        let seeded = world.seed_person("mark", 3).await;
        let id = seeded.conversation_id;
        let now = world.now();
        world
            .write(move |tx| {
                tx.execute(
                    "update conversation set state = 'resolved', resolved_at = $2
                     where conversation_id = $1",
                    &[id.into(), now.into()],
                )?;
                tx.execute("update inbox_count set state = 'resolved'", &[])
            })
            .await;
        let persons = || world.write(|tx| tx.get("select count(*) from person", &[])?.int("count"));
        world.clock.add_seconds(365 * DAY_S - 1);
        world.app.keep_house().await.unwrap();
        assert_eq!(persons().await, 1);

        world.clock.add_seconds(1);
        world.app.keep_house().await.unwrap();

        assert_eq!(persons().await, 0);
        let key = world
            .app
            .keyring
            .find_person(world.workspace_id, seeded.visitor.person_id);
        assert!(key.await.unwrap().is_none());
    })
    .await;
}
