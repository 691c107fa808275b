// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {AggregatorV3Interface} from "../../src/interfaces/AggregatorV3Interface.sol";
import {CollateralManager} from "../../src/collateral/CollateralManager.sol";
import {ICollateralErrors} from "../../src/collateral/ICollateralErrors.sol";
import {CollateralLedger} from "../../src/collateral/CollateralLedger.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import "../tokens/OddTokens.sol";
import "../tokens/RawTokens.sol";
import {CollateralTest} from "./CollateralTest.sol";

contract LedgerTest is CollateralTest {
    function test_deposit_credits_what_arrived() public {
        weth.mint(alice, 5e18);
        vm.startPrank(alice);
        weth.approve(address(escrow), 5e18);
        vm.expectEmit(address(escrow));
        emit CollateralLedger.Deposited(alice, address(weth), 5e18, 5e18);
        escrow.deposit(address(weth), 5e18);
        assertEq(escrow.free(alice, address(weth)), 5e18);
        assertEq(escrow.tracked(address(weth)), 5e18);
    }

    function test_deposit_refused_while_paused() public {
        _pause(IRiskPolicy.Action.Deposit);
        _expect(abi.encodeWithSelector(RiskPolicy.ActionPaused.selector, IRiskPolicy.Action.Deposit, type(uint256).max));
        escrow.deposit(address(weth), 1);
    }

    function test_deposit_of_nothing_refused() public {
        _expect(abi.encodeWithSelector(ICollateralErrors.AmountZero.selector, address(weth)));
        escrow.deposit(address(weth), 0);
    }

    function test_deposit_of_unlisted_asset_refused_even_with_a_route() public {
        _expect(abi.encodeWithSelector(ICollateralErrors.AssetNotListed.selector, address(usdc)));
        escrow.deposit(address(usdc), 1);
    }

    function test_deposit_above_the_cap_refused() public {
        vm.prank(guardian);
        policy.lowerCap(address(weth), 10e18);
        _deposit(alice, weth, 10e18);
        weth.mint(alice, 1);
        vm.startPrank(alice);
        weth.approve(address(escrow), 1);
        _expect(abi.encodeWithSelector(ICollateralErrors.CapExceeded.selector, address(weth), 10e18 + 1, 10e18));
        escrow.deposit(address(weth), 1);
    }

    function test_permit_carries_the_deposit_and_survives_being_front_run() public {
        (address holder, uint256 key) = makeAddrAndKey("holder");
        weth.mint(holder, 2e18);
        bytes32 digest = keccak256(
            abi.encodePacked(
                "\x19\x01",
                weth.DOMAIN_SEPARATOR(),
                keccak256(
                    abi.encode(
                        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                        holder,
                        address(escrow),
                        2e18,
                        0,
                        block.timestamp
                    )
                )
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        weth.permit(holder, address(escrow), 2e18, block.timestamp, v, r, s);
        vm.prank(holder);
        assertEq(escrow.depositWithPermit(address(weth), 2e18, block.timestamp, v, r, s), 2e18);
    }

    function test_permit_deposit_of_unlisted_asset_never_calls_it() public {
        _expect(abi.encodeWithSelector(ICollateralErrors.AssetNotListed.selector, bob));
        escrow.depositWithPermit(bob, 1, 0, 0, 0, 0);
    }

    function test_withdraw_pays_whom_the_owner_names() public {
        _deposit(alice, weth, 3e18);
        vm.expectEmit(address(escrow));
        emit CollateralLedger.Withdrawn(alice, address(weth), 1e18, bob);
        vm.prank(alice);
        escrow.withdraw(address(weth), 1e18, bob);
        assertEq(weth.balanceOf(bob), 1e18);
        assertEq(escrow.tracked(address(weth)), 2e18);
    }

    function test_withdraw_refusals() public {
        _deposit(alice, weth, 3e18);
        vm.startPrank(alice);
        _expect(abi.encodeWithSelector(ICollateralErrors.AmountZero.selector, address(weth)));
        escrow.withdraw(address(weth), 0, alice);
        _expect(
            abi.encodeWithSelector(ICollateralErrors.FreeInsufficient.selector, alice, address(weth), 3e18, 3e18 + 1)
        );
        escrow.withdraw(address(weth), 3e18 + 1, alice);
        _expect(abi.encodeWithSelector(ICollateralErrors.AddressRefused.selector, address(0)));
        escrow.withdraw(address(weth), 1, address(0));
        _expect(abi.encodeWithSelector(ICollateralErrors.AddressRefused.selector, address(escrow)));
        escrow.withdraw(address(weth), 1, address(escrow));
    }

    function test_fee_token_refused_unless_listed_as_one() public {
        FeeToken token = new FeeToken();
        _route(address(token), 8, 1e8);
        _list(address(token), false, 5_000, 6_000, 500);
        token.mint(alice, 100);
        vm.startPrank(alice);
        token.approve(address(escrow), 100);
        _expect(abi.encodeWithSelector(ICollateralErrors.AmountArrivedDiffers.selector, address(token), 100, 99));
        escrow.deposit(address(token), 100);
        vm.stopPrank();
    }

    function test_listed_fee_token_is_credited_what_arrived() public {
        FeeToken token = new FeeToken();
        _route(address(token), 8, 1e8);
        _list(address(token), true, 5_000, 6_000, 500);
        _deposit(alice, token, 100);
        assertEq(escrow.free(alice, address(token)), 99);
        vm.prank(alice);
        escrow.withdraw(address(token), 99, alice);
        assertEq(escrow.tracked(address(token)), 0);
    }

    function test_token_that_takes_more_than_it_moves_cannot_eat_other_owners() public {
        OvertakingToken token = new OvertakingToken();
        _route(address(token), 8, 1e8);
        _list(address(token), false, 5_000, 6_000, 500);
        _deposit(alice, token, 1_000);
        _deposit(bob, token, 1_000);
        token.setOvertakes(true);
        _expect(abi.encodeWithSelector(ICollateralErrors.AmountLeftDiffers.selector, address(token), 1_000, 1_010));
        vm.prank(alice);
        escrow.withdraw(address(token), 1_000, alice);
    }

    function test_token_that_shrank_takes_no_more_deposits_and_still_pays() public {
        RebasingToken token = new RebasingToken();
        _route(address(token), 8, 1e8);
        _list(address(token), false, 5_000, 6_000, 500);
        _deposit(alice, token, 1_000);
        token.burnFrom(address(escrow), 10);
        _expect(abi.encodeWithSelector(ICollateralErrors.AssetShrank.selector, address(token), 990, 1_000));
        escrow.deposit(address(token), 1);
        vm.prank(alice);
        escrow.withdraw(address(token), 990, alice);
    }

    function test_token_without_return_value_works() public {
        NoReturnToken token = new NoReturnToken();
        _route(address(token), 8, 1e8);
        _list(address(token), false, 5_000, 6_000, 500);
        token.mint(alice, 10);
        vm.startPrank(alice);
        token.approve(address(escrow), 10);
        escrow.deposit(address(token), 10);
        escrow.withdraw(address(token), 10, alice);
        assertEq(token.balanceOf(alice), 10);
    }

    function test_false_and_lying_tokens_credit_nothing() public {
        FalseReturnToken falsy = new FalseReturnToken();
        LyingToken liar = new LyingToken();
        _route(address(falsy), 8, 1e8);
        _route(address(liar), 8, 1e8);
        _list(address(falsy), false, 5_000, 6_000, 500);
        _list(address(liar), true, 5_000, 6_000, 500);
        _expect(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(falsy)));
        escrow.deposit(address(falsy), 10);
        _expect(abi.encodeWithSelector(ICollateralErrors.AmountZero.selector, address(liar)));
        escrow.deposit(address(liar), 10);
    }

    function test_blocked_owner_leaves_to_another_address() public {
        BlocklistToken token = new BlocklistToken();
        _route(address(token), 8, 1e8);
        _list(address(token), false, 5_000, 6_000, 500);
        _deposit(alice, token, 10e6);
        token.setBlocked(alice, true);
        vm.startPrank(alice);
        _expect(abi.encodeWithSelector(BlocklistToken.Blocked.selector, alice));
        escrow.withdraw(address(token), 10e6, alice);
        escrow.withdraw(address(token), 10e6, bob);
        assertEq(token.balanceOf(bob), 10e6);
    }

    function test_callback_cannot_enter_again_nor_read_half_done_state() public {
        CallbackToken token = new CallbackToken();
        _route(address(token), 8, 1e8);
        _list(address(token), false, 5_000, 6_000, 500);
        _deposit(alice, token, 10e18);
        token.mint(bob, 1e18);
        bytes[] memory calls = new bytes[](4);
        calls[0] = abi.encodeCall(escrow.deposit, (address(token), 1));
        calls[1] = abi.encodeCall(escrow.withdraw, (address(token), 1, bob));
        calls[2] = abi.encodeCall(escrow.healthOf, (LOAN, alice));
        calls[3] = abi.encodeCall(escrow.release, (LOAN, alice));
        for (uint256 i = 0; i < calls.length; ++i) {
            token.onTransfer(alice, address(escrow), calls[i]);
            vm.prank(alice);
            escrow.withdraw(address(token), 1e18, alice);
            assertFalse(token.lastCallSucceeded());
            assertEq(bytes4(token.lastReturn()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        }
    }

    function test_donation_changes_nobodys_balance() public {
        weth.mint(address(escrow), 1_000e18);
        _deposit(alice, weth, 1);
        assertEq(escrow.free(alice, address(weth)), 1);
        weth.mint(address(escrow), 1_000e18);
        _deposit(bob, weth, 1e18);
        assertEq(escrow.free(bob, address(weth)), 1e18);
        assertEq(escrow.tracked(address(weth)), 1e18 + 1);
    }

    function test_policy_is_replaced_by_the_multisig_after_the_delay_only() public {
        RiskPolicy next = new RiskPolicy(address(manager), AggregatorV3Interface(address(0)), 0, DUST);
        _expect(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian));
        vm.prank(guardian);
        escrow.setPolicy(next);
        _loosen(address(escrow), abi.encodeCall(CollateralLedger.setPolicy, (next)));
        assertEq(address(escrow.policy()), address(next));
    }

    function test_policy_that_is_not_one_refused() public {
        _expect(abi.encodeWithSelector(ICollateralErrors.PolicyRefused.selector, bob));
        new CollateralManager(address(manager), IRiskPolicy(bob));
        _expect(abi.encodeWithSelector(ICollateralErrors.PolicyRefused.selector, address(weth)));
        new CollateralManager(address(manager), IRiskPolicy(address(weth)));
    }
}
