// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ICollateral} from "../interfaces/ICollateral.sol";
import {AggregatorHashes} from "./AggregatorHashes.sol";
import {Baseline, Register} from "./AggregatorStorage.sol";
import "./AggregatorTypes.sol";
import {Conditions} from "./Conditions.sol";
import {IAggregatorErrors as Errors} from "./IAggregatorErrors.sol";
import {IAggregatorEvents as Events} from "./IAggregatorEvents.sol";
import {IProtocolDebt} from "./IProtocolDebt.sol";
import {KeyRing} from "./KeyRing.sol";

/// @title Logic of `Funding`
/// @dev Linked; runs on the register's storage. What each function checks is said where it is called.
library FundingLogic {
    using KeyRing for Register;
    using SafeERC20 for IERC20;
    using TransientSlot for *;

    uint256 internal constant PROTOCOL_ROUNDING = 2;
    uint256 internal constant BASELINE_WINDOW = 1 hours;
    /// @dev One hour at 800 % a year is less.
    uint256 internal constant BASELINE_GROWTH_BPS = 10;
    uint256 internal constant BPS = 1e4;

    function withToken(Register storage register, bytes32 loanId, CollateralTerms calldata collateral) external {
        Loan storage loan = _requireFundable(register, loanId, FundingKind.Token);
        (address lender, address borrower, uint256 principal) = (loan.lender, loan.borrower, loan.principal);
        require(register.lendsFor[lender][loan.providerId], Errors.LenderNotBound(lender, loan.providerId));
        Conditions.requireScore(register, loan.minScore, loan.scoreModel, loan.scoreSubject);
        Conditions.requireTermsHash(loan.collateralTermsHash, collateral);
        IERC20 asset = IERC20(loan.asset);
        Conditions.requireSecured(ICollateral(loan.escrow), loanId, borrower, address(asset), principal, collateral);

        // It was read from 128 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        loan.outstanding = uint128(principal);
        _markFunded(loanId, loan, uint64(block.timestamp), 0);
        uint256 before = asset.balanceOf(borrower);
        asset.safeTransferFrom(lender, borrower, principal);
        uint256 afterwards = asset.balanceOf(borrower);
        uint256 arrived = afterwards > before ? afterwards - before : 0;
        require(arrived == principal, Errors.FundingArrived(principal, arrived));
    }

    function beginProtocol(Register storage register, bytes32 loanId) external {
        Loan storage loan = _requireProtocolFundable(register, loanId);
        (bytes32 slot, bytes32 debtSlot) = _bracket(loan);
        _requireNoBracket(slot);
        Baseline storage baseline = register.baselines[slot];
        require(block.timestamp > baseline.until, Errors.BracketOpen(baseline.loanId));
        slot.asBytes32().tstore(loanId);
        debtSlot.asUint256().tstore(IProtocolDebt(loan.lender).debtOf(loan.borrower, loan.asset));
    }

    function endProtocol(Register storage register, bytes32 loanId) external {
        Loan storage loan = _requireProtocolFundable(register, loanId);
        (bytes32 slot, bytes32 debtSlot) = _bracket(loan);
        require(slot.asBytes32().tload() == loanId, Errors.BracketNotOpen(loanId));
        slot.asBytes32().tstore(0);
        uint256 before = debtSlot.asUint256().tload();
        uint256 afterwards = IProtocolDebt(loan.lender).debtOf(loan.borrower, loan.asset);
        _markTaken(loanId, loan, before, afterwards, 0);
    }

    function noteBaseline(Register storage register, bytes32 loanId) external {
        Loan storage loan = _requireProtocolFundable(register, loanId);
        (bytes32 slot,) = _bracket(loan);
        _requireNoBracket(slot);
        Baseline storage baseline = register.baselines[slot];
        require(block.timestamp > baseline.until || baseline.loanId == loanId, Errors.BracketOpen(baseline.loanId));
        uint256 debt = IProtocolDebt(loan.lender).debtOf(loan.borrower, loan.asset);
        require(debt == 0, Errors.BaselineNotZero(loanId, debt));
        (baseline.loanId, baseline.until) = (loanId, block.timestamp + BASELINE_WINDOW);
        emit Events.ProtocolBaseline(loanId, baseline.until);
    }

    function proveProtocol(Register storage register, bytes32 loanId) external {
        Loan storage loan = _requireProtocolFundable(register, loanId);
        (bytes32 slot,) = _bracket(loan);
        Baseline storage baseline = register.baselines[slot];
        require(baseline.loanId == loanId, Errors.BracketNotOpen(loanId));
        require(block.timestamp <= baseline.until, Errors.BaselineOver(loanId, baseline.until));
        delete register.baselines[slot];
        uint256 debt = IProtocolDebt(loan.lender).debtOf(loan.borrower, loan.asset);
        _markTaken(loanId, loan, 0, debt, (uint256(loan.principal) * BASELINE_GROWTH_BPS) / BPS);
    }

    function withReceipt(
        Register storage register,
        bytes32 domain,
        FundingReceipt calldata receipt,
        Signatures calldata signatures
    ) external {
        Loan storage loan = _requireFundable(register, receipt.loanId, FundingKind.Receipt);
        Conditions.requireScore(register, loan.minScore, loan.scoreModel, loan.scoreSubject);
        require(
            receipt.asset == loan.asset && receipt.amount == loan.principal,
            Errors.ReceiptIs(receipt.asset, receipt.amount)
        );
        require(
            receipt.disbursedAt >= loan.acceptedAt && receipt.disbursedAt <= block.timestamp,
            Errors.ReceiptTime(receipt.disbursedAt, loan.acceptedAt, uint64(block.timestamp))
        );
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, AggregatorHashes.hash(receipt));
        register.requireBoth(loan, digest, signatures);
        _markFunded(receipt.loanId, loan, receipt.disbursedAt, digest);
    }

    function _requireFundable(Register storage register, bytes32 loanId, FundingKind kind)
        private
        view
        returns (Loan storage loan)
    {
        loan = register.loans[loanId];
        require(loan.state == LoanState.Accepted, Errors.LoanStateIs(loanId, loan.state));
        require(loan.fundingKind == kind, Errors.FundingKindIs(loanId, loan.fundingKind));
        require(block.timestamp < loan.fundBy, Errors.FundingOver(loanId, loan.fundBy));
        register.requireKey(loan.providerId, loan.key);
    }

    function _requireProtocolFundable(Register storage register, bytes32 loanId)
        private
        view
        returns (Loan storage loan)
    {
        loan = _requireFundable(register, loanId, FundingKind.Protocol);
        require(msg.sender == loan.borrower, Errors.NotBorrower(loan.borrower, msg.sender));
        require(register.adapters[loan.lender], Errors.AdapterUnknown(loan.lender));
        Conditions.requireScore(register, loan.minScore, loan.scoreModel, loan.scoreSubject);
    }

    function _requireNoBracket(bytes32 slot) private view {
        bytes32 open = slot.asBytes32().tload();
        require(open == 0, Errors.BracketOpen(open));
    }

    /// @dev `slack` is what interest may have added since the first reading.
    function _markTaken(bytes32 loanId, Loan storage loan, uint256 before, uint256 afterwards, uint256 slack) private {
        uint256 principal = loan.principal;
        uint256 growth = afterwards > before ? afterwards - before : 0;
        require(
            growth + PROTOCOL_ROUNDING >= principal && growth <= principal + PROTOCOL_ROUNDING + slack && growth != 0,
            Errors.DebtTaken(principal, before, afterwards)
        );
        _markFunded(loanId, loan, uint64(block.timestamp), keccak256(abi.encode(before, afterwards)));
    }

    /// @dev Schedules count from `since`: from now, or from the disbursement that both signed.
    function _markFunded(bytes32 loanId, Loan storage loan, uint64 since, bytes32 evidence) private {
        loan.state = LoanState.Funded;
        loan.fundedAt = since;
        loan.accruedAt = since;
        emit Events.LoanFunded(loanId, loan.fundingKind, loan.principal, since, evidence);
    }

    function _bracket(Loan storage loan) private view returns (bytes32 slot, bytes32 debtSlot) {
        slot = keccak256(abi.encode("agio.funding.bracket", loan.lender, loan.borrower, loan.asset));
        debtSlot = bytes32(uint256(slot) + 1);
    }
}
