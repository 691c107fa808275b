// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Casts are of literals and of values that the tests bound.
// forge-lint: disable-start(unsafe-typecast)
// forge-lint: disable-start(incorrect-shift)

import "src/aggregator/AggregatorTypes.sol";
import {IAggregatorErrors as Errors} from "src/aggregator/IAggregatorErrors.sol";
import {AggregatorBase} from "./AggregatorBase.sol";
import {Liar, WalletDouble} from "./Doubles.sol";

/// @notice What is signed, how, and that nothing else passes for it.
contract SignaturesTest is AggregatorBase {
    uint256 internal constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    /// @dev One word of an encoded struct changed within the width of its field.
    function mutate(bytes memory encoded, uint256 word, uint256 bits, uint256 noise)
        internal
        pure
        returns (bytes memory)
    {
        uint256 mask = bits == 256 ? type(uint256).max : (1 << bits) - 1;
        uint256 change = noise & mask;
        if (change == 0) change = 1;
        assembly {
            let at_ := add(add(encoded, 32), mul(word, 32))
            mstore(at_, xor(mload(at_), change))
        }
        return encoded;
    }

    function test_EveryFieldOfAQuoteCounts(uint256 seed, uint256 noise) public {
        // The kinds have two or three values, so they are changed apart.
        uint16[23] memory bits =
            [256, 256, 160, 160, 1, 160, 256, 1, 256, 32, 256, 256, 256, 32, 32, 16, 256, 256, 256, 32, 64, 64, 256];
        Quote memory q = defaultQuote();
        uint256 word = seed % 23;
        Quote memory m = abi.decode(mutate(abi.encode(q), word, bits[word], noise), (Quote));
        assertNotEq(register.quoteDigest(q), register.quoteDigest(m));
        assertEq(register.quoteDigest(m), typed(hashQuote(m)));
        if (m.borrower == address(0)) return;
        open(q);
        if (requestIdOf(m) != requestIdOf(q)) open(m);
        commit(m);
        Acceptance memory a = acceptanceOf(m);
        Signatures memory s = signaturesOf(q);
        vm.prank(m.borrower);
        (bool ok,) = address(register).call(abi.encodeCall(register.accept, (m, termsOf(q), a, s)));
        assertFalse(ok);
        assertEq(uint8(stateOf(typed(hashQuote(m)))), uint8(LoanState.None));
    }

    function test_EveryFieldOfAnAcceptanceCounts(uint256 seed, uint256 noise) public {
        uint16[4] memory bits = [256, 256, 16, 64];
        Quote memory q = defaultQuote();
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        uint256 word = seed % 4;
        Acceptance memory m = abi.decode(mutate(abi.encode(a), word, bits[word], noise), (Acceptance));
        Signatures memory s = signaturesOf(q);
        s.borrower = sign(borrowerKey, typed(hashAcceptance(m)));
        vm.prank(stranger);
        (bool ok,) = address(register).call(abi.encodeCall(register.accept, (q, termsOf(q), a, s)));
        assertFalse(ok);
    }

    function test_EveryFieldOfAnOpeningCounts(uint256 seed, uint256 noise) public {
        uint16[3] memory bits = [160, 256, 64];
        uint64 expiry = uint64(block.timestamp + 1 days);
        uint256 word = seed % 3;
        (address who, bytes32 hash_, uint64 until) = abi.decode(
            mutate(abi.encode(borrower, REQUEST, expiry), word, bits[word], noise), (address, bytes32, uint64)
        );
        bytes memory signature = sign(borrowerKey, typed(hashOpening(who, hash_, until)));
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.BorrowerSignatureInvalid.selector, borrower, typed(hashOpening(borrower, REQUEST, expiry))
            )
        );
        register.openRequest(borrower, REQUEST, expiry, signature);
    }

    function test_EveryFieldOfACancellationCounts(uint256 seed, uint256 noise) public {
        uint16[3] memory bits = [256, 256, 256];
        uint256 word = seed % 3;
        (bytes32 p, uint256 w, uint256 m) = abi.decode(
            mutate(abi.encode(PROVIDER, uint256(3), uint256(5)), word, bits[word], noise), (bytes32, uint256, uint256)
        );
        bytes memory signature = sign(keyKey, typed(hashCancellation(p, w, m)));
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.ProviderSignatureInvalid.selector, key, typed(hashCancellation(PROVIDER, 3, 5))
            )
        );
        register.cancelNonces(PROVIDER, key, 3, 5, signature);
    }

    function test_EveryFieldOfAFundingReceiptCountsForBoth(uint256 seed, uint256 noise, bool whose) public {
        uint16[5] memory bits = [256, 160, 256, 64, 256];
        FundingReceipt memory r = receiptOf(accepted(receiptQuote()));
        uint256 word = seed % 5;
        FundingReceipt memory m = abi.decode(mutate(abi.encode(r), word, bits[word], noise), (FundingReceipt));
        Signatures memory s = both(hashReceipt(r));
        bytes32 digest = typed(hashReceipt(r));
        if (whose) {
            s.provider = sign(keyKey, typed(hashReceipt(m)));
            vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, digest));
        } else {
            s.borrower = sign(borrowerKey, typed(hashReceipt(m)));
            vm.expectRevert(abi.encodeWithSelector(Errors.BorrowerSignatureInvalid.selector, borrower, digest));
        }
        register.fundWithReceipt(r, s);
    }

    function test_EveryFieldOfAPaymentReceiptCounts(uint256 seed, uint256 noise) public {
        uint16[6] memory bits = [256, 32, 256, 64, 1, 256];
        bytes32 loanId = fundedByReceipt();
        PaymentReceipt memory r = PaymentReceipt(loanId, 1, 5, uint64(block.timestamp), false, "ref");
        uint256 word = seed % 6;
        PaymentReceipt memory m = abi.decode(mutate(abi.encode(r), word, bits[word], noise), (PaymentReceipt));
        bytes memory signature = sign(keyKey, typed(hashPayment(m)));
        vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, typed(hashPayment(r))));
        register.recordPayment(r, key, signature);
    }

    function test_EveryFieldOfAnAmendmentAndItsTermsCounts(uint256 seed, uint256 noise, bool whose) public {
        uint16[4] memory bits = [256, 32, 256, 64];
        uint16[6] memory termBits = [256, 32, 32, 32, 256, 256];
        bytes32 loanId = funded();
        Terms memory t = Terms(0.05e18, YEAR, 1, 2, "s", "f");
        Amendment memory a = Amendment(loanId, 1, hashNewTerms(t), uint64(block.timestamp + 1));
        uint256 word = seed % 6;
        Terms memory mt = abi.decode(mutate(abi.encode(t), word, termBits[word], noise), (Terms));
        Signatures memory s = both(hashAmendment(a));
        vm.expectRevert(abi.encodeWithSelector(Errors.TermsAre.selector, a.termsHash, hashNewTerms(mt)));
        register.amend(a, mt, s);
        word = seed % 4;
        Amendment memory m = abi.decode(mutate(abi.encode(a), word, bits[word], noise), (Amendment));
        if (whose) {
            s.provider = sign(keyKey, typed(hashAmendment(m)));
            vm.expectRevert(
                abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, typed(hashAmendment(a)))
            );
        } else {
            s.borrower = sign(borrowerKey, typed(hashAmendment(m)));
            vm.expectRevert(
                abi.encodeWithSelector(Errors.BorrowerSignatureInvalid.selector, borrower, typed(hashAmendment(a)))
            );
        }
        register.amend(a, t, s);
    }

    function test_EveryFieldOfANoticeCounts(uint256 seed, uint256 noise) public {
        uint16[5] memory bits = [256, 32, 1, 256, 64];
        bytes32 loanId = funded();
        Notice memory n = Notice(loanId, 1, LoanState.Impaired, "why", uint64(block.timestamp + 1));
        uint256 word = seed % 5;
        Notice memory m = abi.decode(mutate(abi.encode(n), word, bits[word], noise), (Notice));
        bytes memory signature = sign(keyKey, typed(hashNotice(m)));
        vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key, typed(hashNotice(n))));
        register.markImpaired(n, key, signature, schedule());
    }

    function test_EveryFieldOfCollateralAndScheduleCounts(uint8 which, uint256 noise) public pure {
        if (noise == 0) noise = 1;
        CollateralTerms memory t = collateral(address(5));
        bytes32 before = hashTerms(t);
        if (which % 4 == 3) t.debtId ^= bytes32(noise);
        if (which % 4 == 0) t.book = address(uint160(t.book) ^ uint160(noise | 1));
        if (which % 4 == 1) t.assets[noise % 2] = address(uint160(t.assets[noise % 2]) ^ uint160(noise | 1));
        if (which % 4 == 2) t.amounts[noise % 2] ^= noise;
        assertNotEq(before, hashTerms(t));
        Instalment[] memory rows = schedule();
        before = hashSchedule(rows);
        if (which % 2 == 0) rows[noise % 2].amount ^= noise;
        else rows[noise % 2].dueAfter ^= uint32(noise | 1);
        assertNotEq(before, hashSchedule(rows));
    }

    // The zoo

    function tryProvider(address key_, bytes memory signature) internal {
        Quote memory q = defaultQuote();
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        bytes32 digest = typed(hashQuote(q));
        vm.prank(borrower);
        vm.expectRevert(abi.encodeWithSelector(Errors.ProviderSignatureInvalid.selector, key_, digest));
        register.accept(q, collateral(address(register)), a, Signatures(key_, signature, ""));
    }

    function parts() internal view returns (uint8 v, bytes32 r, bytes32 s) {
        return vm.sign(keyKey, typed(hashQuote(defaultQuote())));
    }

    function test_Zoo_highS() public {
        (uint8 v, bytes32 r, bytes32 s) = parts();
        tryProvider(key, abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27)));
    }

    function test_Zoo_compact() public {
        (uint8 v, bytes32 r, bytes32 s) = parts();
        tryProvider(key, abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255))));
    }

    function test_Zoo_wrongV(uint8 wrong) public {
        (uint8 v, bytes32 r, bytes32 s) = parts();
        vm.assume(wrong != v);
        tryProvider(key, abi.encodePacked(r, s, wrong));
    }

    function test_Zoo_anyOtherLength(uint8 length) public {
        (uint8 v, bytes32 r, bytes32 s) = parts();
        vm.assume(length != 65);
        bytes memory signature = new bytes(length);
        bytes memory good = abi.encodePacked(r, s, v);
        for (uint256 i = 0; i < length && i < 65; ++i) {
            signature[i] = good[i];
        }
        tryProvider(key, signature);
    }

    function test_Zoo_zeros() public {
        tryProvider(key, new bytes(65));
    }

    function test_Zoo_someoneElses(uint256 other) public {
        other = bound(other, 1, ORDER - 1);
        vm.assume(vm.addr(other) != key);
        tryProvider(key, sign(other, typed(hashQuote(defaultQuote()))));
    }

    function test_Zoo_theZeroAddressIsNoBorrower() public {
        vm.expectRevert(abi.encodeWithSelector(Errors.ZeroAddress.selector, bytes32("borrower")));
        register.openRequest(address(0), REQUEST, uint64(block.timestamp + 1), new bytes(65));
    }

    function test_Zoo_aContractThatLies(uint8 how) public {
        Liar liar = new Liar();
        liar.set(how % 5);
        loosen(
            abi.encodeCall(
                register.addKey, (PROVIDER, address(liar), 0, uint64(block.timestamp + 9 days), KeyKind.Erc1271)
            )
        );
        tryProvider(address(liar), hex"00");
    }

    function test_Zoo_aContractSaysYesOnlyWhereItWasEnteredAsOne() public {
        WalletDouble wallet = new WalletDouble(borrower);
        uint64 until = uint64(block.timestamp + 9 days);
        loosen(abi.encodeCall(register.addKey, (PROVIDER, address(wallet), 0, until, KeyKind.Ecdsa)));
        uint256 snapshot = vm.snapshotState();
        tryProvider(address(wallet), sign(borrowerKey, typed(hashQuote(defaultQuote()))));
        vm.revertToState(snapshot);
        wallet = new WalletDouble(stranger);
        loosen(abi.encodeCall(register.addKey, (PROVIDER, address(wallet), 0, until, KeyKind.Erc1271)));
        tryProvider(address(wallet), sign(borrowerKey, typed(hashQuote(defaultQuote()))));
    }

    function test_AContractKeySigns() public {
        WalletDouble wallet = new WalletDouble(borrower);
        loosen(
            abi.encodeCall(
                register.addKey, (PROVIDER, address(wallet), 0, uint64(block.timestamp + 9 days), KeyKind.Erc1271)
            )
        );
        Quote memory q = defaultQuote();
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = Signatures(address(wallet), sign(borrowerKey, typed(hashQuote(q))), "");
        vm.prank(borrower);
        register.accept(q, termsOf(q), a, s);
    }

    function test_AWalletBorrowsByItsOwnersSignature() public {
        WalletDouble wallet = new WalletDouble(borrower);
        Quote memory q = quoteFor(address(wallet), REQUEST, 1);
        uint64 expiry = uint64(block.timestamp + 1 days);
        register.openRequest(
            address(wallet), REQUEST, expiry, sign(borrowerKey, typed(hashOpening(address(wallet), REQUEST, expiry)))
        );
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        s.borrower = sign(keyKey, typed(hashAcceptance(a)));
        vm.expectRevert(
            abi.encodeWithSelector(Errors.BorrowerSignatureInvalid.selector, address(wallet), typed(hashAcceptance(a)))
        );
        register.accept(q, collateral(address(register)), a, s);
        s.borrower = sign(borrowerKey, typed(hashAcceptance(a)));
        register.accept(q, collateral(address(register)), a, s);
    }

    function test_ABorrowerWithDelegatedCodeStillSignsWithTheirKey() public {
        vm.etch(borrower, hex"00");
        Quote memory q = defaultQuote();
        open(q);
        commit(q);
        Acceptance memory a = acceptanceOf(q);
        Signatures memory s = signaturesOf(q);
        s.borrower = sign(borrowerKey, typed(hashAcceptance(a)));
        register.accept(q, termsOf(q), a, s);
    }

    /// @notice The type strings, checked by Foundry's own reader of EIP-712 types.
    function test_TypesAsFoundryReadsThem() public view {
        assertEq(
            vm.eip712HashStruct(
                "Acceptance(bytes32 quoteDigest,bytes32 outcomesRoot,uint16 rank,uint64 deadline)",
                abi.encode(Acceptance("q", "r", 1, 2))
            ),
            hashAcceptance(Acceptance("q", "r", 1, 2))
        );
        CollateralTerms memory t = collateral(address(5));
        assertEq(
            vm.eip712HashStruct(
                "CollateralTerms(address book,bytes32 debtId,address[] assets,uint256[] amounts)", abi.encode(t)
            ),
            hashTerms(t)
        );
        (, string memory name, string memory version, uint256 chain, address where,,) = register.eip712Domain();
        assertEq(domainOf(chain, where, name, version), domain());
    }
}
