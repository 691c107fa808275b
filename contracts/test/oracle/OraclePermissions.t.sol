// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {Roles} from "../../src/governance/Roles.sol";
import {OracleLanes} from "../../src/oracle/OracleLanes.sol";
import {OracleFixture} from "./OracleFixture.sol";

/// @notice Every function has a row. A function that is added without one fails here.
contract OraclePermissionsTest is OracleFixture {
    enum Row {
        None,
        Read,
        Open,
        Guardian,
        Multisig,
        Authority
    }

    mapping(bytes4 selector => Row) private _rows;
    bytes4[] private _selectors;

    function setUp() public override {
        super.setUp();
        _reads();
        _row(oracle.submitReport.selector, Row.Open);
        _row(oracle.submitBatch.selector, Row.Open);
        _row(oracle.revoke.selector, Row.Open);
        _row(oracle.withdrawConsent.selector, Row.Open);
        _row(oracle.enforceWithdrawal.selector, Row.Open);
        _row(oracle.requestScore.selector, Row.Open);
        _row(oracle.fulfilRequest.selector, Row.Open);
        _row(oracle.reclaim.selector, Row.Open);
        _row(oracle.withdrawCredit.selector, Row.Open);
        _row(oracle.freeze.selector, Row.Guardian);
        _row(oracle.freezeAll.selector, Row.Guardian);
        _row(oracle.unfreeze.selector, Row.Multisig);
        _row(oracle.unfreezeAll.selector, Row.Multisig);
        _row(oracle.setSigners.selector, Row.Multisig);
        _row(oracle.setBounds.selector, Row.Multisig);
        _row(oracle.setAuthority.selector, Row.Authority);
    }

    function test_every_function_has_a_row_and_every_row_a_function() public view {
        string memory path = string.concat(vm.projectRoot(), "/", vm.envOr("FOUNDRY_OUT", string("out")));
        string memory json = vm.readFile(string.concat(path, "/CreditScoringOracle.sol/CreditScoringOracle.json"));
        string[] memory methods = vm.parseJsonKeys(json, ".methodIdentifiers");
        for (uint256 i = 0; i < methods.length; ++i) {
            bytes4 selector = bytes4(keccak256(bytes(methods[i])));
            assertTrue(_rows[selector] != Row.None, string.concat("no row for ", methods[i]));
        }
        assertEq(methods.length, _selectors.length);
    }

    function test_the_lanes_are_the_rows() public view {
        bytes4[] memory tighten = OracleLanes.tighten();
        bytes4[] memory loosen = OracleLanes.loosen();
        for (uint256 i = 0; i < tighten.length; ++i) {
            assertTrue(_rows[tighten[i]] == Row.Guardian);
        }
        for (uint256 i = 0; i < loosen.length; ++i) {
            assertTrue(_rows[loosen[i]] == Row.Multisig);
        }
        uint256 guarded;
        for (uint256 i = 0; i < _selectors.length; ++i) {
            Row row = _rows[_selectors[i]];
            if (row == Row.Guardian || row == Row.Multisig) ++guarded;
        }
        assertEq(guarded, tighten.length + loosen.length);
    }

    function test_every_role_meets_every_function() public {
        for (uint256 i = 0; i < _selectors.length; ++i) {
            (bytes4 selector, Row row) = (_selectors[i], _rows[_selectors[i]]);
            _try(selector, stranger, row == Row.Read || row == Row.Open);
            _try(selector, guardian, row != Row.Multisig && row != Row.Authority);
            _try(selector, multisig, row == Row.Read || row == Row.Open);
            _try(selector, address(manager), row == Row.Read || row == Row.Open || row == Row.Authority);
            if (row == Row.Multisig) _mustWait(selector);
        }
    }

    /// @dev A change of the delay itself takes five days to be in force.
    function test_who_may_call_what_changes_no_sooner_than_after_48_hours() public {
        vm.warp(T0 + 5 days);
        bytes4[] memory selectors = OracleLanes.loosen();
        bytes memory data = abi.encodeCall(manager.setTargetFunctionRole, (address(oracle), selectors, Roles.GUARDIAN));
        bytes32 id = manager.hashOperation(address(this), address(manager), data);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, id));
        manager.setTargetFunctionRole(address(oracle), selectors, Roles.GUARDIAN);
        manager.schedule(address(manager), data, 0);
        vm.warp(T0 + 5 days + 48 hours);
        manager.execute(address(manager), data);
    }

    /// @dev Arguments of zeros: whether the call is let in is all that is looked at.
    function _try(bytes4 selector, address caller, bool letIn) private {
        uint256 snapshot = vm.snapshotState();
        vm.prank(caller);
        (bool ok, bytes memory why) = address(oracle).call(_zeros(selector));
        // Only the selector is compared.
        // forge-lint: disable-next-item(unsafe-typecast)
        bool refused = !ok
            && (bytes4(why) == IAccessManaged.AccessManagedUnauthorized.selector
                || bytes4(why) == IAccessManager.AccessManagerNotScheduled.selector);
        assertEq(!refused, letIn, string.concat(vm.toString(abi.encodePacked(selector)), " by ", vm.toString(caller)));
        vm.revertToState(snapshot);
    }

    function _mustWait(bytes4 selector) private view {
        (bool immediate, uint32 delay) = manager.canCall(multisig, address(oracle), selector);
        assertFalse(immediate);
        assertEq(delay, Roles.LOOSEN_DELAY);
    }

    function _zeros(bytes4 selector) private view returns (bytes memory) {
        if (selector == oracle.setSigners.selector) {
            return abi.encodeCall(oracle.setSigners, (new bytes[](0), 0));
        }
        return bytes.concat(selector, new bytes(32 * 40));
    }

    function _row(bytes4 selector, Row row) private {
        assertTrue(_rows[selector] == Row.None);
        _rows[selector] = row;
        _selectors.push(selector);
    }

    function _reads() private {
        _row(oracle.MAX_BATCH.selector, Row.Read);
        _row(oracle.MAX_CALLBACK_GAS.selector, Row.Read);
        _row(oracle.REQUEST_TIMEOUT.selector, Row.Read);
        _row(oracle.authority.selector, Row.Read);
        _row(oracle.config.selector, Row.Read);
        _row(oracle.configDigest.selector, Row.Read);
        _row(oracle.consentInForce.selector, Row.Read);
        _row(oracle.credits.selector, Row.Read);
        _row(oracle.eip712Domain.selector, Row.Read);
        _row(oracle.isAttested.selector, Row.Read);
        _row(oracle.isConsumingScheduledOp.selector, Row.Read);
        _row(oracle.isWithdrawn.selector, Row.Read);
        _row(bytes4(keccak256("nonces(address)")), Row.Read);
        _row(bytes4(keccak256("nonces(address,uint192)")), Row.Read);
        _row(oracle.requestCount.selector, Row.Read);
        _row(oracle.requestOf.selector, Row.Read);
        _row(oracle.roundOf.selector, Row.Read);
        _row(oracle.scoreOf.selector, Row.Read);
        _row(oracle.signers.selector, Row.Read);
        _row(oracle.stateOf.selector, Row.Read);
        _row(oracle.tryScoreOf.selector, Row.Read);
        _row(oracle.verifyFactor.selector, Row.Read);
    }
}
