// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./AggregatorTypes.sol";

/// @title Everything that happens in the register
/// @notice Enough to rebuild its whole state: each event carries what it changed.
interface IAggregatorEvents {
    event ActionStopped(Action indexed action, address indexed by);
    event ActionResumed(Action indexed action, address indexed by);
    event EscrowSet(address indexed escrow);
    event ScoresSet(address indexed scores);
    event GatewaySet(address indexed gateway);
    event PolicyPublished(uint32 indexed version, bytes32 policyHash);
    event AdapterAdded(address indexed adapter);
    event AdapterRemoved(address indexed adapter);

    event KeyAdded(bytes32 indexed providerId, address indexed key, uint64 validFrom, uint64 validTo, KeyKind kind);
    event KeyRevoked(bytes32 indexed providerId, address indexed key, uint64 revokedAt);
    event NonceConsumed(bytes32 indexed providerId, uint256 nonce);
    event NoncesCancelled(bytes32 indexed providerId, address indexed key, uint256 word, uint256 mask);
    event LenderBound(address indexed lender, bytes32 indexed providerId, bool bound);

    event RequestOpened(bytes32 indexed requestId, address indexed borrower, bytes32 requestHash, uint64 expiresAt);
    event RequestCancelled(bytes32 indexed requestId, address indexed borrower, bytes32 requestHash);
    event RequestExpired(bytes32 indexed requestId);
    event OutcomesCommitted(
        bytes32 indexed requestId, bytes32 root, uint16 quotes, uint16 refusals, uint32 policyVersion
    );

    event LoanAccepted(
        bytes32 indexed loanId,
        bytes32 indexed requestId,
        address indexed key,
        Quote quote,
        uint16 rank,
        address escrow,
        uint64 fundBy
    );
    /// @notice The borrower owed nothing at the protocol at this second; what they owe until `until` proves this loan and no other.
    event ProtocolBaseline(bytes32 indexed loanId, uint256 until);
    event LoanCancelled(bytes32 indexed loanId);
    event LoanExpired(bytes32 indexed loanId);
    /// @param evidence Token: zero; Protocol: hash of (debt before, debt after); Receipt: digest of the receipt
    event LoanFunded(
        bytes32 indexed loanId, FundingKind indexed kind, uint256 amount, uint64 fundedAt, bytes32 evidence
    );

    /// @notice A payment; the lender has it unless `Claimable` follows in the same call.
    /// @param payer whose money it is; the escrow where collateral was liquidated
    /// @param outstanding principal left
    /// @param interest unpaid interest left
    event LoanPaid(
        bytes32 indexed loanId,
        address indexed payer,
        bool indexed liquidation,
        uint256 toInterest,
        uint256 toPrincipal,
        uint256 outstanding,
        uint256 interest
    );
    event PaymentReceiptRecorded(
        bytes32 indexed loanId, uint32 sequence, uint256 amount, uint64 paidAt, bytes32 referenceHash
    );
    event LoanRepaid(bytes32 indexed loanId);
    event LoanImpaired(bytes32 indexed loanId, address indexed key, uint256 due, uint256 paid, bytes32 reasonHash);
    event LoanDefaulted(bytes32 indexed loanId, address indexed key, uint256 due, uint256 paid, bytes32 reasonHash);
    /// @notice Of what fell due, `due - paid` is called now.
    event LoanCalled(bytes32 indexed loanId, uint256 due, uint256 paid);
    /// @notice All that fell due is paid: the loan is `Funded` again, and nothing is called.
    event LoanCured(bytes32 indexed loanId, uint256 due, uint256 paid);
    event LoanLiquidated(bytes32 indexed loanId, uint256 shortfall);
    /// @notice The terms are others now; nothing is called under them yet.
    event LoanAmended(bytes32 indexed loanId, uint32 sequence, Terms terms, uint256 interest);
    event Claimable(address indexed lender, address indexed asset, uint256 amount, uint256 total);
    event Claimed(address indexed lender, address indexed asset, address indexed to, uint256 amount);
}
