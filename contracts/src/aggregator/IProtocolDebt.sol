// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What a lending protocol says that a borrower owes
/// @notice One small adapter per protocol and market, admitted by governance.
interface IProtocolDebt {
    /// @param borrower whose debt
    /// @param asset the ERC-20 owed
    /// @return debt in the asset's smallest unit, interest included to this second
    function debtOf(address borrower, address asset) external view returns (uint256 debt);
}
