// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";

/// @notice A book that says what the test wants, and can misbehave.
contract StubBook is ILoanBook {
    struct Entry {
        Debt debt;
        address lender;
        uint256 shortfall;
    }

    mapping(bytes32 => Entry) private _entries;
    /// @notice Takes this much less than it is asked.
    uint256 public takesLess;
    /// @notice Says that it took what it was asked, though it took less.
    bool public lies;
    /// @notice Books this much less than it takes.
    uint256 public booksLess;

    function set(bytes32 loanId, Binding binding, address borrower, address asset, uint256 amount, address lender)
        external
    {
        _entries[loanId].debt = Debt(binding, borrower, asset, amount, 0);
        _entries[loanId].lender = lender;
    }

    function call_(bytes32 loanId, uint256 callable) external {
        _entries[loanId].debt.callable = callable;
    }

    function misbehave(uint256 takesLess_, bool lies_, uint256 booksLess_) external {
        (takesLess, lies, booksLess) = (takesLess_, lies_, booksLess_);
    }

    function debtOf(bytes32 loanId) external view returns (Debt memory) {
        return _entries[loanId].debt;
    }

    function shortfallOf(bytes32 loanId) external view returns (uint256) {
        return _entries[loanId].shortfall;
    }

    function repayByLiquidation(bytes32 loanId, uint256 amount) external returns (uint256) {
        Entry storage entry = _entries[loanId];
        Debt storage debt = entry.debt;
        uint256 taken = amount - takesLess;
        require(IERC20(debt.asset).transferFrom(msg.sender, entry.lender, taken));
        _afterTaken(debt.asset, msg.sender);
        uint256 booked = (lies ? amount : taken) - booksLess;
        debt.amount -= booked;
        debt.callable = booked < debt.callable ? debt.callable - booked : 0;
        if (debt.amount == 0) debt.binding = Binding.None;
        return lies ? amount : taken;
    }

    function recordShortfall(bytes32 loanId, uint256 shortfall) external {
        _entries[loanId].shortfall = shortfall;
    }

    function _afterTaken(address asset, address from) internal virtual {}
}
