//! A visitor and an agent talk.

use std::collections::BTreeSet;

use it::actor::new_message_id;
use it::{Reach, World};
use serde_json::json;

it::stories! {
    words_of_both_sides_arrive_in_one_order,
    message_sent_again_is_stored_once,
    same_id_with_other_words_is_a_conflict,
    acknowledged_delivered_and_read_are_three_states,
    unread_mark_is_for_all_agents_and_never_for_the_visitor,
    note_never_reaches_the_visitor,
    write_without_policy_version_is_refused,
    sixth_open_conversation_is_refused,
    acknowledged_message_survives_a_kill,
}

fn words_of_both_sides_arrive_in_one_order(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();

    let started = visitor.start("Do you ship to Lisbon?");
    let id = started.text("/conversation/id");
    owner.reply(&id, "We do, in three days.");
    visitor.say(&id, "Thank you!");

    let bodies = |messages: Vec<serde_json::Value>| -> Vec<String> {
        let said = messages
            .into_iter()
            .filter(|message| message.text("/kind") == "message");
        said.map(|message| message.text("/body")).collect()
    };
    let expected = [
        "Do you ship to Lisbon?",
        "We do, in three days.",
        "Thank you!",
    ];
    assert_eq!(bodies(visitor.history(&id)), expected);
    assert_eq!(bodies(owner.history(&id)), expected);
    let seqs: Vec<i64> = owner
        .history(&id)
        .iter()
        .map(|message| message.number("/seq"))
        .collect();
    assert_eq!(
        seqs,
        (1..=seqs.len() as i64).collect::<Vec<_>>(),
        "gapless from one"
    );
}

fn message_sent_again_is_stored_once(world: &mut World) {
    let visitor = world.visitor();
    let id = visitor.start("Hello").text("/conversation/id");
    let fields = json!({ "body": "Once", "client_msg_id": new_message_id() });

    let first = visitor.try_say(&id, &fields).expect(201);
    let second = visitor.try_say(&id, &fields).expect(201);

    assert_eq!(first, second);
    assert_eq!(
        world
            .databases
            .number("select count(*) from message where kind = 'message'"),
        2
    );
}

fn same_id_with_other_words_is_a_conflict(world: &mut World) {
    let visitor = world.visitor();
    let id = visitor.start("Hello").text("/conversation/id");
    let message_id = new_message_id();
    visitor
        .try_say(&id, &json!({ "body": "One", "client_msg_id": message_id }))
        .expect(201);

    let answer = visitor.try_say(&id, &json!({ "body": "Two", "client_msg_id": message_id }));

    assert_eq!(answer.problem(409), "idempotency_conflict");
}

fn acknowledged_delivered_and_read_are_three_states(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let id = visitor.start("Hello").text("/conversation/id");
    let seq = owner.reply(&id, "Good day").number("/seq");
    let states = || {
        let view = owner
            .call
            .get(&format!("/api/console/conversations/{id}"))
            .expect(200);
        let view = view.at("/conversation").clone();
        (
            view.number("/visitor_delivered_seq"),
            view.number("/visitor_read_seq"),
        )
    };
    let tell = |state: &str| {
        let path = format!("/api/widget/conversations/{id}/{state}");
        visitor.call.post(&path, &json!({ "seq": seq })).expect(204)
    };

    assert!(
        states().0 < seq && states().1 < seq,
        "acknowledged says nothing about the visitor"
    );
    tell("delivered");
    assert_eq!(states().0, seq);
    assert!(states().1 < seq, "delivered is not read");
    tell("read");
    assert_eq!(states(), (seq, seq));
}

fn unread_mark_is_for_all_agents_and_never_for_the_visitor(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let id = visitor.start("Hello").text("/conversation/id");
    owner.reply(&id, "Good morning");
    let call = |act: &str, body| {
        let path = format!("/api/console/conversations/{id}/{act}");
        owner.call.post(&path, &body).expect(204);
    };
    let seen = || {
        let path = format!("/api/console/conversations/{id}");
        owner
            .call
            .get(&path)
            .expect(200)
            .number("/conversation/unread")
    };
    call("read", json!({ "seq": 2 }));
    assert_eq!(seen(), 0);
    let mut tab = owner.websocket(None);
    let mut theirs = visitor.websocket(None);

    call("unread", json!(null));
    call("unread", json!(null));

    assert_eq!(seen(), 1);
    let event = tab.next_named("conversation.updated");
    assert_eq!(event.body.number("/conversation/unread"), 1);
    visitor.say(&id, "And good night");
    assert_eq!(seen(), 2, "what comes is unread as well");
    let next = theirs.next_named("message.created");
    assert_eq!(next.body.text("/message/body"), "And good night");
    let own = visitor.call.get("/api/widget/conversations").expect(200);
    assert_eq!(
        own.number("/conversations/0/agent_read_seq"),
        2,
        "it was read"
    );
    call("delivered", json!({ "seq": 3 }));
    assert_eq!(seen(), 2);
    call("read", json!({ "seq": 3 }));
    assert_eq!(seen(), 0);
}

fn note_never_reaches_the_visitor(world: &mut World) {
    let owner = world.owner();
    let visitor = world.visitor();
    let id = visitor.start("Hello").text("/conversation/id");
    let mut stream = visitor.websocket(None);

    owner.note(&id, "internal-marker");
    owner.reply(&id, "visible-marker");

    let heard = stream.next_named("message.created");
    assert_eq!(heard.body.text("/message/body"), "visible-marker");
    let kinds: BTreeSet<String> = visitor
        .history(&id)
        .iter()
        .map(|message| message.text("/kind"))
        .collect();
    assert!(!kinds.contains("note"));
}

fn write_without_policy_version_is_refused(world: &mut World) {
    let visitor = world.visitor();

    let missing = visitor.try_start(&json!({ "body": "Hello", "policy_version": null }));

    assert_eq!(missing.problem(428), "policy_version_missing");
    assert_eq!(world.databases.number("select count(*) from visitor"), 0);
}

fn sixth_open_conversation_is_refused(world: &mut World) {
    let visitor = world.visitor();
    for number in 1..=5 {
        visitor.start(&format!("Question {number}"));
    }

    let sixth = visitor.try_start(&json!({ "body": "Question 6" }));

    assert_eq!(sixth.problem(409), "too_many_open_conversations");
}

fn acknowledged_message_survives_a_kill(world: &mut World) {
    let visitor = world.visitor();
    let id = visitor.start("Before the kill").text("/conversation/id");

    world.crash_and_restart();

    let bodies: Vec<String> = visitor
        .history(&id)
        .iter()
        .map(|message| message.text("/body"))
        .collect();
    assert!(bodies.contains(&"Before the kill".to_owned()));
}
