//! A purpose cannot read a category above its ceiling.

use policy::{Permit, Personal, PrivateContent, SecurityAbuse};

fn read(body: &Personal<String, PrivateContent>, permit: &Permit<'_, SecurityAbuse>) {
    let _ = body.read(permit);
}

fn main() {}
