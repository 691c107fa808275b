// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "./AggregatorTypes.sol";

/// @title What is owed on a loan whose money moves here
/// @notice Simple interest per second on outstanding principal:
///
///     accrued(t0, t1) = ceil(outstanding × apr × (t1 − t0) / (31 536 000 × 10^18))
///     interest(t1)    = min(interest(t0) + accrued(t0, t1), outstanding)
///     owed(t1)        = outstanding + interest(t1)
///
/// `t0` is the last time money or terms moved: the product is rounded up once per interval, against the borrower, and booked when a payment or
/// an amendment comes. Interest earns no interest. A payment goes to interest first, the rest to principal. Unpaid interest never passes
/// outstanding principal, so that no more than twice the principal is ever owed (the rule in duplum), and a loan left alone for ever stays a
/// number. Each payment is at least one unit and causes less than one unit of rounding, so that nobody gains by paying often.
/// @dev No overflow: principal below 2^112, apr below 2^64, seconds below 2^64.
library DebtModel {
    uint256 internal constant YEAR = 365 days;
    uint256 internal constant WAD = 1e18;

    /// @notice Unpaid interest at `to`.
    /// @param outstanding principal outstanding, smallest unit
    /// @param interest unpaid interest booked at `from`
    /// @param apr yearly rate, 1e18 = 100 %
    /// @param from seconds since the epoch
    /// @param to seconds since the epoch, not before `from`
    function interestAt(uint256 outstanding, uint256 interest, uint256 apr, uint256 from, uint256 to)
        internal
        pure
        returns (uint256)
    {
        uint256 product = outstanding * apr * (to - from);
        uint256 divisor = YEAR * WAD;
        uint256 sum = interest + (product / divisor) + (product % divisor == 0 ? 0 : 1);
        return sum < outstanding ? sum : outstanding;
    }

    /// @notice Splits a payment, interest first.
    /// @param amount at most `outstanding + interest`
    function allocate(uint256 amount, uint256 interest)
        internal
        pure
        returns (uint256 toInterest, uint256 toPrincipal)
    {
        toInterest = amount < interest ? amount : interest;
        toPrincipal = amount - toInterest;
    }

    /// @notice Whether interest runs and marks count.
    function isLive(Loan storage loan) internal view returns (bool) {
        LoanState state = loan.state;
        return state == LoanState.Funded || state == LoanState.Impaired || state == LoanState.Defaulted;
    }

    /// @notice Unpaid interest now; it stops when the loan ends.
    function interestNow(Loan storage loan) internal view returns (uint256) {
        if (!isLive(loan)) return loan.interest;
        return interestAt(loan.outstanding, loan.interest, loan.apr, loan.accruedAt, block.timestamp);
    }

    /// @notice What would close the loan now.
    function owed(Loan storage loan) internal view returns (uint256) {
        return loan.outstanding + interestNow(loan);
    }

    /// @notice What of a debt collateral may be sold for, whatever its price: on a defaulted loan what had fallen due when the default was last
    /// shown and is not paid since; all of it once the maturity is past by the grace that was agreed for a default.
    /// @param debt what would close the loan now
    function callableOf(Loan storage loan, uint256 debt) internal view returns (uint256) {
        if (loan.state != LoanState.Defaulted) return 0;
        uint256 allFrom = uint256(loan.fundedAt) + loan.term + loan.defaultGrace;
        if (block.timestamp > allFrom) return debt;
        (uint256 called, uint256 paid) = (loan.called, loan.paid);
        uint256 overdue = called > paid ? called - paid : 0;
        return overdue < debt ? overdue : debt;
    }

    /// @notice Books interest up to now.
    function accrue(Loan storage loan) internal {
        loan.interest = uint128(interestNow(loan));
        loan.accruedAt = uint64(block.timestamp);
    }
}
