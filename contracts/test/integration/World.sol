// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {AggregatorLanes} from "src/aggregator/AggregatorLanes.sol";
import "src/aggregator/AggregatorTypes.sol";
import {CreditAggregator} from "src/aggregator/CreditAggregator.sol";
import {CollateralLiquidation} from "src/collateral/CollateralLiquidation.sol";
import {CollateralManager} from "src/collateral/CollateralManager.sol";
import {PriceRoutes} from "src/collateral/PriceRoutes.sol";
import {RiskPolicy} from "src/collateral/RiskPolicy.sol";
import {SignedDebtBook} from "src/collateral/SignedDebtBook.sol";
import {Lanes} from "src/governance/Lanes.sol";
import {Roles} from "src/governance/Roles.sol";
import {AggregatorV3Interface} from "src/interfaces/AggregatorV3Interface.sol";
import {CreditScoringOracle} from "src/oracle/CreditScoringOracle.sol";
import {OracleLanes} from "src/oracle/OracleLanes.sol";
import {Bounds, Report} from "src/oracle/OracleTypes.sol";
import {AggregatorBase} from "../aggregator/AggregatorBase.sol";
import {TokenDouble} from "../aggregator/Doubles.sol";
import {FreshFeed} from "../feeds/ScriptedFeed.sol";
import {PlainToken} from "../tokens/PlainToken.sol";

/// @notice The contracts as they are deployed, with nothing doubled but tokens and feeds: register, escrow, policy, oracle, both books, one
/// manager. A quote of 10,000 over a year in two instalments, secured by 8 of an asset at 2,000.
abstract contract World is AggregatorBase {
    uint256 internal constant LENT = 10_000e18;
    uint256 internal constant FIRST = 5_000e18;
    uint256 internal constant SECOND = 6_000e18;
    uint256 internal constant PLEDGED = 8e18;
    uint256 internal constant MAX = type(uint256).max;

    CollateralManager internal vault;
    RiskPolicy internal policy;
    SignedDebtBook internal debts;
    CreditScoringOracle internal oracle;
    PlainToken internal weth;
    FreshFeed[2] internal wethFeeds;
    FreshFeed[2] internal tokenFeeds;
    address internal keeper = makeAddr("keeper");
    uint256[] internal signerKeys;

    function setUp() public virtual override {
        vm.warp(1_800_000_000);
        (borrower, borrowerKey) = makeAddrAndKey("borrower");
        (key, keyKey) = makeAddrAndKey("provider key");
        manager = new AccessManager(address(this));
        token = new TokenDouble();
        weth = new PlainToken(18);
        policy = new RiskPolicy(address(manager), AggregatorV3Interface(address(0)), 0, 100e18);
        vault = new CollateralManager(address(manager), policy);
        debts = new SignedDebtBook(vault);
        _deployOracle();
        register = new CreditAggregator(address(manager), vault, oracle, gateway);
        Lanes.install(manager, address(vault), address(policy));
        AggregatorLanes.install(manager, address(register));
        manager.setTargetFunctionRole(address(oracle), OracleLanes.tighten(), Roles.GUARDIAN);
        manager.setTargetFunctionRole(address(oracle), OracleLanes.loosen(), Roles.MULTISIG);
        Lanes.handOver(manager, guardian, multisig, address(this));

        uint64 until = uint64(block.timestamp + 900 days);
        loosen(abi.encodeCall(register.addKey, (PROVIDER, key, uint64(block.timestamp), until, KeyKind.Ecdsa)));
        loosen(abi.encodeCall(register.publishPolicy, (1, keccak256("policy 1"))));
        _route(address(weth), wethFeeds, 2_000e8);
        _route(address(token), tokenFeeds, 1e8);
        loosenAt(
            address(policy),
            abi.encodeCall(RiskPolicy.listAsset, (address(weth), false, 1_000_000e18, 7_500, 8_000, 500, 0))
        );
        loosenAt(address(policy), abi.encodeCall(RiskPolicy.allowBook, (address(register))));
        loosenAt(address(policy), abi.encodeCall(RiskPolicy.allowBook, (address(debts))));

        vm.startPrank(lender);
        register.bindLender(PROVIDER, true);
        token.approve(address(register), MAX);
        vm.stopPrank();
        token.mint(lender, LENT);
        weth.mint(borrower, PLEDGED);
        vm.prank(borrower);
        weth.approve(address(vault), MAX);
        token.mint(keeper, 10 * LENT);
        vm.prank(keeper);
        token.approve(address(vault), MAX);
        _score(1, 700);
    }

    // Governance and markets

    function loosenAt(address target, bytes memory data) internal {
        vm.prank(multisig);
        manager.schedule(target, data, 0);
        skip(Roles.LOOSEN_DELAY);
        vm.prank(multisig);
        manager.execute(target, data);
    }

    function _route(address asset, FreshFeed[2] storage feeds, int256 answer) private {
        (feeds[0], feeds[1]) = (new FreshFeed(8, answer), new FreshFeed(8, answer));
        PriceRoutes.RouteConfig memory config =
            PriceRoutes.RouteConfig(feeds[0], feeds[1], 1 hours, 1 hours, 1, 1e36, 200);
        loosenAt(address(policy), abi.encodeCall(PriceRoutes.setRoute, (asset, config, uint256(answer) * 1e10, 100)));
    }

    function price(int256 answer) internal {
        wethFeeds[0].set(answer);
        wethFeeds[1].set(answer);
    }

    // Scores, by two of three signers

    function _deployOracle() private {
        bytes[] memory signers = new bytes[](3);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 signer = uint256(keccak256(abi.encode("signer", i)));
            signerKeys.push(signer);
            for (uint256 j = i; j > 0 && _order(signerKeys[j - 1]) > _order(signerKeys[j]); --j) {
                (signerKeys[j - 1], signerKeys[j]) = (signerKeys[j], signerKeys[j - 1]);
            }
        }
        for (uint256 i = 0; i < 3; ++i) {
            signers[i] = abi.encodePacked(vm.addr(signerKeys[i]));
        }
        Bounds memory bounds = Bounds({maxScoreStep: 120, maxBandStep: 3, maxValidity: 90 days, maxEpochGap: 10});
        oracle = new CreditScoringOracle(address(manager), signers, 2, bounds);
    }

    function _order(uint256 signer) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(vm.addr(signer)));
    }

    function _score(uint32 epoch, uint16 score) internal {
        Report memory report = Report({
            subject: keccak256("subject"),
            modelId: keccak256("model"),
            modelVersion: 1,
            epoch: epoch,
            score: score,
            band: 3,
            pdPpm: 31_000,
            pdLowPpm: 24_000,
            pdHighPpm: 40_000,
            horizonDays: 365,
            observedAt: uint64(block.timestamp),
            validUntil: uint64(block.timestamp + 80 days),
            consentHash: keccak256("consent"),
            dataCommitment: keccak256("factors"),
            configDigest: oracle.configDigest()
        });
        bytes32 typeHash = keccak256(
            "Report(bytes32 subject,bytes32 modelId,uint32 modelVersion,uint32 epoch,uint16 score,uint8 band,uint32 pdPpm,uint32 pdLowPpm,uint32 pdHighPpm,uint16 horizonDays,uint64 observedAt,uint64 validUntil,bytes32 consentHash,bytes32 dataCommitment,bytes32 configDigest)"
        );
        bytes32 separator = domainOf(block.chainid, address(oracle), "Agio Credit Scoring Oracle", "1");
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", separator, keccak256(abi.encode(typeHash, report))));
        bytes memory signatures;
        for (uint256 i = 0; i < 2; ++i) {
            signatures = bytes.concat(signatures, abi.encodePacked(uint16(65), sign(signerKeys[i], digest)));
        }
        oracle.submitReport(report, 3, signatures);
    }

    // The loan

    function plan() internal pure returns (Instalment[] memory rows) {
        rows = new Instalment[](2);
        rows[0] = Instalment(180 days, FIRST);
        rows[1] = Instalment(YEAR, SECOND);
    }

    function pledge() internal view returns (CollateralTerms memory terms) {
        terms.book = address(register);
        (terms.assets, terms.amounts) = (new address[](1), new uint256[](1));
        (terms.assets[0], terms.amounts[0]) = (address(weth), PLEDGED);
    }

    function offer() internal view returns (Quote memory q) {
        q = defaultQuote();
        q.principal = LENT;
        q.scheduleHash = hashSchedule(plan());
        q.collateralTermsHash = hashTerms(pledge());
    }

    /// @dev The borrower sends one transaction, which locks; all else is relayed by a stranger.
    function acceptGasless(Quote memory q, CollateralTerms memory terms) internal returns (bytes32 loanId) {
        uint64 expiry = uint64(block.timestamp + 7 days);
        bytes memory opening = sign(borrowerKey, typed(hashOpening(borrower, q.requestHash, expiry)));
        vm.prank(stranger);
        register.openRequest(borrower, q.requestHash, expiry, opening);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        s.borrower = sign(borrowerKey, typed(hashAcceptance(a)));
        vm.prank(stranger);
        return register.accept(q, terms, a, s);
    }

    function lockFor(bytes32 loanId) internal {
        vm.prank(borrower);
        vault.depositAndLock(loanId, register, address(weth), PLEDGED);
    }

    function lend() internal returns (bytes32 loanId) {
        Quote memory q = offer();
        lockFor(register.quoteDigest(q));
        loanId = acceptGasless(q, pledge());
        vm.prank(stranger);
        register.fundWithToken(loanId, pledge());
    }

    function markAs(bytes32 loanId, LoanState to) internal {
        Notice memory n = Notice(loanId, register.loanOf(loanId).marks + 1, to, "reason", uint64(block.timestamp + 1));
        bytes memory s = sign(keyKey, typed(hashNotice(n)));
        if (to == LoanState.Impaired) register.markImpaired(n, key, s, plan());
        else register.markDefaulted(n, key, s, plan());
    }

    function pay(bytes32 loanId, uint256 amount) internal {
        token.mint(borrower, amount);
        vm.startPrank(borrower);
        token.approve(address(register), amount);
        register.repay(loanId, amount);
        vm.stopPrank();
    }

    function bid() internal view returns (CollateralLiquidation.Bid memory) {
        return CollateralLiquidation.Bid(MAX, block.timestamp, keeper);
    }

    function sell(bytes32 loanId) internal returns (uint256 repaid, uint256 seized) {
        vm.prank(keeper);
        return vault.liquidate(loanId, borrower, address(weth), 0, bid());
    }

    function takeBack(bytes32 loanId) internal {
        vm.startPrank(borrower);
        vault.release(loanId, borrower);
        uint256 free = vault.free(borrower, address(weth));
        if (free != 0) vault.withdraw(address(weth), free, borrower);
        vm.stopPrank();
    }
}
