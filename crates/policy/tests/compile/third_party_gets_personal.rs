//! A third party gets aggregates only: a body composed about a person does not load.

use policy::{Composed, Outbound, Parcel, ThirdParty};

fn send(way: Outbound<ThirdParty>, body: Composed) -> Parcel<ThirdParty> {
    way.load(body)
}

fn main() {}
