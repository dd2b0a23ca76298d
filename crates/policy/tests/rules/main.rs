//! The rules of decisions, versions, differences and the page, on the shipped files and on changed ones.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests: what fails here fails the test"
)]

mod chain;
mod decide;
mod diff;
mod explain;
mod material;
mod page;

use policy::{Ask, Channel, Policy, Role, Subject, Timestamp, shipped};

/// A policy that must be valid.
fn parse(text: &str) -> Policy {
    Policy::parse(text).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The strict policy with one piece of its text replaced.
fn strict_with(from: &str, to: &str) -> Policy {
    assert!(
        shipped::STRICT.contains(from),
        "no {from:?} in the strict policy"
    );
    parse(&shipped::STRICT.replace(from, to))
}

fn strict() -> Policy {
    parse(shipped::STRICT)
}

fn y2014() -> Policy {
    parse(shipped::Y2014)
}

/// A moment when the shipped policies rule.
fn now() -> Timestamp {
    Timestamp::parse("2026-11-24T12:00:00Z").unwrap()
}

fn ask(role: Role, channel: Channel, subject: &Subject) -> Ask<'_> {
    Ask {
        role,
        channel,
        subject,
        now: now(),
    }
}
