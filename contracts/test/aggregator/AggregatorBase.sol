// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Test} from "forge-std/Test.sol";
import {AggregatorLanes} from "src/aggregator/AggregatorLanes.sol";
import "src/aggregator/AggregatorTypes.sol";
import {CreditAggregator} from "src/aggregator/CreditAggregator.sol";
import {Roles} from "src/governance/Roles.sol";
import {ILoanBook} from "src/interfaces/ILoanBook.sol";
import {AdapterDouble, EscrowDouble, ScoresDouble, TokenDouble} from "./Doubles.sol";

/// @notice A register with its governance, one provider, one lender, one borrower. Type strings are written out here once more, so that a
/// change of what is signed fails the tests.
abstract contract AggregatorBase is Test {
    bytes32 internal constant PROVIDER = keccak256("provider");
    bytes32 internal constant REQUEST = keccak256("request");
    uint128 internal constant PRINCIPAL = 1_000_000e6;
    uint32 internal constant YEAR = 365 days;

    AccessManager internal manager;
    CreditAggregator internal register;
    EscrowDouble internal escrow;
    ScoresDouble internal scores;
    TokenDouble internal token;
    AdapterDouble internal adapter;

    address internal guardian = makeAddr("guardian");
    address internal multisig = makeAddr("multisig");
    address internal gateway = makeAddr("gateway");
    address internal lender = makeAddr("lender");
    address internal stranger = makeAddr("stranger");
    address internal borrower;
    uint256 internal borrowerKey;
    address internal key;
    uint256 internal keyKey;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        (borrower, borrowerKey) = makeAddrAndKey("borrower");
        (key, keyKey) = makeAddrAndKey("provider key");
        manager = new AccessManager(address(this));
        escrow = new EscrowDouble();
        scores = new ScoresDouble();
        token = new TokenDouble();
        adapter = new AdapterDouble();
        register = new CreditAggregator(address(manager), escrow, scores, gateway);
        manager.grantRole(Roles.GUARDIAN, guardian, 0);
        manager.grantRole(Roles.MULTISIG, multisig, Roles.LOOSEN_DELAY);
        AggregatorLanes.install(manager, address(register));
        loosen(
            abi.encodeCall(
                register.addKey,
                (PROVIDER, key, uint64(block.timestamp), uint64(block.timestamp + 800 days), KeyKind.Ecdsa)
            )
        );
        loosen(abi.encodeCall(register.publishPolicy, (1, keccak256("policy 1"))));
        loosen(abi.encodeCall(register.addAdapter, (address(adapter))));
        vm.prank(lender);
        register.bindLender(PROVIDER, true);
        token.mint(lender, 10 * uint256(PRINCIPAL));
        vm.prank(lender);
        token.approve(address(register), type(uint256).max);
    }

    // Governance

    function loosen(bytes memory call_) internal {
        vm.startPrank(multisig);
        manager.schedule(address(register), call_, 0);
        vm.warp(block.timestamp + Roles.LOOSEN_DELAY);
        manager.execute(address(register), call_);
        vm.stopPrank();
    }

    function pauseAll() internal {
        vm.startPrank(guardian);
        for (uint8 i = 0; i <= uint8(type(Action).max); ++i) {
            if (!register.paused(Action(i))) register.pause(Action(i));
        }
        vm.stopPrank();
    }

    // Material

    function schedule() internal pure returns (Instalment[] memory rows) {
        rows = new Instalment[](2);
        rows[0] = Instalment(180 days, PRINCIPAL / 2);
        rows[1] = Instalment(YEAR, PRINCIPAL * 6 / 10);
    }

    function noCollateral() internal pure returns (CollateralTerms memory terms) {
        terms.assets = new address[](0);
        terms.amounts = new uint256[](0);
    }

    function collateral(address book) internal pure returns (CollateralTerms memory terms) {
        terms.book = book;
        terms.assets = new address[](2);
        terms.amounts = new uint256[](2);
        terms.assets[0] = address(0xA1);
        terms.assets[1] = address(0xA2);
        terms.amounts[0] = 5 ether;
        terms.amounts[1] = 7 ether;
    }

    function quoteFor(address who, bytes32 requestHash, uint256 nonce) internal view returns (Quote memory q) {
        q.requestHash = requestHash;
        q.providerId = PROVIDER;
        q.borrower = who;
        q.lender = lender;
        q.fundingKind = FundingKind.Token;
        q.asset = address(token);
        q.principal = PRINCIPAL;
        q.rateKind = RateKind.Fixed;
        q.apr = 0.1e18;
        q.term = YEAR;
        q.scheduleHash = hashSchedule(schedule());
        q.feesHash = keccak256("fees");
        q.collateralTermsHash = hashTerms(collateral(address(register)));
        q.impairGrace = 30 days;
        q.defaultGrace = 90 days;
        q.minScore = 650;
        q.scoreModel = keccak256("model");
        q.scoreSubject = keccak256("subject");
        q.fundingChain = block.chainid;
        q.fundWithin = 3 days;
        q.validAfter = uint64(block.timestamp);
        q.validUntil = uint64(block.timestamp + 1 days);
        q.nonce = nonce;
    }

    function defaultQuote() internal view returns (Quote memory) {
        return quoteFor(borrower, REQUEST, 1);
    }

    function receiptQuote() internal view returns (Quote memory q) {
        q = defaultQuote();
        q.fundingKind = FundingKind.Receipt;
        q.fundingChain = 0;
        q.collateralTermsHash = hashTerms(noCollateral());
    }

    function protocolQuote(address who) internal view returns (Quote memory q) {
        q = quoteFor(who, REQUEST, 1);
        q.fundingKind = FundingKind.Protocol;
        q.lender = address(adapter);
        q.rateKind = RateKind.Variable;
        q.collateralTermsHash = hashTerms(noCollateral());
    }

    // Hashes

    function domain() internal view returns (bytes32) {
        return domainOf(block.chainid, address(register), "Agio Credit Aggregator", "1");
    }

    function domainOf(uint256 chain, address at_, string memory name, string memory version)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chain,
                at_
            )
        );
    }

    function typed(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domain(), structHash));
    }

    function hashQuote(Quote memory q) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "Quote(bytes32 requestHash,bytes32 providerId,address borrower,address lender,uint8 fundingKind,address asset,uint256 principal,uint8 rateKind,uint256 apr,uint32 term,bytes32 scheduleHash,bytes32 feesHash,bytes32 collateralTermsHash,uint32 impairGrace,uint32 defaultGrace,uint16 minScore,bytes32 scoreModel,bytes32 scoreSubject,uint256 fundingChain,uint32 fundWithin,uint64 validAfter,uint64 validUntil,uint256 nonce)"
                ),
                q
            )
        );
    }

    function hashTerms(CollateralTerms memory t) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("CollateralTerms(address book,bytes32 debtId,address[] assets,uint256[] amounts)"),
                t.book,
                t.debtId,
                keccak256(abi.encodePacked(t.assets)),
                keccak256(abi.encodePacked(t.amounts))
            )
        );
    }

    function hashSchedule(Instalment[] memory rows) internal pure returns (bytes32) {
        bytes memory packed;
        for (uint256 i = 0; i < rows.length; ++i) {
            packed = bytes.concat(
                packed,
                keccak256(
                    abi.encode(
                        keccak256("Instalment(uint32 dueAfter,uint256 amount)"), rows[i].dueAfter, rows[i].amount
                    )
                )
            );
        }
        return keccak256(packed);
    }

    function hashAcceptance(Acceptance memory a) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(keccak256("Acceptance(bytes32 quoteDigest,bytes32 outcomesRoot,uint16 rank,uint64 deadline)"), a)
        );
    }

    function hashReceipt(FundingReceipt memory r) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "FundingReceipt(bytes32 loanId,address asset,uint256 amount,uint64 disbursedAt,bytes32 referenceHash)"
                ),
                r
            )
        );
    }

    function hashPayment(PaymentReceipt memory r) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "PaymentReceipt(bytes32 loanId,uint32 sequence,uint256 amount,uint64 paidAt,bool closes,bytes32 referenceHash)"
                ),
                r
            )
        );
    }

    function hashNewTerms(Terms memory t) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(
                    "Terms(uint256 apr,uint32 term,uint32 impairGrace,uint32 defaultGrace,bytes32 scheduleHash,bytes32 feesHash)"
                ),
                t
            )
        );
    }

    function hashAmendment(Amendment memory a) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(keccak256("Amendment(bytes32 loanId,uint32 sequence,bytes32 termsHash,uint64 deadline)"), a)
        );
    }

    function hashNotice(Notice memory n) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("Notice(bytes32 loanId,uint32 sequence,uint8 state,bytes32 reasonHash,uint64 deadline)"), n
            )
        );
    }

    function hashOpening(address who, bytes32 requestHash, uint64 expiresAt) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("RequestOpening(address borrower,bytes32 requestHash,uint64 expiresAt)"),
                who,
                requestHash,
                expiresAt
            )
        );
    }

    function hashCancellation(bytes32 providerId, uint256 word, uint256 mask) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("NonceCancellation(bytes32 providerId,uint256 word,uint256 mask)"), providerId, word, mask
            )
        );
    }

    function hashOutcome(bytes32 requestId, uint32 policy, Outcome memory o) internal view returns (bytes32) {
        return keccak256(
            bytes.concat(
                keccak256(
                    abi.encode(
                        keccak256(
                            "Outcome(uint256 chainId,address register,bytes32 requestId,uint32 policyVersion,uint8 kind,bytes32 providerId,bytes32 contentHash,uint16 rank)"
                        ),
                        block.chainid,
                        address(register),
                        requestId,
                        policy,
                        o
                    )
                )
            )
        );
    }

    function sign(uint256 privateKey, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, digest);
        return abi.encodePacked(r, s, v);
    }

    function requestIdOf(Quote memory q) internal pure returns (bytes32) {
        return keccak256(abi.encode(q.borrower, q.requestHash));
    }

    // Steps

    function open(Quote memory q) internal {
        vm.prank(q.borrower);
        register.openRequest(q.borrower, q.requestHash, uint64(block.timestamp + 7 days), "");
    }

    /// @notice Commits a tree with the one quote in it.
    function commit(Quote memory q) internal returns (bytes32 root) {
        root = hashOutcome(requestIdOf(q), 1, Outcome(OutcomeKind.Quote, q.providerId, typed(hashQuote(q)), 1));
        vm.prank(gateway);
        register.commitOutcomes(requestIdOf(q), root, 1, 0, 1);
    }

    function acceptanceOf(Quote memory q) internal view returns (Acceptance memory) {
        return Acceptance(
            typed(hashQuote(q)), register.requestOf(requestIdOf(q)).outcomesRoot, 1, uint64(block.timestamp + 1 hours)
        );
    }

    function signaturesOf(Quote memory q) internal view returns (Signatures memory) {
        return Signatures(key, sign(keyKey, typed(hashQuote(q))), "");
    }

    function termsOf(Quote memory q) internal view returns (CollateralTerms memory) {
        return q.collateralTermsHash == hashTerms(noCollateral()) ? noCollateral() : collateral(address(register));
    }

    function accept(Quote memory q) internal returns (bytes32 loanId) {
        CollateralTerms memory terms = termsOf(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        vm.prank(q.borrower);
        return register.accept(q, terms, a, s);
    }

    function accepted(Quote memory q) internal returns (bytes32 loanId) {
        open(q);
        commit(q);
        return accept(q);
    }

    function fund(bytes32 loanId) internal {
        register.fundWithToken(loanId, collateral(address(register)));
    }

    function funded() internal returns (bytes32 loanId) {
        loanId = accepted(defaultQuote());
        fund(loanId);
    }

    function receiptOf(bytes32 loanId) internal view returns (FundingReceipt memory) {
        return FundingReceipt(loanId, address(token), PRINCIPAL, uint64(block.timestamp), keccak256("wire"));
    }

    function both(bytes32 structHash) internal view returns (Signatures memory) {
        return Signatures(key, sign(keyKey, typed(structHash)), sign(borrowerKey, typed(structHash)));
    }

    function fundedByReceipt() internal returns (bytes32 loanId) {
        loanId = accepted(receiptQuote());
        FundingReceipt memory r = receiptOf(loanId);
        register.fundWithReceipt(r, both(hashReceipt(r)));
    }

    function arm(address payer, uint256 amount) internal {
        token.mint(payer, amount);
        vm.prank(payer);
        token.approve(address(register), amount);
    }

    function payAs(address payer, bytes32 loanId, uint256 amount) internal returns (uint256) {
        uint256 debt = register.owed(loanId);
        arm(payer, amount < debt ? amount : debt);
        vm.prank(payer);
        return register.repay(loanId, amount);
    }

    function mark(bytes32 loanId, LoanState to) internal {
        Notice memory n =
            Notice(loanId, register.loanOf(loanId).marks + 1, to, keccak256("reason"), uint64(block.timestamp + 1));
        bytes memory s = sign(keyKey, typed(hashNotice(n)));
        if (to == LoanState.Impaired) register.markImpaired(n, key, s, schedule());
        else register.markDefaulted(n, key, s, schedule());
    }

    function stateOf(bytes32 loanId) internal view returns (LoanState) {
        return register.loanOf(loanId).state;
    }

    function bindingOf(bytes32 loanId) internal view returns (ILoanBook.Binding) {
        return register.debtOf(loanId).binding;
    }
}
