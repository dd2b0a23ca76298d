//! Conversations: transitions with their counts, order of the inbox, rating, typing, events.

use app::{Actor, AppError, NewRating};
use bus::{Signal, Topic};
use domain::AgentId;
use policy::Timestamp;

use crate::world::{World, code, inbox_query as query, on_both};

const DAY_S: i64 = 24 * 60 * 60;

/// Counts of an agent: mine, unassigned and all, for open, snoozed and resolved.
async fn counts(world: &World) -> [(i64, i64, i64); 3] {
    let mut counts = [(0, 0, 0); 3];
    for (count, state) in counts.iter_mut().zip(["open", "snoozed", "resolved"]) {
        let query = query("all", state, None);
        let page = world
            .app
            .list_conversations(&world.shop.ana, &query)
            .await
            .unwrap();
        assert_eq!(
            i64::try_from(page.conversations.len()).unwrap(),
            page.counts.all
        );
        *count = (page.counts.mine, page.counts.unassigned, page.counts.all);
    }
    counts
}

#[tokio::test]
async fn counts_are_right_after_every_transition() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, ana, bo, id) = (&world.app, world.shop.ana, world.shop.bo, begun.id);
        assert_eq!(counts(&world).await, [(0, 1, 1), (0, 0, 0), (0, 0, 0)]);

        app.assign_conversation(&bo, id, Some(ana.agent_id))
            .await
            .unwrap();
        assert_eq!(counts(&world).await, [(1, 0, 1), (0, 0, 0), (0, 0, 0)]);

        let until = app.now().plus_seconds(60);
        app.snooze_conversation(&ana, id, until).await.unwrap();
        assert_eq!(counts(&world).await, [(0, 0, 0), (1, 0, 1), (0, 0, 0)]);

        app.send_as_visitor(&begun.visitor, id, world.said("still there?"))
            .await
            .unwrap();
        assert_eq!(counts(&world).await, [(1, 0, 1), (0, 0, 0), (0, 0, 0)]);

        app.resolve_conversation(&ana, id).await.unwrap();
        assert_eq!(counts(&world).await, [(0, 0, 0), (0, 0, 0), (1, 0, 1)]);

        app.reopen_conversation(&ana, id).await.unwrap();
        app.assign_conversation(&ana, id, None).await.unwrap();
        assert_eq!(counts(&world).await, [(0, 1, 1), (0, 0, 0), (0, 0, 0)]);

        app.end_conversation(&begun.visitor, id).await.unwrap();
        assert_eq!(counts(&world).await, [(0, 0, 0), (0, 0, 0), (0, 1, 1)]);
    })
    .await;
}

#[tokio::test]
async fn log_of_a_conversation_is_gapless_and_the_visitor_reads_their_part() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, ana, id) = (&world.app, world.shop.ana, begun.id);
        app.assign_conversation(&ana, id, Some(ana.agent_id))
            .await
            .unwrap();
        app.snooze_conversation(&ana, id, app.now().plus_seconds(60))
            .await
            .unwrap();
        app.send_as_visitor(&begun.visitor, id, world.said("more"))
            .await
            .unwrap();
        app.resolve_conversation(&ana, id).await.unwrap();
        app.resolve_conversation(&ana, id).await.unwrap();

        let all = world.messages(Actor::Agent(ana), id).await;
        let own = world.bodies(Actor::Visitor(begun.visitor), id).await;

        let bodies: Vec<_> = all.iter().map(|message| message.body.as_str()).collect();
        assert_eq!(
            bodies,
            ["hello", "assigned", "snoozed", "more", "woken", "resolved"]
        );
        let seqs: Vec<_> = all.iter().map(|message| message.seq).collect();
        assert_eq!(seqs, [1, 2, 3, 4, 5, 6]);
        assert_eq!(
            (all[1].kind, all[1].author.name.as_deref()),
            ("system", Some("Ana"))
        );
        assert_eq!(own, ["hello", "more", "resolved"]);
    })
    .await;
}

#[tokio::test]
async fn resolved_conversation_refuses_answers_and_opens_by_a_message_for_7_days() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, ana, id) = (&world.app, world.shop.ana, begun.id);
        app.resolve_conversation(&ana, id).await.unwrap();

        let answered = app
            .send_as_agent(&ana, id, world.answer("x"))
            .await
            .unwrap_err();
        let assigned = app
            .assign_conversation(&ana, id, Some(ana.agent_id))
            .await
            .unwrap_err();
        app.send_as_agent(&ana, id, world.note("a note is welcome"))
            .await
            .unwrap();
        world.clock.advance(6 * DAY_S);
        app.send_as_visitor(&begun.visitor, id, world.said("one more thing"))
            .await
            .unwrap();
        let open = app.get_conversation(&ana, id).await.unwrap();
        app.resolve_conversation(&ana, id).await.unwrap();
        world.clock.advance(7 * DAY_S + 1);
        let late = app
            .send_as_visitor(&begun.visitor, id, world.said("again"))
            .await;

        assert_eq!(code(&answered), "conversation_resolved");
        assert_eq!(code(&assigned), "conversation_resolved");
        assert_eq!(open.state, "open");
        assert_eq!(code(&late.unwrap_err()), "conversation_resolved");
    })
    .await;
}

#[tokio::test]
async fn snoozed_conversation_wakes_at_its_time() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, ana, id) = (&world.app, world.shop.ana, begun.id);
        let past = app
            .snooze_conversation(&ana, id, Timestamp(1))
            .await
            .unwrap_err();
        app.snooze_conversation(&ana, id, app.now().plus_seconds(60))
            .await
            .unwrap();

        world.run_jobs("wake_conversation").await;
        let early = app.get_conversation(&ana, id).await.unwrap().state;
        world.clock.advance(61);
        world.run_jobs("wake_conversation").await;
        let due = app.get_conversation(&ana, id).await.unwrap().state;

        assert_eq!(code(&past), "unusable_time");
        assert_eq!((early, due), ("snoozed", "open"));
    })
    .await;
}

#[tokio::test]
async fn conversation_goes_to_answering_agents_of_the_workspace_only() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let ana = world.shop.ana;
        let nobody = AgentId::new(Timestamp(1), [1; 10]);

        for agent_id in [
            world.shop.analyst.agent_id,
            world.other.ana.agent_id,
            nobody,
        ] {
            let refused = world
                .app
                .assign_conversation(&ana, begun.id, Some(agent_id))
                .await;
            assert_eq!(code(&refused.unwrap_err()), "not_assignable");
        }
    })
    .await;
}

#[tokio::test]
async fn whose_visitor_waits_longest_comes_first_then_the_newest() {
    on_both(|world| async move {
        let (app, ana) = (&world.app, world.shop.ana);
        let mut ids = Vec::new();
        for number in 0..5 {
            world.clock.advance(60);
            ids.push(world.begin(&number.to_string()).await.id);
        }
        for id in [ids[1], ids[3]] {
            world.clock.advance(60);
            app.send_as_agent(&ana, id, world.answer("hi"))
                .await
                .unwrap();
        }
        let expected = [ids[0], ids[2], ids[4], ids[3], ids[1]];

        let whole = app
            .list_conversations(&ana, &query("all", "open", None))
            .await
            .unwrap();
        let mut paged = Vec::new();
        let mut cursor = None;
        for _ in 0..3 {
            let mut query = query("all", "open", cursor.take());
            query.limit = Some(2);
            let page = app.list_conversations(&ana, &query).await.unwrap();
            paged.extend(page.conversations.iter().map(|row| row.id));
            cursor = page.next_cursor;
        }

        let order: Vec<_> = whole.conversations.iter().map(|row| row.id).collect();
        assert_eq!(order, expected);
        assert_eq!((paged, cursor), (expected.to_vec(), None));
        let mine = app
            .list_conversations(&ana, &query("mine", "open", None))
            .await
            .unwrap();
        assert_eq!(mine.conversations.len(), 2);
        let free = app
            .list_conversations(&ana, &query("unassigned", "open", None))
            .await
            .unwrap();
        assert_eq!(free.conversations.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn unknown_words_and_cursors_are_refused() {
    on_both(|world| async move {
        let bad = [
            query("ours", "open", None),
            query("all", "closed", None),
            query("all", "open", Some("dy4x".to_owned())),
        ];
        for query in bad {
            let refused = world.app.list_conversations(&world.shop.ana, &query).await;
            assert!(matches!(refused.unwrap_err(), AppError::Invalid(_)));
        }
    })
    .await;
}

#[tokio::test]
async fn rating_is_given_on_a_resolved_conversation_and_changed_for_24_hours() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, ana, id) = (&world.app, world.shop.ana, begun.id);
        let rate = |score: i64, policy_version: Option<u32>| {
            let comment = Some("fine".to_owned());
            let new = NewRating {
                policy_version,
                score,
                comment,
            };
            app.rate_conversation(&begun.visitor, id, new)
        };
        let version = Some(world.version());

        let early = rate(5, version).await.unwrap_err();
        app.end_conversation(&begun.visitor, id).await.unwrap();
        let beyond = rate(6, version).await.unwrap_err();
        let unversioned = rate(5, None).await.unwrap_err();
        rate(5, version).await.unwrap();
        world.clock.advance(DAY_S - 60);
        rate(4, version).await.unwrap();
        let view = app.get_conversation(&ana, id).await.unwrap();
        world.clock.advance(120);
        let late = rate(3, version).await.unwrap_err();

        assert_eq!(code(&early), "conversation_open");
        assert_eq!(code(&beyond), "out_of_range");
        assert_eq!(unversioned, AppError::PolicyVersionMissing);
        assert_eq!(code(&late), "rating_closed");
        let rating = view.rating.unwrap();
        assert_eq!((rating.score, rating.comment.as_deref()), (4, Some("fine")));
        let own = app.get_own_conversation(&begun.visitor, id).await.unwrap();
        assert_eq!(own.rating.unwrap().score, 4);
    })
    .await;
}

#[tokio::test]
async fn typing_reaches_the_other_side_and_is_not_stored() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, ana, bo) = (&world.app, world.shop.ana, world.shop.bo);
        let visitor = Actor::Visitor(begun.visitor);
        let topic = Topic::Person(begun.visitor.workspace_id, begun.visitor.person_id);
        let mut heard_by_visitor = app.bus.subscribe(vec![topic]);
        let mut heard_by_agents = app.bus.subscribe(vec![Topic::Workspace(ana.workspace_id)]);
        let stored = app.list_events(&visitor, 0, 100).await.unwrap().len();

        app.note_typing(&Actor::Agent(ana), begun.id).await.unwrap();
        let signal = heard_by_visitor.next().await;
        let told = app.hydrate_signal(&visitor, &signal).await.unwrap();

        assert_eq!(told.kind, "typing");
        assert_eq!(told.data["author"]["name"], "Ana");
        assert!(
            app.hydrate_signal(&Actor::Agent(bo), &signal)
                .await
                .is_some()
        );
        assert!(
            app.hydrate_signal(&Actor::Agent(ana), &signal)
                .await
                .is_none()
        );
        assert_eq!(heard_by_agents.next().await, signal);
        app.note_typing(&visitor, begun.id).await.unwrap();
        let signal = heard_by_agents.next().await;
        assert!(app.hydrate_signal(&visitor, &signal).await.is_none());
        let told = app
            .hydrate_signal(&Actor::Agent(ana), &signal)
            .await
            .unwrap();
        assert_eq!(told.data["author"]["kind"], "visitor");
        assert_eq!(
            app.list_events(&visitor, 0, 100).await.unwrap().len(),
            stored
        );
    })
    .await;
}

#[tokio::test]
async fn presence_is_told_to_agents_only() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, ana, person_id) = (&world.app, world.shop.ana, begun.visitor.person_id);
        let signal = Signal::Presence(person_id);
        let topic = Topic::Person(begun.visitor.workspace_id, person_id);

        let open = app.bus.subscribe(vec![topic]);
        let online = app
            .hydrate_signal(&Actor::Agent(ana), &signal)
            .await
            .unwrap();
        drop(open);
        let offline = app
            .hydrate_signal(&Actor::Agent(ana), &signal)
            .await
            .unwrap();

        assert_eq!(
            (&online.data["online"], &offline.data["online"]),
            (&true.into(), &false.into())
        );
        let visitor = Actor::Visitor(begun.visitor);
        assert!(app.hydrate_signal(&visitor, &signal).await.is_none());
        assert!(
            app.hydrate_signal(&Actor::Agent(world.shop.analyst), &signal)
                .await
                .is_none()
        );
        let agents = Signal::AgentPresence(world.shop.bo.agent_id);
        let told = app
            .hydrate_signal(&Actor::Agent(ana), &agents)
            .await
            .unwrap();
        assert_eq!(told.data["agents"][0]["availability"], "online");
        let elsewhere = app
            .hydrate_signal(&Actor::Agent(world.other.ana), &agents)
            .await;
        assert!(elsewhere.is_none());
    })
    .await;
}

#[tokio::test]
async fn erased_person_is_nowhere_from_the_mark_on() {
    on_both(|world| async move {
        let begun = world.begin("hello").await;
        let (app, ana, id) = (&world.app, world.shop.ana, begun.id);
        app.send_as_agent(&ana, id, world.answer("hi"))
            .await
            .unwrap();

        app.erase_visitor(&begun.visitor).await.unwrap();

        assert_eq!(counts(&world).await, [(0, 0, 0); 3]);
        assert_eq!(
            app.get_conversation(&ana, id).await.unwrap_err(),
            AppError::NotFound
        );
        let page = app.list_messages(&Actor::Agent(ana), id, None, None).await;
        assert_eq!(page.unwrap_err(), AppError::NotFound);
        let said = app
            .send_as_visitor(&begun.visitor, id, world.said("x"))
            .await;
        assert_eq!(said.unwrap_err(), AppError::NotFound);
        for event in world.heard(Actor::Agent(ana)).await {
            assert!(!event.data.to_string().contains("hello"), "{}", event.kind);
        }
        let site_id = world.shop.site_id;
        let anew = world
            .start(site_id, &begun.token, world.talk("anew"))
            .await
            .unwrap();
        assert_ne!(anew.visitor.id, begun.visitor.visitor_id);
    })
    .await;
}
