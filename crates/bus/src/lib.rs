//! Who hears what, inside one process.
//!
//! Why: a signal is a hint. Everything that must not be lost is in the database; a stream that missed a
//! signal reads on from its last event id. So every queue is short and a full one only sets a flag.
//! Must not know: the database, event contents, HTTP.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{AgentId, Availability, ConversationId, PersonId, SessionId, WorkspaceId};
use tokio::sync::Notify;

/// Signals waiting for one stream; one more is dropped, and the stream reads on from the database.
const QUEUE_MAX: usize = 16;

/// What a stream listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Everything that agents of a workspace hear.
    Workspace(WorkspaceId),
    /// What one person hears about themselves.
    Person(WorkspaceId, PersonId),
    /// What concerns one agent's own sessions.
    Agent(WorkspaceId, AgentId),
    /// What all visitors of a workspace hear.
    Visitors(WorkspaceId),
}

/// Who is typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    /// The conversation's visitor.
    Visitor,
    /// An agent.
    Agent(AgentId),
}

/// A hint to a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// An event with this number is committed.
    Event(i64),
    /// Somebody types; never stored.
    Typing(ConversationId, Writer),
    /// A visitor opened or closed their last stream.
    Presence(PersonId),
    /// An agent came, went, or changed availability.
    AgentPresence(AgentId),
    /// Whether somebody answers has changed; never stored, the same for every visitor.
    Availability(Availability),
    /// This session has ended; its streams close.
    SessionEnded(SessionId),
    /// All sessions of the listening agent have ended.
    AllSessionsEnded,
    /// The person was erased; their streams close.
    Erased(PersonId),
    /// The server goes down; clients come back after this many milliseconds.
    Drain(u32),
}

type Listeners = HashMap<Topic, Vec<Listener>>;

/// One place in the audience, as the sending side sees it.
struct Listener {
    number: u64,
    mailbox: Arc<Mailbox>,
}

/// What waits for one stream. Idle, it holds no memory for signals (a channel's block: 1.3 KiB, measured).
#[derive(Default)]
struct Mailbox {
    waiting: Mutex<Waiting>,
    bell: Notify,
}

#[derive(Default)]
struct Waiting {
    signals: VecDeque<Signal>,
    lagged: bool,
}

impl Mailbox {
    /// Queues a signal; if there is no room, the stream learns that it missed something.
    fn put(&self, signal: &Signal) {
        let mut waiting = lock(&self.waiting);
        if waiting.signals.len() < QUEUE_MAX {
            waiting.signals.push_back(signal.clone());
        } else {
            waiting.lagged = true;
        }
        drop(waiting);
        self.bell.notify_one();
    }

    fn take(&self) -> Option<Signal> {
        let mut waiting = lock(&self.waiting);
        let signal = waiting.signals.pop_front();
        if waiting.signals.is_empty() {
            waiting.signals = VecDeque::new();
        }
        signal
    }
}

/// The bus of a process.
#[derive(Clone, Default)]
pub struct Bus {
    listeners: Arc<Mutex<Listeners>>,
    next: Arc<AtomicU64>,
}

impl Bus {
    /// Listens to topics until the subscription is dropped.
    #[must_use]
    pub fn subscribe(&self, topics: Vec<Topic>) -> Subscription {
        let mailbox = Arc::<Mailbox>::default();
        let mut listeners = lock(&self.listeners);
        // Counted under the lock, so that a topic's listeners stand in order: leaving finds its place by search.
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        for topic in &topics {
            let audience = listeners
                .entry(*topic)
                .or_insert_with(|| Vec::with_capacity(1));
            audience.push(Listener {
                number,
                mailbox: Arc::clone(&mailbox),
            });
        }
        drop(listeners);
        Subscription {
            bus: self.clone(),
            topics,
            number,
            mailbox,
        }
    }

    /// Tells everybody who listens to the topic.
    pub fn publish(&self, topic: Topic, signal: &Signal) {
        let listeners = lock(&self.listeners);
        for listener in listeners.get(&topic).into_iter().flatten() {
            listener.mailbox.put(signal);
        }
    }

    /// Tells every stream of the process.
    pub fn publish_all(&self, signal: &Signal) {
        let listeners = lock(&self.listeners);
        for listener in listeners.values().flatten() {
            listener.mailbox.put(signal);
        }
    }

    /// How many streams listen to the topic.
    #[must_use]
    pub fn count(&self, topic: Topic) -> usize {
        lock(&self.listeners).get(&topic).map_or(0, Vec::len)
    }

    /// Workspaces with a visitor who listens.
    #[must_use]
    pub fn list_visited(&self) -> Vec<WorkspaceId> {
        let visited = |topic: &Topic| match topic {
            Topic::Visitors(workspace_id) => Some(*workspace_id),
            _ => None,
        };
        lock(&self.listeners).keys().filter_map(visited).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place in the audience.
pub struct Subscription {
    bus: Bus,
    topics: Vec<Topic>,
    number: u64,
    mailbox: Arc<Mailbox>,
}

impl Subscription {
    /// Whether signals were dropped since the last question, for want of room.
    #[must_use]
    pub fn take_lagged(&self) -> bool {
        std::mem::take(&mut lock(&self.mailbox.waiting).lagged)
    }

    /// The next signal. Cancel safe.
    pub async fn next(&mut self) -> Signal {
        loop {
            // Listened for before it is looked for, so that a signal in between rings again.
            let rung = self.mailbox.bell.notified();
            if let Some(signal) = self.mailbox.take() {
                return signal;
            }
            rung.await;
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut listeners = lock(&self.bus.listeners);
        for topic in &self.topics {
            let Some(entries) = listeners.get_mut(topic) else {
                continue;
            };
            if let Ok(place) = entries.binary_search_by_key(&self.number, |it| it.number) {
                entries.remove(place);
            }
            if entries.is_empty() {
                listeners.remove(topic);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::Timestamp;

    fn workspace() -> WorkspaceId {
        WorkspaceId::new(Timestamp(0), [7; 10])
    }

    #[tokio::test]
    async fn signal_reaches_every_listener_of_its_topic() {
        let bus = Bus::default();
        let mut first = bus.subscribe(vec![Topic::Workspace(workspace())]);
        let mut second = bus.subscribe(vec![Topic::Workspace(workspace())]);

        bus.publish(Topic::Workspace(workspace()), &Signal::Event(3));

        assert_eq!(first.next().await, Signal::Event(3));
        assert_eq!(second.next().await, Signal::Event(3));
    }

    #[tokio::test]
    async fn full_queue_drops_signals_without_blocking_the_sender() {
        let bus = Bus::default();
        let slow = bus.subscribe(vec![Topic::Workspace(workspace())]);

        for number in 0..100 {
            bus.publish(Topic::Workspace(workspace()), &Signal::Event(number));
        }

        let mut heard = 0;
        while let Some(signal) = slow.mailbox.take() {
            assert_eq!(signal, Signal::Event(heard));
            heard += 1;
        }
        assert_eq!(usize::try_from(heard).unwrap(), QUEUE_MAX);
        assert!(slow.take_lagged());
        assert!(!slow.take_lagged());
    }

    #[tokio::test]
    async fn signal_sent_while_nobody_waits_is_heard_later() {
        let bus = Bus::default();
        let mut late = bus.subscribe(vec![Topic::Workspace(workspace())]);
        let cut_short = tokio::time::timeout(std::time::Duration::ZERO, late.next()).await;

        bus.publish(Topic::Workspace(workspace()), &Signal::Event(1));
        bus.publish(Topic::Workspace(workspace()), &Signal::Event(2));

        assert!(cut_short.is_err());
        assert_eq!(late.next().await, Signal::Event(1));
        assert_eq!(late.next().await, Signal::Event(2));
    }

    #[test]
    fn dropped_subscription_leaves_nothing_behind() {
        let bus = Bus::default();
        let topic = Topic::Workspace(workspace());

        drop(bus.subscribe(vec![topic]));

        assert_eq!(bus.count(topic), 0);
        assert!(lock(&bus.listeners).is_empty());
    }

    #[tokio::test]
    async fn who_leaves_takes_no_other_along() {
        let bus = Bus::default();
        let topic = Topic::Visitors(workspace());
        let first = bus.subscribe(vec![topic]);
        let second = bus.subscribe(vec![topic]);
        let mut third = bus.subscribe(vec![topic]);

        drop(second);
        drop(first);
        bus.publish(topic, &Signal::Availability(Availability::Away));

        assert_eq!(bus.list_visited(), [workspace()]);
        let heard = Signal::Availability(Availability::Away);
        assert_eq!(third.next().await, heard);
        drop(third);
        assert!(bus.list_visited().is_empty());
    }
}
