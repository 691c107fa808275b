// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PlainToken} from "./PlainToken.sol";

/// @notice Delivers one percent less than is sent.
contract FeeToken is PlainToken(18) {
    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0) || to == address(0)) return super._update(from, to, value);
        super._update(from, to, value - value / 100);
        super._update(from, address(0), value / 100);
    }
}

/// @notice Takes one percent more from the sender than is sent.
contract OvertakingToken is PlainToken(18) {
    bool public overtakes;

    function setOvertakes(bool on) external {
        overtakes = on;
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        if (overtakes && from != address(0) && to != address(0)) super._update(from, address(0), value / 100);
    }
}

/// @notice Balances can be scaled by anyone.
contract RebasingToken is PlainToken(18) {
    function burnFrom(address holder, uint256 amount) external {
        _burn(holder, amount);
    }
}

/// @notice Refuses those on a list, as sender and as receiver.
contract BlocklistToken is PlainToken(6) {
    mapping(address => bool) public blocked;

    error Blocked(address account);

    function setBlocked(address account, bool on) external {
        blocked[account] = on;
    }

    function _update(address from, address to, uint256 value) internal override {
        require(!blocked[from], Blocked(from));
        require(!blocked[to], Blocked(to));
        super._update(from, to, value);
    }
}

/// @notice Calls the sender before and the receiver after a transfer, where they are contracts that want it.
contract CallbackToken is PlainToken(18) {
    mapping(address => bytes) private _calls;
    mapping(address => address) private _targets;
    bool public lastCallSucceeded;
    bytes public lastReturn;

    function onTransfer(address holder, address target, bytes calldata data) external {
        (_targets[holder], _calls[holder]) = (target, data);
    }

    function _update(address from, address to, uint256 value) internal override {
        super._update(from, to, value);
        _callFor(from);
        _callFor(to);
    }

    function _callFor(address holder) private {
        address target = _targets[holder];
        if (target == address(0)) return;
        _targets[holder] = address(0);
        (lastCallSucceeded, lastReturn) = target.call(_calls[holder]);
    }
}
