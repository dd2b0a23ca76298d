//! Who of the personnel read, as personnel and the person themselves are told.
//!
//! Must not know: what was read.

use std::collections::BTreeMap;

use store::ReaderCount;

use crate::held::HeldReader;

pub(crate) fn reader_view(reader: &ReaderCount) -> HeldReader {
    HeldReader {
        agent_id: Some(reader.reader_id),
        role: reader.role.clone(),
        purpose: Some(reader.purpose.clone()),
        count: reader.count,
        last_at: reader.last_at,
    }
}

/// The person is told roles and counts; who it was is told on request, by the privacy officer.
pub(crate) fn sum_by_role(readers: &[ReaderCount]) -> Vec<HeldReader> {
    let mut sums: BTreeMap<&str, HeldReader> = BTreeMap::new();
    for reader in readers {
        let sum = sums.entry(&reader.role).or_insert_with(|| HeldReader {
            agent_id: None,
            role: reader.role.clone(),
            purpose: None,
            count: 0,
            last_at: reader.last_at,
        });
        sum.count += reader.count;
        sum.last_at = sum.last_at.max(reader.last_at);
    }
    sums.into_values().collect()
}
