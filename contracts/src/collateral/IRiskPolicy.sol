// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What the escrow asks of the policy in force
/// @notice The escrow holds amounts and never a parameter; the policy holds parameters and never an amount. Nothing of this is asked
/// on the way out: `withdraw`, and `release` where nothing binds the loan, call no policy, so that no policy can keep anyone's money.
interface IRiskPolicy {
    /// @custom:value Deposit assets come in
    /// @custom:value Lock free assets are bound to a loan for the first time (a top-up is never paused)
    /// @custom:value Open a loan is opened on what is locked
    /// @custom:value Release part of the collateral is taken back while money is owed
    /// @custom:value Liquidate collateral is sold
    enum Action {
        Deposit,
        Lock,
        Open,
        Release,
        Liquidate
    }

    /// @param price of one whole token in 1e18ths of the unit of account
    /// @param decimals of the token
    /// @param ltvBps share of the value that a debt may be opened against, before the haircut
    /// @param thresholdBps share of the value that counts in the health factor, at this second of its ramp
    /// @param bonusBps what a liquidator gets above what they paid
    /// @param haircutBps share of the value that does not count when a debt is opened or collateral released
    struct Terms {
        uint256 price;
        uint8 decimals;
        uint16 ltvBps;
        uint16 thresholdBps;
        uint16 bonusBps;
        uint16 haircutBps;
    }

    /// @notice Reverts `ActionPaused` while the action is paused.
    function requireActive(Action action) external view;

    /// @notice How an asset may come in.
    /// @return listed whether it may be collateral at all
    /// @return takesFee whether it may deliver less than was sent
    /// @return cap the most of it that the escrow may hold, in its smallest unit
    function depositTerms(address asset) external view returns (bool listed, bool takesFee, uint256 cap);

    /// @notice What an asset counts for, with a price that passed every check. Reverts where the asset is not listed or the price is not sound.
    function termsOf(address asset) external view returns (Terms memory);

    /// @notice The price of any asset with a route, listed as collateral or not. Reverts where the price is not sound.
    /// @return price of one whole token in 1e18ths of the unit of account
    /// @return decimals of the token
    function priceOf(address asset) external view returns (uint256 price, uint8 decimals);

    /// @notice Whether the policy lists the asset and has a route for its price, whether or not the price is sound at this second. The escrow
    /// asks it of every asset it holds for loans before another policy comes into force.
    function covers(address asset) external view returns (bool);

    /// @notice Whether a new lock may name the book, a loan may be opened on a lock that does, and its word opens collateral at any health.
    function bookAllowed(address book) external view returns (bool);

    /// @notice What is too small to be left behind, in 1e18ths of the unit of account.
    function dustValue() external view returns (uint256);
}
