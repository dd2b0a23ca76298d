//! Messages: sent once, numbered without a gap, read by those they are for.

use crate::world::{code, inbox_query as query, on_both};
use app::{Actor, AppError, MessageView, Reached};
use domain::ConversationId;
use policy::Timestamp;

#[tokio::test]
async fn agent_answers_and_the_visitor_reads_it() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (ana, visitor) = (world.shop.ana, Actor::Visitor(begun.visitor));

        let answer = world
            .app
            .send_as_agent(&ana, begun.id, world.answer("hi!"))
            .await
            .unwrap();

        assert_eq!(
            (answer.seq, answer.author.name.as_deref()),
            (2, Some("Ana"))
        );
        assert_eq!(world.bodies(visitor, begun.id).await, ["hello", "hi!"]);
        let own = world
            .app
            .get_own_conversation(&begun.visitor, begun.id)
            .await
            .unwrap();
        assert_eq!((own.unread, own.last_seq), (1, 2));
        assert_eq!(own.assignee.unwrap().name, "Ana");
        let view = world.app.get_conversation(&ana, begun.id).await.unwrap();
        assert_eq!(
            (view.waiting_since, view.assignee_id),
            (None, Some(ana.agent_id))
        );
        let heard = world.heard(visitor).await;
        let kinds: Vec<_> = heard.iter().map(|event| event.kind.as_str()).collect();
        let expected = [
            "conversation.created",
            "message.created",
            "message.created",
            "conversation.updated",
        ];
        assert_eq!(kinds, expected);
        assert_eq!(heard[2].data["message"]["body"], "hi!");
    })
    .await;
}

#[tokio::test]
async fn message_repeated_gives_the_same_answer_and_another_body_conflicts() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (mut first, mut again, mut other) =
            (world.said("more"), world.said("more"), world.said("else"));
        let id = first.client_msg_id;
        (
            first.client_msg_id,
            again.client_msg_id,
            other.client_msg_id,
        ) = (id, id, id);
        again.policy_version = None;
        let send = |new| world.app.send_as_visitor(&begun.visitor, begun.id, new);

        let (first, again) = (send(first).await.unwrap(), send(again).await.unwrap());
        let other = send(other).await.unwrap_err();
        let next = send(world.said("next")).await.unwrap();

        assert!(first == again);
        assert_eq!(code(&other), "idempotency_conflict");
        assert_eq!((first.seq, next.seq), (2, 3));
    })
    .await;
}

#[tokio::test]
async fn answer_repeated_as_a_note_conflicts() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (answer, mut note) = (world.answer("same words"), world.note("same words"));
        note.client_msg_id = answer.client_msg_id;
        let ana = world.shop.ana;
        world
            .app
            .send_as_agent(&ana, begun.id, answer)
            .await
            .unwrap();

        let refused = world
            .app
            .send_as_agent(&ana, begun.id, note)
            .await
            .unwrap_err();

        assert_eq!(code(&refused), "idempotency_conflict");
    })
    .await;
}

#[tokio::test]
async fn twenty_writers_at_once_leave_no_gap() {
    on_both(|world| async move {
        let begun = world.begin("0").await;
        let (ana, visitor, id) = (world.shop.ana, begun.visitor, begun.id);
        let writers: Vec<_> = (0..10)
            .flat_map(|number| world.both_write(&begun, &number.to_string()))
            .collect();
        for writer in writers {
            writer.await.unwrap().unwrap();
        }

        let seqs = |messages: Vec<MessageView>| -> Vec<i64> {
            messages.iter().map(|message| message.seq).collect()
        };
        let expected: Vec<i64> = (1..=21).collect();
        assert_eq!(seqs(world.messages(Actor::Agent(ana), id).await), expected);
        assert_eq!(
            seqs(world.messages(Actor::Visitor(visitor), id).await),
            expected
        );
    })
    .await;
}

#[tokio::test]
async fn note_never_reaches_the_visitor() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (ana, visitor) = (world.shop.ana, Actor::Visitor(begun.visitor));

        world
            .app
            .send_as_agent(&ana, begun.id, world.note("rude!"))
            .await
            .unwrap();

        assert_eq!(world.bodies(visitor, begun.id).await, ["hello"]);
        let own = world
            .app
            .get_own_conversation(&begun.visitor, begun.id)
            .await
            .unwrap();
        assert_eq!((own.last_seq, own.unread), (1, 0));
        for event in world.heard(visitor).await {
            assert!(!event.data.to_string().contains("rude"), "{}", event.kind);
        }
        let told = world.heard(Actor::Agent(world.shop.bo)).await;
        assert!(
            told.iter()
                .any(|event| event.data["message"]["kind"] == "note")
        );
        let view = world.app.get_conversation(&ana, begun.id).await.unwrap();
        assert!(view.waiting_since.is_some(), "a note answers nobody");
    })
    .await;
}

#[tokio::test]
async fn answer_after_a_newer_one_of_a_colleague_is_refused() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let mut late = world.answer("late");
        late.seen_seq = Some(1);
        let (ana, bo) = (world.shop.ana, world.shop.bo);
        world
            .app
            .send_as_agent(&ana, begun.id, world.answer("first"))
            .await
            .unwrap();

        let refused = world
            .app
            .send_as_agent(&bo, begun.id, late)
            .await
            .unwrap_err();
        let mut own = world.answer("and more");
        own.seen_seq = Some(1);
        let more = world.app.send_as_agent(&ana, begun.id, own).await;
        let mut seen = world.answer("I add");
        seen.seen_seq = Some(3);
        let added = world.app.send_as_agent(&bo, begun.id, seen).await;

        assert_eq!(refused, AppError::NewerReply { latest_seq: 2 });
        assert_eq!((more.unwrap().seq, added.unwrap().seq), (3, 4));
    })
    .await;
}

#[tokio::test]
async fn conversation_of_another_workspace_or_person_is_not_found() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let stranger = world.begin("hi").await.visitor;
        let (app, foreign, id) = (&world.app, world.other.ana, begun.id);
        let nowhere = ConversationId::new(Timestamp(1), [1; 10]);
        let not_found = AppError::NotFound;

        let (foreigner, visitor) = (Actor::Agent(foreign), Actor::Visitor(stranger));
        let asked = [
            (foreigner, id),
            (foreigner, nowhere),
            (visitor, id),
            (visitor, nowhere),
        ];
        for (actor, id) in asked {
            let page = app.list_messages(&actor, id, None, None).await;
            assert_eq!(page.unwrap_err(), not_found);
            let read = app.note_reached(&actor, id, 1, Reached::Read).await;
            assert_eq!(read.unwrap_err(), not_found);
            assert_eq!(app.note_typing(&actor, id).await.unwrap_err(), not_found);
        }
        let said = app.send_as_visitor(&stranger, id, world.said("x")).await;
        assert_eq!(said.unwrap_err(), not_found);
        assert_eq!(
            app.end_conversation(&stranger, id).await.unwrap_err(),
            not_found
        );
        let answered = app.send_as_agent(&foreign, id, world.answer("x")).await;
        assert_eq!(answered.unwrap_err(), not_found);
        let resolved = app.resolve_conversation(&foreign, id).await;
        assert_eq!(resolved.unwrap_err(), not_found);
        let blocked = app.block_person(&foreign, begun.visitor.person_id).await;
        assert_eq!(blocked.unwrap_err(), not_found);
        assert!(world.heard(Actor::Agent(foreign)).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn analyst_neither_reads_nor_hears_nor_writes() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, analyst) = (&world.app, world.shop.analyst);

        let listed = app
            .list_conversations(&analyst, &query("all", "open", None))
            .await;
        let page = app
            .list_messages(&Actor::Agent(analyst), begun.id, None, None)
            .await;
        let found = app.search(&analyst, "hello", None).await;
        let answered = app
            .send_as_agent(&analyst, begun.id, world.answer("x"))
            .await;

        assert_eq!(code(&listed.unwrap_err()), "role_not_in_purpose");
        assert_eq!(code(&page.unwrap_err()), "role_not_in_purpose");
        assert_eq!(code(&found.unwrap_err()), "role_not_in_purpose");
        assert_eq!(answered.unwrap_err(), AppError::Forbidden);
        assert!(world.heard(Actor::Agent(analyst)).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn blocked_visitor_reads_but_does_not_write() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, ana, person_id) = (&world.app, world.shop.ana, begun.visitor.person_id);
        let accepted = world.said("before");
        let id = accepted.client_msg_id;
        app.send_as_visitor(&begun.visitor, begun.id, accepted)
            .await
            .unwrap();
        app.block_person(&ana, person_id).await.unwrap();

        let refused = app
            .send_as_visitor(&begun.visitor, begun.id, world.said("more"))
            .await;
        let site_id = world.shop.site_id;
        let begun_again = world.start(site_id, &begun.token, world.talk("new")).await;
        let mut repeated = world.said("before");
        repeated.client_msg_id = id;
        let repeated = app
            .send_as_visitor(&begun.visitor, begun.id, repeated)
            .await;

        assert_eq!(code(&refused.unwrap_err()), "blocked");
        assert_eq!(code(&begun_again.unwrap_err()), "blocked");
        assert_eq!(repeated.unwrap().seq, 2, "what was accepted stays accepted");
        let read = world.bodies(Actor::Visitor(begun.visitor), begun.id).await;
        assert_eq!(read, ["hello", "before"]);
        app.unblock_person(&ana, person_id).await.unwrap();
        let after = app
            .send_as_visitor(&begun.visitor, begun.id, world.said("after"))
            .await;
        assert_eq!(after.unwrap().seq, 3);
    })
    .await;
}

#[tokio::test]
async fn read_and_delivered_move_forward_only_and_never_past_the_newest() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, ana) = (&world.app, world.shop.ana);
        app.send_as_agent(&ana, begun.id, world.answer("hi"))
            .await
            .unwrap();
        let visitor = Actor::Visitor(begun.visitor);
        let reach = |seq, reached| app.note_reached(&visitor, begun.id, seq, reached);

        reach(2, Reached::Delivered).await.unwrap();
        let view = app.get_conversation(&ana, begun.id).await.unwrap();
        assert_eq!((view.visitor_delivered_seq, view.visitor_read_seq), (2, 0));
        reach(99, Reached::Read).await.unwrap();
        reach(1, Reached::Read).await.unwrap();

        let view = app.get_conversation(&ana, begun.id).await.unwrap();
        assert_eq!((view.visitor_delivered_seq, view.visitor_read_seq), (2, 2));
        let heard = world.heard(Actor::Agent(ana)).await;
        let read: Vec<_> = heard
            .iter()
            .filter(|it| it.kind == "conversation.read")
            .collect();
        assert_eq!(read.len(), 2, "what changed nothing is not told");
        app.note_reached(&Actor::Agent(ana), begun.id, 1, Reached::Read)
            .await
            .unwrap();
        let own = app
            .get_own_conversation(&begun.visitor, begun.id)
            .await
            .unwrap();
        assert_eq!(
            (own.agent_read_seq, own.agent_delivered_seq, own.unread),
            (1, 1, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn messages_come_in_pages_from_the_newest_back() {
    on_both(|world| async move {
        let begun = world.begin("1").await;
        for number in 2..=5 {
            let said = world.said(&number.to_string());
            world
                .app
                .send_as_visitor(&begun.visitor, begun.id, said)
                .await
                .unwrap();
        }
        let actor = Actor::Visitor(begun.visitor);

        let newest = world
            .app
            .list_messages(&actor, begun.id, None, Some(2))
            .await
            .unwrap();
        let older = world
            .app
            .list_messages(&actor, begun.id, Some(4), Some(3))
            .await
            .unwrap();

        let bodies = |page: &app::MessagesView| -> Vec<String> {
            page.messages
                .iter()
                .map(|message| message.body.clone())
                .collect()
        };
        assert_eq!(
            (bodies(&newest), newest.has_more),
            (vec!["4".into(), "5".into()], true)
        );
        let expected = vec!["1".into(), "2".into(), "3".into()];
        assert_eq!((bodies(&older), older.has_more), (expected, false));
    })
    .await;
}

#[tokio::test]
async fn message_too_long_or_with_nul_is_refused() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let send = |body: String| {
            world
                .app
                .send_as_visitor(&begun.visitor, begun.id, world.said(&body))
        };

        let long = send("a".repeat(10_001)).await.unwrap_err();
        let nul = send("a\0".to_owned()).await.unwrap_err();
        let longest = send("𝒳".repeat(10_000)).await.unwrap();

        assert_eq!(
            (code(&long), code(&nul)),
            ("too_long", "forbidden_character")
        );
        assert_eq!(longest.seq, 2, "refusals take no number");
    })
    .await;
}
