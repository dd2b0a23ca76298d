//! A provider gets what was composed under a permit: bytes alone do not load.

use policy::{Outbound, Parcel, Provider};

fn send(way: Outbound<Provider>, body: Vec<u8>) -> Parcel<Provider> {
    way.load(body)
}

fn main() {}
