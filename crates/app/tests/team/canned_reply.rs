//! Canned replies.

use app::{CannedReplyChange, NewCannedReply};
use policy::Role;

use crate::{
    common::on_both,
    office::{Office, code},
};

#[tokio::test]
async fn canned_replies_are_kept_changed_and_deleted_by_those_who_answer() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let bea = office.joined("bea@shop.example", Role::Agent).await;
        let made =
            office
                .app
                .create_canned_reply(&bea, None, new("/Hi", "Hi {{visitor.name|there}}"));
        let made = made.await.unwrap();
        assert_eq!(made.shortcut, "hi");
        let id = made.id.parse().unwrap();
        let other = office
            .app
            .create_canned_reply(&bea, None, new("bye", "Bye"))
            .await
            .unwrap();
        let change = |shortcut: &str| CannedReplyChange {
            shortcut: Some(shortcut.to_owned()),
            ..CannedReplyChange::default()
        };

        let taken = office
            .app
            .update_canned_reply(&bea, id, change("bye"))
            .await;
        let same = office.app.update_canned_reply(&bea, id, change("hi")).await;
        let doubled = office
            .app
            .create_canned_reply(&bea, None, new("hi", "Hi"))
            .await;

        assert_eq!(code(taken), "shortcut_taken");
        assert_eq!(code(same), "ok");
        assert_eq!(code(doubled), "shortcut_taken");
        office.app.delete_canned_reply(&bea, id).await.unwrap();
        assert_eq!(
            code(office.app.delete_canned_reply(&bea, id).await),
            "not_found"
        );
        let left = office.app.list_canned_replies(&bea).await.unwrap();
        assert_eq!(left, [other]);
    })
    .await;
}

#[tokio::test]
async fn bad_canned_replies_and_other_roles_are_refused() {
    on_both(|world| async move {
        let office = Office::open(world).await;
        let analyst = office.joined("ann@shop.example", Role::Analyst).await;
        let create = |by, shortcut, body| {
            office
                .app
                .create_canned_reply(by, None, new(shortcut, body))
        };

        for (shortcut, body, expected) in [
            ("two words", "x", "shortcut:not_a_shortcut"),
            ("x", "{{7*7}}", "body:unknown_variable"),
            ("x", "", "body:wrong_length"),
        ] {
            assert_eq!(code(create(&office.owner, shortcut, body).await), expected);
        }
        assert_eq!(code(create(&analyst, "x", "x").await), "forbidden");
        assert_eq!(code(office.app.list_canned_replies(&analyst).await), "ok");
    })
    .await;
}

fn new<'a>(shortcut: &'a str, body: &'a str) -> NewCannedReply<'a> {
    NewCannedReply {
        shortcut,
        title: "T",
        body,
    }
}
