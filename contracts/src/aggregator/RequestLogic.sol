// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {AggregatorHashes} from "./AggregatorHashes.sol";
import {Register} from "./AggregatorStorage.sol";
import "./AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "./IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "./IAggregatorEvents.sol";
import {KeyRing} from "./KeyRing.sol";

/// @title Logic of `Requests`
/// @dev Linked; runs on the register's storage. What each function checks is said where it is called.
library RequestLogic {
    using KeyRing for Register;

    uint64 internal constant MAX_REQUEST_LIFE = 90 days;
    uint256 internal constant MAX_PROOF = 32;

    function cancelNonces(
        Register storage register,
        bytes32 domain,
        bytes32 providerId,
        address key,
        uint256 word,
        uint256 mask,
        bytes calldata signature
    ) external {
        bytes32 structHash = keccak256(abi.encode(AggregatorHashes.NONCE_CANCELLATION_TYPEHASH, providerId, word, mask));
        register.requireProvider(providerId, key, MessageHashUtils.toTypedDataHash(domain, structHash), signature);
        uint256 bits = register.nonces[providerId][word];
        uint256 fresh = mask & ~bits;
        require(fresh != 0, Errors.NothingToCancel(providerId, word, mask));
        register.nonces[providerId][word] = bits | fresh;
        emit Events.NoncesCancelled(providerId, key, word, fresh);
    }

    function open(
        Register storage register,
        bytes32 domain,
        address borrower,
        bytes32 requestHash,
        uint64 expiresAt,
        bytes calldata signature
    ) external returns (bytes32 requestId) {
        require(borrower != address(0), Errors.ZeroAddress("borrower"));
        uint64 latest = uint64(block.timestamp) + MAX_REQUEST_LIFE;
        require(
            expiresAt > block.timestamp && expiresAt <= latest,
            Errors.RequestExpiryOutOfBounds(expiresAt, uint64(block.timestamp) + 1, latest)
        );
        requestId = AggregatorHashes.requestId(borrower, requestHash);
        Request storage request = register.requests[requestId];
        require(request.state == RequestState.None, Errors.RequestStateIs(requestId, request.state));
        if (msg.sender != borrower) {
            bytes32 structHash =
                keccak256(abi.encode(AggregatorHashes.REQUEST_OPENING_TYPEHASH, borrower, requestHash, expiresAt));
            KeyRing.requireBorrower(borrower, MessageHashUtils.toTypedDataHash(domain, structHash), signature);
        }
        request.state = RequestState.Open;
        request.expiresAt = expiresAt;
        emit Events.RequestOpened(requestId, borrower, requestHash, expiresAt);
    }

    function cancel(Register storage register, bytes32 requestHash) external {
        bytes32 requestId = AggregatorHashes.requestId(msg.sender, requestHash);
        Request storage request = register.requests[requestId];
        require(
            request.state == RequestState.Open || request.state == RequestState.None,
            Errors.RequestStateIs(requestId, request.state)
        );
        request.state = RequestState.Cancelled;
        emit Events.RequestCancelled(requestId, msg.sender, requestHash);
    }

    function expire(Register storage register, bytes32 requestId) external {
        Request storage request = register.requests[requestId];
        require(request.state == RequestState.Open, Errors.RequestStateIs(requestId, request.state));
        require(block.timestamp >= request.expiresAt, Errors.RequestNotOver(requestId, request.expiresAt));
        request.state = RequestState.Expired;
        emit Events.RequestExpired(requestId);
    }

    function commit(
        Register storage register,
        bytes32 requestId,
        bytes32 root,
        uint16 quotes,
        uint16 refusals,
        uint32 policyVersion
    ) external {
        require(msg.sender == register.gateway, Errors.NotGateway(msg.sender));
        Request storage request = requireOpen(register, requestId);
        require(request.outcomesRoot == 0, Errors.OutcomesKnown(requestId, request.outcomesRoot));
        require(root != 0 && (quotes != 0 || refusals != 0), Errors.OutcomesEmpty(requestId));
        require(register.policies[policyVersion] != 0, Errors.PolicyUnknown(policyVersion));
        request.outcomesRoot = root;
        request.quotes = quotes;
        request.refusals = refusals;
        request.policyVersion = policyVersion;
        emit Events.OutcomesCommitted(requestId, root, quotes, refusals, policyVersion);
    }

    function leaf(Register storage register, bytes32 requestId, Outcome calldata outcome)
        external
        view
        returns (bytes32)
    {
        return AggregatorHashes.leaf(address(this), requestId, register.requests[requestId].policyVersion, outcome);
    }

    function isOutcome(Register storage register, bytes32 requestId, Outcome memory outcome, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return _isOutcome(register, requestId, outcome, proof);
    }

    function isRankProven(Register storage register, bytes32 loanId, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        Loan storage loan = register.loans[loanId];
        if (loan.state == LoanState.None) return false;
        bytes32 requestId = AggregatorHashes.requestId(loan.borrower, loan.requestHash);
        return _isOutcome(register, requestId, Outcome(OutcomeKind.Quote, loan.providerId, loanId, loan.rank), proof);
    }

    function requireOpen(Register storage register, bytes32 requestId) internal view returns (Request storage request) {
        request = register.requests[requestId];
        require(request.state == RequestState.Open, Errors.RequestStateIs(requestId, request.state));
        require(block.timestamp < request.expiresAt, Errors.RequestOver(requestId, request.expiresAt));
    }

    function _isOutcome(Register storage register, bytes32 requestId, Outcome memory outcome, bytes32[] calldata proof)
        private
        view
        returns (bool)
    {
        require(proof.length <= MAX_PROOF, Errors.ProofTooLong(proof.length, MAX_PROOF));
        Request storage request = register.requests[requestId];
        if (request.outcomesRoot == 0) return false;
        bool possible =
            outcome.kind == OutcomeKind.Quote ? outcome.rank != 0 && outcome.rank <= request.quotes : outcome.rank == 0;
        bytes32 node = AggregatorHashes.leaf(address(this), requestId, request.policyVersion, outcome);
        return possible && MerkleProof.verifyCalldata(proof, request.outcomesRoot, node);
    }
}
