// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {CollateralLiquidation} from "../../src/collateral/CollateralLiquidation.sol";
import {ICollateralErrors} from "../../src/collateral/ICollateralErrors.sol";
import {ISignedDebt} from "../../src/collateral/ISignedDebt.sol";
import {DebtState, DebtStatement, DebtTerms} from "../../src/collateral/SignedDebtTypes.sol";
import {WalletDouble} from "../aggregator/Doubles.sol";
import {SignedDebtTest} from "./SignedDebtTest.sol";

/// @notice Who may sign, what exactly is signed, and what a matured or contested debt opens.
contract SignedDebtTermsTest is SignedDebtTest {
    function _bid(uint256 maxPaid) private view returns (CollateralLiquidation.Bid memory) {
        return CollateralLiquidation.Bid(maxPaid, block.timestamp, keeper);
    }

    function _stateAt(DebtStatement memory statement) private {
        debts.stateDebt(statement, _sign(lenderKey, debts.statementDigest(statement)));
    }

    function _repay(bytes32 loanId, uint256 amount) private {
        usdc.mint(borrower, amount);
        vm.startPrank(borrower);
        usdc.approve(address(debts), amount);
        debts.repay(loanId, amount);
        vm.stopPrank();
    }

    // What is signed

    function testFuzz_each_field_of_the_terms_is_signed(uint8 field, uint256 noise) public {
        DebtTerms memory terms = _terms();
        bytes memory signature = _sign(lenderKey, debts.termsDigest(terms));
        bytes memory words = abi.encode(terms);
        // Bits of each field, in order.
        uint16[10] memory bits = [160, 160, 160, 160, 128, 32, 64, 64, 256, 256];
        field = uint8(bound(field, 0, 9));
        uint256 mask = bits[field] == 256 ? type(uint256).max : (uint256(1) << bits[field]) - 1;
        uint256 change = noise & mask;
        if (change == 0) change = 1;
        assembly ("memory-safe") {
            let slot := add(add(words, 32), mul(field, 32))
            mstore(slot, xor(mload(slot), change))
        }
        DebtTerms memory mutated = abi.decode(words, (DebtTerms));
        assertNotEq(debts.termsDigest(mutated), debts.termsDigest(terms));
        // Whatever other rule a mutation breaks, none commits by the signature of the terms as they were.
        vm.expectRevert();
        debts.commit(mutated, assets, amounts, signature);
        assertEq(uint8(debts.loanOf(debts.termsDigest(mutated)).state), uint8(DebtState.Unknown));
    }

    function test_digest_of_terms_is_that_of_the_published_type() public view {
        DebtTerms memory terms = _terms();
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "DebtTerms(address lender,address payee,address borrower,address asset,uint128 principal,uint32 rateBps,uint64 fundBy,uint64 maturity,bytes32 collateralHash,uint256 nonce)"
                ),
                terms
            )
        );
        assertEq(debts.termsDigest(terms), keccak256(abi.encodePacked(hex"1901", _separator(), structHash)));
        DebtStatement memory statement = DebtStatement("loan", 1, 2, 3, 4, 5);
        structHash = keccak256(
            abi.encode(
                keccak256(
                    "DebtStatement(bytes32 loanId,uint128 amount,uint128 repaid,uint64 sequence,uint64 statedAt,uint64 validUntil)"
                ),
                statement
            )
        );
        assertEq(debts.statementDigest(statement), keccak256(abi.encodePacked(hex"1901", _separator(), structHash)));
    }

    function test_terms_that_mature_before_they_must_be_funded_refused() public {
        DebtTerms memory terms = _terms();
        terms.maturity = terms.fundBy - 1;
        bytes32 loanId = debts.termsDigest(terms);
        _expect(abi.encodeWithSelector(ISignedDebt.MaturityRefused.selector, loanId, terms.fundBy, terms.maturity));
        debts.commit(terms, assets, amounts, "");
    }

    // Who signs

    function test_contract_wallets_lend_and_borrow_by_their_owners_signatures() public {
        WalletDouble lending = new WalletDouble(lender);
        WalletDouble borrowing = new WalletDouble(borrower);
        DebtTerms memory terms = _terms();
        (terms.lender, terms.borrower) = (address(lending), address(borrowing));
        bytes32 loanId = debts.termsDigest(terms);
        _deposit(address(borrowing), weth, 10e18);
        vm.prank(address(borrowing));
        escrow.lock(loanId, debts, assets, amounts);
        bytes memory signature = _sign(borrowerKey, loanId);
        vm.expectPartialRevert(ISignedDebt.SignatureInvalid.selector);
        debts.commit(terms, assets, amounts, signature);
        debts.commit(terms, assets, amounts, _sign(lenderKey, loanId));

        bytes32 digest = keccak256(
            abi.encodePacked(hex"1901", _separator(), keccak256(abi.encode(debts.ACKNOWLEDGEMENT_TYPEHASH(), loanId)))
        );
        signature = _sign(lenderKey, digest);
        _expect(abi.encodeWithSelector(ISignedDebt.SignatureInvalid.selector, address(borrowing), digest));
        debts.acknowledge(loanId, signature);
        debts.acknowledge(loanId, _sign(borrowerKey, digest));

        skip(1 days);
        _state(loanId, 4_000e6, 1);
        assertEq(_due(loanId), 4_000e6);
        _state(loanId, 8_000e6, 2);
        vm.prank(address(borrowing));
        debts.refuseJump(loanId);
        _state(loanId, 0, 3);
        vm.prank(address(borrowing));
        escrow.release(loanId, address(borrowing));
        assertEq(escrow.free(address(borrowing), address(weth)), 10e18);
    }

    function test_lender_and_borrower_with_delegated_code_still_sign_with_their_keys() public {
        vm.etch(lender, hex"00");
        vm.etch(borrower, hex"00");
        bytes32 loanId = _owed();
        skip(1 days);
        _state(loanId, 4_000e6, 1);
        assertEq(_due(loanId), 4_000e6);
    }

    function test_nobody_signs_for_the_zero_address() public {
        DebtTerms memory terms = _terms();
        terms.lender = address(0);
        bytes32 loanId = debts.termsDigest(terms);
        _expect(abi.encodeWithSelector(ISignedDebt.SignatureInvalid.selector, address(0), loanId));
        debts.commit(terms, assets, amounts, new bytes(65));
    }

    // A statement and a repayment that cross

    function test_borrower_cannot_keep_a_statement_out_by_paying_a_unit_before_it() public {
        bytes32 loanId = _owed();
        skip(5 days);
        DebtStatement memory statement = _statement(loanId, uint128(_due(loanId)), 1);
        skip(60);
        _repay(loanId, 1);
        _stateAt(statement);
        assertEq(debts.loanOf(loanId).validUntil, statement.validUntil);
        assertEq(debts.loanOf(loanId).sequence, 1);
    }

    function test_repayment_that_a_statement_did_not_see_is_not_owed_again() public {
        bytes32 loanId = _owed();
        skip(1 days);
        DebtStatement memory statement = _statement(loanId, 8_000e6, 1);
        _repay(loanId, 3_000e6);
        _stateAt(statement);
        // 8,000 stated before the 3,000 came.
        assertEq(_due(loanId), 5_000e6);
        skip(1 days);
        statement = _statement(loanId, 4_900e6, 2);
        assertEq(statement.repaid, 3_000e6);
        _stateAt(statement);
        assertEq(_due(loanId), 4_900e6);
    }

    function test_statement_paid_off_before_it_came_closes_the_loan() public {
        bytes32 loanId = _owed();
        skip(1 days);
        DebtStatement memory statement = _statement(loanId, 2_000e6, 1);
        _repay(loanId, 2_500e6);
        _stateAt(statement);
        assertEq(_binding(loanId), uint8(ILoanBook.Binding.None));
    }

    /// @dev However statement and repayment cross, nothing beyond the cap is ever owed and nothing paid is owed again.
    function testFuzz_crossing_statement_and_repayment_keep_the_cap(
        uint128 stated,
        uint256 paid,
        uint32 before,
        uint32 between,
        uint32 later
    ) public {
        bytes32 loanId = _owed();
        uint256 start = block.timestamp;
        before = uint32(bound(before, 0, 5 days));
        skip(before);
        uint256 cap = 10_000e6 + (uint256(10_000e6) * 1_000 * before + 1e4 * 365 days - 1) / (1e4 * 365 days);
        DebtStatement memory statement = _statement(loanId, uint128(bound(stated, 1, cap)), 1);
        skip(bound(between, 0, 5 days));
        paid = bound(paid, 1, 9_000e6);
        _repay(loanId, paid);
        _stateAt(statement);
        vm.warp(bound(later, block.timestamp, statement.validUntil));
        uint256 most = 10_000e6 + (uint256(10_000e6) * 1_000 * (block.timestamp - start) + 1e4 * 365 days - 1)
            / (1e4 * 365 days) - paid;
        assertLe(debts.dueOf(loanId), most);
    }

    // What a matured debt opens

    function test_matured_debt_is_called_whole_under_healthy_collateral_and_not_a_second_before() public {
        bytes32 loanId = _owed();
        uint64 maturity = debts.loanOf(loanId).terms.maturity;
        for (uint64 i = 1; block.timestamp + 30 days < maturity; ++i) {
            skip(30 days);
            _state(loanId, 10_000e6, i);
        }
        vm.warp(maturity - 1);
        assertEq(debts.debtOf(loanId).callable, 0);
        _fund(keeper, 20_000e6);
        vm.prank(keeper);
        vm.expectPartialRevert(ICollateralErrors.HealthSound.selector);
        escrow.liquidateAll(loanId, borrower, new uint256[](1), _bid(type(uint256).max));
        vm.warp(maturity);
        uint256 due = _due(loanId);
        assertEq(debts.debtOf(loanId).callable, due);
        vm.prank(keeper);
        (uint256 repaid,) = escrow.liquidateAll(loanId, borrower, new uint256[](1), _bid(due));
        assertEq(repaid, due);
        assertEq(_binding(loanId), uint8(ILoanBook.Binding.None));
        assertEq(debts.collectable(payee, address(usdc)), due);
        vm.prank(borrower);
        escrow.release(loanId, borrower);
        assertGt(escrow.free(borrower, address(weth)), 0);
    }

    function test_liquidate_all_through_the_book_repays_the_lender_and_records_what_is_left() public {
        bytes32 loanId = _owed();
        _price(address(weth), 900e8);
        _fund(keeper, 20_000e6);
        vm.prank(keeper);
        (uint256 repaid, uint256[] memory seized) =
            escrow.liquidateAll(loanId, borrower, new uint256[](1), _bid(type(uint256).max));
        // 9,000 / 1.05, rounded up.
        assertEq(repaid, 8_571_428572);
        assertEq(seized[0], 10e18);
        uint256 left = 10_000e6 - repaid;
        assertEq(escrow.shortfall(loanId, borrower), left);
        assertEq(debts.loanOf(loanId).shortfall, left);
        assertEq(_due(loanId), left);
        assertEq(debts.collectable(payee, address(usdc)), repaid);
        assertEq(usdc.allowance(address(escrow), address(debts)), 0);
        // What is left may be repaid, and then the lock is over.
        _repay(loanId, left);
        vm.prank(borrower);
        escrow.release(loanId, borrower);
    }

    function test_lock_of_another_under_the_same_id_is_not_sold_for_the_borrowers_debt() public {
        bytes32 loanId = _owed();
        _deposit(alice, weth, 1);
        (address[] memory list, uint256[] memory one) = _one(address(weth), 1);
        vm.prank(alice);
        escrow.lock(loanId, debts, list, one);
        _fund(keeper, 20_000e6);
        _expect(abi.encodeWithSelector(ICollateralErrors.BindingIs.selector, loanId, ILoanBook.Binding.None));
        vm.prank(keeper);
        escrow.liquidate(loanId, alice, address(weth), 0, _bid(type(uint256).max));
        vm.prank(alice);
        escrow.release(loanId, alice);
    }
}
