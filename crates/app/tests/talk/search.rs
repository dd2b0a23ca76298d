//! Search: finds what was said, by all words, newest first, and stops when it is gone.

use app::AppError;

use crate::world::{World, code, on_both};

async fn snippets(world: &World, query: &str) -> Vec<String> {
    let page = world
        .app
        .search(&world.shop.ana, query, None)
        .await
        .unwrap();
    page.results
        .into_iter()
        .map(|result| result.snippet)
        .collect()
}

#[tokio::test]
async fn message_is_found_by_all_its_words_whatever_their_case() {
    on_both(|world| async move {
        let begun = world.begin("Where is my Pedido número 42?").await;
        world
            .app
            .send_as_agent(&world.shop.ana, begun.id, world.note("VIP pedido"))
            .await
            .unwrap();
        world.index().await;
        let again = world
            .app
            .index_message(world.shop.workspace_id, begun.id, 1)
            .await;
        assert_eq!(again, Ok(()));

        assert_eq!(
            snippets(&world, "pedido NUMERO").await,
            ["Where is my Pedido número 42?"]
        );
        assert_eq!(snippets(&world, "pedido").await.len(), 2);
        assert_eq!(
            snippets(&world, "pedido").await[0],
            "VIP pedido",
            "newest first"
        );
        assert!(snippets(&world, "pedido missing").await.is_empty());
        assert!(snippets(&world, "").await.is_empty());
        assert!(snippets(&world, "!?").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn search_stops_finding_after_erasure() {
    on_both(|world| async move {
        let begun = world.begin("a needle").await;
        world.index().await;
        assert_eq!(snippets(&world, "needle").await.len(), 1);

        world.app.erase_visitor(&begun.visitor).await.unwrap();
        let late = world
            .app
            .index_message(world.shop.workspace_id, begun.id, 1)
            .await;

        assert_eq!(late, Ok(()));
        assert!(snippets(&world, "needle").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn search_stays_in_its_workspace() {
    on_both(|world| async move {
        world.begin("a needle").await;
        world.index().await;

        let elsewhere = world
            .app
            .search(&world.other.ana, "needle", None)
            .await
            .unwrap();

        assert!(elsewhere.results.is_empty());
    })
    .await;
}

#[tokio::test]
async fn results_come_in_pages() {
    on_both(|world| async move {
        let begun = world.begin("needle 0").await;
        for number in 1..25 {
            let said = world.said(&format!("needle {number}"));
            world
                .app
                .send_as_visitor(&begun.visitor, begun.id, said)
                .await
                .unwrap();
        }
        world.index().await;
        let ana = world.shop.ana;

        let first = world.app.search(&ana, "needle", None).await.unwrap();
        let cursor = first.next_cursor.as_deref();
        let second = world.app.search(&ana, "needle", cursor).await.unwrap();

        assert_eq!((first.results.len(), second.results.len()), (20, 5));
        assert_eq!(first.results[0].snippet, "needle 24");
        assert_eq!(second.results[4].snippet, "needle 0");
        assert!(second.next_cursor.is_none());
    })
    .await;
}

#[tokio::test]
async fn address_finds_whoever_gave_it_and_nobody_else() {
    on_both(|world| async move {
        let (app, site_id) = (&world.app, world.shop.site_id);
        world.begin("not this one").await;
        let mut talk = world.talk("it is me");
        talk.email = Some("Ana.Lopez@mail.example".to_owned());
        world.start(site_id, &world.token(), talk).await.unwrap();

        assert_eq!(
            snippets(&world, " ana.lopez@MAIL.example ").await,
            ["it is me"]
        );
        assert!(snippets(&world, "lopez@mail.example").await.is_empty());
        let elsewhere = app
            .search(&world.other.ana, "ana.lopez@mail.example", None)
            .await;
        assert!(elsewhere.unwrap().results.is_empty());
    })
    .await;
}

#[tokio::test]
async fn query_too_long_and_unknown_cursor_are_refused() {
    on_both(|world| async move {
        let ana = world.shop.ana;

        let long = world
            .app
            .search(&ana, &"a".repeat(201), None)
            .await
            .unwrap_err();
        let cursor = world.app.search(&ana, "a", Some("!!")).await.unwrap_err();

        assert_eq!(code(&long), "too_long");
        assert!(matches!(cursor, AppError::Invalid(_)));
    })
    .await;
}
