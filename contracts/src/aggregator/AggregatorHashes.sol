// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./AggregatorTypes.sol";

/// @title EIP-712 struct hashes of the register
/// @notice Every struct with fixed fields is hashed as `keccak256(typeHash ‖ fields)`; arrays are hashed first.
library AggregatorHashes {
    bytes32 internal constant QUOTE_TYPEHASH = keccak256(
        "Quote(bytes32 requestHash,bytes32 providerId,address borrower,address lender,uint8 fundingKind,address asset,uint256 principal,uint8 rateKind,uint256 apr,uint32 term,bytes32 scheduleHash,bytes32 feesHash,bytes32 collateralTermsHash,uint32 impairGrace,uint32 defaultGrace,uint16 minScore,bytes32 scoreModel,bytes32 scoreSubject,uint256 fundingChain,uint32 fundWithin,uint64 validAfter,uint64 validUntil,uint256 nonce)"
    );
    bytes32 internal constant COLLATERAL_TERMS_TYPEHASH =
        keccak256("CollateralTerms(address book,bytes32 debtId,address[] assets,uint256[] amounts)");
    bytes32 internal constant ACCEPTANCE_TYPEHASH =
        keccak256("Acceptance(bytes32 quoteDigest,bytes32 outcomesRoot,uint16 rank,uint64 deadline)");
    bytes32 internal constant REQUEST_OPENING_TYPEHASH =
        keccak256("RequestOpening(address borrower,bytes32 requestHash,uint64 expiresAt)");
    bytes32 internal constant NONCE_CANCELLATION_TYPEHASH =
        keccak256("NonceCancellation(bytes32 providerId,uint256 word,uint256 mask)");
    bytes32 internal constant INSTALMENT_TYPEHASH = keccak256("Instalment(uint32 dueAfter,uint256 amount)");
    bytes32 internal constant FUNDING_RECEIPT_TYPEHASH = keccak256(
        "FundingReceipt(bytes32 loanId,address asset,uint256 amount,uint64 disbursedAt,bytes32 referenceHash)"
    );
    bytes32 internal constant PAYMENT_RECEIPT_TYPEHASH = keccak256(
        "PaymentReceipt(bytes32 loanId,uint32 sequence,uint256 amount,uint64 paidAt,bool closes,bytes32 referenceHash)"
    );
    bytes32 internal constant TERMS_TYPEHASH = keccak256(
        "Terms(uint256 apr,uint32 term,uint32 impairGrace,uint32 defaultGrace,bytes32 scheduleHash,bytes32 feesHash)"
    );
    bytes32 internal constant AMENDMENT_TYPEHASH =
        keccak256("Amendment(bytes32 loanId,uint32 sequence,bytes32 termsHash,uint64 deadline)");
    bytes32 internal constant NOTICE_TYPEHASH =
        keccak256("Notice(bytes32 loanId,uint32 sequence,uint8 state,bytes32 reasonHash,uint64 deadline)");
    /// @dev Separates leaves from everything that is signed.
    bytes32 internal constant OUTCOME_TYPEHASH = keccak256(
        "Outcome(uint256 chainId,address register,bytes32 requestId,uint32 policyVersion,uint8 kind,bytes32 providerId,bytes32 contentHash,uint16 rank)"
    );

    function hash(Quote calldata q) internal pure returns (bytes32) {
        return keccak256(abi.encode(QUOTE_TYPEHASH, q));
    }

    function hash(CollateralTerms calldata t) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                COLLATERAL_TERMS_TYPEHASH,
                t.book,
                t.debtId,
                keccak256(abi.encodePacked(t.assets)),
                keccak256(abi.encodePacked(t.amounts))
            )
        );
    }

    function hash(Acceptance calldata a) internal pure returns (bytes32) {
        return keccak256(abi.encode(ACCEPTANCE_TYPEHASH, a));
    }

    function hash(FundingReceipt calldata r) internal pure returns (bytes32) {
        return keccak256(abi.encode(FUNDING_RECEIPT_TYPEHASH, r));
    }

    function hash(PaymentReceipt calldata r) internal pure returns (bytes32) {
        return keccak256(abi.encode(PAYMENT_RECEIPT_TYPEHASH, r));
    }

    function hash(Terms calldata t) internal pure returns (bytes32) {
        return keccak256(abi.encode(TERMS_TYPEHASH, t));
    }

    function hash(Amendment calldata a) internal pure returns (bytes32) {
        return keccak256(abi.encode(AMENDMENT_TYPEHASH, a));
    }

    function hash(Notice calldata n) internal pure returns (bytes32) {
        return keccak256(abi.encode(NOTICE_TYPEHASH, n));
    }

    /// @notice Hash of a schedule: `keccak256` of the struct hashes of its instalments, in order.
    function hash(Instalment[] calldata schedule) internal pure returns (bytes32) {
        bytes32[] memory rows = new bytes32[](schedule.length);
        for (uint256 i = 0; i < schedule.length; ++i) {
            rows[i] = keccak256(abi.encode(INSTALMENT_TYPEHASH, schedule[i]));
        }
        return keccak256(abi.encodePacked(rows));
    }

    /// @notice A request is its borrower's own: the same hash opened by another is another request.
    function requestId(address borrower, bytes32 requestHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(borrower, requestHash));
    }

    /// @notice Leaf of the tree of outcomes: `keccak256(keccak256(OUTCOME_TYPEHASH ‖ chainId ‖ register ‖ requestId ‖ policyVersion ‖
    /// kind ‖ providerId ‖ contentHash ‖ rank))`, each field in 32 bytes. Pairs are hashed in ascending order.
    /// @dev Hashed twice, so that no inner node (64 bytes, hashed once) can pass for a leaf.
    function leaf(address register, bytes32 id, uint32 policyVersion, Outcome memory outcome)
        internal
        view
        returns (bytes32)
    {
        return keccak256(
            bytes.concat(keccak256(abi.encode(OUTCOME_TYPEHASH, block.chainid, register, id, policyVersion, outcome)))
        );
    }
}
