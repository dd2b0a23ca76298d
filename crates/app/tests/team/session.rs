//! Signing in, and sessions that end everywhere at once.

use app::AppError;
use bus::{Signal, Topic};
use policy::Role;

use crate::{
    common::on_both,
    office::{OTHER_PASSWORD, OWNER, Office, PASSWORD, code, sign_in},
};

const HOUR_S: i64 = 3_600;

#[tokio::test]
async fn unknown_address_wrong_password_and_disabled_member_get_one_answer() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let bea = office.joined("bea@shop.example", Role::Agent).await;
        let disable = (None, Some(domain::AgentState::Disabled));
        office
            .app
            .update_agent(&office.owner, bea.agent_id, disable)
            .await
            .unwrap();

        for (email, password) in [
            ("nobody@shop.example", PASSWORD),
            (OWNER, OTHER_PASSWORD),
            ("bea@shop.example", PASSWORD),
            ("not an address", PASSWORD),
        ] {
            let refused = office.app.sign_in(sign_in(email, password)).await.err();
            let expected = AppError::Unauthenticated(policy::RefusalCode::WrongCredentials);
            assert_eq!(refused, Some(expected), "{email}");
        }
    })
    .await;
}

#[tokio::test]
async fn unknown_address_pays_for_one_hash_as_a_wrong_password_does() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        for email in [OWNER, "nobody@shop.example", "not an address"] {
            let before = office.app.passwords_compared();

            drop(office.app.sign_in(sign_in(email, OTHER_PASSWORD)).await);

            assert_eq!(office.app.passwords_compared(), before + 1, "{email}");
        }
    })
    .await;
}

#[tokio::test]
async fn guessing_is_slowed_and_the_owner_gets_in_seconds_later() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        for _ in 0..10 {
            let refused = office.app.sign_in(sign_in(OWNER, OTHER_PASSWORD)).await;
            assert_eq!(code(refused), "wrong_credentials");
        }

        let slowed = office.app.sign_in(sign_in(OWNER, OTHER_PASSWORD)).await;
        assert_eq!(slowed.err(), Some(AppError::TooMany { retry_after_s: 6 }));
        let other = office
            .app
            .sign_in(sign_in("x@shop.example", PASSWORD))
            .await;
        assert_eq!(code(other), "wrong_credentials");
        office.pass_seconds(6);
        assert_eq!(
            code(office.app.sign_in(sign_in(OWNER, PASSWORD)).await),
            "ok"
        );
    })
    .await;
}

#[tokio::test]
async fn each_sign_in_has_a_token_of_its_own_and_only_its_hash_is_stored() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let first = office
            .app
            .sign_in(sign_in(OWNER, PASSWORD))
            .await
            .unwrap()
            .token;
        let second = office
            .app
            .sign_in(sign_in(OWNER, PASSWORD))
            .await
            .unwrap()
            .token;

        assert_ne!(first, second);
        assert_eq!(first.len(), 43);
        let stored = office.world.write(|tx| {
            let rows = tx.query("select token_hash from session limit 100", &[])?;
            rows.into_iter()
                .map(|mut row| row.blob("token_hash"))
                .collect::<Result<Vec<_>, _>>()
        });
        let stored = stored.await;
        assert!(stored.contains(&app::token_hash(&first).to_vec()));
        assert!(!stored.iter().any(|bytes| bytes == first.as_bytes()));
    })
    .await;
}

#[tokio::test]
async fn session_ends_after_twelve_idle_hours_and_after_thirty_days() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        office.pass_seconds(12 * HOUR_S - 1);
        let used = office.app.authenticate_session(&office.owner_token).await;
        assert_eq!(code(used), "ok");
        office.pass_seconds(12 * HOUR_S);
        let idle = office.app.authenticate_session(&office.owner_token).await;
        assert_eq!(code(idle), "session_expired");

        let token = office
            .app
            .sign_in(sign_in(OWNER, PASSWORD))
            .await
            .unwrap()
            .token;
        for _ in 0..(30 * 24 / 10 - 1) {
            office.pass_seconds(10 * HOUR_S);
            assert_eq!(code(office.app.authenticate_session(&token).await), "ok");
        }
        office.pass_seconds(10 * HOUR_S);
        let old = office.app.authenticate_session(&token).await;
        assert_eq!(code(old), "session_expired");
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_one_session_and_its_streams() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let token = office
            .app
            .sign_in(sign_in(OWNER, PASSWORD))
            .await
            .unwrap()
            .token;
        let other = office.app.authenticate_session(&token).await.unwrap();
        let topic = Topic::Agent(other.workspace_id, other.agent_id);
        let mut stream = office.app.bus.subscribe(vec![topic]);

        office
            .app
            .end_session(&office.owner, other.session_id)
            .await
            .unwrap();

        assert_eq!(stream.next().await, Signal::SessionEnded(other.session_id));
        assert_eq!(
            code(office.app.authenticate_session(&token).await),
            "session_expired"
        );
        let mine = office.app.authenticate_session(&office.owner_token).await;
        assert_eq!(code(mine), "ok");
        let again = office
            .app
            .end_session(&office.owner, other.session_id)
            .await;
        assert_eq!(code(again), "not_found");
    })
    .await;
}

#[tokio::test]
async fn ending_all_others_keeps_this_one() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        for _ in 0..3 {
            drop(office.app.sign_in(sign_in(OWNER, PASSWORD)).await.unwrap());
        }
        assert_eq!(
            office.app.list_sessions(&office.owner).await.unwrap().len(),
            4
        );

        office.app.end_other_sessions(&office.owner).await.unwrap();

        let left = office.app.list_sessions(&office.owner).await.unwrap();
        assert_eq!(left.len(), 1);
        assert!(left[0].current);
    })
    .await;
}

#[tokio::test]
async fn member_cannot_end_the_session_of_another() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let bea = office.joined("bea@shop.example", Role::Admin).await;

        let foreign = office.app.end_session(&bea, office.owner.session_id).await;

        assert_eq!(code(foreign), "not_found");
    })
    .await;
}

#[tokio::test]
async fn who_is_signed_in_is_told_with_role_and_rights() {
    on_both(|world| async move {
        let office = Office::open(world).await;

        let view = office.app.get_session(&office.owner).await.unwrap();

        assert_eq!(view.agent.name, "Olga");
        assert_eq!(view.agent.email, OWNER);
        assert_eq!(view.agent.role, "owner");
        assert!(!view.agent.totp_enabled);
        assert_eq!(view.workspace.name, "Shop");
        assert_eq!(
            view.permissions,
            ["answer", "manage", "erase", "policy", "hold"]
        );
    })
    .await;
}
