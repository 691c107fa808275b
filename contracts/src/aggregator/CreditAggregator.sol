// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ICollateral} from "../interfaces/ICollateral.sol";
import {IScores} from "../interfaces/IScores.sol";
import {AggregatorPolicy} from "./AggregatorPolicy.sol";
import {Arrears} from "./Arrears.sol";

/// @title The register of requests, quotes and loans
/// @notice Providers sign what they offer, the gateway commits what it showed, the borrower says yes, and the money of on-chain lenders moves
/// through here. Every loan needs the signature of a provider's key and the borrower's word, so the gateway makes none and moves no money.
/// Whose keys those are is governance's to say: after the delay `addKey` gives a provider a key of any choosing, with which an accomplice
/// borrows the allowance of every lender who bound itself to that provider. What a lender risks is bounded by its allowance alone. Read in
/// this order: `AggregatorTypes`, `AggregatorPolicy`, `KeyRing`, `Requests`, `Quotes`, `Funding`, `DebtModel`, `Servicing`, `Arrears`.
/// @dev Not upgradeable. Assets that take a fee or rebase cannot fund a loan, since the principal must arrive to the unit.
contract CreditAggregator is Arrears {
    /// @param authority the `AccessManager` of both lanes
    /// @param escrow_ may be zero: only unsecured loans
    /// @param scores_ may be zero: no quote that asks for a score
    /// @param gateway_ may be zero: nothing can be accepted
    constructor(address authority, ICollateral escrow_, IScores scores_, address gateway_)
        AccessManaged(authority)
        EIP712("Agio Credit Aggregator", "1")
        AggregatorPolicy(escrow_, scores_, gateway_)
    {}
}
