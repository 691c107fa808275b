// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ILoanBook} from "../../src/interfaces/ILoanBook.sol";

/// @notice A book that says what the test wants, and can misbehave.
contract StubBook is ILoanBook {
    struct Entry {
        Binding binding;
        address asset;
        uint256 amount;
        address lender;
        uint256 shortfall;
    }

    mapping(bytes32 => Entry) public entries;
    /// @notice Takes this much less than it is asked.
    uint256 public takesLess;
    /// @notice Books this much less than it takes.
    uint256 public booksLess;

    function set(bytes32 loanId, Binding binding, address asset, uint256 amount, address lender) external {
        Entry storage entry = entries[loanId];
        (entry.binding, entry.asset, entry.amount, entry.lender) = (binding, asset, amount, lender);
    }

    function misbehave(uint256 takesLess_, uint256 booksLess_) external {
        (takesLess, booksLess) = (takesLess_, booksLess_);
    }

    function debtOf(bytes32 loanId) external view returns (Binding, address, uint256, address) {
        Entry storage entry = entries[loanId];
        return (entry.binding, entry.asset, entry.amount, entry.lender);
    }

    function repayByLiquidation(bytes32 loanId, address payer, uint256 amount) external returns (uint256) {
        Entry storage entry = entries[loanId];
        amount -= takesLess;
        require(IERC20(entry.asset).transferFrom(payer, entry.lender, amount));
        entry.amount -= amount - booksLess;
        if (entry.amount == 0) entry.binding = Binding.None;
        return amount;
    }

    function recordShortfall(bytes32 loanId, uint256 shortfall) external {
        entries[loanId].shortfall = shortfall;
    }
}
