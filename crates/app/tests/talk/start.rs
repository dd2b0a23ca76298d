//! The first deliberate act: a visitor, a conversation and its first message, or nothing.

use app::AppError;
use domain::SiteId;
use policy::Timestamp;

use crate::world::{code, inbox_query as query, on_both};

#[tokio::test]
async fn first_message_makes_visitor_conversation_and_message_together() {
    on_both(|world| async move {
        let begun = world.begin("Where is my order?").await;

        let started = &begun.started;
        assert_eq!(
            (started.message.seq, started.message.body.as_str()),
            (1, "Where is my order?")
        );
        assert_eq!(started.conversation.state, "open");
        assert_eq!(started.visitor.id, begun.visitor.visitor_id);
        let inbox = world
            .app
            .list_conversations(&world.shop.ana, &query("all", "open", None))
            .await
            .unwrap();
        let row = &inbox.conversations[0];
        assert_eq!(row.page.as_ref().unwrap().url, "https://shop.example/cart");
        assert_eq!(
            row.last_message.as_ref().unwrap().preview,
            "Where is my order?"
        );
        assert_eq!(row.visitor.label.len(), "Visitor 3F2A".len());
        assert_eq!((row.unread, row.visitor.blocked), (1, false));
    })
    .await;
}

#[tokio::test]
async fn first_message_repeated_gives_the_same_answer_and_another_body_conflicts() {
    on_both(|world| async move {
        let (token, site_id) = (world.token(), world.shop.site_id);
        let mut talk = world.talk("once");
        let id = talk.client_msg_id;
        let first = world.start(site_id, &token, talk).await.unwrap();

        talk = world.talk("once");
        talk.client_msg_id = id;
        // A version that came since does not change the answer to what was accepted before.
        talk.policy_version = None;
        let again = world.start(site_id, &token, talk).await.unwrap();
        talk = world.talk("twice");
        talk.client_msg_id = id;
        let other = world.start(site_id, &token, talk).await.unwrap_err();

        assert!(first.message == again.message && first.conversation == again.conversation);
        assert_eq!(code(&other), "idempotency_conflict");
    })
    .await;
}

#[tokio::test]
async fn two_first_messages_with_one_new_token_make_one_person() {
    on_both(|world| async move {
        let (token, site_id) = (world.token(), world.shop.site_id);
        let id = world.client_id();
        let talk = || {
            let mut talk = world.talk("at once");
            talk.client_msg_id = id;
            talk
        };

        let (left, right) = tokio::join!(
            world.start(site_id, &token, talk()),
            world.start(site_id, &token, talk()),
        );

        assert!(left.unwrap().message == right.unwrap().message);
    })
    .await;
}

#[tokio::test]
async fn write_without_or_with_an_old_policy_version_is_refused_and_stores_nothing() {
    on_both(|world| async move {
        let (token, site_id) = (world.token(), world.shop.site_id);
        let mut missing = world.talk("hello");
        missing.policy_version = None;
        let mut old = world.talk("hello");
        old.policy_version = Some(0);

        let missing = world.start(site_id, &token, missing).await.unwrap_err();
        let old = world.start(site_id, &token, old).await.unwrap_err();

        assert_eq!(missing, AppError::PolicyVersionMissing);
        assert!(matches!(old, AppError::PolicyVersionOld { .. }));
        let unknown = world.app.authenticate_visitor(&token).await.unwrap_err();
        assert_eq!(
            unknown,
            AppError::Unauthenticated(policy::RefusalCode::VisitorUnknown)
        );
        let begun = world.begin("hello").await;
        let mut unversioned = world.said("more");
        unversioned.policy_version = None;
        let refused = world
            .app
            .send_as_visitor(&begun.visitor, begun.id, unversioned)
            .await;
        assert_eq!(refused.unwrap_err(), AppError::PolicyVersionMissing);
    })
    .await;
}

#[tokio::test]
async fn bad_fields_are_named_together() {
    on_both(|world| async move {
        let mut talk = world.talk(" \n ");
        talk.name = Some("x".repeat(121));
        talk.email = Some("no address".to_owned());

        let refused = world.start(world.shop.site_id, &world.token(), talk).await;

        let AppError::Invalid(fields) = refused.unwrap_err() else {
            panic!("not refused by fields");
        };
        let named: Vec<_> = fields
            .iter()
            .map(|field| (field.field, field.code))
            .collect();
        assert_eq!(
            named,
            [
                ("body", "empty"),
                ("name", "too_long"),
                ("email", "wrong_form")
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn sixth_open_conversation_is_refused() {
    on_both(|world| async move {
        let begun = world.begin("1").await;
        let site_id = world.shop.site_id;
        for number in 2..=5 {
            let talk = world.talk(&number.to_string());
            world.start(site_id, &begun.token, talk).await.unwrap();
        }

        let sixth = world.start(site_id, &begun.token, world.talk("6")).await;

        assert_eq!(code(&sixth.unwrap_err()), "too_many_open_conversations");
        world
            .app
            .end_conversation(&begun.visitor, begun.id)
            .await
            .unwrap();
        let talk = world.talk("6");
        world.start(site_id, &begun.token, talk).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn unknown_site_and_token_of_another_site_are_refused() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let nowhere = SiteId::new(Timestamp(1), [1; 10]);

        let unknown = world.start(nowhere, &world.token(), world.talk("x")).await;
        let site_id = world.other.site_id;
        let moved = world.start(site_id, &begun.token, world.talk("x")).await;

        assert_eq!(unknown.unwrap_err(), AppError::NotFound);
        assert_eq!(
            moved.unwrap_err(),
            AppError::Unauthenticated(policy::RefusalCode::VisitorUnknown)
        );
    })
    .await;
}
