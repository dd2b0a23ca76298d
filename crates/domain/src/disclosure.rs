//! Disclosures: what a release on a legal ground takes, step by step (clauses 51-55).
//!
//! Why a second look always: where one person may act alone, in an emergency or under a file that asks for one
//! approval, the release stays unreviewed in public until another one has approved it.
//! Must not know: whose data, rows, the wall clock.

use policy::{Ground, Timestamp};
use thiserror::Error;

use crate::{id::AgentId, word::words};

/// Open disclosures of one workspace.
pub const DISCLOSURES_OPEN_MAX: i64 = 50;
/// Approvals that leave nothing to review.
pub const APPROVALS_WHOLE: usize = 2;
/// Days until a release for rights, property or safety is looked at again (clause 54).
pub const REVIEW_DAYS: i64 = 30;
/// Days until one that nobody released lapses, where no deadline of a document ends it before.
pub const OPEN_DAYS: i64 = 30;
/// Days that the sealed copy can be fetched.
pub const BUNDLE_DAYS: i64 = 7;
/// Days that a notice may be held back at most: a longer order is entered anew.
pub const GAG_DAYS_MAX: i64 = 366;
const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

words! {
    /// How a disclosure stands.
    DisclosureState {
        /// It waits for approvals, or to be released.
        Open = "open",
        /// The sealed copy was made.
        Released = "released",
        /// One who may approve said no.
        Refused = "refused",
        /// Who asked for it took it back.
        Cancelled = "cancelled",
        /// Its time was over.
        Lapsed = "lapsed",
        /// The person was erased before it was released.
        Erased = "erased",
    }
}

words! {
    /// How much a disclosure reaches.
    DisclosureScope {
        /// One conversation.
        Conversation = "conversation",
        /// Everything of one person.
        Person = "person",
        /// Everybody: never in one disclosure.
        Everybody = "everybody",
    }
}

/// What the policy file asks of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisclosureRules {
    /// People who must approve.
    pub approvals: u32,
    /// Hours until a single approval is reviewed.
    pub review_hours: u32,
}

/// A disclosure as far as its steps depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// How it stands.
    pub state: DisclosureState,
    /// Its ground.
    pub ground: Ground,
    /// Who asked for it.
    pub requested_by: AgentId,
    /// Who approved.
    pub approved_by: Vec<AgentId>,
    /// When it was released.
    pub released_at: Option<Timestamp>,
    /// When it was looked at again.
    pub reviewed_at: Option<Timestamp>,
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DisclosureRefusal {
    /// It is closed.
    #[error("the disclosure is closed")]
    Closed,
    /// Approving or reviewing what one asked for oneself.
    #[error("who asks for a release does not approve or review it")]
    Own,
    /// Approved already.
    #[error("the same member has approved it already")]
    Approved,
    /// Not enough approvals.
    #[error("a release takes {needs} approvals, and there are {has}")]
    Approvals {
        /// How many there are.
        has: usize,
        /// How many it takes.
        needs: usize,
    },
    /// Nothing is left to review.
    #[error("nothing is left to review")]
    NothingToReview,
}

impl DisclosureRules {
    /// Approvals that a release on this ground takes before it: one in an emergency, the other one comes after.
    #[must_use]
    pub fn needed(self, ground: Ground) -> usize {
        let approvals = usize::try_from(self.approvals).unwrap_or(usize::MAX);
        match ground {
            Ground::Emergency => 1,
            _ => approvals.max(1),
        }
    }

    /// Whether who asks may be among those who approve.
    #[must_use]
    pub const fn may_approve_own(self) -> bool {
        self.approvals < 2
    }
}

impl Disclosure {
    /// Approves it, before or after the release.
    ///
    /// # Errors
    /// `Own`, `Approved`, or `Closed` if it takes no more approvals.
    pub fn approve(&self, by: AgentId, rules: DisclosureRules) -> Result<(), DisclosureRefusal> {
        let is_taken = match self.state {
            DisclosureState::Open => true,
            DisclosureState::Released => self.approved_by.len() < APPROVALS_WHOLE,
            _ => false,
        };
        if !is_taken {
            return Err(DisclosureRefusal::Closed);
        }
        if by == self.requested_by && !rules.may_approve_own() {
            return Err(DisclosureRefusal::Own);
        }
        if self.approved_by.contains(&by) {
            return Err(DisclosureRefusal::Approved);
        }
        Ok(())
    }

    /// Whether it may be released now.
    ///
    /// # Errors
    /// `Closed` or `Approvals`.
    pub fn release(&self, rules: DisclosureRules) -> Result<(), DisclosureRefusal> {
        if self.state != DisclosureState::Open {
            return Err(DisclosureRefusal::Closed);
        }
        let (has, needs) = (self.approved_by.len(), rules.needed(self.ground));
        if has < needs {
            return Err(DisclosureRefusal::Approvals { has, needs });
        }
        Ok(())
    }

    /// Whether it may still be refused or taken back.
    ///
    /// # Errors
    /// `Closed`.
    pub fn close(&self) -> Result<(), DisclosureRefusal> {
        match self.state {
            DisclosureState::Open => Ok(()),
            _ => Err(DisclosureRefusal::Closed),
        }
    }

    /// Whether it may be marked as looked at again.
    ///
    /// # Errors
    /// `NothingToReview`, or `Own`.
    pub fn review(&self, by: AgentId) -> Result<(), DisclosureRefusal> {
        let is_due = self.state == DisclosureState::Released
            && self.ground == Ground::ProtectRightsSafety
            && self.reviewed_at.is_none();
        if !is_due {
            return Err(DisclosureRefusal::NothingToReview);
        }
        if by == self.requested_by {
            return Err(DisclosureRefusal::Own);
        }
        Ok(())
    }

    /// When somebody must have looked at the release again; none: nobody has to.
    #[must_use]
    pub fn review_due_at(
        &self,
        approvals: usize,
        released_at: Timestamp,
        rules: DisclosureRules,
    ) -> Option<Timestamp> {
        if approvals < APPROVALS_WHOLE {
            return Some(released_at.plus_seconds(i64::from(rules.review_hours) * HOUR_S));
        }
        let looked_at_again = self.ground == Ground::ProtectRightsSafety;
        looked_at_again.then(|| released_at.plus_seconds(REVIEW_DAYS * DAY_S))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: DisclosureRules = DisclosureRules {
        approvals: 2,
        review_hours: 24,
    };
    const LOOSE: DisclosureRules = DisclosureRules {
        approvals: 1,
        review_hours: 24,
    };

    fn agent(number: u8) -> AgentId {
        AgentId::new(Timestamp(i64::from(number)), [number; 10])
    }

    fn open(ground: Ground, approved: &[u8]) -> Disclosure {
        Disclosure {
            state: DisclosureState::Open,
            ground,
            requested_by: agent(1),
            approved_by: approved.iter().map(|one| agent(*one)).collect(),
            released_at: None,
            reviewed_at: None,
        }
    }

    #[test]
    fn release_takes_two_others_under_strict() {
        let asked = open(Ground::CourtOrGovernment, &[]);
        assert_eq!(asked.approve(agent(1), STRICT), Err(DisclosureRefusal::Own));
        assert_eq!(asked.approve(agent(2), STRICT), Ok(()));
        let once = open(Ground::CourtOrGovernment, &[2]);
        assert_eq!(
            once.approve(agent(2), STRICT),
            Err(DisclosureRefusal::Approved)
        );
        let missing = DisclosureRefusal::Approvals { has: 1, needs: 2 };
        assert_eq!(once.release(STRICT), Err(missing));
        assert_eq!(
            open(Ground::CourtOrGovernment, &[2, 3]).release(STRICT),
            Ok(())
        );
    }

    #[test]
    fn emergency_takes_one_and_stays_to_be_reviewed() {
        let broken = open(Ground::Emergency, &[2]);
        assert_eq!(broken.release(STRICT), Ok(()));
        let day = Some(Timestamp(0).plus_seconds(DAY_S));
        assert_eq!(broken.review_due_at(1, Timestamp(0), STRICT), day);
        assert_eq!(broken.review_due_at(2, Timestamp(0), STRICT), None);
        let released = Disclosure {
            state: DisclosureState::Released,
            ..broken
        };
        assert_eq!(released.approve(agent(3), STRICT), Ok(()));
    }

    #[test]
    fn one_approval_may_be_ones_own_where_the_file_asks_for_one() {
        let asked = open(Ground::TermsOrIllegal, &[]);
        assert_eq!(asked.approve(agent(1), LOOSE), Ok(()));
        assert_eq!(open(Ground::TermsOrIllegal, &[1]).release(LOOSE), Ok(()));
    }

    #[test]
    fn release_for_safety_is_reviewed_by_another_one() {
        let asked = open(Ground::ProtectRightsSafety, &[2, 3]);
        assert_eq!(
            asked.review(agent(2)),
            Err(DisclosureRefusal::NothingToReview)
        );
        let released = Disclosure {
            state: DisclosureState::Released,
            ..asked
        };
        assert_eq!(released.review(agent(1)), Err(DisclosureRefusal::Own));
        assert_eq!(released.review(agent(2)), Ok(()));
        let month = Some(Timestamp(0).plus_seconds(REVIEW_DAYS * DAY_S));
        assert_eq!(released.review_due_at(2, Timestamp(0), STRICT), month);
        assert_eq!(released.close(), Err(DisclosureRefusal::Closed));
    }
}
