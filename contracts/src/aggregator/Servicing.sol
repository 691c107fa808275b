// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ILoanBook} from "../interfaces/ILoanBook.sol";
import "./AggregatorTypes.sol";
import {DebtModel} from "./DebtModel.sol";
import {Funding} from "./Funding.sol";
import {Payout} from "./Payout.sol";

/// @title Money owed on loans whose money moves here
/// @notice What is owed follows `DebtModel`. Anyone repays, at any time, whatever is paused. A payment is taken into this contract, measured by what
/// arrived, and sent on to the lender in the same call; a lender who cannot be paid finds it here to claim, so that no lender can stop a
/// repayment. Apart from what waits to be claimed this contract holds nothing.
abstract contract Servicing is Funding, ILoanBook {
    using DebtModel for Loan;
    using SafeERC20 for IERC20;

    /// @notice Pays what is owed, or part of it; the last unit closes the loan: `Funded | Impaired | Defaulted → Repaid`. Anyone, from their
    /// allowance to this contract. What a liquidation left owed may still be paid; the loan stays `Liquidated`.
    /// @dev Emits `LoanPaid`, `Claimable` where the lender could not be paid, `LoanRepaid`. Reverts `LoanStateIs`, `FundingKindIs`, `AmountZero`,
    /// `NothingArrived`, or as the token does. Works in every pause.
    /// @param amount most to pay, smallest unit; capped at what is owed
    /// @return credited what the debt went down by
    function repay(bytes32 loanId, uint256 amount) external nonReentrant returns (uint256 credited) {
        Loan storage loan = _requireOwing(loanId);
        return _pay(loanId, loan, amount, false);
    }

    /// @inheritdoc ILoanBook
    /// @dev Paying all of it ends the loan: `Funded | Impaired | Defaulted → Liquidated`, with `LoanLiquidated` and no shortfall.
    /// Reverts as `repay`, and `NotEscrow`. Works in every pause.
    function repayByLiquidation(bytes32 loanId, uint256 amount) external nonReentrant returns (uint256 repaid) {
        Loan storage loan = _requireEscrow(loanId);
        _requireLive(loanId, loan);
        return _pay(loanId, loan, amount, true);
    }

    /// @inheritdoc ILoanBook
    /// @dev `Funded | Impaired | Defaulted → Liquidated`. What is left stays owed and earns no more interest. Emits `LoanLiquidated`; reverts
    /// `NotEscrow`, `LoanStateIs`, `FundingKindIs`, `ShortfallIs` unless `shortfall` is what is owed now. Works in every pause.
    function recordShortfall(bytes32 loanId, uint256 shortfall) external nonReentrant {
        Loan storage loan = _requireEscrow(loanId);
        _requireLive(loanId, loan);
        loan.accrue();
        uint256 left = loan.owed();
        require(shortfall == left, ShortfallIs(loanId, left, shortfall));
        // At most twice a principal below 2^112.
        // forge-lint: disable-next-line(unsafe-typecast)
        loan.shortfall = uint128(shortfall);
        loan.state = LoanState.Liquidated;
        emit LoanLiquidated(loanId, shortfall);
    }

    /// @notice Takes what waits for the caller, to where they say. Lenders. Emits `Claimed`.
    /// @dev Reverts `AddressRefused` for zero and for this contract, `NothingToClaim`, or as the token does. Works in every pause.
    function claim(address asset, address to) external nonReentrant returns (uint256 amount) {
        require(to != address(0) && to != address(this), AddressRefused(to));
        amount = _register.claimable[msg.sender][asset];
        require(amount != 0, NothingToClaim(msg.sender, asset));
        _register.claimable[msg.sender][asset] = 0;
        emit Claimed(msg.sender, asset, to, amount);
        IERC20(asset).safeTransfer(to, amount);
    }

    /// @inheritdoc ILoanBook
    /// @dev Loans whose money moves elsewhere are `None` here: their collateral is locked under another book. What is callable is said at
    /// `DebtModel.callableOf`.
    function debtOf(bytes32 loanId) external view returns (Debt memory debt) {
        Loan storage loan = _register.loans[loanId];
        (debt.borrower, debt.asset) = (loan.borrower, loan.asset);
        if (loan.fundingKind != FundingKind.Token) return debt;
        if (loan.state == LoanState.Accepted && block.timestamp < loan.fundBy) {
            debt.binding = Binding.Committed;
            return debt;
        }
        debt.amount = loan.owed();
        if (debt.amount == 0) return debt;
        debt.binding = Binding.Owed;
        debt.callable = loan.callableOf(debt.amount);
    }

    /// @notice What would close a loan now, in the asset's smallest unit; 0 for loans whose money moves elsewhere.
    function owed(bytes32 loanId) external view returns (uint256) {
        return _register.loans[loanId].owed();
    }

    /// @notice What waits for a lender who could not be paid, in the asset's smallest unit.
    function claimable(address lender, address asset) external view returns (uint256) {
        return _register.claimable[lender][asset];
    }

    function _requireOwing(bytes32 loanId) private view returns (Loan storage loan) {
        loan = _register.loans[loanId];
        bool recovery = loan.state == LoanState.Liquidated && loan.owed() != 0;
        if (!recovery) _requireLive(loanId, loan);
    }

    function _requireLive(bytes32 loanId, Loan storage loan) private view {
        require(loan.isLive(), LoanStateIs(loanId, loan.state));
        require(loan.fundingKind == FundingKind.Token, FundingKindIs(loanId, loan.fundingKind));
    }

    /// @dev The escrow is that of the day of acceptance, whatever governance has set since.
    function _requireEscrow(bytes32 loanId) private view returns (Loan storage loan) {
        loan = _register.loans[loanId];
        require(msg.sender == loan.escrow, NotEscrow(loanId, loan.escrow, msg.sender));
    }

    /// @dev Pulls from the caller, books, then pays the lender, whose answer is not trusted.
    function _pay(bytes32 loanId, Loan storage loan, uint256 amount, bool liquidation)
        private
        returns (uint256 credited)
    {
        uint256 debt = loan.owed();
        if (amount > debt) amount = debt;
        require(amount != 0, AmountZero());
        uint256 arrived = _pull(loanId, IERC20(loan.asset), amount);
        credited = arrived < debt ? arrived : debt;
        _book(loanId, loan, credited, liquidation);
        if (credited == debt && loan.state != LoanState.Liquidated) _close(loanId, loan, liquidation);
        _deliver(loan.lender, loan.asset, arrived);
    }

    function _pull(bytes32 loanId, IERC20 asset, uint256 amount) private returns (uint256 arrived) {
        uint256 before = asset.balanceOf(address(this));
        asset.safeTransferFrom(msg.sender, address(this), amount);
        uint256 afterwards = asset.balanceOf(address(this));
        require(afterwards > before, NothingArrived(loanId));
        arrived = afterwards - before;
    }

    function _book(bytes32 loanId, Loan storage loan, uint256 credited, bool liquidation) private {
        loan.accrue();
        (uint256 toInterest, uint256 toPrincipal) = DebtModel.allocate(credited, loan.interest);
        (uint256 interest, uint256 outstanding) = (loan.interest - toInterest, loan.outstanding - toPrincipal);
        // Less than what was read from 128 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        loan.interest = uint128(interest);
        // Less than what was read from 128 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        loan.outstanding = uint128(outstanding);
        // At most the debt, twice a principal below 2^112.
        // forge-lint: disable-next-line(unsafe-typecast)
        loan.paid += uint128(credited);
        emit LoanPaid(loanId, msg.sender, liquidation, toInterest, toPrincipal, outstanding, interest);
    }

    function _deliver(address lender, address asset, uint256 amount) private {
        if (Payout.tryTransfer(asset, lender, amount)) return;
        uint256 total = _register.claimable[lender][asset] + amount;
        _register.claimable[lender][asset] = total;
        emit Claimable(lender, asset, amount, total);
    }

    function _close(bytes32 loanId, Loan storage loan, bool liquidation) private {
        if (liquidation) {
            loan.state = LoanState.Liquidated;
            emit LoanLiquidated(loanId, 0);
        } else {
            loan.state = LoanState.Repaid;
            emit LoanRepaid(loanId);
        }
    }
}
