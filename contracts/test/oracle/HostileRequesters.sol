// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IScoreCallback} from "../../src/oracle/IScoreCallback.sol";
import {CreditScoringOracle} from "../../src/oracle/CreditScoringOracle.sol";
import {Fulfilment, SignedConsent} from "../../src/oracle/OracleTypes.sol";

/// @notice A consumer whose callback is well behaved or does its worst.
contract ScriptedRequester is IScoreCallback {
    enum Mood {
        Quiet,
        Reverts,
        RevertBomb,
        ReturnBomb,
        Burns,
        Invalid,
        Reenters
    }

    CreditScoringOracle private immutable _oracle;
    Mood public mood;
    bytes[] private _inner;
    uint256 public calls;
    uint256 public innerSuccesses;
    uint256 public gasSeen;
    bool public refuses;

    constructor(CreditScoringOracle oracle_) {
        _oracle = oracle_;
    }

    receive() external payable {
        require(!refuses, "refused");
    }

    function set(Mood mood_, bool refuses_) external {
        (mood, refuses) = (mood_, refuses_);
    }

    function script(bytes calldata inner) external {
        _inner.push(inner);
    }

    function request(bytes32 subject, bytes32 modelId, SignedConsent calldata signed, uint128 fee, uint32 gas_)
        external
        payable
        returns (uint256)
    {
        return _oracle.requestScore{value: fee}(subject, modelId, signed, fee, gas_);
    }

    function reclaim(uint256 requestId) external {
        _oracle.reclaim(requestId);
    }

    function withdrawCredit(address to) external {
        _oracle.withdrawCredit(to);
    }

    function onScore(uint256, bytes32, bytes32) external {
        uint256 left = gasleft();
        if (mood == Mood.Reverts) revert("no");
        if (mood == Mood.RevertBomb || mood == Mood.ReturnBomb) {
            bool reverts = mood == Mood.RevertBomb;
            assembly {
                if reverts { revert(0, 150000) }
                return(0, 150000)
            }
        }
        if (mood == Mood.Burns) {
            while (true) {}
        }
        if (mood == Mood.Invalid) {
            assembly {
                invalid()
            }
        }
        ++calls;
        gasSeen = left;
        if (mood == Mood.Reenters) {
            for (uint256 i = 0; i < _inner.length; ++i) {
                (bool ok,) = address(_oracle).call(_inner[i]);
                if (ok) ++innerSuccesses;
            }
        }
    }
}
