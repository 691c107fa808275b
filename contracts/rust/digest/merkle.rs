//! Merkle trees that OpenZeppelin's `MerkleProof` verifies, in the shape of its standard tree.
//!
//! Pairs are hashed in ascending order, so that a proof is its siblings and nothing else. Leaves are sorted, so that a
//! root does not tell in which order they came; they must be hashes of hashes, as those of [`super::register`] and
//! [`super::oracle`] are, else an inner node could pass for one.

use alloy::primitives::{B256, keccak256};

/// The most siblings that a contract reads: `RequestLogic.MAX_PROOF`.
pub const MAX_PROOF: usize = 32;

/// A tree over at least one leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The root first, the children of node i at 2i + 1 and 2i + 2, the leaves last and from the last one back.
    nodes: Vec<B256>,
}

impl Tree {
    /// `None` where there are no leaves. A leaf given twice is there twice.
    #[must_use]
    pub fn over(mut leaves: Vec<B256>) -> Option<Self> {
        leaves.sort_unstable();
        let inner = leaves.len().checked_sub(1)?;
        // Built from the end: what is pushed last is the root.
        let mut reversed = leaves;
        for pair in 0..inner {
            let (left, right) = (reversed.get(2 * pair)?, reversed.get(2 * pair + 1)?);
            let node = parent(*left, *right);
            reversed.push(node);
        }
        reversed.reverse();
        Some(Self { nodes: reversed })
    }

    #[must_use]
    pub fn root(&self) -> B256 {
        self.nodes.first().copied().unwrap_or_default()
    }

    /// The siblings from a leaf up to the root; `None` for what is no leaf.
    #[must_use]
    pub fn proof(&self, leaf: B256) -> Option<Vec<B256>> {
        let first_leaf = self.nodes.len() / 2;
        let position = self.nodes.iter().skip(first_leaf).position(|node| *node == leaf)?;
        let mut index = first_leaf + position;
        let mut siblings = Vec::new();
        while index != 0 {
            let sibling = if index.is_multiple_of(2) { index - 1 } else { index + 1 };
            siblings.push(*self.nodes.get(sibling)?);
            index = (index - 1) / 2;
        }
        Some(siblings)
    }
}

/// Whether these siblings lead from a leaf to a root.
#[must_use]
pub fn is_proven(proof: &[B256], root: B256, leaf: B256) -> bool {
    proof.iter().fold(leaf, |node, sibling| parent(node, *sibling)) == root
}

fn parent(a: B256, b: B256) -> B256 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    keccak256([low, high].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: u8) -> Vec<B256> {
        (0..count).map(|i| keccak256(keccak256([i]))).collect()
    }

    #[test]
    fn every_leaf_of_a_tree_of_any_size_is_proven_and_no_other() {
        for count in 1..=17 {
            let leaves = leaves(count);
            let tree = Tree::over(leaves.clone()).unwrap();
            for leaf in &leaves {
                let proof = tree.proof(*leaf).unwrap();
                assert!(proof.len() <= 5, "{count} leaves are at most five levels deep");
                assert!(is_proven(&proof, tree.root(), *leaf));
                assert!(!is_proven(&proof, tree.root(), keccak256(leaf)));
            }
            assert_eq!(tree.proof(B256::ZERO), None);
        }
        assert_eq!(Tree::over(Vec::new()), None);
    }

    #[test]
    fn the_order_in_which_leaves_come_does_not_change_the_root() {
        let (forth, back) = (leaves(9), leaves(9).into_iter().rev().collect());
        assert_eq!(Tree::over(forth), Tree::over(back));
    }

    #[test]
    fn a_tree_of_three_has_the_shape_of_openzeppelins() {
        let mut sorted = leaves(3);
        sorted.sort_unstable();
        // The node of the first pair is the parent's second child, the last leaf its first.
        let root = parent(parent(sorted[0], sorted[1]), sorted[2]);
        assert_eq!(Tree::over(leaves(3)).unwrap().root(), root);
    }
}
