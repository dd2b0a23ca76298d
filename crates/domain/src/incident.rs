//! A breach of the security of personal data, real or as a drill: its clock of 72 hours and what was reported
//! (GDPR articles 33 and 34; clause 71).
//!
//! Must not know: whom it touched.

use policy::Timestamp;
use thiserror::Error;

use crate::word::words;

/// Seconds from the moment it was noticed to the moment the authority must have it.
pub const REPORT_WITHIN_S: i64 = 72 * 3_600;

words! {
    /// Whether it happened.
    IncidentKind {
        /// Practised: nobody is written to, and it is not counted.
        Drill = "drill",
        /// It happened.
        Real = "real",
    }
}

words! {
    /// What somebody got at.
    IncidentScope {
        /// Whoever was active in a period.
        Period = "period",
        /// Whatever one member's account read in a period.
        Agent = "agent",
        /// A copy of the database, without its keys.
        Copy = "copy",
        /// A copy of the database with its keys.
        Keys = "keys",
    }
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incident {
    /// Whether it happened.
    pub kind: IncidentKind,
    /// When it was noticed.
    pub noticed_at: Timestamp,
    /// When the authority was told.
    pub authority_at: Option<Timestamp>,
    /// When it was decided to tell the people.
    pub people_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// Why a step is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IncidentRefusal {
    /// Nothing more is done with it.
    #[error("the incident is closed")]
    Closed,
    /// It was done before.
    #[error("that is recorded already")]
    Recorded,
    /// Letters would frighten people about nothing.
    #[error("a drill writes to nobody")]
    DrillWritesToNobody,
    /// The authority must be told before it is closed.
    #[error("the authority has not been told yet: record that first")]
    NotReported,
}

impl IncidentRefusal {
    /// Its stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Closed => "incident_closed",
            Self::Recorded => "incident_recorded",
            Self::DrillWritesToNobody => "drill_writes_to_nobody",
            Self::NotReported => "incident_not_reported",
        }
    }
}

impl Incident {
    /// When the authority must have been told.
    #[must_use]
    pub const fn due_at(&self) -> Timestamp {
        self.noticed_at.plus_seconds(REPORT_WITHIN_S)
    }

    /// Whether the authority was told late, or is not told though the time is over.
    #[must_use]
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.authority_at.unwrap_or(now) > self.due_at()
    }

    /// The authority was told.
    ///
    /// # Errors
    /// `Closed`, `Recorded`.
    pub fn report(self, now: Timestamp) -> Result<Self, IncidentRefusal> {
        self.check_open()?;
        if self.authority_at.is_some() {
            return Err(IncidentRefusal::Recorded);
        }
        Ok(Self {
            authority_at: Some(now),
            ..self
        })
    }

    /// The people are told.
    ///
    /// # Errors
    /// `Closed`, `Recorded`, `DrillWritesToNobody`.
    pub fn tell(self, now: Timestamp) -> Result<Self, IncidentRefusal> {
        self.check_open()?;
        if self.kind == IncidentKind::Drill {
            return Err(IncidentRefusal::DrillWritesToNobody);
        }
        if self.people_at.is_some() {
            return Err(IncidentRefusal::Recorded);
        }
        Ok(Self {
            people_at: Some(now),
            ..self
        })
    }

    /// Nothing more is to be done.
    ///
    /// # Errors
    /// `Closed`; `NotReported` of a real one.
    pub fn close(self, now: Timestamp) -> Result<Self, IncidentRefusal> {
        self.check_open()?;
        if self.kind == IncidentKind::Real && self.authority_at.is_none() {
            return Err(IncidentRefusal::NotReported);
        }
        Ok(Self {
            closed_at: Some(now),
            ..self
        })
    }

    const fn check_open(&self) -> Result<(), IncidentRefusal> {
        match self.closed_at {
            Some(_) => Err(IncidentRefusal::Closed),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noticed(kind: IncidentKind) -> Incident {
        Incident {
            kind,
            noticed_at: Timestamp(0),
            authority_at: None,
            people_at: None,
            closed_at: None,
        }
    }

    #[test]
    fn the_clock_has_72_hours() {
        let incident = noticed(IncidentKind::Real);
        let due = incident.due_at();

        assert_eq!(due, Timestamp(0).plus_seconds(259_200));
        assert!(!incident.is_late(due));
        assert!(incident.is_late(due.plus_seconds(1)));
        let reported = incident.report(due).unwrap();
        assert!(
            !reported.is_late(due.plus_days(9)),
            "told in time stays in time"
        );
    }

    #[test]
    fn a_drill_writes_to_nobody_and_a_real_one_is_reported_before_it_is_closed() {
        let (drill, real) = (noticed(IncidentKind::Drill), noticed(IncidentKind::Real));
        let now = Timestamp(1);

        assert_eq!(drill.tell(now), Err(IncidentRefusal::DrillWritesToNobody));
        assert!(drill.close(now).is_ok());
        assert_eq!(real.close(now), Err(IncidentRefusal::NotReported));
        let closed = real.report(now).unwrap().close(now).unwrap();
        assert_eq!(closed.report(now), Err(IncidentRefusal::Closed));
        assert_eq!(
            real.tell(now).unwrap().tell(now),
            Err(IncidentRefusal::Recorded)
        );
    }
}
