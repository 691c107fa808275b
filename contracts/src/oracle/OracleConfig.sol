// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ConfigWord, ConfigWords} from "./ConfigWord.sol";
import {Bounds} from "./OracleTypes.sol";
import {SignerSet} from "./SignerSet.sol";

/// @title Who signs, how many of them, and within which bounds
/// @notice Every change gives a new `configDigest`, which every signed message names: what was signed before is void after. The
/// generation is part of it, so that returning to an earlier set does not bring its signatures back.
/// @dev A restricted function reverts with `AccessManagedUnauthorized` for whoever has not its role, and with `AccessManagerNotScheduled` or
/// `AccessManagerNotReady` where the role has a delay that has not passed. Every set is in a `ConfigChanged`.
abstract contract OracleConfig is AccessManaged, EIP712 {
    using SignerSet for bytes;

    /// @dev Span of the scores, 850 - 300: a larger step bounds nothing.
    uint16 internal constant SCORE_SPAN = 550;
    /// @dev Span of the bands, 10 - 1.
    uint8 internal constant BAND_SPAN = 9;

    bytes32 private constant CONFIG_TYPEHASH = keccak256("OracleConfig(uint256 chainId,address oracle,bytes32 core)");
    bytes32 private constant CORE_TYPEHASH = keccak256(
        "OracleCore(bytes[] signers,uint8 threshold,uint16 maxScoreStep,uint8 maxBandStep,uint32 maxValidity,uint8 maxEpochGap,uint16 generation)"
    );

    ConfigWord private _config;

    /// @notice The configuration changed; signatures under another digest are void.
    /// @param generation 1 at deployment, one more with every change
    /// @param configDigest what a signed message names from now on
    /// @param signers in the order of the bitmap's bits
    /// @param threshold m, the signatures that a message takes
    /// @param bounds what a report may change
    event ConfigChanged(
        uint16 indexed generation, bytes32 indexed configDigest, bytes[] signers, uint8 threshold, Bounds bounds
    );
    /// @notice The guardian froze every score and stopped reports and requests.
    /// @param by who called
    event AllFrozen(address indexed by);
    /// @notice The multisig undid that.
    /// @param by who called
    event AllUnfrozen(address indexed by);

    /// @notice The message was signed under another configuration.
    error WrongConfig(bytes32 expected, bytes32 given);
    /// @notice Every bound is at least 1; steps are no longer than the scale.
    error InvalidBounds(Bounds bounds);
    /// @notice Everything is frozen.
    error OracleFrozen();
    /// @notice Nothing is frozen as a whole.
    error OracleNotFrozen();

    constructor(bytes[] memory signers_, uint8 threshold_, Bounds memory bounds_) {
        _setConfig(signers_, threshold_, bounds_);
    }

    /// @notice Replaces the signers. Restricted: multisig. Emits `ConfigChanged`.
    /// @dev Reverts with an error of `SignerSet` where the set or the threshold is not one.
    /// @param signers_ 1 to 64, each an address (20 bytes) or a verifier's address and a key (ERC-7913), in strictly ascending order of
    /// their keccak256
    /// @param threshold_ m; more than half
    function setSigners(bytes[] memory signers_, uint8 threshold_) external restricted {
        _setConfig(signers_, threshold_, _config.bounds());
    }

    /// @notice Replaces the bounds. Restricted: multisig. Emits `ConfigChanged`.
    /// @dev Reverts with `InvalidBounds`.
    /// @param bounds_ steps of 1 to 550 points and 1 to 9 bands, a validity of at least a second, an epoch gap of at least 1
    function setBounds(Bounds memory bounds_) external restricted {
        _setConfig(signers(), _config.threshold(), bounds_);
    }

    /// @notice Makes every read fail and stops reports and requests; revocation, withdrawal and reclaims go on. Restricted:
    /// guardian. Emits `AllFrozen`.
    /// @dev Reverts with `OracleFrozen` where it is already. Meant for signers who are no longer trusted, until they are replaced.
    function freezeAll() external restricted {
        _config = _loadUnfrozen().withFrozen(true);
        emit AllFrozen(msg.sender);
    }

    /// @notice Undoes `freezeAll`; scores frozen one by one stay so. Restricted: multisig.
    /// Emits `AllUnfrozen`.
    /// @dev Reverts with `OracleNotFrozen`.
    function unfreezeAll() external restricted {
        ConfigWord current = _config;
        if (!current.frozen()) revert OracleNotFrozen();
        _config = current.withFrozen(false);
        emit AllUnfrozen(msg.sender);
    }

    /// @notice What a signed message must name now: it binds chain, contract, signers, threshold, bounds and generation.
    /// @return the digest in force
    function configDigest() external view returns (bytes32) {
        (, bytes32 core) = SignerSet.load(_config.signerSet());
        return _digestOf(core);
    }

    /// @notice Who signs.
    /// @return set the signers, in the order of the bitmap's bits
    function signers() public view returns (bytes[] memory set) {
        (bytes memory code,) = SignerSet.load(_config.signerSet());
        return code.list();
    }

    /// @notice Everything else that is configured.
    /// @return threshold m, the signatures that a message takes
    /// @return generation how often the configuration was set
    /// @return frozen whether everything is frozen
    /// @return bounds what a report may change
    function config() external view returns (uint8 threshold, uint16 generation, bool frozen, Bounds memory bounds) {
        ConfigWord current = _config;
        return (current.threshold(), current.generation(), current.frozen(), current.bounds());
    }

    function _loadConfig() internal view returns (ConfigWord) {
        return _config;
    }

    function _loadUnfrozen() internal view returns (ConfigWord current) {
        current = _config;
        if (current.frozen()) revert OracleFrozen();
    }

    function _allFrozen() internal view returns (bool) {
        return _config.frozen();
    }

    /// @dev Reverts unless the message names the configuration in force.
    /// @return set the signers, to check the signatures against
    function _requireConfig(ConfigWord current, bytes32 given) internal view returns (bytes memory set) {
        bytes32 core;
        (set, core) = SignerSet.load(current.signerSet());
        bytes32 expected = _digestOf(core);
        if (given != expected) revert WrongConfig(expected, given);
    }

    /// @dev Reverts unless exactly m distinct signers signed the struct.
    function _requireSigned(
        ConfigWord current,
        bytes memory set,
        bytes32 structHash,
        uint64 bitmap,
        bytes calldata signatures
    ) internal view {
        set.requireQuorum(current.threshold(), _hashTypedDataV4(structHash), bitmap, signatures);
    }

    function _setConfig(bytes[] memory signers_, uint8 threshold_, Bounds memory bounds_) private {
        if (
            bounds_.maxScoreStep == 0 || bounds_.maxScoreStep > SCORE_SPAN || bounds_.maxBandStep == 0
                || bounds_.maxBandStep > BAND_SPAN || bounds_.maxValidity == 0 || bounds_.maxEpochGap == 0
        ) revert InvalidBounds(bounds_);
        bytes32 signersHash = SignerSet.hash(signers_, threshold_);
        ConfigWord current = _config;
        uint16 generation = current.generation() + 1;
        bytes32 core = keccak256(abi.encode(CORE_TYPEHASH, signersHash, threshold_, bounds_, generation));
        address signerSet = SignerSet.write(signers_, core);
        _config = ConfigWords.pack(signerSet, threshold_, bounds_, generation, current.frozen());
        emit ConfigChanged(generation, _digestOf(core), signers_, threshold_, bounds_);
    }

    function _digestOf(bytes32 core) private view returns (bytes32) {
        return keccak256(abi.encode(CONFIG_TYPEHASH, block.chainid, address(this), core));
    }
}
