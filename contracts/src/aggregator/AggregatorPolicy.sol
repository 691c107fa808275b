// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ICollateral} from "../interfaces/ICollateral.sol";
import {IScores} from "../interfaces/IScores.sol";
import {AggregatorStorage} from "./AggregatorStorage.sol";
import "./AggregatorTypes.sol";
import {IAggregatorErrors} from "./IAggregatorErrors.sol";
import {IAggregatorEvents} from "./IAggregatorEvents.sol";

/// @title What governance may change about the register
/// @notice Two lanes (`AggregatorLanes`): what tightens acts at once, what loosens waits. Neither touches a loan already accepted: its
/// escrow is written down with it, and no function here moves money. Each reverts `AccessManagedUnauthorized` for everyone else, and
/// `AccessManagerNotScheduled` in the manager for a multisig that did not wait; where nothing else is said it reverts for nothing else.
abstract contract AggregatorPolicy is AccessManaged, AggregatorStorage, IAggregatorErrors, IAggregatorEvents {
    constructor(ICollateral escrow_, IScores scores_, address gateway_) {
        _setEscrow(escrow_);
        _setScores(scores_);
        _setGateway(gateway_);
    }

    modifier whenNotPaused(Action action) {
        _requireNotPaused(action);
        _;
    }

    // Tighten

    /// @notice Stops an action. Guardian. Emits `ActionStopped`; reverts `AlreadyPaused`.
    function pause(Action action) external restricted {
        require(!_register.paused[action], AlreadyPaused(action));
        _register.paused[action] = true;
        emit ActionStopped(action, msg.sender);
    }

    /// @notice Takes an adapter's word away. Guardian. Emits `AdapterRemoved`; reverts `AdapterUnknown`.
    /// @dev A loan of that protocol stays as it is until the adapter is back: what is owed to the protocol is not kept here.
    function removeAdapter(address adapter) external restricted {
        require(_register.adapters[adapter], AdapterUnknown(adapter));
        _register.adapters[adapter] = false;
        emit AdapterRemoved(adapter);
    }

    /// @notice Revokes a provider's key at once and for ever. Guardian. Emits `KeyRevoked`.
    /// @dev Quotes it signed can be neither accepted nor funded any more. Reverts `KeyNotValid` when unknown or revoked before.
    function revokeKey(bytes32 providerId, address key) external restricted {
        ProviderKey storage held = _register.keys[providerId][key];
        require(held.kind != KeyKind.None, KeyNotValid(providerId, key, KeyStatus.Unknown));
        require(held.revokedAt == 0, KeyNotValid(providerId, key, KeyStatus.Revoked));
        held.revokedAt = uint64(block.timestamp);
        emit KeyRevoked(providerId, key, uint64(block.timestamp));
    }

    // Loosen

    /// @notice Resumes an action. Multisig, after the delay. Emits `ActionResumed`; reverts `NotPaused`.
    function unpause(Action action) external restricted {
        require(_register.paused[action], NotPaused(action));
        _register.paused[action] = false;
        emit ActionResumed(action, msg.sender);
    }

    /// @notice Sets the escrow of loans accepted from now on. Multisig, after the delay. Emits `EscrowSet`.
    function setEscrow(ICollateral escrow_) external restricted {
        _setEscrow(escrow_);
    }

    /// @notice Sets where scores are read. Multisig, after the delay. Emits `ScoresSet`.
    function setScores(IScores scores_) external restricted {
        _setScores(scores_);
    }

    /// @notice Sets who commits outcomes. Multisig, after the delay. Emits `GatewaySet`.
    function setGateway(address gateway_) external restricted {
        _setGateway(gateway_);
    }

    /// @notice Publishes a ranking policy under a version, for good. Multisig, after the delay.
    /// @dev Emits `PolicyPublished`; reverts `PolicyKnown`, `PolicyUnknown` for an empty hash.
    function publishPolicy(uint32 version, bytes32 hash_) external restricted {
        require(_register.policies[version] == 0, PolicyKnown(version));
        require(hash_ != 0, PolicyUnknown(version));
        _register.policies[version] = hash_;
        emit PolicyPublished(version, hash_);
    }

    /// @notice Admits an adapter. Multisig, after the delay. Emits `AdapterAdded`; reverts `ZeroAddress`, `AdapterKnown`.
    function addAdapter(address adapter) external restricted {
        require(adapter != address(0), ZeroAddress("adapter"));
        require(!_register.adapters[adapter], AdapterKnown(adapter));
        _register.adapters[adapter] = true;
        emit AdapterAdded(adapter);
    }

    /// @notice Adds a provider's key. Multisig, after the delay. Emits `KeyAdded`.
    /// @dev Reverts `ZeroAddress`, `KeyKindMissing`, `KeyWindow` for an empty or past window, `KeyKnown` for a key held before, revoked or not.
    /// @param validFrom first second of validity
    /// @param validTo first second no longer valid
    function addKey(bytes32 providerId, address key, uint64 validFrom, uint64 validTo, KeyKind kind)
        external
        restricted
    {
        require(key != address(0), ZeroAddress("key"));
        require(kind != KeyKind.None, KeyKindMissing());
        require(validFrom < validTo && validTo > block.timestamp, KeyWindow(validFrom, validTo));
        require(_register.keys[providerId][key].kind == KeyKind.None, KeyKnown(providerId, key));
        _register.keys[providerId][key] = ProviderKey(validFrom, validTo, 0, kind);
        emit KeyAdded(providerId, key, validFrom, validTo, kind);
    }

    // Views

    /// @notice Whether an action is stopped.
    function paused(Action action) external view returns (bool) {
        return _register.paused[action];
    }

    /// @notice The escrow that new loans are secured by.
    function escrow() external view returns (ICollateral) {
        return _register.escrow;
    }

    /// @notice Where scores are read.
    function scores() external view returns (IScores) {
        return _register.scores;
    }

    /// @notice Who commits outcomes.
    function gateway() external view returns (address) {
        return _register.gateway;
    }

    /// @notice Hash of a published ranking policy; it never changes.
    function policyHash(uint32 version) external view returns (bytes32) {
        return _register.policies[version];
    }

    /// @notice Whether an adapter's word on a protocol's debt counts.
    function isAdapter(address adapter) external view returns (bool) {
        return _register.adapters[adapter];
    }

    function _requireNotPaused(Action action) private view {
        require(!_register.paused[action], ActionPaused(action));
    }

    function _setEscrow(ICollateral escrow_) private {
        _register.escrow = escrow_;
        emit EscrowSet(address(escrow_));
    }

    function _setScores(IScores scores_) private {
        _register.scores = scores_;
        emit ScoresSet(address(scores_));
    }

    function _setGateway(address gateway_) private {
        _register.gateway = gateway_;
        emit GatewaySet(gateway_);
    }
}
