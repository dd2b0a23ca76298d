//! Passwords: changing, forgetting, setting anew.

use bus::{Signal, Topic};
use policy::Role;

use crate::{
    common::on_both,
    office::{OTHER_PASSWORD, OWNER, Office, PASSWORD, code, sign_in, token_after},
};

impl Office {
    /// The token of the letter for a forgotten password.
    async fn reset_token(&self, email: &str) -> String {
        // As `forgot_password` does behind its answer.
        let logins = self.app.reset_index(email);
        self.app.request_reset(logins).await.unwrap();
        self.run_jobs().await;
        token_after(&self.letter_to(email), "/console/reset#token=")
    }
}

#[tokio::test]
async fn changing_needs_the_current_one_and_ends_the_other_sessions() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let other = office
            .app
            .sign_in(sign_in(OWNER, PASSWORD))
            .await
            .unwrap()
            .token;
        let change = |current: &str, new: &str| {
            let (current, new) = (current.to_owned(), new.to_owned());
            office.app.change_password(&office.owner, current, new)
        };

        let wrong = change(OTHER_PASSWORD, OTHER_PASSWORD).await;
        let weak = change(PASSWORD, "password123").await;
        let right = change(PASSWORD, OTHER_PASSWORD).await;

        assert_eq!(code(wrong), "current:wrong_password");
        assert_eq!(code(weak), "new:too_easy");
        assert_eq!(code(right), "ok");
        assert_eq!(
            code(office.app.authenticate_session(&other).await),
            "session_expired"
        );
        let mine = office.app.authenticate_session(&office.owner_token).await;
        assert_eq!(code(mine), "ok");
        let old = office.app.sign_in(sign_in(OWNER, PASSWORD)).await;
        assert_eq!(code(old), "wrong_credentials");
    })
    .await;
}

#[tokio::test]
async fn letter_sets_a_new_password_once_and_ends_every_session() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let token = office.reset_token(OWNER).await;
        let topic = Topic::Agent(office.owner.workspace_id, office.owner.agent_id);
        let mut stream = office.app.bus.subscribe(vec![topic]);
        let weak = office
            .app
            .reset_password(&token, "password123".to_owned())
            .await;

        let set = office
            .app
            .reset_password(&token, OTHER_PASSWORD.to_owned())
            .await;
        let twice = office.app.reset_password(&token, PASSWORD.to_owned()).await;

        assert_eq!(code(weak), "password:too_easy");
        assert_eq!(code(set), "ok");
        assert_eq!(code(twice), "link_invalid");
        assert_eq!(stream.next().await, Signal::AllSessionsEnded);
        let mine = office.app.authenticate_session(&office.owner_token).await;
        assert_eq!(code(mine), "session_expired");
        assert_eq!(
            code(office.app.sign_in(sign_in(OWNER, OTHER_PASSWORD)).await),
            "ok"
        );
    })
    .await;
}

#[tokio::test]
async fn letter_is_good_for_an_hour_and_for_active_members_only() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let token = office.reset_token(OWNER).await;
        office.pass_seconds(3_600);
        let late = office
            .app
            .reset_password(&token, OTHER_PASSWORD.to_owned())
            .await;
        let bea = office.joined("bea@shop.example", Role::Agent).await;
        let token = office.reset_token("bea@shop.example").await;
        let disable = (None, Some(domain::AgentState::Disabled));
        let disabled = office
            .app
            .update_agent(&office.owner, bea.agent_id, disable);
        disabled.await.unwrap();

        let gone = office
            .app
            .reset_password(&token, OTHER_PASSWORD.to_owned())
            .await;

        assert_eq!(code(late), "link_invalid");
        assert_eq!(code(gone), "link_invalid");
    })
    .await;
}

#[tokio::test]
async fn unknown_address_gets_no_letter_and_no_other_answer() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let before = office.letters().len();

        office.app.forgot_password("nobody@shop.example");
        let index = office.app.reset_index("nobody@shop.example");
        office.app.request_reset(index).await.unwrap();
        office.run_jobs().await;

        assert_eq!(office.letters().len(), before);
    })
    .await;
}

#[tokio::test]
async fn password_stands_in_no_letter() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        drop(office.reset_token(OWNER).await);
        office.joined("bea@shop.example", Role::Agent).await;

        for letter in office.letters() {
            assert!(!letter.body.contains(PASSWORD) && !letter.subject.contains(PASSWORD));
        }
    })
    .await;
}
