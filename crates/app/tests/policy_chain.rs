//! The log of policy versions: what a start may act on.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use app::{PolicyStartError, start_policy};
use common::on_both;
use policy::{Policy, Timestamp, chain::StartRefusal, shipped::STRICT};

fn first() -> Policy {
    Policy::parse(STRICT).unwrap()
}

/// The successor of the shipped file, with a change and a date.
fn second(from: &str, to: &str, effective: Timestamp) -> Policy {
    let text = STRICT
        .replacen(
            "version = 1\n",
            &format!("version = 2\npredecessor = \"{}\"\n", first().hash()),
            1,
        )
        .replacen("2026-01-01T00:00:00Z", &effective.to_string(), 1)
        .replacen(from, to, 1);
    Policy::parse(&text).unwrap()
}

#[tokio::test]
async fn first_version_is_logged_and_the_same_file_starts_again() {
    on_both(|world| async move {
        let store = &world.app.store;

        for _ in 0..2 {
            let started = start_policy(store, first(), world.now()).await.unwrap();
            assert_eq!(started.ruling.version(), 1);
        }

        assert_eq!(world.app.enter_policy_versions().await.unwrap(), 1);
        assert_eq!(world.app.enter_policy_versions().await.unwrap(), 0);
        let published = world.app.list_published_versions().await.unwrap();
        assert_eq!(published.len(), 1);
        let shown = world.app.get_policy_version(1).await.unwrap();
        assert_eq!(shown.hash(), first().hash());
    })
    .await;
}

#[tokio::test]
async fn edited_file_without_a_new_version_does_not_start() {
    on_both(|world| async move {
        let store = &world.app.store;
        start_policy(store, first(), world.now()).await.unwrap();

        let edited = Policy::parse(&format!("{STRICT}\n# one more line\n")).unwrap();
        let refused = start_policy(store, edited, world.now()).await;

        assert!(matches!(
            refused,
            Err(PolicyStartError::Refused(StartRefusal::Edited(_)))
        ));
        assert_eq!(world.app.list_published_versions().await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn material_version_waits_while_its_predecessor_rules() {
    on_both(|world| async move {
        let store = &world.app.store;
        start_policy(store, first(), world.now()).await.unwrap();
        let longer = (
            "365d after conversation.closed",
            "366d after conversation.closed",
        );
        let at = |days| world.now().plus_days(days);

        let early = second(longer.0, longer.1, at(29));
        let refused = start_policy(store, early, world.now()).await;
        assert!(matches!(
            refused,
            Err(PolicyStartError::Refused(
                StartRefusal::NoticeTooShort { .. }
            ))
        ));

        let lawful = second(longer.0, longer.1, at(31));
        let started = start_policy(store, lawful, world.now()).await.unwrap();
        assert_eq!(started.ruling.version(), 1);
        assert_eq!(started.waiting.unwrap().version(), 2);
        assert!(!world.app.renew_policy().await.unwrap());
        world.clock.add_seconds(32 * 86_400);
        assert!(world.app.renew_policy().await.unwrap());
        assert_eq!(world.app.policy().version(), 2);
        assert_eq!(world.app.policy().last_material(), 2);
    })
    .await;
}
