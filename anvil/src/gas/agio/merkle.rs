//! Trees as the oracle checks them: pairs are hashed in ascending order, and a node without a sibling goes up as it is.

use alloy::primitives::{B256, keccak256};

/// All levels, the leaves first.
pub(super) struct Tree {
    levels: Vec<Vec<B256>>,
}

impl Tree {
    pub(super) fn of(leaves: Vec<B256>) -> Self {
        let mut levels = vec![leaves];
        while let Some(next) = levels.last().filter(|level| level.len() > 1).map(|level| above(level)) {
            levels.push(next);
        }
        Self { levels }
    }

    /// Zero for a tree without leaves.
    pub(super) fn root(&self) -> B256 {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or_default()
    }

    /// Siblings from the leaf to the root.
    pub(super) fn proof(&self, leaf: usize) -> Vec<B256> {
        let levels = self.levels.iter().enumerate();
        levels.filter_map(|(height, level)| level.get((leaf >> height) ^ 1)).copied().collect()
    }
}

fn above(level: &[B256]) -> Vec<B256> {
    let pair = |pair: &[B256]| match pair {
        [left, right] => node(*left, *right),
        rest => rest.first().copied().unwrap_or_default(),
    };
    level.chunks(2).map(pair).collect()
}

fn node(a: B256, b: B256) -> B256 {
    keccak256([a.min(b), a.max(b)].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_of_a_tree_of_any_size_leads_to_its_root() {
        for size in 1..=33_usize {
            let leaves: Vec<_> = (0..size).map(|i| keccak256(i.to_be_bytes())).collect();
            let tree = Tree::of(leaves.clone());
            for (i, leaf) in leaves.into_iter().enumerate() {
                assert_eq!(tree.proof(i).into_iter().fold(leaf, node), tree.root(), "leaf {i} of {size}");
            }
        }
    }
}
