//! One module a contract: `credit_aggregator::CreditAggregator` and the structs of its interface.
//!
//! A module each, because contracts share names of structs, errors and libraries.
#![expect(clippy::too_many_arguments, reason = "functions take as many as the contracts' own")]

macro_rules! bindings {
    ($($(#[$doc:meta])* $module:ident :: $contract:ident = $file:literal;)*) => {$(
        $(#[$doc])*
        pub mod $module {
            alloy::sol!(
                #[sol(rpc, all_derives, ignore_unlinked)]
                $contract,
                $file
            );
        }
    )*};
}

bindings! {
    /// Governance: who may call what, after which delay.
    access_manager::AccessManager = "artifacts/AccessManager.json";
    /// A Chainlink-compatible feed.
    aggregator_v3::AggregatorV3Interface = "artifacts/AggregatorV3Interface.json";
    /// The escrow.
    collateral_manager::CollateralManager = "artifacts/CollateralManager.json";
    /// The register of requests, quotes and loans.
    credit_aggregator::CreditAggregator = "artifacts/CreditAggregator.json";
    /// Scores attested by m of n signers.
    credit_scoring_oracle::CreditScoringOracle = "artifacts/CreditScoringOracle.json";
    /// A feed for local chains, as fresh as the block and with the answer it was told.
    fresh_feed::FreshFeed = "artifacts/FreshFeed.json";
    /// An example of a consumer of scores.
    gated_lender::GatedLender = "artifacts/GatedLender.json";
    /// A token for local chains that anyone may mint.
    plain_token::PlainToken = "artifacts/PlainToken.json";
    /// What an adapter of a protocol answers to the register.
    protocol_debt::IProtocolDebt = "artifacts/IProtocolDebt.json";
    /// What collateral is worth, and what is paused.
    risk_policy::RiskPolicy = "artifacts/RiskPolicy.json";
    /// A score as a feed.
    score_feed::ScoreFeed = "artifacts/ScoreFeed.json";
    /// Where feeds of scores come from.
    score_feed_factory::ScoreFeedFactory = "artifacts/ScoreFeedFactory.json";
    /// Debts that lenders elsewhere state and sign.
    signed_debt_book::SignedDebtBook = "artifacts/SignedDebtBook.json";
}
