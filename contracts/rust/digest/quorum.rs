//! Signatures of m of n signers as `contracts/src/oracle/SignerSet.sol` reads them.

use alloy::primitives::Bytes;

/// The most signers of a set: `SignerSet.MAX_SIGNERS`.
pub const MAX_SIGNERS: u8 = 64;

/// Who signed and what: bit i stands for the signer at index i, and in ascending order of the bits come two bytes with the
/// length of a signature, big-endian, and the signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quorum {
    pub bitmap: u64,
    pub signatures: Bytes,
}

/// Why signatures cannot be packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QuorumError {
    #[error("signer {0}: a set has at most {MAX_SIGNERS}")]
    UnknownSigner(u8),
    #[error("signer {0} signed twice")]
    DuplicateSigner(u8),
    #[error("signer {signer}: a signature of {length} bytes, which two bytes cannot count")]
    SignatureTooLong { signer: u8, length: usize },
}

impl Quorum {
    /// Packs signatures, in any order, each with the index of its signer in the set.
    ///
    /// # Errors
    /// [`QuorumError`].
    pub fn pack(mut signatures: Vec<(u8, Bytes)>) -> Result<Self, QuorumError> {
        signatures.sort_by_key(|(signer, _)| *signer);
        let mut bitmap = 0_u64;
        let mut packed = Vec::new();
        for (signer, signature) in signatures {
            let bit = 1_u64.checked_shl(u32::from(signer)).ok_or(QuorumError::UnknownSigner(signer))?;
            if bitmap & bit != 0 {
                return Err(QuorumError::DuplicateSigner(signer));
            }
            bitmap |= bit;
            let length = u16::try_from(signature.len())
                .map_err(|_| QuorumError::SignatureTooLong { signer, length: signature.len() })?;
            packed.extend_from_slice(&length.to_be_bytes());
            packed.extend_from_slice(&signature);
        }
        Ok(Self { bitmap, signatures: packed.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_come_in_ascending_order_of_the_bits_whatever_the_order_they_were_given_in() {
        let given = vec![(63, Bytes::from_static(&[0xcc])), (0, Bytes::from_static(&[0xaa, 0xbb])), (5, Bytes::new())];
        let quorum = Quorum::pack(given).unwrap();
        assert_eq!(quorum.bitmap, 1 << 63 | 1 << 5 | 1);
        assert_eq!(quorum.signatures, Bytes::from_static(&[0, 2, 0xaa, 0xbb, 0, 0, 0, 1, 0xcc]));
    }

    #[test]
    fn a_length_has_two_bytes_big_endian() {
        let quorum = Quorum::pack(vec![(1, vec![7; 0x0102].into())]).unwrap();
        assert_eq!(quorum.signatures[..3], [1, 2, 7]);
        assert_eq!(quorum.signatures.len(), 2 + 0x0102);
    }

    #[test]
    fn what_the_format_cannot_say_is_refused() {
        assert_eq!(Quorum::pack(vec![(64, Bytes::new())]), Err(QuorumError::UnknownSigner(64)));
        assert_eq!(Quorum::pack(vec![(3, Bytes::new()), (3, Bytes::new())]), Err(QuorumError::DuplicateSigner(3)));
        let long = Quorum::pack(vec![(2, vec![0; 65_536].into())]);
        assert_eq!(long, Err(QuorumError::SignatureTooLong { signer: 2, length: 65_536 }));
        assert!(Quorum::pack(vec![(2, vec![0; 65_535].into())]).is_ok());
    }
}
