//! `kill -9` fifty times under twenty writers: what was acknowledged is there, once, in one order.
//!
//! The checker knows only acknowledgements, the rows of the database and what readers are shown. The
//! control shows that it can fail: a server that acknowledges before it stores is caught.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use it::actor::new_message_id;
use it::proxy::Proxy;
use it::{Caller, Console, Reach, Visitor, World};
use serde_json::json;

it::stories! {
    every_acknowledged_message_survives_fifty_kills,
    server_that_acknowledges_early_is_caught,
}

const KILLS: u64 = 50;
const VISITORS: usize = 10;
/// A writer that finds the server dead or full asks again this often.
const RETRY: Duration = Duration::from_millis(10);

/// One acknowledgement as a writer heard it.
#[derive(Clone, Debug)]
struct Ack {
    conversation_id: String,
    client_msg_id: String,
    seq: i64,
}

/// One row as the database has it.
#[derive(Debug)]
struct Row {
    conversation_id: String,
    client_msg_id: String,
    seq: i64,
}

fn every_acknowledged_message_survives_fifty_kills(world: &mut World) {
    let owner = world.owner();
    let visitors: Vec<(Visitor, String)> =
        (0..VISITORS).map(|_| open_conversation(world)).collect();
    let acks = Arc::new(Mutex::new(Vec::new()));
    let is_over = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = make_writers(&owner, &visitors, &acks, &is_over)
        .into_iter()
        .map(|writer| thread::spawn(move || writer.run()))
        .collect();

    for kill in 0..KILLS {
        thread::sleep(Duration::from_millis(40 + kill * 7919 % 260));
        let taken: Vec<Ack> = acks.lock().unwrap().clone();
        world.crash();
        world.boot();
        let losses = find_losses(&taken, &read_rows(world));
        assert!(
            losses.is_empty(),
            "after kill {kill} of {} acks: {losses:?}",
            taken.len()
        );
    }
    is_over.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.join().expect("a writer ends well");
    }

    let taken = acks.lock().unwrap().clone();
    assert!(
        taken.len() as u64 > KILLS,
        "the writers wrote: {} acks",
        taken.len()
    );
    let losses = find_losses(&taken, &read_rows(world));
    assert!(losses.is_empty(), "{losses:?}");
    for (visitor, id) in &visitors {
        assert_one_order(&visitor.history(id), &owner.history(id));
    }
    println!(
        "    {} messages acknowledged over {KILLS} kills",
        taken.len()
    );
}

fn server_that_acknowledges_early_is_caught(world: &mut World) {
    let (visitor, id) = open_conversation(world);
    let liar = Proxy::lying();
    let acks = Arc::new(Mutex::new(Vec::new()));
    let writer = Writer {
        call: visitor.call.clone().at(liar.base()),
        path: format!("/api/widget/conversations/{id}/messages"),
        conversation_id: id,
        policy_version: visitor.policy_version,
        acks: acks.clone(),
        is_over: Arc::new(AtomicBool::new(false)),
    };

    for _ in 0..5 {
        writer.write_one();
    }

    let taken = acks.lock().unwrap().clone();
    assert_eq!(taken.len(), 5, "the liar acknowledged everything");
    assert_eq!(
        find_losses(&taken, &read_rows(world)).len(),
        5,
        "and the checker saw each loss"
    );
}

fn open_conversation(world: &mut World) -> (Visitor, String) {
    let visitor = world.visitor();
    let id = visitor.start("first words").text("/conversation/id");
    (visitor, id)
}

/// Who writes where.
#[derive(Clone)]
struct Writer {
    call: Caller,
    path: String,
    conversation_id: String,
    policy_version: i64,
    acks: Arc<Mutex<Vec<Ack>>>,
    is_over: Arc<AtomicBool>,
}

impl Writer {
    fn run(&self) {
        while !self.is_over.load(Ordering::Relaxed) {
            self.write_one();
        }
    }

    /// Sends one message until it is acknowledged, always with the same id, as the widget does.
    fn write_one(&self) {
        let client_msg_id = new_message_id();
        let mut body = json!({ "client_msg_id": client_msg_id, "body": "words under load" });
        if self.path.contains("/widget/") {
            body["policy_version"] = json!(self.policy_version);
        } else {
            body["kind"] = json!("message");
        }
        while !self.is_over.load(Ordering::Relaxed) {
            if let Some(seq) = self.try_once(&body) {
                let conversation_id = self.conversation_id.clone();
                let ack = Ack {
                    conversation_id,
                    client_msg_id,
                    seq,
                };
                self.acks.lock().unwrap().push(ack);
                return;
            }
            thread::sleep(RETRY);
        }
    }

    /// The `seq` when it was acknowledged.
    fn try_once(&self, body: &serde_json::Value) -> Option<i64> {
        let bytes = body.to_string();
        let answer = self
            .call
            .try_send("POST", &self.path, Some(bytes.as_bytes()))
            .ok()?;
        let is_refused_for_now = [429, 503].contains(&answer.status);
        assert!(
            answer.status == 201 || is_refused_for_now,
            "unexpected answer: {}",
            answer.body
        );
        (answer.status == 201).then(|| answer.json().number("/message/seq"))
    }
}

/// Two writers for each conversation: its visitor and an agent.
fn make_writers(
    owner: &Console,
    visitors: &[(Visitor, String)],
    acks: &Arc<Mutex<Vec<Ack>>>,
    is_over: &Arc<AtomicBool>,
) -> Vec<Writer> {
    let mut writers = Vec::new();
    for (visitor, id) in visitors {
        let sides = [
            (
                visitor.call.clone(),
                format!("/api/widget/conversations/{id}/messages"),
            ),
            (
                owner.call.clone(),
                format!("/api/console/conversations/{id}/messages"),
            ),
        ];
        writers.extend(sides.map(|(call, path)| Writer {
            call,
            path,
            conversation_id: id.clone(),
            policy_version: visitor.policy_version,
            acks: acks.clone(),
            is_over: is_over.clone(),
        }));
    }
    writers
}

fn read_rows(world: &World) -> Vec<Row> {
    let sql = "select conversation_id, coalesce(client_msg_id, ''), seq from message";
    world
        .databases
        .rows(sql)
        .into_iter()
        .map(|row| Row {
            conversation_id: row[0].clone(),
            client_msg_id: row[1].clone(),
            seq: row[2].parse().expect("seq is a number"),
        })
        .collect()
}

/// What is wrong with the rows, given what was acknowledged.
fn find_losses(acks: &[Ack], rows: &[Row]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut by_id: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    let mut seqs: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for row in rows {
        if !row.client_msg_id.is_empty() {
            by_id.entry(&row.client_msg_id).or_default().push(row);
        }
        if !seqs
            .entry(&row.conversation_id)
            .or_default()
            .insert(row.seq)
        {
            faults.push(format!("{} has {} twice", row.conversation_id, row.seq));
        }
    }
    for (id, found) in &by_id {
        if found.len() > 1 {
            faults.push(format!("{id} is stored {} times", found.len()));
        }
    }
    for (id, seqs) in &seqs {
        if seqs.last().copied() != Some(seqs.len() as i64) {
            faults.push(format!(
                "{id} has gaps: {} rows up to {:?}",
                seqs.len(),
                seqs.last()
            ));
        }
    }
    for ack in acks {
        let is_there = by_id.get(ack.client_msg_id.as_str()).is_some_and(|found| {
            found
                .iter()
                .any(|row| row.seq == ack.seq && row.conversation_id == ack.conversation_id)
        });
        if !is_there {
            faults.push(format!("lost: {ack:?}"));
        }
    }
    faults
}

fn assert_one_order(visitor: &[serde_json::Value], agent: &[serde_json::Value]) {
    let order = |messages: &[serde_json::Value]| -> Vec<(i64, String)> {
        messages
            .iter()
            .map(|it| (it.number("/seq"), it.text("/id")))
            .collect()
    };
    assert_eq!(order(visitor), order(agent), "both readers see one order");
}
