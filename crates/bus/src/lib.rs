//! Who hears what, inside one process.
//!
//! Why: a signal is a hint. Everything that must not be lost is in the database; a stream that missed a
//! signal reads on from its last event id. So every queue is short and a full one only sets a flag.
//! Must not know: the database, event contents, HTTP.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use domain::{AgentId, Availability, ConversationId, PersonId, SessionId, WorkspaceId};
use tokio::sync::mpsc;

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
#[derive(Clone)]
struct Listener {
    number: u64,
    queue: mpsc::Sender<Signal>,
    lagged: Arc<AtomicBool>,
}

impl Listener {
    /// Queues a signal; if there is no room, the listener learns that it missed something.
    fn tell(&self, signal: &Signal) {
        if self.queue.try_send(signal.clone()).is_err() {
            self.lagged.store(true, Ordering::Release);
        }
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
        let (queue, signals) = mpsc::channel(QUEUE_MAX);
        let lagged = Arc::new(AtomicBool::new(false));
        let mut listeners = self.lock();
        // Counted under the lock, so that a topic's listeners stand in order: leaving finds its place by search.
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let listener = Listener {
            number,
            queue,
            lagged: Arc::clone(&lagged),
        };
        for topic in &topics {
            listeners.entry(*topic).or_default().push(listener.clone());
        }
        drop(listeners);
        Subscription {
            bus: self.clone(),
            topics,
            number,
            signals,
            lagged,
        }
    }

    /// Tells everybody who listens to the topic.
    pub fn publish(&self, topic: Topic, signal: &Signal) {
        let listeners = self.lock();
        for listener in listeners.get(&topic).into_iter().flatten() {
            listener.tell(signal);
        }
    }

    /// Tells every stream of the process.
    pub fn publish_all(&self, signal: &Signal) {
        let listeners = self.lock();
        for listener in listeners.values().flatten() {
            listener.tell(signal);
        }
    }

    /// How many streams listen to the topic.
    #[must_use]
    pub fn count(&self, topic: Topic) -> usize {
        self.lock().get(&topic).map_or(0, Vec::len)
    }

    /// Workspaces with a visitor who listens.
    #[must_use]
    pub fn list_visited(&self) -> Vec<WorkspaceId> {
        let visited = |topic: &Topic| match topic {
            Topic::Visitors(workspace_id) => Some(*workspace_id),
            _ => None,
        };
        self.lock().keys().filter_map(visited).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Listeners> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the audience.
pub struct Subscription {
    bus: Bus,
    topics: Vec<Topic>,
    number: u64,
    signals: mpsc::Receiver<Signal>,
    lagged: Arc<AtomicBool>,
}

impl Subscription {
    /// Whether signals were dropped since the last question, for want of room.
    #[must_use]
    pub fn take_lagged(&self) -> bool {
        self.lagged.swap(false, Ordering::AcqRel)
    }

    /// The next signal. Cancel safe.
    pub async fn next(&mut self) -> Option<Signal> {
        self.signals.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut listeners = self.bus.lock();
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

        assert_eq!(first.next().await, Some(Signal::Event(3)));
        assert_eq!(second.next().await, Some(Signal::Event(3)));
    }

    #[tokio::test]
    async fn full_queue_drops_signals_without_blocking_the_sender() {
        let bus = Bus::default();
        let mut slow = bus.subscribe(vec![Topic::Workspace(workspace())]);

        for number in 0..100 {
            bus.publish(Topic::Workspace(workspace()), &Signal::Event(number));
        }

        let mut heard = 0;
        while let Ok(signal) = slow.signals.try_recv() {
            assert_eq!(signal, Signal::Event(heard));
            heard += 1;
        }
        assert_eq!(usize::try_from(heard).unwrap(), QUEUE_MAX);
        assert!(slow.take_lagged());
        assert!(!slow.take_lagged());
    }

    #[test]
    fn dropped_subscription_leaves_nothing_behind() {
        let bus = Bus::default();
        let topic = Topic::Workspace(workspace());

        drop(bus.subscribe(vec![topic]));

        assert_eq!(bus.count(topic), 0);
        assert!(bus.lock().is_empty());
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
        let heard = Some(Signal::Availability(Availability::Away));
        assert_eq!(third.next().await, heard);
        drop(third);
        assert!(bus.list_visited().is_empty());
    }
}
