// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICollateral} from "../interfaces/ICollateral.sol";
import {ILoanBook} from "../interfaces/ILoanBook.sol";
import {AccountSignatures} from "./AccountSignatures.sol";
import {DebtGrowth} from "./DebtGrowth.sol";
import {ISignedDebt} from "./ISignedDebt.sol";
import "./SignedDebtTypes.sol";

/// @title Loans of lenders who keep their books elsewhere
/// @notice The lender signs what is owed; the borrower's lock and acknowledgement are needed before anything is. A statement can lower a debt
/// at once and let it grow at the agreed rate; what goes beyond that is a jump, which counts only after a delay in which the borrower
/// may refuse it. No governance: nobody but the two sides can change a loan. Repayments here are kept for the payee to collect, so that
/// no payee can stop a repayment.
contract SignedDebtBook is ISignedDebt, ILoanBook, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    bytes32 public constant TERMS_TYPEHASH = keccak256(
        "DebtTerms(address lender,address payee,address borrower,address asset,uint128 principal,uint32 rateBps,uint64 fundBy,uint64 maturity,bytes32 collateralHash,uint256 nonce)"
    );
    bytes32 public constant ACKNOWLEDGEMENT_TYPEHASH = keccak256("DebtAcknowledgement(bytes32 loanId)");
    bytes32 public constant STATEMENT_TYPEHASH = keccak256(
        "DebtStatement(bytes32 loanId,uint128 amount,uint128 repaid,uint64 sequence,uint64 statedAt,uint64 validUntil)"
    );
    /// @notice How long a jump waits before it counts, in seconds.
    uint256 public constant CHALLENGE_DELAY = 48 hours;
    /// @notice How long a statement may be relied on at most, in seconds.
    uint256 public constant MAX_VALIDITY = 35 days;
    /// @notice The highest rate, in basis points a year.
    uint256 public constant MAX_RATE_BPS = 50_000;

    /// @notice Where the collateral is.
    ICollateral public immutable escrow;
    /// @notice What a payee may collect, in the asset's smallest unit.
    mapping(address payee => mapping(address asset => uint256)) public collectable;
    mapping(bytes32 loanId => SignedLoan) private _loans;

    /// @param escrow_ where the collateral is
    constructor(ICollateral escrow_) EIP712("Agio SignedDebtBook", "1") {
        require(address(escrow_).code.length != 0, AddressRefused(address(escrow_)));
        escrow = escrow_;
    }

    /// @notice Binds a borrower's lock to terms that the lender signed. Anyone: the lock under this id is the borrower's consent.
    /// @dev Emits `LoanCommitted`. Reverts, in this order: `StateIs`, `AddressRefused`, `AmountZero`, `RateRefused`, `FundingOver`,
    /// `MaturityRefused`, `CollateralMissing` for an empty list, `CollateralDiffers`, `SignatureInvalid`, the errors of `requireSecured`.
    function commit(
        DebtTerms calldata terms,
        address[] calldata assets,
        uint256[] calldata amounts,
        bytes calldata lenderSignature
    ) external nonReentrant returns (bytes32 loanId) {
        loanId = termsDigest(terms);
        SignedLoan storage loan = _loans[loanId];
        require(loan.state == DebtState.Unknown, StateIs(loanId, loan.state));
        require(terms.payee != address(0), AddressRefused(terms.payee));
        require(terms.principal != 0, AmountZero());
        require(terms.rateBps <= MAX_RATE_BPS, RateRefused(terms.rateBps));
        require(block.timestamp < terms.fundBy, FundingOver(loanId, terms.fundBy));
        require(terms.maturity >= terms.fundBy, MaturityRefused(loanId, terms.fundBy, terms.maturity));
        require(assets.length != 0, CollateralMissing(loanId));
        bytes32 given = keccak256(abi.encode(assets, amounts));
        require(given == terms.collateralHash, CollateralDiffers(terms.collateralHash, given));
        _requireSigned(terms.lender, loanId, lenderSignature);
        loan.terms = terms;
        loan.state = DebtState.Committed;
        emit LoanCommitted(loanId, terms);
        escrow.requireSecured(loanId, address(this), terms.borrower, terms.asset, terms.principal, assets, amounts);
    }

    /// @notice Says that the money came: the principal is owed from now. The borrower, or anyone with their signature, which a lender can
    /// ask for before paying.
    /// @dev Emits `LoanFunded`. Reverts `StateIs`, `FundingOver`, `SignatureInvalid`.
    function acknowledge(bytes32 loanId, bytes calldata borrowerSignature) external nonReentrant {
        SignedLoan storage loan = _requireState(loanId, DebtState.Committed);
        require(block.timestamp < loan.terms.fundBy, FundingOver(loanId, loan.terms.fundBy));
        if (msg.sender != loan.terms.borrower) {
            bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(ACKNOWLEDGEMENT_TYPEHASH, loanId)));
            _requireSigned(loan.terms.borrower, digest, borrowerSignature);
        }
        loan.state = DebtState.Owed;
        loan.fundedAt = uint64(block.timestamp);
        loan.amountAt = uint64(block.timestamp);
        loan.amount = loan.terms.principal;
        loan.validUntil = (block.timestamp + MAX_VALIDITY).toUint64();
        emit LoanFunded(loanId, loan.amount, block.timestamp, loan.validUntil);
    }

    /// @notice Cancels terms for ever, committed or not, before the money came. The lender.
    /// @dev Emits `LoanCancelled`. Reverts `NotLender`, `StateIs`.
    function cancel(DebtTerms calldata terms) external {
        require(msg.sender == terms.lender, NotLender(terms.lender, msg.sender));
        bytes32 loanId = termsDigest(terms);
        DebtState state = _loans[loanId].state;
        require(state == DebtState.Unknown || state == DebtState.Committed, StateIs(loanId, state));
        _loans[loanId].state = DebtState.Cancelled;
        emit LoanCancelled(loanId);
    }

    /// @notice Brings a lender's statement. Anyone, with the lender's signature.
    /// @dev Emits `DebtStated` or `JumpStated`, and `LoanRepaid` where nothing is owed. A jump within what a jump before it explains keeps
    /// that one's date. A repayment between the statement and its coming is taken off it, so that nobody can keep a statement out by paying a
    /// unit before it. Reverts, in this order: `StateIs`, `SequenceOld`, `StatedInFuture`, `StatedBefore`, `RepaidAhead`, `ValidityRefused`,
    /// `GrowthAboveCap`, `SignatureInvalid`.
    function stateDebt(DebtStatement calldata statement, bytes calldata lenderSignature) external nonReentrant {
        bytes32 loanId = statement.loanId;
        SignedLoan storage loan = _requireState(loanId, DebtState.Owed);
        _ripen(loan);
        _requireTimely(loan, statement);
        uint256 most = _cap(loan, statement.statedAt, statement.repaid);
        require(statement.amount <= most, GrowthAboveCap(loanId, statement.amount, most));
        bytes32 digest = statementDigest(statement);
        _requireSigned(loan.terms.lender, digest, lenderSignature);

        loan.sequence = statement.sequence;
        loan.validUntil = statement.validUntil;
        (uint128 amount, uint64 asOf) = _carried(loan, statement);
        uint64 from = _apply(loan, amount, asOf);
        if (from != 0) {
            emit JumpStated(loanId, statement.sequence, amount, asOf, statement.validUntil, from);
            return;
        }
        emit DebtStated(loanId, statement.sequence, amount, asOf, statement.validUntil);
        if (amount == 0) _close(loanId, loan);
    }

    /// @notice Refuses a jump that is not in force yet. The borrower. Emits `JumpRefused`; reverts `NotBorrower`, `NoJump`.
    function refuseJump(bytes32 loanId) external nonReentrant {
        SignedLoan storage loan = _loans[loanId];
        require(msg.sender == loan.terms.borrower, NotBorrower(loan.terms.borrower, msg.sender));
        require(loan.jump != 0 && block.timestamp < loan.jumpFrom, NoJump(loanId));
        emit JumpRefused(loanId, loan.jump);
        _dropJump(loan);
    }

    /// @notice Repays, at most what is due by the statement in force and the rate since, whether or not it may still be relied on. Anyone, at
    /// any time; a jump that is not in force yet is not due.
    /// @dev Emits `Repayment`, and `LoanRepaid` where nothing is left. Reverts `StateIs`, `AmountZero`, the token's error.
    /// @return repaid what arrived
    function repay(bytes32 loanId, uint256 amount) external nonReentrant returns (uint256 repaid) {
        return _repay(loanId, _requireState(loanId, DebtState.Owed), amount);
    }

    /// @inheritdoc ILoanBook
    /// @dev Emits as `repay`. Reverts `NotEscrow`, `StateIs`, `StatementExpired`, `AmountZero`, the token's error.
    function repayByLiquidation(bytes32 loanId, uint256 amount) external nonReentrant returns (uint256 repaid) {
        require(msg.sender == address(escrow), NotEscrow(address(escrow), msg.sender));
        SignedLoan storage loan = _requireState(loanId, DebtState.Owed);
        require(block.timestamp <= loan.validUntil, StatementExpired(loanId, loan.validUntil));
        return _repay(loanId, loan, amount);
    }

    /// @inheritdoc ILoanBook
    /// @dev Emits `Shortfall`. Reverts `NotEscrow`, `StateIs`. The debt stays owed.
    function recordShortfall(bytes32 loanId, uint256 shortfall) external {
        require(msg.sender == address(escrow), NotEscrow(address(escrow), msg.sender));
        _requireState(loanId, DebtState.Owed).shortfall = shortfall;
        emit Shortfall(loanId, shortfall);
    }

    /// @notice Takes what was repaid. The payee, of their own. Emits `Collected`; reverts `AddressRefused`, `AmountZero`.
    function collect(address asset, address to) external nonReentrant returns (uint256 amount) {
        require(to != address(0) && to != address(this), AddressRefused(to));
        amount = collectable[msg.sender][asset];
        require(amount != 0, AmountZero());
        collectable[msg.sender][asset] = 0;
        IERC20(asset).safeTransfer(to, amount);
        emit Collected(msg.sender, asset, amount, to);
    }

    /// @inheritdoc ILoanBook
    /// @dev All that is owed is callable from the maturity on, which both sides agreed to; before it the lender's word calls nothing.
    /// Reverts `StatementExpired` where money is owed and the lender fell silent: nothing is then liquidated or partly released.
    function debtOf(bytes32 loanId) external view returns (Debt memory debt) {
        SignedLoan storage loan = _loans[loanId];
        (debt.borrower, debt.asset) = (loan.terms.borrower, loan.terms.asset);
        if (loan.state == DebtState.Committed && block.timestamp < loan.terms.fundBy) debt.binding = Binding.Committed;
        if (loan.state != DebtState.Owed) return debt;
        require(block.timestamp <= loan.validUntil, StatementExpired(loanId, loan.validUntil));
        (debt.binding, debt.amount) = (Binding.Owed, _due(loan));
        if (block.timestamp >= loan.terms.maturity) debt.callable = debt.amount;
    }

    /// @notice What `repay` takes at most now; 0 unless owed.
    function dueOf(bytes32 loanId) external view returns (uint256) {
        SignedLoan storage loan = _loans[loanId];
        return loan.state == DebtState.Owed ? _due(loan) : 0;
    }

    /// @notice A loan as it is kept.
    function loanOf(bytes32 loanId) external view returns (SignedLoan memory) {
        return _loans[loanId];
    }

    /// @notice What the lender signs to offer terms, and the id of the loan.
    function termsDigest(DebtTerms calldata terms) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(TERMS_TYPEHASH, terms)));
    }

    /// @notice What the lender signs to state a debt.
    function statementDigest(DebtStatement calldata statement) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(STATEMENT_TYPEHASH, statement)));
    }

    function _repay(bytes32 loanId, SignedLoan storage loan, uint256 amount) private returns (uint256 repaid) {
        uint256 due = _due(loan);
        amount = Math.min(amount, due);
        require(amount != 0 || due == 0, AmountZero());
        IERC20 asset = IERC20(loan.terms.asset);
        if (amount != 0) {
            uint256 before = asset.balanceOf(address(this));
            asset.safeTransferFrom(msg.sender, address(this), amount);
            repaid = Math.min(amount, asset.balanceOf(address(this)) - before);
        }
        _ripen(loan);
        uint256 left = due - repaid;
        (loan.amount, loan.amountAt) = (left.toUint128(), uint64(block.timestamp));
        loan.repaid += repaid.toUint128();
        if (loan.jump <= repaid) _dropJump(loan);
        else loan.jump -= repaid.toUint128();
        collectable[loan.terms.payee][address(asset)] += repaid;
        emit Repayment(loanId, msg.sender, repaid, left);
        if (left == 0) _close(loanId, loan);
    }

    function _close(bytes32 loanId, SignedLoan storage loan) private {
        loan.state = DebtState.Repaid;
        _dropJump(loan);
        emit LoanRepaid(loanId);
    }

    /// @dev A jump whose delay is over becomes the amount in force.
    function _ripen(SignedLoan storage loan) private {
        if (loan.jump == 0 || block.timestamp < loan.jumpFrom) return;
        (loan.amount, loan.amountAt) = (loan.jump, loan.jumpAt);
        _dropJump(loan);
    }

    function _dropJump(SignedLoan storage loan) private {
        (loan.jump, loan.jumpAt, loan.jumpFrom) = (0, 0, 0);
    }

    function _due(SignedLoan storage loan) private view returns (uint256) {
        bool ripe = loan.jump != 0 && block.timestamp >= loan.jumpFrom;
        (uint256 amount, uint256 since) = ripe ? (loan.jump, loan.jumpAt) : (loan.amount, loan.amountAt);
        uint256 grown = DebtGrowth.grown(amount, loan.terms.rateBps, block.timestamp - since);
        return Math.min(grown, _cap(loan, block.timestamp, loan.repaid));
    }

    function _cap(SignedLoan storage loan, uint256 timestamp, uint256 repaid) private view returns (uint256) {
        return DebtGrowth.cap(loan.terms.principal, loan.terms.rateBps, timestamp - loan.fundedAt, repaid);
    }

    /// @dev Puts an amount in force, or makes it a jump.
    /// @return from when on the jump is in force; 0 where the amount is at once
    function _apply(SignedLoan storage loan, uint128 amount, uint64 asOf) private returns (uint64 from) {
        uint32 rate = loan.terms.rateBps;
        if (amount <= DebtGrowth.grown(loan.amount, rate, asOf - loan.amountAt)) {
            (loan.amount, loan.amountAt) = (amount, asOf);
            _dropJump(loan);
            return 0;
        }
        bool within =
            loan.jump != 0 && asOf >= loan.jumpAt && amount <= DebtGrowth.grown(loan.jump, rate, asOf - loan.jumpAt);
        from = within ? loan.jumpFrom : (block.timestamp + CHALLENGE_DELAY).toUint64();
        (loan.jump, loan.jumpAt, loan.jumpFrom) = (amount, asOf, from);
    }

    /// @dev What a statement says, at its own second or at that of the last repayment where that came after it.
    function _carried(SignedLoan storage loan, DebtStatement calldata statement)
        private
        view
        returns (uint128 amount, uint64 asOf)
    {
        (uint256 carried, uint64 floor) = (statement.amount, loan.amountAt);
        asOf = statement.statedAt;
        if (asOf < floor) {
            carried = DebtGrowth.grown(carried, loan.terms.rateBps, floor - asOf);
            asOf = floor;
        }
        amount = Math.saturatingSub(carried, loan.repaid - statement.repaid).toUint128();
    }

    function _requireTimely(SignedLoan storage loan, DebtStatement calldata statement) private view {
        require(statement.sequence > loan.sequence, SequenceOld(statement.loanId, loan.sequence, statement.sequence));
        require(statement.statedAt <= block.timestamp, StatedInFuture(statement.statedAt, block.timestamp));
        require(statement.statedAt >= loan.fundedAt, StatedBefore(statement.statedAt, loan.fundedAt));
        require(statement.repaid <= loan.repaid, RepaidAhead(statement.loanId, loan.repaid, statement.repaid));
        require(
            statement.validUntil >= block.timestamp && statement.validUntil - statement.statedAt <= MAX_VALIDITY,
            ValidityRefused(statement.statedAt, statement.validUntil)
        );
    }

    function _requireState(bytes32 loanId, DebtState wanted) private view returns (SignedLoan storage loan) {
        loan = _loans[loanId];
        require(loan.state == wanted, StateIs(loanId, loan.state));
    }

    function _requireSigned(address signer, bytes32 digest, bytes calldata signature) private view {
        require(AccountSignatures.isSignedBy(signer, digest, signature), SignatureInvalid(signer, digest));
    }
}
