//! The reasons a lender may give for declining, in words a borrower can act on.
//!
//! Regulation B (12 CFR 1002.9(b)(2)) wants the specific principal reasons; "failed the score" is not one, so it is
//! not in the catalogue. At most four are given (official interpretation of 1002.9(b)(2), comment 1).

use serde::{Deserialize, Serialize};

/// Most reasons that one decline carries.
pub const MAX_DECLINE_REASONS: usize = 4;

macro_rules! reasons {
    ($($name:ident, $code:literal, $words:literal;)*) => {
        /// A specific principal reason for declining a request.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum DeclineReason {
            $(#[doc = $words] $name,)*
        }

        impl DeclineReason {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code on the wire.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What the borrower is told.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
    };
}

reasons! {
    IncomeInsufficient, "income_insufficient", "Income is not sufficient for the amount of credit requested.";
    ObligationsExcessive, "obligations_excessive", "Existing obligations are excessive in relation to income.";
    CreditHistoryShort, "credit_history_short", "The credit history is too short or too limited.";
    CreditHistoryAdverse, "credit_history_adverse", "The credit history shows late or missed payments.";
    CollateralInsufficient, "collateral_insufficient", "The collateral offered is not sufficient for the amount requested.";
    CollateralTypeNotAccepted, "collateral_type_not_accepted", "This lender does not accept the kind of collateral offered.";
    UnableToVerify, "unable_to_verify", "The information given could not be verified.";
    ResidenceNotServed, "residence_not_served", "This lender does not lend in the place of residence.";
    AmountNotOffered, "amount_not_offered", "This lender does not offer credit of the amount requested.";
    TermNotOffered, "term_not_offered", "This lender does not offer credit over the term requested.";
    PurposeNotServed, "purpose_not_served", "This lender does not lend for the purpose stated.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct() {
        let codes: std::collections::BTreeSet<_> = DeclineReason::ALL.iter().map(|r| r.code()).collect();
        assert_eq!(codes.len(), DeclineReason::ALL.len());
    }

    #[test]
    fn a_code_is_read_as_the_reason_that_it_names() {
        use serde::Deserialize as _;
        use serde::de::IntoDeserializer as _;
        use serde::de::value::{Error, StrDeserializer};
        for reason in DeclineReason::ALL {
            let code: StrDeserializer<'_, Error> = reason.code().into_deserializer();
            assert_eq!(DeclineReason::deserialize(code), Ok(*reason));
        }
    }
}
