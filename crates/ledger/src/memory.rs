//! The tree in memory: all nodes (for proofs and tests), or only its right edge (to replay a ledger).

use std::collections::BTreeMap;

use thiserror::Error;

use crate::{
    hash::{Hash, node_hash},
    tree::{NodeReader, append},
};

/// Leaves that a tree is resumed with, at most: far from where its size would overflow.
const SIZE_MAX: u64 = 1 << 62;

/// Nodes by level and index.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct MemoryNodes {
    nodes: BTreeMap<(u8, u64), Hash>,
    size: u64,
}

/// A node that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the ledger lacks its node at level {level}, index {index}")]
pub struct MissingNode {
    /// Level of the node, 0 for leaves.
    pub level: u8,
    /// Index within the level.
    pub index: u64,
}

/// The right edge of a growing tree: enough to append and to give the root, in memory O(log n).
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl MemoryNodes {
    /// Number of leaves that were pushed.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    ///
    /// # Errors
    /// If a node was inserted by hand and another is missing.
    pub fn push(&mut self, leaf: Hash) -> Result<(), MissingNode> {
        for (level, index, hash) in append(self.size, leaf, self)? {
            self.insert(level, index, hash);
        }
        self.size += 1;
        Ok(())
    }

    /// Puts a node that was fetched from storage.
    pub fn insert(&mut self, level: u8, index: u64, hash: Hash) {
        self.nodes.insert((level, index), hash);
    }
}

impl NodeReader for MemoryNodes {
    type Error = MissingNode;

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, MissingNode> {
        self.nodes
            .get(&(level, index))
            .copied()
            .ok_or(MissingNode { level, index })
    }
}

impl Frontier {
    /// The tree of `size` leaves with these complete subtrees, the largest first; `None` if their number is
    /// another than a tree of that size has, or no ledger could be as long.
    #[must_use]
    pub fn resume(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        let fits = size < SIZE_MAX && peaks.len() == size.count_ones() as usize;
        fits.then_some(Self { size, peaks })
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else {
                unreachable!("a tree has one peak for each bit of its size");
            };
            hash = node_hash(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// Number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the leaves so far.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.peaks
            .iter()
            .rev()
            .copied()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(Hash::of_empty_tree)
    }
}
