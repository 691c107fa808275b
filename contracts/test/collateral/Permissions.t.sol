// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {ICollateral} from "../../src/interfaces/ICollateral.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {SignedDebtBook} from "../../src/collateral/SignedDebtBook.sol";
import {Lanes} from "../../src/governance/Lanes.sol";
import {Roles} from "../../src/governance/Roles.sol";
import {CollateralTest} from "./CollateralTest.sol";

/// @notice Every function of every contract has a row. A function that is added without one fails here.
contract PermissionsTest is CollateralTest {
    uint64 private constant PUBLIC = type(uint64).max;
    uint64 private constant AUTHORITY = type(uint64).max - 1;
    mapping(bytes32 contractAndSignature => uint64) private _rows;
    uint256 private _count;

    function _row(string memory name, string memory signature, uint64 role) private {
        bytes32 key = keccak256(abi.encode(name, signature));
        require(_rows[key] == 0, "two rows for one function");
        _rows[key] = role;
        ++_count;
    }

    function _open(string memory name, string memory list) private {
        string[] memory signatures = vm.split(list, ";");
        for (uint256 i = 0; i < signatures.length; ++i) {
            _row(name, signatures[i], PUBLIC);
        }
    }

    function _methods(string memory name) private view returns (string[] memory) {
        string memory root = vm.envOr("FOUNDRY_OUT", string("out"));
        string memory json = vm.readFile(string.concat(root, "/", name, ".sol/", name, ".json"));
        return vm.parseJsonKeys(json, ".methodIdentifiers");
    }

    /// @dev Each function has a row; each restricted one has its role in the manager and refuses strangers and the other lane.
    function _hold(string memory name, address target) private {
        string[] memory methods = _methods(name);
        assertEq(methods.length, _count, string.concat(name, ": rows and functions differ in number"));
        for (uint256 i = 0; i < methods.length; ++i) {
            uint64 role = _rows[keccak256(abi.encode(name, methods[i]))];
            assertTrue(role != 0, string.concat(name, ".", methods[i], " has no row"));
            bytes4 selector = bytes4(keccak256(bytes(methods[i])));
            uint64 expected = role == Roles.GUARDIAN || role == Roles.MULTISIG ? role : 0;
            assertEq(manager.getTargetFunctionRole(target, selector), expected, methods[i]);
            if (expected != 0) _refuses(target, selector, expected);
        }
    }

    function _refuses(address target, bytes4 selector, uint64 role) private {
        // Arguments of zeros decode for every function of these contracts, and access is checked before them.
        bytes memory data = bytes.concat(abi.encodePacked(selector), new bytes(640));
        address[4] memory callers = [bob, address(this), guardian, multisig];
        for (uint256 i = 0; i < callers.length; ++i) {
            if (role == Roles.GUARDIAN && callers[i] == guardian) continue;
            vm.prank(callers[i]);
            (bool success, bytes memory reason) = target.call(data);
            assertFalse(success, "a caller without the role came in");
            // The multisig holds the role of its lane, and may not skip the delay.
            bool mustSchedule = role == Roles.MULTISIG && callers[i] == multisig;
            assertEq(
                bytes4(reason),
                mustSchedule
                    ? IAccessManager.AccessManagerNotScheduled.selector
                    : IAccessManaged.AccessManagedUnauthorized.selector
            );
        }
        (bool immediate, uint32 delay) = manager.canCall(role == Roles.GUARDIAN ? guardian : multisig, target, selector);
        assertEq(immediate, role == Roles.GUARDIAN);
        assertEq(delay, role == Roles.GUARDIAN ? 0 : Roles.LOOSEN_DELAY);
    }

    function test_matrix_of_the_escrow() public {
        string memory name = "CollateralManager";
        _open(
            name,
            "MAX_ASSETS();MAX_KNOWN_ASSETS();OTHERS_RELEASE_DELAY();assetsOf(bytes32,address);authority();free(address,address);healthOf(bytes32,address);isConsumingScheduledOp();knownAssets();lockOf(bytes32,address);locked(bytes32,address,address);policy();powerOf(bytes32,address);quoteLiquidation(bytes32,address);requireSecured(bytes32,address,address,address,uint256,address[],uint256[]);shortfall(bytes32,address);tracked(address)"
        );
        _open(
            name,
            "deposit(address,uint256);depositWithPermit(address,uint256,uint256,uint8,bytes32,bytes32);withdraw(address,uint256,address);lock(bytes32,address,address[],uint256[]);depositAndLock(bytes32,address,address,uint256);topUp(bytes32,address,uint256);release(bytes32,address);releasePart(bytes32,address,uint256);liquidate(bytes32,address,address,uint256,(uint256,uint256,address));liquidateAll(bytes32,address,uint256[],(uint256,uint256,address))"
        );
        _row(name, "setAuthority(address)", AUTHORITY);
        _row(name, "setPolicy(address)", Roles.MULTISIG);
        _hold(name, address(escrow));
    }

    function test_matrix_of_the_policy() public {
        string memory name = "RiskPolicy";
        _open(
            name,
            "LIQUIDATION_PAUSE();LIQUIDATION_PAUSE_COOLDOWN();MAX_DEVIATION_BPS();MAX_DUST();MAX_FEED_DECIMALS();MAX_HEARTBEAT();MAX_PRICE();MAX_TOKEN_DECIMALS();MAX_TOLERANCE_BPS();assetOf(address);authority();bookAllowed(address);covers(address);depositTerms(address);dustValue();isConsumingScheduledOp();pausedUntil(uint8);priceOf(address);requireActive(uint8);routeOf(address);sequencerFeed();sequencerGrace();termsOf(address)"
        );
        _row(name, "setAuthority(address)", AUTHORITY);
        _row(name, "pause(uint8)", Roles.GUARDIAN);
        _row(name, "lowerCap(address,uint128)", Roles.GUARDIAN);
        _row(name, "raiseHaircut(address,uint16)", Roles.GUARDIAN);
        _row(name, "disallowBook(address)", Roles.GUARDIAN);
        _row(name, "useBackup(address)", Roles.GUARDIAN);
        _row(name, "unpause(uint8)", Roles.MULTISIG);
        _row(name, "listAsset(address,bool,uint128,uint16,uint16,uint16,uint16)", Roles.MULTISIG);
        _row(name, "setRisk(address,uint16,uint16,uint16)", Roles.MULTISIG);
        _row(name, "raiseCap(address,uint128)", Roles.MULTISIG);
        _row(name, "lowerHaircut(address,uint16)", Roles.MULTISIG);
        _row(name, "allowBook(address)", Roles.MULTISIG);
        _row(name, "setDust(uint256)", Roles.MULTISIG);
        string memory route = "(address,address,uint32,uint32,uint128,uint128,uint16)";
        _row(name, string.concat("setRoute(address,", route, ",uint256,uint256)"), Roles.MULTISIG);
        _row(name, string.concat("approveBackup(address,", route, ",uint256,uint256)"), Roles.MULTISIG);
        _hold(name, address(policy));
    }

    function test_matrix_of_the_book_has_no_governance() public {
        string memory name = "SignedDebtBook";
        string memory terms = "(address,address,address,address,uint128,uint32,uint64,uint64,bytes32,uint256)";
        string memory statement = "(bytes32,uint128,uint128,uint64,uint64,uint64)";
        _open(
            name,
            "ACKNOWLEDGEMENT_TYPEHASH();CHALLENGE_DELAY();MAX_RATE_BPS();MAX_VALIDITY();STATEMENT_TYPEHASH();TERMS_TYPEHASH();acknowledge(bytes32,bytes);collect(address,address);collectable(address,address);debtOf(bytes32);dueOf(bytes32);eip712Domain();escrow();loanOf(bytes32);recordShortfall(bytes32,uint256);refuseJump(bytes32);repay(bytes32,uint256);repayByLiquidation(bytes32,uint256)"
        );
        _row(name, string.concat("cancel(", terms, ")"), PUBLIC);
        _row(name, string.concat("termsDigest(", terms, ")"), PUBLIC);
        _row(name, string.concat("commit(", terms, ",address[],uint256[],bytes)"), PUBLIC);
        _row(name, string.concat("stateDebt(", statement, ",bytes)"), PUBLIC);
        _row(name, string.concat("statementDigest(", statement, ")"), PUBLIC);
        _hold(name, address(new SignedDebtBook(ICollateral(address(escrow)))));
    }

    function test_lanes_list_no_function_twice() public pure {
        bytes4[] memory tighten = Lanes.policyTighten();
        bytes4[] memory loosen = Lanes.policyLoosen();
        for (uint256 i = 0; i < tighten.length; ++i) {
            assertTrue(tighten[i] != 0);
            for (uint256 j = 0; j < loosen.length; ++j) {
                assertTrue(tighten[i] != loosen[j] && loosen[j] != 0);
            }
        }
    }

    function test_authority_is_changed_by_the_manager_only() public {
        _expect(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, multisig));
        vm.prank(multisig);
        escrow.setAuthority(bob);
    }

    function test_deployer_keeps_nothing_and_the_multisig_waits_for_everything() public {
        (bool deployerIsAdmin,) = manager.hasRole(manager.ADMIN_ROLE(), address(this));
        assertFalse(deployerIsAdmin);
        (bool multisigIsAdmin, uint32 delay) = manager.hasRole(manager.ADMIN_ROLE(), multisig);
        assertTrue(multisigIsAdmin);
        assertEq(delay, 48 hours);
        vm.prank(multisig);
        vm.expectPartialRevert(IAccessManager.AccessManagerNotScheduled.selector);
        manager.grantRole(Roles.GUARDIAN, bob, 0);
    }

    function test_lanes_are_changed_after_the_delay_only() public {
        skip(5 days);
        assertEq(manager.getTargetAdminDelay(address(escrow)), 48 hours);
        assertEq(manager.getTargetAdminDelay(address(policy)), 48 hours);
    }

    function test_whoever_is_named_for_a_lane_waits_for_it() public {
        // A delay of grants counts from five days after it was set.
        skip(5 days);
        uint64[2] memory roles = [Roles.GUARDIAN, Roles.MULTISIG];
        for (uint256 i = 0; i < 2; ++i) {
            _loosen(address(manager), abi.encodeCall(manager.grantRole, (roles[i], bob, Roles.LOOSEN_DELAY)));
            skip(48 hours - 1);
            (bool holds,) = manager.hasRole(roles[i], bob);
            assertFalse(holds);
            skip(1);
            (holds,) = manager.hasRole(roles[i], bob);
            assertTrue(holds);
        }
    }

    function test_nothing_is_loosened_one_second_before_48_hours() public {
        bytes memory data = abi.encodeCall(RiskPolicy.setDust, (1e18));
        vm.startPrank(multisig);
        manager.schedule(address(policy), data, 0);
        skip(48 hours - 1);
        vm.expectPartialRevert(IAccessManager.AccessManagerNotReady.selector);
        manager.execute(address(policy), data);
        skip(1);
        manager.execute(address(policy), data);
    }

    function test_guardian_cancels_what_is_scheduled() public {
        bytes memory data = abi.encodeCall(RiskPolicy.setDust, (1e18));
        vm.prank(multisig);
        manager.schedule(address(policy), data, 0);
        vm.prank(guardian);
        manager.cancel(multisig, address(policy), data);
        skip(48 hours);
        vm.prank(multisig);
        vm.expectPartialRevert(IAccessManager.AccessManagerNotScheduled.selector);
        manager.execute(address(policy), data);
    }

    /// @dev What concerns roles belongs to the admin, whose operations the guardian cannot cancel: else it could never be replaced.
    function test_hostile_guardian_cannot_veto_its_own_removal() public {
        bytes memory data = abi.encodeCall(IAccessManager.revokeRole, (Roles.GUARDIAN, guardian));
        vm.prank(multisig);
        manager.schedule(address(manager), data, 0);
        vm.prank(guardian);
        vm.expectPartialRevert(IAccessManager.AccessManagerUnauthorizedCancel.selector);
        manager.cancel(multisig, address(manager), data);
        skip(48 hours);
        vm.prank(multisig);
        manager.execute(address(manager), data);
        _expect(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian));
        vm.prank(guardian);
        policy.pause(IRiskPolicy.Action.Lock);
    }

    function test_guardian_acts_at_once() public {
        vm.prank(guardian);
        policy.pause(IRiskPolicy.Action.Lock);
        assertEq(policy.pausedUntil(IRiskPolicy.Action.Lock), type(uint256).max);
    }
}
