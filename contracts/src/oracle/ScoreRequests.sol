// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IScoreCallback} from "./IScoreCallback.sol";
import {ConfigWord} from "./ConfigWord.sol";
import {LoadedReport, LoadedReports} from "./LoadedReport.sol";
import {OracleHashes} from "./OracleHashes.sol";
import {Consent, Fulfilment, Report, SignedConsent} from "./OracleTypes.sol";
import {ScoreRecord} from "./ScoreRecord.sol";
import {ScoreReports} from "./ScoreReports.sol";

/// @title Asking for a score and paying for it
/// @notice A consumer escrows a fee with a holder's consent; the signers answer with a report, name what of the escrow they earned, and
/// the rest goes back. Without an answer in time all of it goes back. Money is credited and then taken out by its owner, so that
/// nobody's wallet can stand in the way of an answer.
abstract contract ScoreRequests is ScoreReports, NoncesKeyed {
    using OracleHashes for Consent;
    using OracleHashes for Fulfilment;
    using LoadedReports for Report;

    /// @notice An open request.
    /// @param requester who asked, is called back, and gets back what is not earned
    /// @param callbackGas gas of the callback; 0 for none
    /// @param deadline the last second for an answer
    /// @param escrow what was paid in, in wei
    /// @param consentExpiry the score may not be valid beyond
    /// @param topic keccak256 of the ABI encoding of subject, model and consent hash
    struct Request {
        address requester;
        uint32 callbackGas;
        uint40 deadline;
        uint128 escrow;
        uint64 consentExpiry;
        bytes32 topic;
    }

    /// @notice How long the signers have to answer, in seconds.
    uint40 public constant REQUEST_TIMEOUT = 1 days;
    /// @notice Most gas that a callback may ask for.
    uint32 public constant MAX_CALLBACK_GAS = 500_000;
    /// @dev What is left to do around a callback: the call itself and an event.
    uint256 private constant CALLBACK_OVERHEAD = 20_000;

    /// @notice How many requests there ever were; the newest has this number.
    uint256 public requestCount;
    /// @notice Money that an account may take out, in wei.
    mapping(address account => uint256) public credits;
    mapping(uint256 requestId => Request) private _requests;

    /// @notice A holder's consent was used up; the next of its lane has the number after.
    /// @param consentHash its struct hash
    /// @param holder whose consent it is
    /// @param nonceKey its lane
    /// @param nonceSeq its number within the lane
    event ConsentUsed(bytes32 indexed consentHash, address indexed holder, uint192 nonceKey, uint64 nonceSeq);
    /// @notice A score was asked for.
    /// @param requestId the request
    /// @param requester who asked
    /// @param subject the subject
    /// @param modelId the model
    /// @param consentHash the consent, now used up
    /// @param escrow what was paid in, in wei
    /// @param deadline the last second for an answer
    /// @param callbackGas gas of the callback; 0 for none
    /// @param consentExpiry the score may not be valid beyond
    event ScoreRequested(
        uint256 indexed requestId,
        address indexed requester,
        bytes32 indexed subject,
        bytes32 modelId,
        bytes32 consentHash,
        uint256 escrow,
        uint40 deadline,
        uint32 callbackGas,
        uint64 consentExpiry
    );
    /// @notice A request was answered; its report is in the `ReportAccepted` before. The rest of the escrow is credited to the requester.
    /// @param requestId the request
    /// @param payee who earned the fee
    /// @param fee credited to the payee, in wei
    /// @param refund credited to the requester, in wei
    event RequestFulfilled(uint256 indexed requestId, address indexed payee, uint256 fee, uint256 refund);
    /// @notice The requester of an answered request was called back; after whatever it did meanwhile.
    /// @param requestId the request
    /// @param succeeded whether the callback returned
    event RequesterCalled(uint256 indexed requestId, bool succeeded);
    /// @notice A request ran out of time; its escrow was credited to the requester.
    /// @param requestId the request
    /// @param requester who asked
    /// @param refund what was credited, in wei
    event RequestReclaimed(uint256 indexed requestId, address indexed requester, uint256 refund);
    /// @notice Money was taken out.
    /// @param account whose credit
    /// @param to who was paid
    /// @param amount in wei
    event CreditWithdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice More than `MAX_CALLBACK_GAS`.
    error CallbackGasTooHigh(uint32 callbackGas, uint32 most);
    /// @notice What is paid in is the most that may be charged.
    error WrongEscrow(uint256 maxFee, uint256 paid);
    /// @notice The consent is for another subject or model.
    error ConsentMismatch(bytes32 subject, bytes32 modelId);
    /// @notice The consent names another consumer.
    error WrongConsumer(address consumer, address caller);
    /// @notice The consent is over.
    error ConsentExpired(uint64 expiry, uint256 timestamp);
    /// @notice Never made, answered, or reclaimed.
    error UnknownRequest(uint256 requestId);
    /// @notice The time for an answer is over.
    error RequestTimedOut(uint256 requestId, uint40 deadline);
    /// @notice The time for an answer is not over.
    error RequestPending(uint256 requestId, uint40 deadline);
    /// @notice Only the requester.
    error NotRequester(address requester, address caller);
    /// @notice The report is on another subject, model or consent than the request.
    error AnswersOtherRequest(uint256 requestId);
    /// @notice More than what was escrowed.
    error FeeAboveEscrow(uint256 fee, uint256 escrow);
    /// @notice A fee needs someone who earned it.
    error InvalidPayee();
    /// @notice The score would be valid longer than the consent.
    error ValidityBeyondConsent(uint256 validUntil, uint256 expiry);
    /// @notice The callback would get less gas than the request names.
    error InsufficientGas(uint256 available, uint256 required);
    /// @notice Nothing to take out.
    error NoCredit(address account);
    /// @notice The recipient refused the money.
    error PaymentFailed(address to, uint256 amount);

    /// @notice Asks for a score. Callable by the consumer that the consent names. Uses the consent's nonce up. Emits
    /// `ConsentUsed` and `ScoreRequested`.
    /// @dev Reverts with `OracleFrozen`, since nobody could answer; `CallbackGasTooHigh`, `WrongEscrow`, `ConsentMismatch`, `WrongConsumer`, `ConsentExpired`, `ConsentIsWithdrawn`,
    /// `InvalidConsentSignature`, or `InvalidAccountNonce`.
    /// @param subject the subject, as in the consent
    /// @param modelId the model, as in the consent
    /// @param signed the consent and its holder's signature
    /// @param maxFee the most that may be charged, in wei; exactly this is paid in
    /// @param callbackGas gas for `IScoreCallback.onScore` on the caller; 0 for no callback
    /// @return requestId its number
    function requestScore(
        bytes32 subject,
        bytes32 modelId,
        SignedConsent calldata signed,
        uint128 maxFee,
        uint32 callbackGas
    ) external payable returns (uint256 requestId) {
        _loadUnfrozen();
        if (callbackGas > MAX_CALLBACK_GAS) revert CallbackGasTooHigh(callbackGas, MAX_CALLBACK_GAS);
        if (msg.value != maxFee) revert WrongEscrow(maxFee, msg.value);
        Consent calldata consent = signed.consent;
        if (consent.subject != subject || consent.modelId != modelId) revert ConsentMismatch(subject, modelId);
        bytes32 consentHash = _useConsent(consent, signed.signature);
        requestId = ++requestCount;
        uint40 deadline = uint40(block.timestamp) + REQUEST_TIMEOUT;
        uint64 expiry = consent.expiry;
        _requests[requestId] = Request({
            requester: msg.sender,
            callbackGas: callbackGas,
            deadline: deadline,
            escrow: maxFee,
            consentExpiry: expiry,
            topic: _topic(subject, modelId, consentHash)
        });
        emit ScoreRequested(requestId, msg.sender, subject, modelId, consentHash, maxFee, deadline, callbackGas, expiry);
    }

    /// @notice Answers a request. Callable by anyone with the signers' `Fulfilment`. Emits `ReportAccepted`, `RequestFulfilled` and, where a
    /// callback was asked for, `RequesterCalled`.
    /// @dev Everything is done, credited and told before the callback, whose failure, answer and re-entry change nothing. Reverts with
    /// `OracleFrozen`, `UnknownRequest`, `RequestTimedOut`, `AnswersOtherRequest`, `FeeAboveEscrow`, `InvalidPayee`,
    /// `ValidityBeyondConsent`, `WrongConfig`, an error of `ReportRules`, `ConsentIsWithdrawn`, an error of `SignerSet`, or
    /// `InsufficientGas`.
    /// @param fulfilment what the signers signed
    /// @param bitmap bit i stands for the signer at index i
    /// @param signatures of exactly m signers, in ascending order of the bits, each after two bytes with its length
    function fulfilRequest(Fulfilment calldata fulfilment, uint64 bitmap, bytes calldata signatures) external {
        ConfigWord current = _loadUnfrozen();
        Request memory request = requestOf(fulfilment.requestId);
        LoadedReport report = fulfilment.report.load();
        _checkFulfilment(fulfilment, request, report);
        bytes memory set = _requireConfig(current, report.configDigest());
        ScoreRecord record = _recordOf(report);
        _follow(report, record, current);
        _requireSigned(current, set, fulfilment.hash(report.hash()), bitmap, signatures);
        delete _requests[fulfilment.requestId];
        _accept(report, record, report.hash());
        uint256 refund = request.escrow - fulfilment.fee;
        credits[fulfilment.payee] += fulfilment.fee;
        credits[request.requester] += refund;
        emit RequestFulfilled(fulfilment.requestId, fulfilment.payee, fulfilment.fee, refund);
        if (request.callbackGas != 0) _callBack(request, fulfilment.requestId, report);
    }

    /// @notice Takes the escrow of an unanswered request back, as credit. Callable by the requester after the deadline, also while
    /// frozen. Emits `RequestReclaimed`.
    /// @dev Reverts with `UnknownRequest`, `NotRequester` or `RequestPending`.
    /// @param requestId the request
    function reclaim(uint256 requestId) external {
        Request memory request = requestOf(requestId);
        if (request.requester == address(0)) revert UnknownRequest(requestId);
        if (request.requester != msg.sender) revert NotRequester(request.requester, msg.sender);
        if (block.timestamp <= request.deadline) revert RequestPending(requestId, request.deadline);
        delete _requests[requestId];
        credits[msg.sender] += request.escrow;
        emit RequestReclaimed(requestId, msg.sender, request.escrow);
    }

    /// @notice Pays the caller's credit out. Callable by anyone who has some, also while frozen. Emits `CreditWithdrawn`.
    /// @dev Reverts with `NoCredit` or `PaymentFailed`.
    /// @param to who receives it
    function withdrawCredit(address to) external {
        uint256 amount = credits[msg.sender];
        if (amount == 0) revert NoCredit(msg.sender);
        credits[msg.sender] = 0;
        emit CreditWithdrawn(msg.sender, to, amount);
        if (!_call(to, amount, gasleft(), "")) revert PaymentFailed(to, amount);
    }

    /// @notice An open request; all zero where there is none.
    /// @param requestId the request
    /// @return request the request
    function requestOf(uint256 requestId) public view returns (Request memory request) {
        return _requests[requestId];
    }

    function _useConsent(Consent calldata consent, bytes calldata signature) private returns (bytes32 consentHash) {
        if (consent.consumer != msg.sender) revert WrongConsumer(consent.consumer, msg.sender);
        if (block.timestamp >= consent.expiry) revert ConsentExpired(consent.expiry, block.timestamp);
        consentHash = consent.hash();
        _requireNotWithdrawn(consentHash);
        address holder = consent.holder;
        if (!SignatureChecker.isValidSignatureNow(holder, _hashTypedDataV4(consentHash), signature)) {
            revert InvalidConsentSignature(holder);
        }
        _useCheckedNonce(holder, consent.nonceKey, consent.nonceSeq);
        emit ConsentUsed(consentHash, holder, consent.nonceKey, consent.nonceSeq);
    }

    function _checkFulfilment(Fulfilment calldata fulfilment, Request memory request, LoadedReport report)
        private
        view
    {
        uint256 requestId = fulfilment.requestId;
        if (request.requester == address(0)) revert UnknownRequest(requestId);
        if (block.timestamp > request.deadline) revert RequestTimedOut(requestId, request.deadline);
        if (request.topic != _topic(report.subject(), report.modelId(), report.consentHash())) {
            revert AnswersOtherRequest(requestId);
        }
        if (fulfilment.fee > request.escrow) revert FeeAboveEscrow(fulfilment.fee, request.escrow);
        if (fulfilment.payee == address(0) && fulfilment.fee != 0) revert InvalidPayee();
        if (report.validUntil() > request.consentExpiry) {
            revert ValidityBeyondConsent(report.validUntil(), request.consentExpiry);
        }
    }

    /// @dev A call gets at most 63/64 of what is left, so whoever answers could starve it; that reverts instead.
    function _callBack(Request memory request, uint256 requestId, LoadedReport report) private {
        uint256 callbackGas = request.callbackGas;
        uint256 required = callbackGas * 64 / 63 + CALLBACK_OVERHEAD;
        if (gasleft() < required) revert InsufficientGas(gasleft(), required);
        bytes memory data = abi.encodeCall(IScoreCallback.onScore, (requestId, report.subject(), report.modelId()));
        emit RequesterCalled(requestId, _call(request.requester, 0, callbackGas, data));
    }

    /// @dev Copies nothing of what is returned.
    function _call(address to, uint256 value, uint256 gasLimit, bytes memory data) private returns (bool ok) {
        assembly ("memory-safe") {
            ok := call(gasLimit, to, value, add(data, 0x20), mload(data), 0, 0)
        }
    }

    function _topic(bytes32 subject, bytes32 modelId, bytes32 consentHash) private pure returns (bytes32) {
        return keccak256(abi.encode(subject, modelId, consentHash));
    }
}
