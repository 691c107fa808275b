//! Equal contracts at equal addresses on two chains: what was signed for one is refused by the other, message by message,
//! and taken when signed for it.

mod debts;
mod loans;
mod scores;
mod side;

use side::Side;

#[tokio::test]
async fn nothing_signed_for_one_chain_is_accepted_on_the_other() {
    let (here, there) = tokio::join!(Side::start(31_337), Side::start(31_338));
    assert_eq!(here.deployed.layout.register, there.deployed.layout.register);
    assert_eq!(here.deployed.layout.oracle, there.deployed.layout.oracle);
    assert_eq!(here.deployed.layout.debt_book, there.deployed.layout.debt_book);
    for (own, other) in [(&here, &there), (&there, &here)] {
        own.loan_signed_for(other).await;
        own.scores_signed_for(other).await;
        own.debt_signed_for(other).await;
    }
}
