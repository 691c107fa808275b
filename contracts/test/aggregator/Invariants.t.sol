// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import "src/aggregator/AggregatorTypes.sol";
import {ILoanBook} from "src/interfaces/ILoanBook.sol";
import {AggregatorBase} from "./AggregatorBase.sol";

/// @notice Everything that parties, governance and the escrow can do, in any order. Steps that cannot be taken are not tried, so that any
/// revert is a failure.
contract RegisterHandler is AggregatorBase {
    bytes32[] public loans;
    mapping(bytes32 => LoanState) public last;
    mapping(bytes32 => uint256) public lent;
    mapping(bytes32 => uint256) public given;
    mapping(bytes32 => Quote) internal quotes;
    uint256 public totalLent;
    uint256 public totalPaid;
    uint256 public requests;
    bool public illegal;
    uint256 public cures;

    function setUp() public override {
        super.setUp();
        token.mint(lender, type(uint128).max);
    }

    modifier walk() {
        _;
        for (uint256 i = 0; i < loans.length; ++i) {
            LoanState now_ = stateOf(loans[i]);
            if (now_ != last[loans[i]]) {
                if (!allowed(last[loans[i]], now_)) illegal = true;
                last[loans[i]] = now_;
            }
        }
    }

    function allowed(LoanState a, LoanState b) internal pure returns (bool) {
        if (a == LoanState.None) return b == LoanState.Accepted;
        if (a == LoanState.Accepted) {
            return b == LoanState.Funded || b == LoanState.Cancelled || b == LoanState.Expired;
        }
        if (b == LoanState.Repaid || b == LoanState.Liquidated) {
            return a == LoanState.Funded || a == LoanState.Impaired || a == LoanState.Defaulted;
        }
        if (b == LoanState.Funded) return a == LoanState.Impaired || a == LoanState.Defaulted;
        return
            (a == LoanState.Funded && b == LoanState.Impaired) || (a == LoanState.Impaired && b == LoanState.Defaulted);
    }

    function pick(uint256 seed, LoanState wanted) internal view returns (bytes32) {
        uint256 n = loans.length;
        for (uint256 i = 0; i < n; ++i) {
            bytes32 loanId = loans[(seed % n + i) % n];
            if (stateOf(loanId) == wanted) return loanId;
        }
        return 0;
    }

    function owing(uint256 seed) internal view returns (bytes32) {
        uint256 n = loans.length;
        for (uint256 i = 0; i < n; ++i) {
            bytes32 loanId = loans[(seed % n + i) % n];
            if (register.owed(loanId) != 0) return loanId;
        }
        return 0;
    }

    function isLive(LoanState s) internal pure returns (bool) {
        return s == LoanState.Funded || s == LoanState.Impaired || s == LoanState.Defaulted;
    }

    function count() external view returns (uint256) {
        return loans.length;
    }

    function acceptOne(uint256 seed) external walk {
        if (register.paused(Action.Open) || register.paused(Action.Commit) || register.paused(Action.Accept)) return;
        if (register.keyStatus(PROVIDER, key) != KeyStatus.Valid || loans.length > 12) return;
        Quote memory q = quoteFor(borrower, bytes32(++requests), requests);
        q.principal = bound(seed, 1, type(uint96).max);
        q.apr = bound(seed >> 8, 0, 10e18);
        Instalment[] memory rows = new Instalment[](1);
        rows[0] = Instalment(30 days, q.principal);
        q.scheduleHash = hashSchedule(rows);
        bytes32 loanId = accepted(q);
        loans.push(loanId);
        quotes[loanId] = q;
    }

    function fundOne(uint256 seed) external walk {
        bytes32 loanId = pick(seed, LoanState.Accepted);
        if (loanId == 0 || register.paused(Action.Fund) || block.timestamp >= register.loanOf(loanId).fundBy) return;
        if (register.keyStatus(PROVIDER, key) != KeyStatus.Valid) return;
        uint256 before = token.balanceOf(borrower);
        fund(loanId);
        lent[loanId] = token.balanceOf(borrower) - before;
        totalLent += lent[loanId];
    }

    function repayOne(uint256 seed, uint256 amount) external walk {
        bytes32 loanId = owing(seed);
        if (loanId == 0) return;
        amount = amount % 8 == 0 ? type(uint256).max : bound(amount, 1, register.owed(loanId));
        uint256 paid = payAs(stranger, loanId, amount);
        given[loanId] += paid;
        totalPaid += paid;
    }

    function liquidateOne(uint256 seed, uint256 amount) external walk {
        bytes32 loanId = owing(seed);
        if (loanId == 0 || !isLive(stateOf(loanId))) return;
        amount = bound(amount, 1, register.owed(loanId));
        token.mint(stranger, amount);
        vm.startPrank(stranger);
        token.approve(address(escrow), amount);
        uint256 paid = escrow.liquidate(register, loanId, amount);
        vm.stopPrank();
        given[loanId] += paid;
        totalPaid += paid;
    }

    function shortfallOne(uint256 seed) external walk {
        bytes32 loanId = owing(seed);
        if (loanId == 0 || !isLive(stateOf(loanId)) || seed % 4 != 0) return;
        escrow.shortfall(register, loanId, register.owed(loanId));
    }

    function markOne(uint256 seed, bool deeper) external walk {
        bytes32 loanId = pick(seed, deeper ? LoanState.Impaired : LoanState.Funded);
        if (loanId == 0) return;
        Loan memory l = register.loanOf(loanId);
        if (l.paid >= l.principal) return;
        uint256 late = l.fundedAt + 30 days + (deeper ? l.defaultGrace : l.impairGrace) + 1;
        if (block.timestamp < late) vm.warp(late);
        if (register.keyStatus(PROVIDER, key) != KeyStatus.Valid) return;
        Instalment[] memory rows = new Instalment[](1);
        rows[0] = Instalment(30 days, l.principal);
        Notice memory n = Notice(
            loanId, l.marks + 1, deeper ? LoanState.Defaulted : LoanState.Impaired, "", uint64(block.timestamp + 1)
        );
        bytes memory s = sign(keyKey, typed(hashNotice(n)));
        if (deeper) register.markDefaulted(n, key, s, rows);
        else register.markImpaired(n, key, s, rows);
    }

    function cureOne(uint256 seed, bool deeper) external walk {
        bytes32 loanId = pick(seed, deeper ? LoanState.Defaulted : LoanState.Impaired);
        if (loanId == 0) return;
        Loan memory l = register.loanOf(loanId);
        if (block.timestamp > uint256(l.fundedAt) + l.term) return;
        if (l.paid < l.principal) {
            uint256 missing = l.principal - l.paid;
            uint256 paid = payAs(stranger, loanId, missing);
            given[loanId] += paid;
            totalPaid += paid;
        }
        if (!isLive(stateOf(loanId))) return;
        Instalment[] memory rows = new Instalment[](1);
        rows[0] = Instalment(30 days, l.principal);
        register.cure(loanId, rows);
        ++cures;
    }

    function cancelOne(uint256 seed) external walk {
        bytes32 loanId = pick(seed, LoanState.Accepted);
        if (loanId == 0 || seed % 3 != 0) return;
        vm.prank(borrower);
        register.cancelAccepted(loanId);
    }

    function expireOne(uint256 seed) external walk {
        bytes32 loanId = pick(seed, LoanState.Accepted);
        if (loanId == 0 || block.timestamp < register.loanOf(loanId).fundBy) return;
        register.expireAccepted(loanId);
    }

    function pass(uint256 time) external walk {
        vm.warp(block.timestamp + bound(time, 1, time % 2 == 0 ? 1 days : 60 days));
    }

    function pauseOne(uint8 action) external walk {
        Action a = Action(action % 5);
        if (register.paused(a)) {
            loosen(abi.encodeCall(register.unpause, (a)));
        } else {
            vm.prank(guardian);
            register.pause(a);
        }
    }

    function claimAll() external walk {
        if (register.claimable(lender, address(token)) == 0) return;
        vm.prank(lender);
        register.claim(address(token), lender);
    }

    function repayWhileBlocked(uint256 seed) external walk {
        bytes32 loanId = owing(seed);
        if (loanId == 0 || seed % 3 != 0) return;
        token.setBlocked(lender, true);
        uint256 paid = payAs(stranger, loanId, type(uint256).max);
        token.setBlocked(lender, false);
        given[loanId] += paid;
        totalPaid += paid;
    }

    // What must hold

    function lenderBalance() external view returns (uint256) {
        return token.balanceOf(lender);
    }

    function held() external view returns (uint256) {
        return token.balanceOf(address(register));
    }

    function waiting() external view returns (uint256) {
        return register.claimable(lender, address(token));
    }

    function startBalance() external pure returns (uint256) {
        return 10 * uint256(PRINCIPAL) + type(uint128).max;
    }

    function nonceIsUsed(bytes32 loanId) external view returns (bool) {
        uint256 nonce = quotes[loanId].nonce;
        return register.nonceBitmap(PROVIDER, nonce >> 8) >> (nonce & 255) & 1 == 1;
    }

    function loan(bytes32 loanId) external view returns (Loan memory) {
        return register.loanOf(loanId);
    }

    function debtOn(bytes32 loanId) external view returns (ILoanBook.Debt memory) {
        return register.debtOf(loanId);
    }

    function owedOn(bytes32 loanId) external view returns (uint256) {
        return register.owed(loanId);
    }

    function digestOf(bytes32 loanId) external view returns (bytes32) {
        return typed(hashQuote(quotes[loanId]));
    }

    /// @notice Whatever is paused and whatever was marked, all that is owed can be paid.
    function payEverything() external {
        pauseAll();
        for (uint256 i = 0; i < loans.length; ++i) {
            if (register.owed(loans[i]) == 0) continue;
            uint256 paid = payAs(stranger, loans[i], type(uint256).max);
            given[loans[i]] += paid;
            totalPaid += paid;
            require(register.owed(loans[i]) == 0, "still owed");
        }
    }
}

contract InvariantsTest is AggregatorBase {
    RegisterHandler internal handler;

    function setUp() public override {
        handler = new RegisterHandler();
        handler.setUp();
        bytes4[] memory selectors = new bytes4[](13);
        selectors[0] = handler.acceptOne.selector;
        selectors[1] = handler.fundOne.selector;
        selectors[2] = handler.repayOne.selector;
        selectors[3] = handler.liquidateOne.selector;
        selectors[4] = handler.shortfallOne.selector;
        selectors[5] = handler.markOne.selector;
        selectors[6] = handler.cancelOne.selector;
        selectors[7] = handler.expireOne.selector;
        selectors[8] = handler.pass.selector;
        selectors[9] = handler.pauseOne.selector;
        selectors[10] = handler.claimAll.selector;
        selectors[11] = handler.repayWhileBlocked.selector;
        selectors[12] = handler.cureOne.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector({addr: address(handler), selectors: selectors}));
    }

    function invariant_LoansWalkOnlyAlongTheEdges() public view {
        assertFalse(handler.illegal());
    }

    function invariant_MoneyInIsMoneyOut() public view {
        assertEq(handler.held(), handler.waiting());
        assertEq(
            handler.lenderBalance() + handler.waiting(),
            handler.startBalance() - handler.totalLent() + handler.totalPaid()
        );
    }

    function invariant_NoLoanWithoutAConsumedSignature() public view {
        for (uint256 i = 0; i < handler.count(); ++i) {
            bytes32 loanId = handler.loans(i);
            assertTrue(handler.nonceIsUsed(loanId));
            assertEq(handler.digestOf(loanId), loanId);
        }
    }

    function invariant_TheBooksOfALoanAgree() public view {
        for (uint256 i = 0; i < handler.count(); ++i) {
            bytes32 loanId = handler.loans(i);
            Loan memory l = handler.loan(loanId);
            assertEq(l.paid, handler.given(loanId));
            assertLe(l.interest, l.outstanding);
            ILoanBook.Debt memory debt = handler.debtOn(loanId);
            assertLe(debt.callable, debt.amount);
            if (l.state != LoanState.Defaulted) assertEq(debt.callable, 0);
            if (l.state == LoanState.Funded) assertEq(l.called, 0);
            assertLe(handler.owedOn(loanId), 2 * uint256(l.principal));
            if (l.state == LoanState.Repaid) assertEq(l.outstanding, 0);
            if (handler.lent(loanId) != 0) assertEq(handler.lent(loanId), l.principal);
            else assertEq(l.outstanding, 0);
        }
    }

    function afterInvariant() public {
        handler.payEverything();
    }
}
