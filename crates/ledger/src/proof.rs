//! Verifying proofs without the tree (RFC 9162 sections 2.1.3.2 and 2.1.4.2).
//!
//! Must not know: storage. A proof comes from outside: any length and any content is refused calmly.

use crate::hash::{Hash, node_hash};

/// Whether `leaf` is at `index` of the tree of `size` leaves with this root.
#[must_use]
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let mut climb = Climb {
        node: index,
        last: size - 1,
    };
    let mut hash = *leaf;
    for sibling in proof {
        match climb.step() {
            Step::Above => return false,
            Step::SiblingLeft => hash = node_hash(sibling, &hash),
            Step::SiblingRight => hash = node_hash(&hash, sibling),
        }
    }
    climb.last == 0 && hash == *root
}

/// Whether the tree of `old` leaves with `old_root` is the beginning of that of `new` with `new_root`.
#[must_use]
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> bool {
    if old > new {
        return false;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == Hash::of_empty_tree();
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    // A complete old tree is itself the first node of the path, and is left out of the proof.
    let (first, rest) = match proof.split_first() {
        _ if old.is_power_of_two() => (old_root, proof),
        Some(parts) => parts,
        None => return false,
    };
    let shift = (old - 1).trailing_ones();
    let mut climb = Climb {
        node: (old - 1) >> shift,
        last: (new - 1) >> shift,
    };
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        match climb.step() {
            Step::Above => return false,
            Step::SiblingLeft => {
                old_hash = node_hash(sibling, &old_hash);
                new_hash = node_hash(sibling, &new_hash);
            }
            Step::SiblingRight => new_hash = node_hash(&new_hash, sibling),
        }
    }
    climb.last == 0 && old_hash == *old_root && new_hash == *new_root
}

/// A way up the tree: the node's index and that of the last node, both at the current level.
struct Climb {
    node: u64,
    last: u64,
}

enum Step {
    SiblingLeft,
    SiblingRight,
    /// The root was passed: the proof is too long.
    Above,
}

impl Climb {
    fn step(&mut self) -> Step {
        if self.last == 0 {
            return Step::Above;
        }
        let step = if self.node & 1 == 1 || self.node == self.last {
            // The last node of a level without a sibling moves up until it has one on its left.
            while self.node & 1 == 0 && self.node != 0 {
                self.up();
            }
            Step::SiblingLeft
        } else {
            Step::SiblingRight
        };
        self.up();
        step
    }

    const fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }
}

#[cfg(test)]
mod tests {
    use ct_merkle::{
        ConsistencyProof, InclusionProof, RootHash, mem_backed_tree::MemoryBackedTree,
    };
    use proptest::prelude::*;
    use sha2::Sha256;

    use super::*;
    use crate::{
        hash::leaf_hash,
        memory::{Frontier, MemoryNodes},
        tree::{self, Wanted},
    };

    const SIZE_MAX: u64 = 200;

    type Oracle = MemoryBackedTree<Sha256, Vec<u8>>;

    fn bytes(index: u64) -> Vec<u8> {
        format!("entry {index}").into_bytes()
    }

    fn nodes(size: u64) -> MemoryNodes {
        let mut nodes = MemoryNodes::default();
        for index in 0..size {
            nodes.push(leaf_hash(&bytes(index))).unwrap();
        }
        nodes
    }

    fn oracle(size: u64) -> Oracle {
        let mut tree = Oracle::new();
        (0..size).for_each(|index| tree.push(bytes(index)));
        tree
    }

    fn joined(proof: &[Hash]) -> Vec<u8> {
        proof.iter().flat_map(|hash| hash.0).collect()
    }

    #[test]
    fn roots_agree_with_the_oracle_and_the_frontier() {
        let (mut all, mut tree, mut frontier) =
            (nodes(SIZE_MAX), Oracle::new(), Frontier::default());
        for size in 0..=SIZE_MAX {
            let root = tree::root(size, &mut all).unwrap();

            assert_eq!(
                root.0.as_slice(),
                tree.root().as_bytes().as_slice(),
                "size {size}"
            );
            assert_eq!(root, frontier.root(), "size {size}");

            tree.push(bytes(size));
            frontier.push(leaf_hash(&bytes(size)));
        }
    }

    #[test]
    fn inclusion_proofs_agree_with_the_oracle() {
        let mut all = nodes(SIZE_MAX);
        for size in 1..=SIZE_MAX {
            let tree = oracle(size);
            let root = tree::root(size, &mut all).unwrap();
            for index in 0..size {
                let proof = tree::inclusion(index, size, &mut all).unwrap().unwrap();
                let theirs = tree.prove_inclusion(usize::try_from(index).unwrap());

                assert_eq!(joined(&proof), theirs.as_bytes(), "{index} of {size}");
                let leaf = leaf_hash(&bytes(index));
                assert!(verify_inclusion(&leaf, index, size, &proof, &root));
            }
        }
    }

    #[test]
    fn consistency_proofs_agree_with_the_oracle() {
        let mut all = nodes(SIZE_MAX);
        let roots = (0..=SIZE_MAX)
            .map(|size| tree::root(size, &mut all).unwrap())
            .collect::<Vec<_>>();
        for new in 1..=SIZE_MAX {
            let tree = oracle(new);
            for old in 1..new {
                let proof = tree::consistency(old, new, &mut all).unwrap().unwrap();
                let theirs = tree.prove_consistency(usize::try_from(new - old).unwrap());

                assert_eq!(joined(&proof), theirs.as_bytes(), "{old} in {new}");
                let [old_root, new_root] =
                    [old, new].map(|size| roots[usize::try_from(size).unwrap()]);
                assert!(verify_consistency(old, new, &old_root, &new_root, &proof));
            }
        }
    }

    #[test]
    fn the_oracle_accepts_our_proofs() {
        let mut all = nodes(77);
        let root = |size, all: &mut MemoryNodes| {
            let root = tree::root(size, all).unwrap();
            RootHash::<Sha256>::new(root.0.into(), size)
        };
        let (old, new) = (root(41, &mut all), root(77, &mut all));

        let inclusion = tree::inclusion(40, 77, &mut all).unwrap().unwrap();
        let inclusion = InclusionProof::<Sha256>::try_from_bytes(joined(&inclusion)).unwrap();
        new.verify_inclusion(&bytes(40), 40, &inclusion).unwrap();

        let consistency = tree::consistency(41, 77, &mut all).unwrap().unwrap();
        let consistency = ConsistencyProof::<Sha256>::try_from_bytes(joined(&consistency)).unwrap();
        new.verify_consistency(&old, &consistency).unwrap();
    }

    #[test]
    fn ends_of_the_range_need_no_proof_or_have_none() {
        let mut all = nodes(5);
        let root = tree::root(5, &mut all).unwrap();
        let empty = Hash::of_empty_tree();

        assert_eq!(tree::inclusion(5, 5, &mut all), Ok(None));
        assert_eq!(tree::consistency(6, 5, &mut all), Ok(None));
        assert_eq!(tree::consistency(0, 5, &mut all), Ok(Some(Vec::new())));
        assert_eq!(tree::consistency(5, 5, &mut all), Ok(Some(Vec::new())));
        assert!(verify_consistency(0, 5, &empty, &root, &[]));
        assert!(verify_consistency(5, 5, &root, &root, &[]));
        assert!(!verify_consistency(0, 5, &root, &root, &[]));
        assert!(!verify_consistency(5, 5, &empty, &root, &[]));
        assert!(!verify_consistency(5, 5, &root, &root, &[root]));
        assert!(!verify_consistency(6, 5, &root, &root, &[]));
        assert!(!verify_consistency(3, 5, &root, &root, &[]));
    }

    #[test]
    fn wanted_names_the_nodes_that_are_enough() {
        let mut all = nodes(150);
        for (old, new) in [(1, 1), (63, 150), (64, 128), (97, 149)] {
            let mut wanted = Wanted::default();
            tree::inclusion(old - 1, new, &mut wanted).unwrap();
            tree::consistency(old, new, &mut wanted).unwrap();
            tree::root(new, &mut wanted).unwrap();
            let mut fetched = MemoryNodes::default();
            for (level, index) in wanted.iter() {
                let hash = tree::NodeReader::node(&mut all, level, index).unwrap();
                fetched.insert(level, index, hash);
            }

            assert_eq!(
                tree::consistency(old, new, &mut fetched),
                tree::consistency(old, new, &mut all)
            );
            assert_eq!(
                tree::inclusion(old - 1, new, &mut fetched),
                tree::inclusion(old - 1, new, &mut all)
            );
            assert_eq!(tree::root(new, &mut fetched), tree::root(new, &mut all));
        }
    }

    proptest! {
        #[test]
        fn an_altered_inclusion_proof_is_refused(
            size in 1..=SIZE_MAX, pick in any::<u64>(), place in any::<u16>(), bit in 0..8_u8,
        ) {
            let (mut all, index) = (nodes(size), pick % size);
            let root = tree::root(size, &mut all).unwrap();
            let leaf = leaf_hash(&bytes(index));
            let proof = tree::inclusion(index, size, &mut all).unwrap().unwrap();

            let place = usize::from(place) % (32 * (proof.len() + 2));
            let (mut leaf_2, mut root_2, mut proof_2) = (leaf, root, proof.clone());
            let target = match place / 32 {
                0 => &mut leaf_2,
                1 => &mut root_2,
                more => &mut proof_2[more - 2],
            };
            target.0[place % 32] ^= 1 << bit;

            prop_assert!(!verify_inclusion(&leaf_2, index, size, &proof_2, &root_2));
            for other in (0..=size).filter(|other| *other != index) {
                prop_assert!(!verify_inclusion(&leaf, other, size, &proof, &root));
            }
            let longer = [proof.as_slice(), &[root]].concat();
            prop_assert!(!verify_inclusion(&leaf, index, size, &longer, &root));
            if let Some((_, shorter)) = proof.split_last() {
                prop_assert!(!verify_inclusion(&leaf, index, size, shorter, &root));
            }
        }

        #[test]
        fn an_altered_consistency_proof_is_refused(
            new in 2..=SIZE_MAX, pick in any::<u64>(), place in any::<u16>(), bit in 0..8_u8,
        ) {
            let (mut all, old) = (nodes(new), 1 + pick % (new - 1));
            let old_root = tree::root(old, &mut all).unwrap();
            let new_root = tree::root(new, &mut all).unwrap();
            let proof = tree::consistency(old, new, &mut all).unwrap().unwrap();

            let place = usize::from(place) % (32 * (proof.len() + 2));
            let (mut old_2, mut new_2, mut proof_2) = (old_root, new_root, proof.clone());
            let target = match place / 32 {
                0 => &mut old_2,
                1 => &mut new_2,
                more => &mut proof_2[more - 2],
            };
            target.0[place % 32] ^= 1 << bit;

            prop_assert!(!verify_consistency(old, new, &old_2, &new_2, &proof_2));
            let longer = [proof.as_slice(), &[old_root]].concat();
            prop_assert!(!verify_consistency(old, new, &old_root, &new_root, &longer));
        }
    }
}
