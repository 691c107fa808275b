// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {AggregatorHashes} from "./AggregatorHashes.sol";
import {AggregatorPolicy} from "./AggregatorPolicy.sol";
import "./AggregatorTypes.sol";
import {KeyRing} from "./KeyRing.sol";
import {RequestLogic} from "./RequestLogic.sol";

/// @title Signers, requests, and what the gateway showed for them
/// @notice A request is the borrower's. Before it can be accepted the gateway commits, once, the root of all that came back: each quote with
/// its rank and each refusal. Who holds a quote can then prove that it was shown and where, and who was left out can prove it
/// by the gateway having no proof to give.
abstract contract Requests is AggregatorPolicy, EIP712 {
    /// @notice Longest life of a request.
    uint64 public constant MAX_REQUEST_LIFE = RequestLogic.MAX_REQUEST_LIFE;
    /// @notice Longest Merkle proof.
    uint256 public constant MAX_PROOF = RequestLogic.MAX_PROOF;

    /// @notice Says whether the caller lends for a provider: an allowance to this contract can be used by no provider that its owner did not
    /// name. Anyone, for themselves. Emits `LenderBound`.
    /// @dev Never reverts. Unbinding stops the funding of loans accepted and not funded yet; it changes nothing about loans already funded. Works in every pause.
    function bindLender(bytes32 providerId, bool bound) external {
        _register.lendsFor[msg.sender][providerId] = bound;
        emit LenderBound(msg.sender, providerId, bound);
    }

    /// @notice Cancels up to 256 nonces for ever. Anyone, with the signature of a valid key over `NonceCancellation`.
    /// @dev Emits `NoncesCancelled` with the bits that this call set; reverts `KeyNotValid`, `ProviderSignatureInvalid`, `NothingToCancel`.
    /// Works in every pause.
    /// @param word nonce / 256
    /// @param mask bit `nonce % 256` for each nonce
    function cancelNonces(bytes32 providerId, address key, uint256 word, uint256 mask, bytes calldata signature)
        external
    {
        RequestLogic.cancelNonces(_register, _domainSeparatorV4(), providerId, key, word, mask, signature);
    }

    /// @notice Opens a request: `None → Open`. The borrower, or anyone with the borrower's signature over `RequestOpening`.
    /// @dev Emits `RequestOpened`. Checks in order: `ActionPaused`, `ZeroAddress`, `RequestExpiryOutOfBounds`, `RequestStateIs`,
    /// `BorrowerSignatureInvalid`. The same hash never opens twice for one borrower.
    /// @param expiresAt first second at which it is over, at most `MAX_REQUEST_LIFE` away
    /// @param signature empty when the borrower calls
    function openRequest(address borrower, bytes32 requestHash, uint64 expiresAt, bytes calldata signature)
        external
        whenNotPaused(Action.Open)
        returns (bytes32 requestId)
    {
        return RequestLogic.open(_register, _domainSeparatorV4(), borrower, requestHash, expiresAt, signature);
    }

    /// @notice Cancels a request: `Open → Cancelled`, or `None → Cancelled`, which voids a signed opening for ever. The borrower.
    /// @dev Emits `RequestCancelled`; reverts `RequestStateIs`. Works in every pause.
    function cancelRequest(bytes32 requestHash) external {
        RequestLogic.cancel(_register, requestHash);
    }

    /// @notice Writes down that a request is over: `Open → Expired`. Anyone.
    /// @dev Emits `RequestExpired`; reverts `RequestStateIs`, `RequestNotOver`. Works in every pause.
    function expireRequest(bytes32 requestId) external {
        RequestLogic.expire(_register, requestId);
    }

    /// @notice Commits the outcomes of a request, once, while it is open. The gateway.
    /// @dev Emits `OutcomesCommitted`. Checks in order: `ActionPaused`, `NotGateway`, `RequestStateIs`, `RequestOver`, `OutcomesKnown`,
    /// `OutcomesEmpty`, `PolicyUnknown`.
    /// @param root Merkle root over the leaves of `AggregatorHashes.leaf`, all of them
    /// @param quotes how many quotes; their ranks are 1 to `quotes`
    /// @param refusals how many refusals
    /// @param policyVersion version of the ranking policy, published before
    function commitOutcomes(bytes32 requestId, bytes32 root, uint16 quotes, uint16 refusals, uint32 policyVersion)
        external
        whenNotPaused(Action.Commit)
    {
        RequestLogic.commit(_register, requestId, root, quotes, refusals, policyVersion);
    }

    /// @notice A request as it stands; `Open` stays written after its expiry until someone says so.
    function requestOf(bytes32 requestId) external view returns (Request memory) {
        return _register.requests[requestId];
    }

    /// @notice The id under which a borrower's request is kept.
    function requestIdOf(address borrower, bytes32 requestHash) external pure returns (bytes32) {
        return AggregatorHashes.requestId(borrower, requestHash);
    }

    /// @notice The leaf of an outcome under the policy that the request was committed with.
    function outcomeLeaf(bytes32 requestId, Outcome calldata outcome) external view returns (bytes32) {
        return RequestLogic.leaf(_register, requestId, outcome);
    }

    /// @notice Whether an outcome was among those committed, with the rank it states.
    /// @dev False where nothing was committed, or where the rank is one that cannot be: 0 for a quote, beyond the number of quotes, not 0 for a
    /// refusal. Reverts `ProofTooLong`.
    function isOutcome(bytes32 requestId, Outcome calldata outcome, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return RequestLogic.isOutcome(_register, requestId, outcome, proof);
    }

    /// @notice A provider's key as it was entered; `kind` is `None` when unknown.
    function keyOf(bytes32 providerId, address key) external view returns (ProviderKey memory) {
        return _register.keys[providerId][key];
    }

    /// @notice Whether a provider's key may be relied on now.
    function keyStatus(bytes32 providerId, address key) external view returns (KeyStatus) {
        return KeyRing.statusOf(_register, providerId, key);
    }

    /// @notice Nonces used or cancelled, 256 a word: bit `nonce % 256` of word `nonce / 256`.
    function nonceBitmap(bytes32 providerId, uint256 word) external view returns (uint256) {
        return _register.nonces[providerId][word];
    }

    /// @notice Whether an account lends for a provider.
    function lendsFor(address lender, bytes32 providerId) external view returns (bool) {
        return _register.lendsFor[lender][providerId];
    }
}
