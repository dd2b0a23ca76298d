//! Requests: what a person may ask for, by when it is done, and what may become of it (clauses 58-60, 78).
//!
//! Why no state "overdue" and none "lapsed": a request that nobody touched runs by itself when its time
//! comes. The clock is set once, at receipt, from the calendar of that day; a server's clock that is set
//! back or forward later does not move it.
//! Must not know: who the person is, rows, the wall clock.

use jiff::{Span, tz::Offset};
use policy::{Requests, Timestamp};
use thiserror::Error;

use crate::word::words;

/// Requests of one workspace taken in one day.
pub const REQUESTS_A_DAY_MAX: i64 = 10_000;
/// How long before it is entered a letter may have come in.
pub const RECEIVED_DAYS_AGO_MAX: u32 = 60;
/// Calendar months that the law gives (GDPR 12(3)).
const LAW_MONTHS: i64 = 1;
/// Calendar months with an extension, counted from the receipt (GDPR 12(3)).
const LAW_MONTHS_EXTENDED: i64 = 3;

words! {
    /// What is asked for.
    RequestKind {
        /// To see what is held.
        Access = "access",
        /// To have something put right.
        Correct = "correct",
        /// To have a copy.
        Export = "export",
        /// That it stays and is not used.
        Restrict = "restrict",
        /// That one use ends.
        Object = "object",
        /// That no more letters come.
        OptOut = "opt_out",
        /// That everything goes.
        Erase = "erase",
    }
}

words! {
    /// How a request came in.
    RequestWay {
        /// The person acted in the privacy centre.
        Centre = "centre",
        /// By mail to the contact address, with its subject.
        Mail = "mail",
        /// By post, entered by hand.
        Post = "post",
        /// By telephone, entered by hand.
        Telephone = "telephone",
        /// In person or in a conversation, entered by hand.
        Spoken = "spoken",
    }
}

words! {
    /// How a request stands.
    RequestState {
        /// Its clock runs.
        Open = "open",
        /// It is done.
        Done = "done",
        /// Whoever it was made for said that it was not them, or took it back.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// Why an answer takes longer.
    ExtensionReason {
        /// It is complex.
        Complex = "complex",
        /// There are many of the same person.
        Many = "many",
    }
}

words! {
    /// How somebody showed that a request is theirs.
    RequestProof {
        /// They came through their own session.
        Session = "session",
        /// They answered a letter to an address that was known before.
        Loop = "loop",
        /// An officer looked at a signed letter or a document.
        Document = "document",
        /// An officer called a number or wrote to an address that was known before.
        CallBack = "call_back",
    }
}

words! {
    /// What was done with a request.
    RequestAct {
        /// It came in.
        Received = "received",
        /// It was shown to be the person's.
        Verified = "verified",
        /// It got more time.
        Extended = "extended",
        /// It was carried out.
        Executed = "executed",
        /// It was taken back.
        Withdrawn = "withdrawn",
        /// The person lifted what stood for them.
        Lifted = "lifted",
        /// A link to the copy was made, to be handed over by post.
        HandedOver = "handed_over",
    }
}

/// A request as its transitions see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub kind: RequestKind,
    /// How it stands.
    pub state: RequestState,
    /// When it came in.
    pub received_at: Timestamp,
    /// When it runs by itself.
    pub due_at: Timestamp,
    /// How it was shown to be the person's.
    pub proof: Option<RequestProof>,
    /// Why it got more time.
    pub extension: Option<ExtensionReason>,
}

/// Why a request does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RequestRefusal {
    /// It is done or was taken back.
    #[error("this request is closed")]
    Closed,
    /// It was verified before.
    #[error("this request is verified already")]
    AlreadyVerified,
    /// More time was given before.
    #[error("more time is given once only")]
    AlreadyExtended,
    /// The policy gives none, or this kind gets none.
    #[error("the policy gives no more time for this")]
    NoExtension,
    /// Its time is over: it runs now.
    #[error("the time of this request is over: it runs now")]
    Due,
    /// Nobody has shown yet that it is the person's.
    #[error("show first that this request is the person's, or let its time come")]
    NotVerified,
    /// A receipt in the future, or too long ago.
    #[error("a request comes in before it is entered, at most {RECEIVED_DAYS_AGO_MAX} days")]
    WrongReceipt,
}

impl RequestRefusal {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Closed => "request_closed",
            Self::AlreadyVerified => "already_verified",
            Self::AlreadyExtended => "already_extended",
            Self::NoExtension => "no_extension",
            Self::Due => "request_due",
            Self::NotVerified => "not_verified",
            Self::WrongReceipt => "wrong_receipt",
        }
    }
}

impl RequestKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Access,
        Self::Correct,
        Self::Export,
        Self::Restrict,
        Self::Object,
        Self::OptOut,
        Self::Erase,
    ];
}

impl Request {
    /// A request that has just come in, with its clock set.
    ///
    /// # Errors
    /// `WrongReceipt` if it came in later than now, or too long ago.
    pub fn receive(
        kind: RequestKind,
        received_at: Timestamp,
        now: Timestamp,
        rules: &Requests,
    ) -> Result<Self, RequestRefusal> {
        let oldest = now.plus_seconds(-i64::from(RECEIVED_DAYS_AGO_MAX) * 86_400);
        if received_at > now || received_at < oldest {
            return Err(RequestRefusal::WrongReceipt);
        }
        Ok(Self {
            kind,
            state: RequestState::Open,
            received_at,
            due_at: due_at(kind, received_at, rules),
            proof: None,
            extension: None,
        })
    }

    /// Shown to be the person's.
    ///
    /// # Errors
    /// `Closed`, `AlreadyVerified`.
    pub fn verify(self, proof: RequestProof) -> Result<Self, RequestRefusal> {
        self.check_open()?;
        match self.proof {
            Some(_) => Err(RequestRefusal::AlreadyVerified),
            None => Ok(Self {
                proof: Some(proof),
                ..self
            }),
        }
    }

    /// Given more time: what the file allows, and never past what the law allows.
    ///
    /// # Errors
    /// `Closed`, `AlreadyExtended`, `NoExtension` if the file gives none or for an opt-out, `Due` when its
    /// time is over.
    pub fn extend(
        self,
        reason: ExtensionReason,
        now: Timestamp,
        rules: &Requests,
    ) -> Result<Self, RequestRefusal> {
        self.check_open()?;
        if self.extension.is_some() {
            return Err(RequestRefusal::AlreadyExtended);
        }
        if rules.extend_days == 0 || self.kind == RequestKind::OptOut {
            return Err(RequestRefusal::NoExtension);
        }
        if self.due_at <= now {
            return Err(RequestRefusal::Due);
        }
        let law = plus_months(self.received_at, LAW_MONTHS_EXTENDED);
        let file = self.due_at.plus_days(rules.extend_days);
        Ok(Self {
            due_at: law.min(file).max(self.due_at),
            extension: Some(reason),
            ..self
        })
    }

    /// Carried out before its time, by personnel.
    ///
    /// # Errors
    /// `Closed`, `NotVerified`.
    pub fn execute_early(self) -> Result<Self, RequestRefusal> {
        self.check_open()?;
        if self.proof.is_none() {
            return Err(RequestRefusal::NotVerified);
        }
        self.execute()
    }

    /// Carried out. At the end of its time it needs no proof: the person had all of it to say no.
    ///
    /// # Errors
    /// `Closed`: nothing is carried out twice.
    pub fn execute(self) -> Result<Self, RequestRefusal> {
        self.check_open()?;
        Ok(Self {
            state: RequestState::Done,
            ..self
        })
    }

    /// Taken back by the person.
    ///
    /// # Errors
    /// `Closed`: what is done is not taken back.
    pub fn withdraw(self) -> Result<Self, RequestRefusal> {
        self.check_open()?;
        Ok(Self {
            state: RequestState::Withdrawn,
            ..self
        })
    }

    /// Whether it runs by itself now.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state == RequestState::Open && self.due_at <= now
    }

    fn check_open(self) -> Result<(), RequestRefusal> {
        match self.state {
            RequestState::Open => Ok(()),
            RequestState::Done | RequestState::Withdrawn => Err(RequestRefusal::Closed),
        }
    }
}

/// The earlier of law and file; an opt-out has minutes.
fn due_at(kind: RequestKind, received_at: Timestamp, rules: &Requests) -> Timestamp {
    if kind == RequestKind::OptOut {
        return received_at.plus_seconds(i64::from(rules.optout_minutes) * 60);
    }
    let file = received_at.plus_days(rules.answer_days);
    file.min(plus_months(received_at, LAW_MONTHS))
}

/// The same time of day so many calendar months later (UTC), or on the last day of a shorter month
/// (Regulation 1182/71, article 3(2)(c)).
fn plus_months(start: Timestamp, months: i64) -> Timestamp {
    let later = jiff::Timestamp::from_microsecond(start.micros())
        .map(|time| Offset::UTC.to_datetime(time))
        .and_then(|time| time.checked_add(Span::new().months(months)))
        .and_then(|time| Offset::UTC.to_timestamp(time));
    // Beyond the years that have a calendar, thirty days stand for a month.
    later.map_or_else(
        |_| start.plus_seconds(months * 30 * 86_400),
        |time| Timestamp(time.as_microsecond()),
    )
}

#[cfg(test)]
mod tests {
    use policy::Verify;
    use proptest::prelude::*;

    use super::*;

    fn rules(answer_days: u32, extend_days: u32) -> Requests {
        Requests {
            answer_days,
            extend_days,
            optout_minutes: 5,
            verify: Verify::default(),
            suppress_after_erase: true,
        }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn received(kind: RequestKind, text: &str, rules: &Requests) -> Request {
        Request::receive(kind, at(text), at(text), rules).unwrap()
    }

    #[test]
    fn the_earlier_of_a_calendar_month_and_the_file_is_due() {
        for (answer_days, receipt, due) in [
            (30, "2026-01-10T08:00:00Z", "2026-02-09T08:00:00Z"),
            (60, "2026-01-10T08:00:00Z", "2026-02-10T08:00:00Z"),
            (30, "2026-01-31T08:00:00Z", "2026-02-28T08:00:00Z"),
            (60, "2028-01-31T08:00:00Z", "2028-02-29T08:00:00Z"),
            (7, "2026-12-30T23:59:59Z", "2027-01-06T23:59:59Z"),
        ] {
            let request = received(RequestKind::Erase, receipt, &rules(answer_days, 0));

            assert_eq!(
                request.due_at,
                at(due),
                "{answer_days} days after {receipt}"
            );
        }
    }

    #[test]
    fn an_opt_out_is_due_in_minutes_and_gets_no_more_time() {
        let rules = rules(30, 60);
        let request = received(RequestKind::OptOut, "2026-01-10T08:00:00Z", &rules);

        assert_eq!(request.due_at, at("2026-01-10T08:05:00Z"));
        let refused = request.extend(ExtensionReason::Complex, request.received_at, &rules);
        assert_eq!(refused, Err(RequestRefusal::NoExtension));
    }

    #[test]
    fn more_time_is_given_once_before_the_end_and_within_three_months() {
        let rules = rules(30, 90);
        let request = received(RequestKind::Access, "2026-01-10T08:00:00Z", &rules);

        let extended = request
            .extend(ExtensionReason::Many, at("2026-02-01T00:00:00Z"), &rules)
            .unwrap();

        assert_eq!(extended.due_at, at("2026-04-10T08:00:00Z"));
        let again = extended.extend(ExtensionReason::Many, request.received_at, &rules);
        assert_eq!(again, Err(RequestRefusal::AlreadyExtended));
        let late = request.extend(ExtensionReason::Many, request.due_at, &rules);
        assert_eq!(late, Err(RequestRefusal::Due));
        let none = request.extend(
            ExtensionReason::Many,
            request.received_at,
            &Requests {
                extend_days: 0,
                ..rules
            },
        );
        assert_eq!(none, Err(RequestRefusal::NoExtension));
    }

    #[test]
    fn what_is_closed_does_not_change() {
        let rules = rules(30, 60);
        let request = received(RequestKind::Export, "2026-01-10T08:00:00Z", &rules);
        for closed in [request.execute().unwrap(), request.withdraw().unwrap()] {
            assert_eq!(closed.execute(), Err(RequestRefusal::Closed));
            assert_eq!(closed.withdraw(), Err(RequestRefusal::Closed));
            assert_eq!(
                closed.verify(RequestProof::Loop),
                Err(RequestRefusal::Closed)
            );
            let more = closed.extend(ExtensionReason::Many, request.received_at, &rules);
            assert_eq!(more, Err(RequestRefusal::Closed));
            assert!(!closed.is_due(Timestamp(i64::MAX)));
        }
        let unproved = request.execute_early();
        assert_eq!(unproved, Err(RequestRefusal::NotVerified));
        let verified = request.verify(RequestProof::Document).unwrap();
        assert_eq!(
            verified.execute_early().map(|request| request.state),
            Ok(RequestState::Done)
        );
        let again = verified.verify(RequestProof::Loop);
        assert_eq!(again, Err(RequestRefusal::AlreadyVerified));
    }

    #[test]
    fn a_receipt_in_the_future_or_too_long_ago_is_refused() {
        let now = at("2026-03-01T00:00:00Z");
        for receipt in [now.plus_seconds(1), now.plus_seconds(-61 * 86_400)] {
            let refused = Request::receive(RequestKind::Access, receipt, now, &rules(30, 0));
            assert_eq!(refused, Err(RequestRefusal::WrongReceipt));
        }
    }

    proptest! {
        #[test]
        fn no_request_is_due_later_than_law_and_file(
            start in 0..4_000_000_000_000_000_i64,
            answer_days in 1..90_u32,
            kind in proptest::sample::select(&RequestKind::ALL[..]),
        ) {
            let start = Timestamp(start);
            let rules = rules(answer_days, 0);
            let request = Request::receive(kind, start, start, &rules).unwrap();

            prop_assert!(request.due_at > start);
            prop_assert!(request.due_at <= start.plus_days(answer_days));
            prop_assert!(request.due_at <= start.plus_days(31));
            prop_assert!(request.is_due(request.due_at));
            prop_assert!(!request.is_due(Timestamp(request.due_at.micros() - 1)));
        }
    }
}
