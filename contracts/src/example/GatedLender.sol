// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IScores} from "../interfaces/IScores.sol";
import {IConsents} from "../oracle/IConsents.sol";
import {Consent, Report} from "../oracle/OracleTypes.sol";
import {ScoreGated} from "../oracle/ScoreGated.sol";

/// @title An example: small loans without interest or collateral to whoever has a good enough band
/// @notice Shows the two questions that a lender asks: is the score good enough (`onlyScored`), and is it the caller's own
/// (`consentInForce` of a consent that the caller holds and that names this lender and purpose). Not for production.
contract GatedLender is ScoreGated {
    using SafeERC20 for IERC20;

    /// @notice The purpose that a consent must name.
    bytes32 public constant PURPOSE = keccak256("agio.example.unsecured-loan");

    /// @notice What is lent: a token that takes no fee and does not rebase.
    IERC20 public immutable asset;
    /// @notice Most that a subject may owe, in the asset's smallest unit.
    uint256 public immutable limit;
    /// @notice What each subject owes, in the asset's smallest unit.
    mapping(bytes32 subject => uint256) public debtOf;

    /// @notice A subject borrowed.
    /// @param subject who owes
    /// @param borrower the holder of the consent, who was paid
    /// @param amount in the asset's smallest unit
    event Borrowed(bytes32 indexed subject, address indexed borrower, uint256 amount);
    /// @notice Someone repaid for a subject.
    /// @param subject who owed
    /// @param payer who paid
    /// @param amount in the asset's smallest unit
    event Repaid(bytes32 indexed subject, address indexed payer, uint256 amount);

    /// @notice The consent is not the caller's, or is for another lender or purpose.
    error ConsentNotForThis(address holder, address consumer, bytes32 purpose);
    /// @notice The score does not rest on this consent, or no longer.
    error ConsentNotInForce(bytes32 subject);
    /// @notice The subject would owe more than the limit.
    error LimitExceeded(uint256 debt, uint256 limit);

    /// @param scores_ as in `ScoreGated`; it must speak `IConsents` too
    /// @param model_ as in `ScoreGated`
    /// @param worstBand_ as in `ScoreGated`
    /// @param asset_ what is lent
    /// @param limit_ most that a subject may owe, in the asset's smallest unit
    constructor(IScores scores_, bytes32 model_, uint8 worstBand_, IERC20 asset_, uint256 limit_)
        ScoreGated(scores_, model_, worstBand_)
    {
        (asset, limit) = (asset_, limit_);
    }

    /// @notice Borrows. Callable by the holder of the consent on which the subject's score rests. Emits `Borrowed`.
    /// @dev Reverts with `ScoreStore.ScoreUnavailable`, `BandTooPoor`, `ConsentNotForThis`, `ConsentNotInForce`, `LimitExceeded`, or where
    /// the token cannot be moved.
    /// @param consent of the caller, for this lender
    /// @param report the one that stands for the subject
    /// @param amount in the asset's smallest unit
    function borrow(Consent calldata consent, Report calldata report, uint256 amount)
        external
        onlyScored(consent.subject)
    {
        if (consent.holder != msg.sender || consent.consumer != address(this) || consent.purpose != PURPOSE) {
            revert ConsentNotForThis(consent.holder, consent.consumer, consent.purpose);
        }
        if (consent.modelId != scoreModel || !IConsents(address(scores)).consentInForce(consent, report)) {
            revert ConsentNotInForce(consent.subject);
        }
        uint256 debt = debtOf[consent.subject] + amount;
        if (debt > limit) revert LimitExceeded(debt, limit);
        debtOf[consent.subject] = debt;
        emit Borrowed(consent.subject, msg.sender, amount);
        asset.safeTransfer(msg.sender, amount);
    }

    /// @notice Repays, by anyone and whatever the score, at most what is owed. Emits `Repaid`.
    /// @dev Reverts where the token cannot be moved from the caller.
    /// @param subject who owes
    /// @param amount most to pay, in the asset's smallest unit
    /// @return repaid what was taken, in the asset's smallest unit
    function repay(bytes32 subject, uint256 amount) external returns (uint256 repaid) {
        uint256 debt = debtOf[subject];
        repaid = amount < debt ? amount : debt;
        debtOf[subject] = debt - repaid;
        emit Repaid(subject, msg.sender, repaid);
        asset.safeTransferFrom(msg.sender, address(this), repaid);
    }
}
