//! Invitations.

use app::Invitation;
use policy::Role;

use crate::{
    common::on_both,
    office::{OWNER, Office, PASSWORD, code, sign_in, token_after},
};

const BEA: &str = "bea@shop.example";

fn invite(email: &str, role: Role) -> Invitation {
    Invitation {
        email: email.to_owned(),
        name: Some("Member".to_owned()),
        role,
        key: None,
    }
}

#[tokio::test]
async fn letter_lets_one_person_join_once() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        office
            .app
            .invite_agent(&office.owner, invite(BEA, Role::Agent))
            .await
            .unwrap();
        let early = office.app.sign_in(sign_in(BEA, PASSWORD)).await;
        office.run_jobs().await;
        let token = token_after(&office.letter_to(BEA), "/console/invite#token=");
        let accept = || {
            office
                .app
                .accept_invitation(&token, "Member", PASSWORD.to_owned())
        };

        assert_eq!(code(early), "wrong_credentials");
        assert_eq!(code(accept().await), "ok");
        assert_eq!(code(accept().await), "link_invalid");
        assert_eq!(code(office.app.sign_in(sign_in(BEA, PASSWORD)).await), "ok");
    })
    .await;
}

#[tokio::test]
async fn invitation_ends_after_seven_days_and_with_the_next_letter() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let invited = office
            .app
            .invite_agent(&office.owner, invite(BEA, Role::Agent));
        let id = invited.await.unwrap().id.parse().unwrap();
        office.run_jobs().await;
        let first = token_after(&office.letter_to(BEA), "#token=");
        office
            .app
            .resend_invitation(&office.owner, id)
            .await
            .unwrap();
        office.run_jobs().await;
        let second = token_after(&office.letter_to(BEA), "#token=");
        let accept = |token| {
            office
                .app
                .accept_invitation(token, "Member", PASSWORD.to_owned())
        };

        assert_eq!(code(accept(&first).await), "link_invalid");
        office.pass_seconds(7 * 24 * 3_600);
        assert_eq!(code(accept(&second).await), "link_invalid");
    })
    .await;
}

#[tokio::test]
async fn withdrawn_invitation_leaves_nothing_of_the_person() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let invited = office
            .app
            .invite_agent(&office.owner, invite(BEA, Role::Agent));
        let id = invited.await.unwrap().id.parse().unwrap();
        office.run_jobs().await;
        let token = token_after(&office.letter_to(BEA), "#token=");

        office
            .app
            .withdraw_invitation(&office.owner, id)
            .await
            .unwrap();

        let accepted = office
            .app
            .accept_invitation(&token, "Member", PASSWORD.to_owned())
            .await;
        assert_eq!(code(accepted), "link_invalid");
        let again = office.app.withdraw_invitation(&office.owner, id).await;
        assert_eq!(code(again), "not_found");
        let persons = office.world.write(|tx| {
            tx.get(
                "select count(*) from person where source = 'invitation'",
                &[],
            )?
            .int("count")
        });
        assert_eq!(persons.await, 0);
        let invited = office
            .app
            .invite_agent(&office.owner, invite(BEA, Role::Agent))
            .await;
        assert_eq!(code(invited), "ok");
    })
    .await;
}

#[tokio::test]
async fn who_may_invite_whom() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let admin = office.joined("admin@shop.example", Role::Admin).await;
        let agent = office.joined("agent@shop.example", Role::Agent).await;
        let invite = |by, email: &str, role| office.app.invite_agent(by, invite(email, role));

        assert_eq!(
            code(invite(&agent, "x@shop.example", Role::Agent).await),
            "forbidden"
        );
        let owner = invite(&admin, "x@shop.example", Role::Owner).await;
        assert_eq!(code(owner), "only_owners_make_owners");
        assert_eq!(
            code(invite(&admin, "x@shop.example", Role::Agent).await),
            "ok"
        );
        let twice = invite(&admin, "X@SHOP.example", Role::Agent).await;
        assert_eq!(code(twice), "already_member");
        assert_eq!(
            code(invite(&admin, OWNER, Role::Agent).await),
            "already_member"
        );
        assert_eq!(
            code(invite(&admin, "no address", Role::Agent).await),
            "email:not_an_address"
        );
    })
    .await;
}

#[tokio::test]
async fn joined_member_cannot_be_withdrawn_or_invited_again() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let bea = office.joined(BEA, Role::Agent).await;

        let withdrawn = office
            .app
            .withdraw_invitation(&office.owner, bea.agent_id)
            .await;
        let resent = office
            .app
            .resend_invitation(&office.owner, bea.agent_id)
            .await;

        assert_eq!(code(withdrawn), "not_found");
        assert_eq!(code(resent), "already_member");
    })
    .await;
}

#[tokio::test]
async fn address_in_two_workspaces_signs_in_where_its_password_is() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let other = office.app.create_workspace("Bakery", &[]).await.unwrap();
        let link = office.app.owner_link(other.workspace_id).await.unwrap();
        let mut setup = crate::office::owner_setup(&link, OWNER);
        setup.password = crate::office::OTHER_PASSWORD.to_owned();
        office.app.set_up_owner(setup).await.unwrap();

        for (password, workspace_id) in [
            (PASSWORD, office.made.workspace_id),
            (crate::office::OTHER_PASSWORD, other.workspace_id),
        ] {
            let token = office
                .app
                .sign_in(sign_in(OWNER, password))
                .await
                .unwrap()
                .token;
            let agent = office.app.authenticate_session(&token).await.unwrap();
            assert_eq!(agent.workspace_id, workspace_id);
        }
    })
    .await;
}
