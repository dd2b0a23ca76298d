//! A permit cannot be copied.

use policy::{Permit, SupportReply};

fn twice<'reading>(permit: &Permit<'reading, SupportReply>) -> Permit<'reading, SupportReply> {
    permit.clone()
}

fn main() {}
