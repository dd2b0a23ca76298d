//! A conversation's states and transitions: each returns the next status and what the log says of it, or
//! a typed refusal.
//!
//! ```text
//!            snooze                 visitor writes, time comes, reopen
//!   open ------------> snoozed ------------------------------------> open
//!     \                   |
//!      \-- resolve, end --+--> resolved -- reopen, visitor writes within 7 days --> open
//! ```
//! Must not know: storage, the wall clock, who may do what.

use policy::Timestamp;
use thiserror::Error;

use crate::{
    id::AgentId,
    message::{SystemCode, UnknownWord, stored_words},
};

/// Days in which a visitor's message opens a resolved conversation again; later a new one begins.
pub const REOPEN_DAYS_MAX: i64 = 7;
/// Longest snooze in days.
pub const SNOOZE_DAYS_MAX: i64 = 366;
/// Hours in which a rating may be changed.
pub const RATING_HOURS_MAX: i64 = 24;
/// Most conversations of one visitor that are not resolved.
pub const OPEN_CONVERSATIONS_MAX: i64 = 5;

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

stored_words! {
    /// Where a conversation stands.
    ConversationState {
        /// Somebody works on it or should.
        Open = "open",
        /// Put aside until a time, or until the visitor writes.
        Snoozed = "snoozed",
        /// Done.
        Resolved = "resolved",
    }
}

/// What transitions change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Where it stands.
    pub state: ConversationState,
    /// Until when it is put aside.
    pub snoozed_until: Option<Timestamp>,
    /// Who answers it.
    pub assignee_id: Option<AgentId>,
    /// Since when the visitor waits for an answer.
    pub waiting_since: Option<Timestamp>,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
}

/// The next status, and what the log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// The next status.
    pub next: Status,
    /// What happened, if people should read it in the conversation.
    pub code: Option<SystemCode>,
}

/// Why a conversation does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ConversationRefusal {
    /// It is resolved, and this needs one that is not.
    #[error("the conversation is resolved")]
    Resolved,
    /// It is not resolved, and this needs one that is.
    #[error("the conversation is still open")]
    StillOpen,
    /// The time is not in the future, or too far in it.
    #[error("the time must be in the future and at most 366 days away")]
    UnusableTime,
    /// Rated more than 24 hours ago.
    #[error("the rating was given more than 24 hours ago")]
    RatingClosed,
}

impl Status {
    /// A conversation that a visitor begins.
    #[must_use]
    pub const fn begun(now: Timestamp) -> Self {
        Self {
            state: ConversationState::Open,
            snoozed_until: None,
            assignee_id: None,
            waiting_since: Some(now),
            resolved_at: None,
        }
    }

    /// The visitor writes: they wait from now on; a snoozed conversation wakes, one resolved within
    /// the last 7 days opens again.
    ///
    /// # Errors
    /// `Resolved` if it was resolved longer ago: a new conversation begins.
    pub fn visitor_writes(self, now: Timestamp) -> Result<Transition, ConversationRefusal> {
        let waiting_since = self.waiting_since.or(Some(now));
        let next = Self {
            waiting_since,
            ..self.opened()
        };
        match self.state {
            ConversationState::Open => Ok(next.quietly()),
            ConversationState::Snoozed => Ok(next.with(SystemCode::Woken)),
            ConversationState::Resolved if self.may_reopen_by_message(now) => {
                Ok(next.with(SystemCode::Reopened))
            }
            ConversationState::Resolved => Err(ConversationRefusal::Resolved),
        }
    }

    /// An agent answers: nobody waits any more, and what has no assignee is theirs.
    ///
    /// # Errors
    /// `Resolved`: it must be reopened first, so that nobody answers into a closed room unawares.
    pub fn agent_answers(self, agent_id: AgentId) -> Result<Transition, ConversationRefusal> {
        self.require_unresolved()?;
        let next = Self {
            waiting_since: None,
            assignee_id: self.assignee_id.or(Some(agent_id)),
            ..self
        };
        Ok(next.quietly())
    }

    /// Somebody gives it to an agent, or to nobody.
    ///
    /// # Errors
    /// `Resolved`.
    pub fn assign(self, assignee_id: Option<AgentId>) -> Result<Transition, ConversationRefusal> {
        self.require_unresolved()?;
        let next = Self {
            assignee_id,
            ..self
        };
        if next == self {
            return Ok(self.quietly());
        }
        Ok(next.with(match assignee_id {
            Some(_) => SystemCode::Assigned,
            None => SystemCode::Unassigned,
        }))
    }

    /// An agent puts it aside until a time.
    ///
    /// # Errors
    /// `Resolved`, or `UnusableTime` if the time is past or more than 366 days away.
    pub fn snooze(
        self,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Transition, ConversationRefusal> {
        self.require_unresolved()?;
        if until <= now || until > now.plus_seconds(SNOOZE_DAYS_MAX * DAY_S) {
            return Err(ConversationRefusal::UnusableTime);
        }
        let next = Self {
            state: ConversationState::Snoozed,
            snoozed_until: Some(until),
            ..self
        };
        if next == self {
            return Ok(self.quietly());
        }
        Ok(next.with(SystemCode::Snoozed))
    }

    /// Its time has come; before that, or in another state, nothing changes.
    #[must_use]
    pub fn wake(self, now: Timestamp) -> Transition {
        let is_due = self.snoozed_until.is_some_and(|until| until <= now);
        if self.state != ConversationState::Snoozed || !is_due {
            return self.quietly();
        }
        self.opened().with(SystemCode::Woken)
    }

    /// An agent is done with it. Again: nothing changes.
    #[must_use]
    pub fn resolve(self, now: Timestamp) -> Transition {
        self.close(now, SystemCode::Resolved)
    }

    /// The visitor is done with it. Again: nothing changes.
    #[must_use]
    pub fn end(self, now: Timestamp) -> Transition {
        self.close(now, SystemCode::EndedByVisitor)
    }

    /// An agent opens it again. Of an open one: nothing changes.
    #[must_use]
    pub fn reopen(self) -> Transition {
        match self.state {
            ConversationState::Open => self.quietly(),
            ConversationState::Snoozed => self.opened().with(SystemCode::Woken),
            ConversationState::Resolved => self.opened().with(SystemCode::Reopened),
        }
    }

    /// Whether the visitor may rate it now.
    ///
    /// # Errors
    /// `StillOpen` before it is resolved; `RatingClosed` more than 24 hours after the first rating.
    pub fn check_rating(
        self,
        rated_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), ConversationRefusal> {
        if self.state != ConversationState::Resolved {
            return Err(ConversationRefusal::StillOpen);
        }
        let is_closed =
            |rated_at: Timestamp| now > rated_at.plus_seconds(RATING_HOURS_MAX * HOUR_S);
        if rated_at.is_some_and(is_closed) {
            return Err(ConversationRefusal::RatingClosed);
        }
        Ok(())
    }

    fn close(self, now: Timestamp, code: SystemCode) -> Transition {
        if self.state == ConversationState::Resolved {
            return self.quietly();
        }
        let next = Self {
            state: ConversationState::Resolved,
            snoozed_until: None,
            waiting_since: None,
            resolved_at: Some(now),
            ..self
        };
        next.with(code)
    }

    const fn opened(self) -> Self {
        Self {
            state: ConversationState::Open,
            snoozed_until: None,
            resolved_at: None,
            ..self
        }
    }

    fn may_reopen_by_message(self, now: Timestamp) -> bool {
        let is_recent =
            |resolved_at: Timestamp| now <= resolved_at.plus_seconds(REOPEN_DAYS_MAX * DAY_S);
        self.resolved_at.is_some_and(is_recent)
    }

    fn require_unresolved(self) -> Result<(), ConversationRefusal> {
        if self.state == ConversationState::Resolved {
            return Err(ConversationRefusal::Resolved);
        }
        Ok(())
    }

    const fn quietly(self) -> Transition {
        Transition {
            next: self,
            code: None,
        }
    }

    const fn with(self, code: SystemCode) -> Transition {
        Transition {
            next: self,
            code: Some(code),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000_000);

    fn agent(number: u8) -> AgentId {
        AgentId::new(NOW, [number; 10])
    }

    #[test]
    fn snoozed_conversation_wakes_when_the_visitor_writes() {
        let snoozed = Status::begun(NOW)
            .snooze(NOW.plus_seconds(60), NOW)
            .unwrap();
        assert_eq!(snoozed.next.state, ConversationState::Snoozed);

        let written = snoozed.next.visitor_writes(NOW.plus_seconds(1)).unwrap();

        assert_eq!(written.next.state, ConversationState::Open);
        assert_eq!(written.code, Some(SystemCode::Woken));
        assert_eq!(written.next.waiting_since, Some(NOW));
    }

    #[test]
    fn resolved_conversation_opens_by_a_message_for_7_days() {
        let resolved = Status::begun(NOW).resolve(NOW).next;
        let last = NOW.plus_seconds(7 * DAY_S);

        assert_eq!(
            resolved.visitor_writes(last).unwrap().code,
            Some(SystemCode::Reopened)
        );
        assert_eq!(
            resolved.visitor_writes(Timestamp(last.0 + 1)),
            Err(ConversationRefusal::Resolved)
        );
    }

    #[test]
    fn resolved_conversation_refuses_answers_assignment_and_snooze() {
        let resolved = Status::begun(NOW).resolve(NOW).next;
        let refused = Err(ConversationRefusal::Resolved);

        assert_eq!(resolved.agent_answers(agent(1)), refused);
        assert_eq!(resolved.assign(Some(agent(1))), refused);
        assert_eq!(resolved.snooze(NOW.plus_seconds(9), NOW), refused);
    }

    #[test]
    fn first_answer_takes_the_conversation_and_ends_the_waiting() {
        let first = Status::begun(NOW).agent_answers(agent(1)).unwrap().next;
        let second = first.agent_answers(agent(2)).unwrap().next;

        assert_eq!(first.waiting_since, None);
        assert_eq!(second.assignee_id, Some(agent(1)));
    }

    #[test]
    fn snooze_needs_a_time_within_366_days() {
        let status = Status::begun(NOW);

        for until in [NOW, Timestamp(0), NOW.plus_seconds(367 * DAY_S)] {
            assert_eq!(
                status.snooze(until, NOW),
                Err(ConversationRefusal::UnusableTime)
            );
        }
    }

    #[test]
    fn snooze_ends_at_its_time_and_not_before() {
        let until = NOW.plus_seconds(60);
        let snoozed = Status::begun(NOW).snooze(until, NOW).unwrap().next;

        assert_eq!(snoozed.wake(Timestamp(until.0 - 1)).code, None);
        assert_eq!(snoozed.wake(until).code, Some(SystemCode::Woken));
        assert_eq!(snoozed.wake(until).next.state, ConversationState::Open);
    }

    #[test]
    fn rating_needs_a_resolved_conversation_and_closes_after_24_hours() {
        let open = Status::begun(NOW);
        let resolved = open.end(NOW).next;
        let day_later = NOW.plus_seconds(24 * HOUR_S);

        assert_eq!(
            open.check_rating(None, NOW),
            Err(ConversationRefusal::StillOpen)
        );
        assert_eq!(resolved.check_rating(Some(NOW), day_later), Ok(()));
        assert_eq!(
            resolved.check_rating(Some(NOW), Timestamp(day_later.0 + 1)),
            Err(ConversationRefusal::RatingClosed)
        );
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Write,
        Answer(u8),
        Assign(Option<u8>),
        Snooze(i64),
        Wake,
        Resolve,
        End,
        Reopen,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Write),
            (0..3_u8).prop_map(Step::Answer),
            proptest::option::of(0..3_u8).prop_map(Step::Assign),
            (-5..500_i64).prop_map(Step::Snooze),
            Just(Step::Wake),
            Just(Step::Resolve),
            Just(Step::End),
            Just(Step::Reopen),
        ]
    }

    fn take(status: Status, step: Step, now: Timestamp) -> Result<Transition, ConversationRefusal> {
        match step {
            Step::Write => status.visitor_writes(now),
            Step::Answer(number) => status.agent_answers(agent(number)),
            Step::Assign(number) => status.assign(number.map(agent)),
            Step::Snooze(days) => status.snooze(now.plus_seconds(days * DAY_S), now),
            Step::Wake => Ok(status.wake(now)),
            Step::Resolve => Ok(status.resolve(now)),
            Step::End => Ok(status.end(now)),
            Step::Reopen => Ok(status.reopen()),
        }
    }

    proptest! {
        #[test]
        fn state_and_its_times_always_agree(steps in proptest::collection::vec((step(), 0..9_i64), 0..40)) {
            let mut status = Status::begun(NOW);
            let mut now = NOW;
            for (step, days) in steps {
                now = now.plus_seconds(days * DAY_S);
                if let Ok(transition) = take(status, step, now) {
                    if !matches!(step, Step::Write | Step::Answer(_)) {
                        prop_assert_eq!(transition.next != status, transition.code.is_some());
                    }
                    status = transition.next;
                }
                let is = |state| status.state == state;
                prop_assert_eq!(is(ConversationState::Snoozed), status.snoozed_until.is_some());
                prop_assert_eq!(is(ConversationState::Resolved), status.resolved_at.is_some());
                prop_assert!(!is(ConversationState::Resolved) || status.waiting_since.is_none());
            }
        }
    }
}
