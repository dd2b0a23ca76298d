//! The tree over stored nodes: append, root, inclusion and consistency proofs (RFC 9162 section 2.1).
//!
//! Stored are complete subtrees only: the node at level `l` and index `i` covers the leaves
//! `i * 2^l .. (i + 1) * 2^l`. Nothing stored ever changes, and each operation reads O(log n) nodes
//! (a proof near the right edge O(log² n) at worst).
//! Must not know: where nodes are stored.

use std::{collections::BTreeSet, convert::Infallible};

use crate::hash::{Hash, node_hash};

/// Gives the stored nodes.
pub trait NodeReader {
    /// Why a node cannot be given.
    type Error;

    /// The node of a complete subtree.
    ///
    /// # Errors
    /// If it is not stored, or the storage fails.
    fn node(&mut self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

/// A reader that only notes which nodes an operation reads: run the operation with it, fetch the nodes
/// in one query, run it again over them. For storage that cannot answer in the middle of a function.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Wanted(BTreeSet<(u8, u64)>);

/// The new nodes to store after appending `leaf` to a tree of `size` leaves, the leaf itself first.
///
/// # Errors
/// If the reader fails.
pub fn append<R: NodeReader>(
    size: u64,
    leaf: Hash,
    reader: &mut R,
) -> Result<Vec<(u8, u64, Hash)>, R::Error> {
    let mut nodes = vec![(0, size, leaf)];
    let (mut level, mut index, mut hash) = (0, size, leaf);
    while index & 1 == 1 {
        hash = node_hash(&reader.node(level, index - 1)?, &hash);
        level += 1;
        index >>= 1;
        nodes.push((level, index, hash));
    }
    Ok(nodes)
}

/// The root of the first `size` leaves.
///
/// # Errors
/// If the reader fails.
pub fn root<R: NodeReader>(size: u64, reader: &mut R) -> Result<Hash, R::Error> {
    range_hash(0, size, reader)
}

/// The complete subtrees that the first `size` leaves consist of, the largest first: what a replay goes on from.
///
/// # Errors
/// If the reader fails.
pub fn peaks<R: NodeReader>(size: u64, reader: &mut R) -> Result<Vec<Hash>, R::Error> {
    let (mut peaks, mut start) = (Vec::new(), 0_u64);
    for level in (0..64_u8).rev().filter(|level| (size >> level) & 1 == 1) {
        peaks.push(reader.node(level, start >> level)?);
        start += 1 << level;
    }
    Ok(peaks)
}

/// The proof that leaf `index` is among the first `size`, nearest sibling first; `None` if it is not.
///
/// # Errors
/// If the reader fails.
pub fn inclusion<R: NodeReader>(
    index: u64,
    size: u64,
    reader: &mut R,
) -> Result<Option<Vec<Hash>>, R::Error> {
    if index >= size {
        return Ok(None);
    }
    let (mut start, mut end, mut proof) = (0, size, Vec::new());
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(range_hash(middle, end, reader)?);
            end = middle;
        } else {
            proof.push(range_hash(start, middle, reader)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(Some(proof))
}

/// The proof that the tree of `old` leaves is the beginning of that of `new`; `None` if `old` is larger.
/// Empty where nothing has to be shown: `old` is 0 or the same as `new`.
///
/// # Errors
/// If the reader fails.
pub fn consistency<R: NodeReader>(
    old: u64,
    new: u64,
    reader: &mut R,
) -> Result<Option<Vec<Hash>>, R::Error> {
    if old > new {
        return Ok(None);
    }
    let (mut start, mut end, mut proof) = (0, new, Vec::new());
    if old == 0 {
        return Ok(Some(proof));
    }
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(range_hash(middle, end, reader)?);
            end = middle;
        } else {
            proof.push(range_hash(start, middle, reader)?);
            start = middle;
        }
    }
    // From the first leaf on, the verifier knows this subtree: it is the old root.
    if start != 0 {
        proof.push(range_hash(start, end, reader)?);
    }
    proof.reverse();
    Ok(Some(proof))
}

impl Wanted {
    /// The nodes that were asked for: level and index.
    pub fn iter(&self) -> impl Iterator<Item = (u8, u64)> {
        self.0.iter().copied()
    }
}

impl NodeReader for Wanted {
    type Error = Infallible;

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, Infallible> {
        self.0.insert((level, index));
        Ok(Hash([0; 32]))
    }
}

/// The largest power of two below `length`, which is at least 2.
const fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

/// The hash of the leaves `start..end`, where `start` is a multiple of the largest power of two within
/// the length (true of every range that the tree is split into).
fn range_hash<R: NodeReader>(start: u64, end: u64, reader: &mut R) -> Result<Hash, R::Error> {
    let (mut length, mut stop) = (end - start, end);
    let mut right: Option<Hash> = None;
    while let Some(level) = lowest_bit(length) {
        let left = reader.node(level, (stop >> level) - 1)?;
        right = Some(right.map_or(left, |right| node_hash(&left, &right)));
        stop -= 1 << level;
        length &= length - 1;
    }
    Ok(right.unwrap_or_else(Hash::of_empty_tree))
}

fn lowest_bit(length: u64) -> Option<u8> {
    u8::try_from(length.trailing_zeros())
        .ok()
        .filter(|_| length != 0)
}
