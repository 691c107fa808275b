// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import "src/aggregator/AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {AggregatorBase} from "./AggregatorBase.sol";

contract RequestsTest is AggregatorBase {
    bytes32 internal id;

    function setUp() public override {
        super.setUp();
        id = keccak256(abi.encode(borrower, REQUEST));
        assertEq(register.requestIdOf(borrower, REQUEST), id);
    }

    function opened() internal {
        open(defaultQuote());
    }

    function test_OpenRefusesNobodyAndEveryExpiryOutOfBounds() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.ZeroAddress.selector, bytes32("borrower")));
        register.openRequest(address(0), REQUEST, uint64(block.timestamp + 1), "");
        uint64 earliest = uint64(block.timestamp) + 1;
        uint64 latest = uint64(block.timestamp) + register.MAX_REQUEST_LIFE();
        vm.startPrank(borrower);
        vm.expectRevert(
            abi.encodeWithSelector(Errors.RequestExpiryOutOfBounds.selector, earliest - 1, earliest, latest)
        );
        register.openRequest(borrower, REQUEST, earliest - 1, "");
        vm.expectRevert(abi.encodeWithSelector(Errors.RequestExpiryOutOfBounds.selector, latest + 1, earliest, latest));
        register.openRequest(borrower, REQUEST, latest + 1, "");
        register.openRequest(borrower, REQUEST, latest, "");
        vm.stopPrank();
    }

    function test_OpenIsOnceForEver() public {
        opened();
        vm.startPrank(borrower);
        vm.expectRevert(abi.encodeWithSelector(Errors.RequestStateIs.selector, id, RequestState.Open));
        register.openRequest(borrower, REQUEST, uint64(block.timestamp + 1), "");
        register.cancelRequest(REQUEST);
        vm.expectRevert(abi.encodeWithSelector(Errors.RequestStateIs.selector, id, RequestState.Cancelled));
        register.openRequest(borrower, REQUEST, uint64(block.timestamp + 1), "");
        vm.expectRevert(abi.encodeWithSelector(Errors.RequestStateIs.selector, id, RequestState.Cancelled));
        register.cancelRequest(REQUEST);
        vm.stopPrank();
    }

    function test_OpenByOthersTakesTheBorrowersSignature() public {
        uint64 expiry = uint64(block.timestamp + 1 days);
        bytes32 digest = typed(hashOpening(borrower, REQUEST, expiry));
        vm.startPrank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Errors.BorrowerSignatureInvalid.selector, borrower, digest));
        register.openRequest(borrower, REQUEST, expiry, sign(keyKey, digest));
        register.openRequest(borrower, REQUEST, expiry, sign(borrowerKey, digest));
        vm.stopPrank();
        assertEq(register.requestOf(id).expiresAt, expiry);
    }

    function test_CancelVoidsASignedOpeningBeforeItIsUsed() public {
        vm.prank(borrower);
        register.cancelRequest(REQUEST);
        uint64 expiry = uint64(block.timestamp + 1 days);
        bytes memory signature = sign(borrowerKey, typed(hashOpening(borrower, REQUEST, expiry)));
        vm.expectRevert(abi.encodeWithSelector(Errors.RequestStateIs.selector, id, RequestState.Cancelled));
        register.openRequest(borrower, REQUEST, expiry, signature);
    }

    function test_ExpireOnlyWhatIsOpenAndOver() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.RequestStateIs.selector, id, RequestState.None));
        register.expireRequest(id);
        opened();
        uint64 over = register.requestOf(id).expiresAt;
        vm.warp(over - 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.RequestNotOver.selector, id, over));
        register.expireRequest(id);
        vm.warp(over);
        register.expireRequest(id);
        assertEq(uint8(register.requestOf(id).state), uint8(RequestState.Expired));
    }

    function test_CommitIsTheGatewaysOnceAndBeforeAcceptance() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.NotGateway.selector, address(this)));
        register.commitOutcomes(id, "r", 1, 0, 1);
        vm.startPrank(gateway);
        vm.expectRevert(abi.encodeWithSelector(Errors.RequestStateIs.selector, id, RequestState.None));
        register.commitOutcomes(id, "r", 1, 0, 1);
        vm.stopPrank();
        opened();
        vm.startPrank(gateway);
        vm.expectRevert(abi.encodeWithSelector(Errors.OutcomesEmpty.selector, id));
        register.commitOutcomes(id, 0, 1, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.OutcomesEmpty.selector, id));
        register.commitOutcomes(id, "r", 0, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.PolicyUnknown.selector, 2));
        register.commitOutcomes(id, "r", 1, 0, 2);
        register.commitOutcomes(id, "r", 1, 2, 1);
        vm.expectRevert(abi.encodeWithSelector(Errors.OutcomesKnown.selector, id, bytes32("r")));
        register.commitOutcomes(id, "s", 1, 0, 1);
        vm.warp(block.timestamp + 7 days);
        vm.expectRevert(abi.encodeWithSelector(Errors.RequestOver.selector, id, register.requestOf(id).expiresAt));
        register.commitOutcomes(id, "s", 1, 0, 1);
        vm.stopPrank();
    }

    // Outcomes

    /// @notice Three outcomes: the accepted quote second, another first, one refusal.
    function tree() internal returns (bytes32 loanId, Outcome[3] memory o, bytes32[] memory proof) {
        Quote memory q = defaultQuote();
        loanId = typed(hashQuote(q));
        o[0] = Outcome(OutcomeKind.Quote, keccak256("rival"), keccak256("their digest"), 1);
        o[1] = Outcome(OutcomeKind.Quote, PROVIDER, loanId, 2);
        o[2] = Outcome(OutcomeKind.Refusal, keccak256("third"), keccak256("too large"), 0);
        opened();
        bytes32 pair = Hashes.commutativeKeccak256(hashOutcome(id, 1, o[0]), hashOutcome(id, 1, o[1]));
        bytes32 root = Hashes.commutativeKeccak256(pair, hashOutcome(id, 1, o[2]));
        vm.prank(gateway);
        register.commitOutcomes(id, root, 2, 1, 1);
        proof = new bytes32[](2);
        proof[0] = hashOutcome(id, 1, o[0]);
        proof[1] = hashOutcome(id, 1, o[2]);
    }

    function test_WhoHoldsAQuoteProvesThatItWasShownAndWhere() public {
        (bytes32 loanId, Outcome[3] memory o, bytes32[] memory proof) = tree();
        assertEq(register.outcomeLeaf(id, o[1]), hashOutcome(id, 1, o[1]));
        assertTrue(register.isOutcome(id, o[1], proof));
        assertFalse(register.isRankProven(loanId, proof));
        Acceptance memory a = acceptanceOf(defaultQuote());
        a.rank = 2;
        Signatures memory s = signaturesOf(defaultQuote());
        vm.prank(borrower);
        register.accept(defaultQuote(), collateral(address(register)), a, s);
        assertTrue(register.isRankProven(loanId, proof));
    }

    function test_ARankTheBorrowerWasNotShownIsNotProven() public {
        (bytes32 loanId,, bytes32[] memory proof) = tree();
        Acceptance memory a = acceptanceOf(defaultQuote());
        a.rank = 1;
        Signatures memory s = signaturesOf(defaultQuote());
        vm.prank(borrower);
        register.accept(defaultQuote(), collateral(address(register)), a, s);
        assertFalse(register.isRankProven(loanId, proof));
    }

    function test_ARefusalIsProvenToo() public {
        (, Outcome[3] memory o, bytes32[] memory proof) = tree();
        bytes32[] memory short = new bytes32[](1);
        short[0] = Hashes.commutativeKeccak256(proof[0], hashOutcome(id, 1, o[1]));
        assertTrue(register.isOutcome(id, o[2], short));
        o[2].rank = 1;
        assertFalse(register.isOutcome(id, o[2], short));
    }

    function test_NothingElseIsAnOutcome(uint8 field, uint256 noise) public {
        (, Outcome[3] memory o, bytes32[] memory proof) = tree();
        vm.assume(noise != 0);
        Outcome memory m = o[1];
        field = field % 6;
        bytes32 about = id;
        if (field == 0) m.kind = OutcomeKind.Refusal;
        if (field == 1) m.providerId = bytes32(uint256(m.providerId) ^ noise);
        if (field == 2) m.contentHash = bytes32(uint256(m.contentHash) ^ noise);
        if (field == 3) m.rank = uint16(noise % 2 == 0 ? 1 : 3);
        if (field == 4) proof[noise % 2] = bytes32(uint256(proof[noise % 2]) ^ noise);
        if (field == 5) about = bytes32(uint256(id) ^ noise);
        assertFalse(register.isOutcome(about, m, proof));
    }

    /// @notice A gateway that commits ranks that cannot be proves nothing with them.
    function test_ARankThatCannotBeIsNoOutcome() public {
        opened();
        Outcome[3] memory o = [
            Outcome(OutcomeKind.Quote, PROVIDER, "digest", 0),
            Outcome(OutcomeKind.Quote, PROVIDER, "digest", 2),
            Outcome(OutcomeKind.Refusal, PROVIDER, "reason", 1)
        ];
        for (uint256 i = 0; i < o.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            vm.startPrank(gateway);
            register.commitOutcomes(id, hashOutcome(id, 1, o[i]), 1, 1, 1);
            vm.stopPrank();
            assertFalse(register.isOutcome(id, o[i], new bytes32[](0)));
            vm.revertToState(snapshot);
        }
    }

    function test_AnInnerNodeIsNoLeafAndProofsAreShort() public {
        (, Outcome[3] memory o,) = tree();
        bytes32[] memory long = new bytes32[](33);
        vm.expectRevert(abi.encodeWithSelector(Errors.ProofTooLong.selector, 33, 32));
        register.isOutcome(id, o[1], long);
        assertFalse(register.isOutcome(id, o[1], new bytes32[](0)));
    }
}
