//! The owner link works once, in time, for its own workspace.

use crate::{
    common::on_both,
    office::{OWNER, Office, PASSWORD, code, owner_setup, sign_in},
};

#[tokio::test]
async fn owner_link_works_once() {
    on_both(|world| async move {
        let app = world.app.clone();
        let made = app.create_workspace("Shop", &[]).await.unwrap();
        let link = app.owner_link(made.workspace_id).await.unwrap();

        let first = app.set_up_owner(owner_setup(&link, OWNER)).await;
        let second = app
            .set_up_owner(owner_setup(&link, "eve@evil.example"))
            .await;

        assert_eq!(code(first), "ok");
        assert_eq!(code(second), "link_invalid");
        assert_eq!(code(app.sign_in(sign_in(OWNER, PASSWORD)).await), "ok");
    })
    .await;
}

#[tokio::test]
async fn owner_link_ends_after_thirty_minutes_and_with_the_next_one() {
    on_both(|world| async move {
        let app = world.app.clone();
        let made = app.create_workspace("Shop", &[]).await.unwrap();
        let replaced = app.owner_link(made.workspace_id).await.unwrap();
        let link = app.owner_link(made.workspace_id).await.unwrap();
        let early = app.set_up_owner(owner_setup(&replaced, OWNER)).await;

        world.clock.add_seconds(30 * 60);
        let late = app.set_up_owner(owner_setup(&link, OWNER)).await;

        assert_eq!(code(early), "link_invalid");
        assert_eq!(code(late), "link_invalid");
    })
    .await;
}

#[tokio::test]
async fn weak_password_is_refused_and_does_not_cost_the_link() {
    on_both(|world| async move {
        let app = world.app.clone();
        let made = app.create_workspace("Shop", &[]).await.unwrap();
        let link = app.owner_link(made.workspace_id).await.unwrap();
        for (password, refusal) in [
            ("short", "password:too_short"),
            ("password123", "password:too_easy"),
            (OWNER, "password:too_easy"),
            (&"x".repeat(129), "password:too_long"),
        ] {
            let mut setup = owner_setup(&link, OWNER);
            setup.password = password.to_owned();
            assert_eq!(code(app.set_up_owner(setup).await), refusal);
        }

        assert_eq!(
            code(app.set_up_owner(owner_setup(&link, OWNER)).await),
            "ok"
        );
    })
    .await;
}

#[tokio::test]
async fn second_owner_link_restores_a_lost_owner() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let link = office
            .app
            .owner_link(office.made.workspace_id)
            .await
            .unwrap();
        let mut setup = owner_setup(&link, OWNER);
        setup.password = crate::office::OTHER_PASSWORD.to_owned();

        let restored = office.app.set_up_owner(setup).await.unwrap();

        let agent = office.app.authenticate_session(&restored.token).await;
        assert_eq!(agent.unwrap().agent_id, office.owner.agent_id);
        let old = office.app.authenticate_session(&office.owner_token).await;
        assert_eq!(code(old), "session_expired");
    })
    .await;
}
