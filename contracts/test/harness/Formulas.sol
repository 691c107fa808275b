// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Loan, LoanState} from "../../src/aggregator/AggregatorTypes.sol";
import {DebtModel} from "../../src/aggregator/DebtModel.sol";
import {DebtGrowth} from "../../src/collateral/DebtGrowth.sol";
import {FeedReader} from "../../src/collateral/FeedReader.sol";
import {Health} from "../../src/collateral/Health.sol";
import {IRiskPolicy} from "../../src/collateral/IRiskPolicy.sol";
import {LiquidationMath} from "../../src/collateral/LiquidationMath.sol";
import {RiskRules} from "../../src/collateral/RiskRules.sol";
import {ScriptedFeed} from "../feeds/ScriptedFeed.sol";

/// @notice The formulas of the contracts, callable from outside: what a model of them is held against.
contract Formulas {
    struct Holding {
        uint256 amount;
        IRiskPolicy.Terms terms;
    }

    struct Debt {
        uint256 amount;
        uint256 price;
        uint8 decimals;
    }

    struct Reading {
        uint256 debtValue;
        uint256 weight;
        uint256 power;
        uint256 cover;
        uint256 health;
        uint256 closeable;
    }

    struct Answer {
        int256 answer;
        uint256 updatedAt;
        uint32 heartbeat;
        uint8 decimals;
    }

    using DebtModel for Loan;

    Loan private loan;
    ScriptedFeed private immutable PRIMARY = new ScriptedFeed(18, 1);
    ScriptedFeed private immutable SECONDARY = new ScriptedFeed(18, 1);

    function timestamp() external view returns (uint256) {
        return block.timestamp;
    }

    function position(Holding[] memory collateral, Debt memory debt, uint256 dust)
        external
        pure
        returns (Reading memory reading)
    {
        reading.debtValue = Health.valueUp(debt.amount, debt.price, debt.decimals);
        for (uint256 i = 0; i < collateral.length; ++i) {
            Holding memory held = collateral[i];
            if (held.amount == 0) continue;
            reading.weight += Health.weightOf(held.amount, held.terms);
            reading.power += Health.powerOf(held.amount, held.terms);
            reading.cover += LiquidationMath.coverOf(held.amount, held.terms);
        }
        reading.health = Health.factor(reading.weight, reading.debtValue);
        reading.closeable = LiquidationMath.closeable(
            debt.amount, reading.debtValue, reading.health, dust, reading.cover >= reading.debtValue
        );
    }

    function valueDown(uint256 amount, uint256 price, uint8 decimals) external pure returns (uint256) {
        return Health.valueDown(amount, price, decimals);
    }

    function valueUp(uint256 amount, uint256 price, uint8 decimals) external pure returns (uint256) {
        return Health.valueUp(amount, price, decimals);
    }

    function factor(uint256 weight, uint256 debt) external pure returns (uint256) {
        return Health.factor(weight, debt);
    }

    function closeable(uint256 debt, uint256 debtValue, uint256 health, uint256 dust, bool covered)
        external
        pure
        returns (uint256)
    {
        return LiquidationMath.closeable(debt, debtValue, health, dust, covered);
    }

    function seizedFor(uint256 repaid, uint256 debtPrice, uint8 debtDecimals, IRiskPolicy.Terms memory terms)
        external
        pure
        returns (uint256)
    {
        return LiquidationMath.seizedFor(repaid, debtPrice, debtDecimals, terms);
    }

    function coverOf(uint256 amount, IRiskPolicy.Terms memory terms) external pure returns (uint256) {
        return LiquidationMath.coverOf(amount, terms);
    }

    function amountUp(uint256 value, uint256 price, uint8 decimals) external pure returns (uint256) {
        return LiquidationMath.amountUp(value, price, decimals);
    }

    function checkRisk(uint256 ltvBps, uint256 fromBps, uint256 toBps, uint256 bonusBps) external pure {
        RiskRules.check(ltvBps, fromBps, toBps, bonusBps);
    }

    function thresholdAt(uint16 from, uint16 to, uint256 start, uint256 second) external pure returns (uint16) {
        return RiskRules.thresholdAt(from, to, start, second);
    }

    function interestAt(uint256 outstanding, uint256 interest, uint256 apr, uint256 from, uint256 to)
        external
        pure
        returns (uint256)
    {
        return DebtModel.interestAt(outstanding, interest, apr, from, to);
    }

    function allocate(uint256 amount, uint256 interest) external pure returns (uint256, uint256) {
        return DebtModel.allocate(amount, interest);
    }

    /// @notice Of a defaulted loan, at this second.
    function callableOf(uint64 fundedAt, uint32 term, uint32 defaultGrace, uint128 called, uint128 paid, uint256 debt)
        external
        returns (uint256)
    {
        loan.state = LoanState.Defaulted;
        (loan.fundedAt, loan.term, loan.defaultGrace) = (fundedAt, term, defaultGrace);
        (loan.called, loan.paid) = (called, paid);
        return loan.callableOf(debt);
    }

    function grown(uint256 amount, uint256 rateBps, uint256 elapsed) external pure returns (uint256) {
        return DebtGrowth.grown(amount, rateBps, elapsed);
    }

    function growthCap(uint256 principal, uint256 rateBps, uint256 elapsed, uint256 repaid)
        external
        pure
        returns (uint256)
    {
        return DebtGrowth.cap(principal, rateBps, elapsed, repaid);
    }

    function readPrice(Answer calldata first, Answer calldata second, uint128 min, uint128 max, uint16 maxDeviationBps)
        external
        returns (uint256)
    {
        FeedReader.Route memory route =
            FeedReader.Route(_source(PRIMARY, first), _source(SECONDARY, second), min, max, maxDeviationBps);
        return FeedReader.read(route);
    }

    function _source(ScriptedFeed feed, Answer calldata answer) private returns (FeedReader.Source memory) {
        feed.set(answer.answer);
        feed.setTimes(answer.updatedAt, answer.updatedAt);
        return FeedReader.Source(feed, answer.heartbeat, answer.decimals);
    }
}
