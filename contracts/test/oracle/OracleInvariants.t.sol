// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {IScores} from "../../src/interfaces/IScores.sol";
import {CreditScoringOracle} from "../../src/oracle/CreditScoringOracle.sol";
import {OracleHandler} from "./OracleHandler.sol";

/// @notice What holds whatever is done to the oracle, in any order.
contract OracleInvariantsTest is Test {
    OracleHandler private _handler;
    CreditScoringOracle private _oracle;
    bytes32 private constant MODEL = keccak256("model");

    function setUp() public {
        _handler = new OracleHandler();
        _handler.setUp();
        _oracle = _handler.scores();
        bytes4[] memory selectors = new bytes4[](8);
        selectors[0] = OracleHandler.report.selector;
        selectors[1] = OracleHandler.forge.selector;
        selectors[2] = OracleHandler.revoke.selector;
        selectors[3] = OracleHandler.withdraw.selector;
        selectors[4] = OracleHandler.freeze.selector;
        selectors[5] = OracleHandler.freezeAll.selector;
        selectors[6] = OracleHandler.rotate.selector;
        selectors[7] = OracleHandler.wait_.selector;
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
        targetContract(address(_handler));
    }

    /// @dev No path (score, status, round, feed, proof) takes for valid what is missing, expired, revoked or frozen; and what is valid reads
    /// everywhere as what m signers signed last. The handler holds besides that nothing changed without them.
    function invariant_every_path_agrees_with_the_model() public {
        for (uint256 i = 0; i < _handler.PAIRS(); ++i) {
            OracleHandler.Model memory m = _handler.modelOf(i);
            IScores.Status expected = _handler.statusOf(i);
            bytes32 subject = _handler.subjectOf(i);
            bool valid = expected == IScores.Status.Valid;
            (IScores.Status status, uint16 score, uint8 band, uint64 until) = _oracle.tryScoreOf(subject, MODEL);
            assertEq(uint8(status), uint8(expected));
            assertEq(score, valid ? m.score : 0);
            assertEq(band, valid ? m.band : 0);
            assertEq(until, valid ? m.validUntil : 0);
            (bool ok,) = address(_oracle).staticcall(abi.encodeCall(_oracle.scoreOf, (subject, MODEL)));
            assertEq(ok, valid);
            (ok,) = address(_oracle).staticcall(abi.encodeCall(_oracle.roundOf, (subject, MODEL)));
            assertEq(ok, valid);
            try _handler.feeds(i).latestRoundData() returns (uint80 round, int256 answer, uint256, uint256, uint80) {
                assertTrue(valid);
                assertEq(round, m.epoch);
                assertEq(answer, int256(uint256(m.band)));
            } catch {
                assertFalse(valid);
            }
            assertEq(_oracle.isAttested(m.report), valid);
        }
    }

    function invariant_epochs_are_those_of_the_model_which_only_grow() public view {
        for (uint256 i = 0; i < _handler.PAIRS(); ++i) {
            (, uint32 epoch, bool frozen,) = _oracle.stateOf(_handler.subjectOf(i), MODEL);
            assertEq(epoch, _handler.modelOf(i).epoch);
            assertEq(frozen, _handler.modelOf(i).frozen);
        }
    }
}
