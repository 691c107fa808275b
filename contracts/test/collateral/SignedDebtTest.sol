// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollateral} from "../../src/interfaces/ICollateral.sol";
import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";
import {RiskPolicy} from "../../src/collateral/RiskPolicy.sol";
import {SignedDebtBook} from "../../src/collateral/SignedDebtBook.sol";
import {DebtStatement, DebtTerms} from "../../src/collateral/SignedDebtTypes.sol";
import {CollateralTest} from "./CollateralTest.sol";

/// @notice The book of signed debts with a lender, a borrower and a payee, and their hands.
abstract contract SignedDebtTest is CollateralTest {
    SignedDebtBook internal debts;
    uint256 internal lenderKey;
    uint256 internal borrowerKey;
    address internal payee = makeAddr("payee");
    address internal borrower;
    address[] internal assets;
    uint256[] internal amounts;

    function setUp() public virtual override {
        super.setUp();
        debts = new SignedDebtBook(ICollateral(address(escrow)));
        _loosen(address(policy), abi.encodeCall(RiskPolicy.allowBook, (address(debts))));
        (lender, lenderKey) = makeAddrAndKey("signing lender");
        (borrower, borrowerKey) = makeAddrAndKey("signing borrower");
        assets.push(address(weth));
        amounts.push(10e18);
    }

    function _terms() internal view returns (DebtTerms memory) {
        return DebtTerms({
            lender: lender,
            payee: payee,
            borrower: borrower,
            asset: address(usdc),
            principal: 10_000e6,
            rateBps: 1_000,
            fundBy: uint64(block.timestamp + 7 days),
            maturity: uint64(block.timestamp + 365 days),
            collateralHash: keccak256(abi.encode(assets, amounts)),
            nonce: 1
        });
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _lockFor(DebtTerms memory terms) internal returns (bytes32 loanId) {
        loanId = debts.termsDigest(terms);
        _deposit(borrower, weth, 10e18);
        vm.prank(borrower);
        escrow.lock(loanId, debts, assets, amounts);
    }

    function _committed() internal returns (bytes32 loanId, DebtTerms memory terms) {
        terms = _terms();
        loanId = _lockFor(terms);
        debts.commit(terms, assets, amounts, _sign(lenderKey, loanId));
    }

    function _owed() internal returns (bytes32 loanId) {
        (loanId,) = _committed();
        vm.prank(borrower);
        debts.acknowledge(loanId, "");
    }

    function _statement(bytes32 loanId, uint128 amount, uint64 sequence) internal view returns (DebtStatement memory) {
        uint64 now_ = uint64(block.timestamp);
        return DebtStatement(loanId, amount, debts.loanOf(loanId).repaid, sequence, now_, now_ + 10 days);
    }

    function _state(bytes32 loanId, uint128 amount, uint64 sequence) internal {
        DebtStatement memory statement = _statement(loanId, amount, sequence);
        debts.stateDebt(statement, _sign(lenderKey, debts.statementDigest(statement)));
    }

    function _due(bytes32 loanId) internal view returns (uint256) {
        return debts.debtOf(loanId).amount;
    }

    function _binding(bytes32 loanId) internal view returns (uint8) {
        ILoanBook.Binding binding = debts.debtOf(loanId).binding;
        return uint8(binding);
    }

    function _separator() internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Agio SignedDebtBook"),
                keccak256("1"),
                block.chainid,
                address(debts)
            )
        );
    }
}
