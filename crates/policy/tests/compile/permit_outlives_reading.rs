//! A permit dies with the reading it was given for.

use policy::{Ask, Permit, Policy, Reading, SupportReply};

fn keep<'any>(policy: &Policy, ask: &Ask<'_>) -> Permit<'any, SupportReply> {
    let reading = Reading::own();
    policy.permit(ask, &reading).unwrap()
}

fn main() {}
