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

/// `CreditAggregator.loanOf`. A struct of 34 members is the same words as three structs one after another, and tuples of
/// that many members the bindings cannot make.
pub mod loans {
    alloy::sol! {
        /// Who and what, as accepted.
        #[derive(Debug, PartialEq, Eq)]
        struct LoanTerms {
            address borrower;
            uint8 state;
            uint8 fundingKind;
            uint8 rateKind;
            /// Of the quote among all that were shown, from 1.
            uint16 rank;
            uint16 minScore;
            address lender;
            /// 1e18 is 100 %.
            uint64 apr;
            /// Notices of impairment and default so far.
            uint32 marks;
            address asset;
            /// First second at which it is too late to fund.
            uint64 fundBy;
            /// Seconds.
            uint32 term;
            address escrow;
            uint32 impairGrace;
            uint32 defaultGrace;
            uint32 amendments;
            /// That signed the quote.
            address key;
            uint64 acceptedAt;
            /// Receipts of payments so far.
            uint32 payments;
        }

        /// What the terms refer to.
        #[derive(Debug, PartialEq, Eq)]
        struct LoanHashes {
            bytes32 requestHash;
            bytes32 providerId;
            bytes32 scheduleHash;
            bytes32 feesHash;
            bytes32 collateralTermsHash;
            bytes32 scoreModel;
            bytes32 scoreSubject;
        }

        /// What is owed and was paid, in the asset's smallest unit.
        #[derive(Debug, PartialEq, Eq)]
        struct LoanAmounts {
            uint128 principal;
            uint128 outstanding;
            uint128 interest;
            uint128 paid;
            uint64 fundedAt;
            uint64 accruedAt;
            uint128 shortfall;
            /// What of it may be called in from collateral.
            uint128 called;
        }

        #[sol(rpc)]
        interface Loans {
            function loanOf(bytes32 loanId) external view returns (
                LoanTerms memory terms, LoanHashes memory hashes, LoanAmounts memory amounts
            );
        }
    }
}
