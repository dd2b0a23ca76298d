//! Changes of access, and what one workspace sees of another.

use bus::{Signal, Topic};
use domain::{AgentAvailability, AgentState, Availability};
use policy::Role;

use crate::{
    common::on_both,
    office::{OWNER, Office, code},
};

#[tokio::test]
async fn changed_role_ends_the_members_sessions_and_streams() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let bea = office.joined("bea@shop.example", Role::Agent).await;
        let topic = Topic::Agent(bea.workspace_id, bea.agent_id);
        let mut stream = office.app.bus.subscribe(vec![topic]);

        let change = (Some(Role::Admin), None);
        office
            .app
            .update_agent(&office.owner, bea.agent_id, change)
            .await
            .unwrap();

        assert_eq!(stream.next().await, Signal::AllSessionsEnded);
        let sessions = office.app.list_sessions(&bea).await.unwrap();
        assert!(sessions.is_empty());
        let listed = office.app.list_agents(&office.owner).await.unwrap();
        assert_eq!(listed[1].role, "admin");
    })
    .await;
}

#[tokio::test]
async fn rules_of_the_team_hold() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let admin = office.joined("admin@shop.example", Role::Admin).await;
        let bea = office.joined("bea@shop.example", Role::Agent).await;
        let owner = office.owner;
        let app = &office.app;
        let role = |role| (Some(role), None);
        let disabled = (None, Some(AgentState::Disabled));

        for (by, whom, change, expected) in [
            (&bea, admin.agent_id, role(Role::Agent), "forbidden"),
            (&admin, owner.agent_id, role(Role::Agent), "owner_protected"),
            (&admin, owner.agent_id, disabled, "owner_protected"),
            (
                &admin,
                bea.agent_id,
                role(Role::Owner),
                "only_owners_make_owners",
            ),
            (&owner, owner.agent_id, role(Role::Agent), "own_access"),
            (
                &owner,
                bea.agent_id,
                (None, Some(AgentState::Invited)),
                "not_a_state",
            ),
            (&owner, bea.agent_id, role(Role::Owner), "ok"),
            (&owner, bea.agent_id, role(Role::Agent), "ok"),
            (&admin, bea.agent_id, disabled, "ok"),
            (&admin, bea.agent_id, (None, Some(AgentState::Active)), "ok"),
        ] {
            let changed = app.update_agent(by, whom, change).await;
            assert_eq!(code(changed), expected, "{change:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn changes_of_access_stand_in_the_ledger() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let bea = office.joined("bea@shop.example", Role::Agent).await;
        let disable = (None, Some(AgentState::Disabled));
        office
            .app
            .update_agent(&office.owner, bea.agent_id, disable)
            .await
            .unwrap();

        let workspace_id = office.made.workspace_id;
        let entries = office
            .world
            .write(move |tx| store::list_entries(tx, workspace_id, 0, 100));
        let acts: Vec<String> = entries
            .await
            .iter()
            .map(|entry| entry.details["act"].clone())
            .collect();

        assert_eq!(acts, ["owner_made", "invited", "joined", "disabled"]);
    })
    .await;
}

#[tokio::test]
async fn addresses_are_whole_for_managing_roles_only() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let bea = office.joined("bea@shop.example", Role::Agent).await;

        let seen = office.app.list_agents(&bea).await.unwrap();
        let managed = office.app.list_agents(&office.owner).await.unwrap();

        assert_eq!(seen[0].email, "o…@shop.example");
        assert_eq!(seen[1].email, "bea@shop.example");
        assert_eq!(managed[0].email, OWNER);
        assert_eq!(managed[1].email, "bea@shop.example");
        assert_eq!(seen[0].name, "Olga");
    })
    .await;
}

#[tokio::test]
async fn other_workspace_is_not_there() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let bea = office.joined("bea@shop.example", Role::Agent).await;
        let other = office.app.create_workspace("Bakery", &[]).await.unwrap();
        let link = office.app.owner_link(other.workspace_id).await.unwrap();
        let setup = crate::office::owner_setup(&link, "baker@bread.example");
        let token = office.app.set_up_owner(setup).await.unwrap().token;
        let baker = office.app.authenticate_session(&token).await.unwrap();

        let role = office
            .app
            .update_agent(&baker, bea.agent_id, (Some(Role::Admin), None))
            .await;
        let site = office.app.get_site(&baker, office.made.site_id).await;
        let resend = office.app.resend_invitation(&baker, bea.agent_id).await;

        assert_eq!(code(role), "not_found");
        assert_eq!(code(site), "not_found");
        assert_eq!(code(resend), "not_found");
        assert_eq!(office.app.list_agents(&baker).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn site_is_online_while_somebody_who_answers_is_here() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let workspace_id = office.made.workspace_id;
        let now = || office.app.site_availability(workspace_id);
        assert_eq!(now().await, Ok(Availability::Online));

        office.pass_seconds(61);
        assert_eq!(now().await, Ok(Availability::Away));
        let topic = Topic::Agent(workspace_id, office.owner.agent_id);
        let stream = office.app.bus.subscribe(vec![topic]);
        assert_eq!(now().await, Ok(Availability::Online));
        let away = AgentAvailability::Away;
        office
            .app
            .set_availability(&office.owner, away)
            .await
            .unwrap();
        assert_eq!(now().await, Ok(Availability::Away));
        drop(stream);

        let hours = domain::WorkingHours {
            always: false,
            ..domain::WorkingHours::default()
        };
        office
            .app
            .update_working_hours(&office.owner, hours)
            .await
            .unwrap();
        assert_eq!(now().await, Ok(Availability::Offline));
    })
    .await;
}
