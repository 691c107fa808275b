// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// The token is ours and reverts where it fails.
// forge-lint: disable-start(erc20-unchecked-transfer)

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {CreditAggregator} from "src/aggregator/CreditAggregator.sol";
import {IProtocolDebt} from "src/aggregator/IProtocolDebt.sol";
import {ICollateral} from "src/interfaces/ICollateral.sol";
import {IScores} from "src/interfaces/IScores.sol";

interface IHook {
    function onToken(address from, address to, uint256 amount) external;
}

/// @notice A token that behaves well until told otherwise.
contract TokenDouble is ERC20("Double", "DBL") {
    mapping(address => bool) public blocked;
    mapping(address => address) public hookOf;
    uint256 public feeBps;
    bool public lies;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setBlocked(address who, bool value) external {
        blocked[who] = value;
    }

    function setFee(uint256 bps) external {
        feeBps = bps;
    }

    function setLies(bool value) external {
        lies = value;
    }

    function setHook(address who, address hook) external {
        hookOf[who] = hook;
    }

    function transfer(address to, uint256 amount) public virtual override returns (bool) {
        if (lies) return true;
        return super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        if (lies) return true;
        return super.transferFrom(from, to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!blocked[from] && !blocked[to], "blocked");
        uint256 fee = from == address(0) || to == address(0) ? 0 : amount * feeBps / 10_000;
        super._update(from, to, amount - fee);
        if (fee != 0) super._update(from, address(0), fee);
        address hook = hookOf[to];
        if (hook != address(0)) IHook(hook).onToken(from, to, amount);
    }
}

/// @notice Returns nothing, as USDT does.
contract MuteToken {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @notice Burns all gas it is given, or answers `false`, or answers far too much, when it is asked to pay.
contract HostilePayee is TokenDouble {
    enum Mood {
        Kind,
        False,
        Gas,
        Bomb
    }

    Mood public mood;

    function setMood(Mood value) external {
        mood = value;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (mood == Mood.False) return false;
        if (mood == Mood.Gas) while (true) {}
        if (mood == Mood.Bomb) {
            assembly {
                return(0, 400000)
            }
        }
        return super.transfer(to, amount);
    }
}

contract EscrowDouble is ICollateral {
    error NotSecured(bytes32 loanId);

    bool public secured = true;

    function setSecured(bool value) external {
        secured = value;
    }

    function requireSecured(bytes32 loanId, address, address, address, uint256, address[] calldata, uint256[] calldata)
        external
        view
    {
        require(secured, NotSecured(loanId));
    }

    function liquidate(CreditAggregator register, bytes32 loanId, uint256 amount) external returns (uint256) {
        IERC20 asset = IERC20(register.debtOf(loanId).asset);
        asset.transferFrom(msg.sender, address(this), amount);
        asset.approve(address(register), amount);
        return register.repayByLiquidation(loanId, amount);
    }

    function shortfall(CreditAggregator register, bytes32 loanId, uint256 amount) external {
        register.recordShortfall(loanId, amount);
    }
}

contract ScoresDouble is IScores {
    Status public status;
    uint16 public score = 700;

    function set(Status status_, uint16 score_) external {
        (status, score) = (status_, score_);
    }

    function scoreOf(bytes32, bytes32) external view returns (uint16, uint8, uint64) {
        require(status == Status.Valid, "score");
        return (score, 3, type(uint64).max);
    }

    function tryScoreOf(bytes32, bytes32) external view returns (Status, uint16, uint8, uint64) {
        if (status != Status.Valid) return (status, 0, 0, 0);
        return (Status.Valid, score, 3, type(uint64).max);
    }
}

/// @notice Adapter and protocol in one.
contract AdapterDouble is IProtocolDebt {
    mapping(address => mapping(address => uint256)) public debtOf;

    function setDebt(address borrower, address asset, uint256 debt) external {
        debtOf[borrower][asset] = debt;
    }
}

/// @notice A borrower's wallet that can do several things in one transaction.
contract WalletDouble {
    address public immutable owner;

    constructor(address owner_) {
        owner = owner_;
    }

    function batch(address[] calldata targets, bytes[] calldata calls) external {
        for (uint256 i = 0; i < targets.length; ++i) {
            (bool ok, bytes memory answer) = targets[i].call(calls[i]);
            if (!ok) {
                assembly {
                    revert(add(answer, 32), mload(answer))
                }
            }
        }
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view virtual returns (bytes4) {
        return ECDSA.recover(digest, signature) == owner ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}

/// @notice Answers a signature check in every wrong way.
contract Liar {
    uint256 public how;

    function set(uint256 value) external {
        how = value;
    }

    fallback() external {
        if (how == 0) {
            assembly {
                mstore(0, 1)
                return(0, 32)
            }
        }
        if (how == 1) revert("no");
        if (how == 2) {
            assembly {
                mstore(0, 0x1626ba7e00000000000000000000000000000000000000000000000000000000)
                return(0, 4)
            }
        }
        if (how == 3) {
            assembly {
                mstore(0, 0x1626ba7e00000000000000000000000000000000000000000000000000000001)
                return(0, 32)
            }
        }
        if (how == 4) {
            assembly {
                return(0, 0)
            }
        }
    }
}

/// @notice Calls back into the register while it is paid.
contract Reentrant is IHook {
    CreditAggregator public immutable register;
    bytes public call_;
    bytes public answer;
    bool public tried;

    constructor(CreditAggregator register_) {
        register = register_;
    }

    function arm(bytes calldata data) external {
        call_ = data;
        tried = false;
    }

    function onToken(address, address, uint256) external {
        if (call_.length == 0 || tried) return;
        tried = true;
        (bool ok, bytes memory data) = address(register).call(call_);
        require(!ok, "reentered");
        answer = data;
    }
}
