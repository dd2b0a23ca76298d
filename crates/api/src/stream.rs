//! The event stream: one feed per browser, encoded as WebSocket or SSE by its siblings.
//!
//! A feed holds no queue of its own: it reads stored events after its last id, so a slow reader costs
//! nothing but its socket, and resuming is the same code as going on (promises P4, P6).
//! What a feed does now and then is boxed: an idle stream then costs the memory of waiting alone.
//! Must not know: encodings, SQL, plain text (each event is opened by `App::hydrate` under its own permit).

use std::{collections::VecDeque, sync::Arc, time::Duration};

use app::{Actor, App};
use bus::{Signal, Subscription, Topic};
use serde_json::{Value, json};

use crate::problem::Problem;

/// Events read at once.
const PAGE: i64 = 100;
/// Silence after which a heartbeat goes out, and the session is looked at again.
const HEARTBEAT: Duration = Duration::from_secs(25);
/// Time to come back before the others are told that somebody left.
const LEAVING_GRACE: Duration = Duration::from_secs(5);

/// One event on its way out.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Number to resume from; none for what is never stored.
    pub(crate) id: Option<i64>,
    /// Name of the event.
    pub(crate) event: String,
    /// What it says.
    pub(crate) data: Value,
}

/// What a feed gives.
#[derive(Debug)]
pub(crate) enum Next {
    /// An event.
    Frame(Frame),
    /// Nothing happened for a while.
    Heartbeat,
    /// The stream is over.
    End,
}

/// The events of one actor from some id on.
pub(crate) struct Feed {
    app: Arc<App>,
    actor: Actor,
    signals: Subscription,
    last_id: i64,
    behind: bool,
    unsure: bool,
    ready: VecDeque<Frame>,
    ended: bool,
}

impl Feed {
    /// Listens first and reads then, so that nothing falls in between.
    pub(crate) async fn open(
        app: Arc<App>,
        actor: Actor,
        resume: Option<i64>,
    ) -> Result<Self, Problem> {
        let signals = app.bus.subscribe(topics(&actor));
        let workspace_id = actor.workspace_id();
        let (last, first) = app.event_range(workspace_id).await?;
        let known =
            resume.is_none_or(|id| id <= last && id + 1 >= first && (id == last || first > 0));
        let last_id = resume.filter(|_| known).unwrap_or(last);
        // A visitor is told at once what passed while nobody listened here; the others have no such word.
        let told = match actor {
            Actor::Visitor(_) => Some(app.told_availability(workspace_id).await?.key()),
            Actor::Agent(_) => None,
        };
        let heartbeat_s = HEARTBEAT.as_secs();
        let hello = json!({"last_id": last_id, "heartbeat_s": heartbeat_s, "availability": told});
        let mut ready = VecDeque::from([frame("hello", hello)]);
        if !known {
            ready.push_back(frame("gap", json!({})));
        }
        announce(&app, &actor).await;
        Ok(Self {
            app,
            actor,
            signals,
            last_id,
            behind: true,
            unsure: false,
            ready,
            ended: false,
        })
    }

    /// The next thing to send. Cancel safe.
    pub(crate) async fn next(&mut self) -> Next {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Next::Frame(frame);
            }
            if self.ended {
                return Next::End;
            }
            if self.unsure {
                Box::pin(self.look_again()).await;
                continue;
            }
            if self.behind {
                self.ended = Box::pin(self.read_on()).await.is_err();
                continue;
            }
            match tokio::time::timeout(HEARTBEAT, self.signals.next()).await {
                Err(_) if Box::pin(self.is_still_allowed()).await => return Next::Heartbeat,
                Ok(signal) => Box::pin(self.hear(&signal)).await,
                Err(_) => self.end(),
            }
        }
    }

    /// Reads the next page of stored events.
    async fn read_on(&mut self) -> Result<(), Problem> {
        let events = self
            .app
            .list_events(&self.actor, self.last_id, PAGE)
            .await?;
        let is_full = i64::try_from(events.len()).is_ok_and(|count| count == PAGE);
        for event in events {
            // The number moves only with the event: a caller that stops waiting here loses nothing.
            let hydrated = self.app.hydrate(&self.actor, &event).await?;
            self.last_id = event.event_id;
            if let Some(hydrated) = hydrated {
                // Whoever is a minor hears that, and nothing after it.
                self.ended |=
                    hydrated.kind == "person.frozen" && matches!(self.actor, Actor::Visitor(_));
                self.ready.push_back(Frame {
                    id: Some(event.event_id),
                    event: hydrated.kind,
                    data: hydrated.data,
                });
            }
        }
        self.behind = is_full;
        Ok(())
    }

    /// After signals were lost: whether the actor may still listen.
    async fn look_again(&mut self) {
        let is_allowed = self.is_still_allowed().await;
        self.unsure = false;
        if !is_allowed {
            self.end();
        } else if let Actor::Visitor(visitor) = self.actor {
            // What is never stored cannot be read on, and this one lasts.
            let told = self.app.told_availability(visitor.workspace_id).await;
            let told = told.map(|told| json!({"availability": told.key()}));
            self.ready
                .extend(told.map(|data| frame("availability.changed", data)));
        }
    }

    async fn hear(&mut self, signal: &Signal) {
        // What did not fit into the queue may have been anything, an end of the session too.
        if self.signals.take_lagged() {
            (self.behind, self.unsure) = (true, true);
        }
        match signal {
            Signal::Event(id) => self.behind |= *id > self.last_id,
            Signal::SessionEnded(ended) if self.is_session(*ended) => self.end(),
            Signal::AllSessionsEnded => self.end(),
            Signal::Drain(wait) => {
                self.ready
                    .push_back(frame("drain", json!({"reconnect_in_ms": wait})));
                self.ended = true;
            }
            Signal::Erased(person_id) if self.is_person(*person_id) => {
                let data = json!({"person_id": person_id, "conversation_ids": []});
                self.ready.push_back(frame("person.erased", data));
                self.ended = true;
            }
            other => {
                let hydrated = self.app.hydrate_signal(&self.actor, other).await;
                self.ready
                    .extend(hydrated.map(|event| frame(&event.kind, event.data)));
            }
        }
    }

    fn end(&mut self) {
        self.ready.push_back(frame("session.ended", json!({})));
        self.ended = true;
    }

    fn is_session(&self, ended: domain::SessionId) -> bool {
        matches!(&self.actor, Actor::Agent(agent) if agent.session_id == ended)
    }

    fn is_person(&self, person_id: domain::PersonId) -> bool {
        matches!(&self.actor, Actor::Visitor(visitor) if visitor.person_id == person_id)
    }

    /// Signals are hints; what ended elsewhere is noticed here within a heartbeat.
    async fn is_still_allowed(&self) -> bool {
        self.app.is_live(&self.actor).await.unwrap_or(false)
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        // Whoever asks from here on must not count this stream any more.
        self.signals = self.app.bus.subscribe(Vec::new());
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let (app, actor) = (Arc::clone(&self.app), self.actor);
        // Going on to the next page is not leaving.
        runtime.spawn(async move {
            tokio::time::sleep(LEAVING_GRACE).await;
            announce(&app, &actor).await;
        });
    }
}

fn frame(event: &str, data: Value) -> Frame {
    Frame {
        id: None,
        event: event.to_owned(),
        data,
    }
}

fn topics(actor: &Actor) -> Vec<Topic> {
    match actor {
        Actor::Visitor(visitor) => vec![
            Topic::Person(visitor.workspace_id, visitor.person_id),
            Topic::Visitors(visitor.workspace_id),
        ],
        Actor::Agent(agent) => vec![
            Topic::Workspace(agent.workspace_id),
            Topic::Agent(agent.workspace_id, agent.agent_id),
        ],
    }
}

/// Tells the workspace's agents that somebody came or went, and its visitors whether somebody answers now.
async fn announce(app: &App, actor: &Actor) {
    let signal = match actor {
        Actor::Visitor(visitor) => Signal::Presence(visitor.person_id),
        Actor::Agent(agent) => Signal::AgentPresence(agent.agent_id),
    };
    app.bus
        .publish(Topic::Workspace(actor.workspace_id()), &signal);
    if let Actor::Agent(agent) = actor {
        // Where the database does not answer now, the next round of housekeeping tells it.
        drop(app.tell_availability(agent.workspace_id).await);
    }
}
