// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ICollateralErrors} from "./ICollateralErrors.sol";
import {IRiskPolicy} from "./IRiskPolicy.sol";

/// @title Who has what in the escrow
/// @notice Amounts, never shares: a donation changes nobody's balance, and nobody's balance depends on anybody else's. For every asset
/// `sum(free) + sum(locked) = tracked <= balanceOf(escrow)`. Policy is asked about what comes in and never about what goes out.
abstract contract CollateralLedger is AccessManaged, ReentrancyGuardTransient, ICollateralErrors {
    using SafeERC20 for IERC20;

    /// @notice The most assets that can ever be locked for loans here: another policy must know each, so that there must not be too many to ask for.
    uint256 public constant MAX_KNOWN_ASSETS = 128;

    /// @notice What an owner may withdraw or lock, in the asset's smallest unit.
    mapping(address owner => mapping(address asset => uint256)) public free;
    /// @notice What the escrow owes of an asset to all owners together.
    mapping(address asset => uint256) public tracked;
    /// @notice The policy in force.
    IRiskPolicy public policy;
    /// @dev Every asset that was ever locked. The id of an asset is its position, counted from one.
    address[] private _known;
    mapping(address asset => uint8) private _idOf;

    /// @notice Another policy is in force.
    event PolicySet(address indexed previous, address indexed next);
    /// @notice `amount` arrived, after `asked` was sent.
    event Deposited(address indexed owner, address indexed asset, uint256 asked, uint256 amount);
    /// @notice `amount` left.
    event Withdrawn(address indexed owner, address indexed asset, uint256 amount, address indexed to);

    /// @notice Puts another policy in force. Multisig, after the delay.
    /// @param next the policy
    /// @dev Emits `PolicySet`. Reverts `AccessManagedUnauthorized`, `PolicyRefused` for what is not a contract with a dust value, `PolicyLacksAsset` unless it covers every
    /// asset that was ever locked here and of which something is left: what it lacked could be neither opened on, partly
    /// released nor liquidated. Whether a price is sound at this second is not asked, so that a broken feed cannot stop the policy
    /// that replaces it. An asset that the next policy is to drop must have its cap lowered to zero before and be left by all, else anybody
    /// could hold the change up with one unit of it. The assets of debts are the books' to know and their routes are the caller's to bring along; where one is missing,
    /// repayment and every exit still work. At most `MAX_KNOWN_ASSETS` assets are asked for.
    function setPolicy(IRiskPolicy next) external restricted {
        _setPolicy(next);
    }

    /// @notice Every asset that was ever locked for a loan, in the order in which they came. Anyone.
    function knownAssets() external view returns (address[] memory) {
        return _known;
    }

    /// @notice Brings an asset in, for the caller. Anyone. `amount` in the asset's smallest unit, before any fee of the token.
    /// @dev Emits `Deposited`. Reverts, in this order: `ActionPaused`, `AmountZero`, `AssetNotListed`, `AssetShrank` where the token took
    /// from the escrow before, the token's own error, `AmountArrivedDiffers` unless listed as taking a fee, `AmountZero` where nothing
    /// arrived, `CapExceeded`.
    /// @return credited what arrived, and was credited
    function deposit(address asset, uint256 amount) external nonReentrant returns (uint256 credited) {
        (bool takesFee, uint256 cap) = _requireComing(policy, asset, amount);
        credited = _pull(asset, amount, takesFee, cap);
        free[msg.sender][asset] += credited;
    }

    /// @notice As `deposit`, with an ERC-2612 permit of the caller. A permit that was used before, by anyone, does not stop the deposit
    /// where the allowance is there. Anyone, for themselves; emits and reverts as `deposit`.
    /// @param amount in the asset's smallest unit, before any fee of the token
    /// @param deadline of the permit, seconds since the epoch
    function depositWithPermit(address asset, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
        returns (uint256 credited)
    {
        (bool takesFee, uint256 cap) = _requireComing(policy, asset, amount);
        try IERC20Permit(asset).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        credited = _pull(asset, amount, takesFee, cap);
        free[msg.sender][asset] += credited;
    }

    /// @notice Takes free assets out. The caller, of their own; never paused, and no price is read.
    /// @dev Emits `Withdrawn`. Reverts, in this order: `AmountZero`, `FreeInsufficient`, `AddressRefused` for zero and for the escrow, the token's
    /// own error, `AmountLeftDiffers`.
    /// @param to who receives; another than the caller where the token refuses the caller
    function withdraw(address asset, uint256 amount, address to) external nonReentrant {
        require(amount != 0, AmountZero(asset));
        _takeFree(msg.sender, asset, amount);
        _send(asset, amount, to);
        emit Withdrawn(msg.sender, asset, amount, to);
    }

    function _setPolicy(IRiskPolicy next) internal {
        require(address(next).code.length != 0, PolicyRefused(address(next)));
        try next.dustValue() returns (uint256) {}
        catch {
            revert PolicyRefused(address(next));
        }
        for (uint256 i = 0; i < _known.length; ++i) {
            uint256 held = tracked[_known[i]];
            require(held == 0 || next.covers(_known[i]), PolicyLacksAsset(address(next), _known[i], held));
        }
        emit PolicySet(address(policy), address(next));
        policy = next;
    }

    function _requireComing(IRiskPolicy rules, address asset, uint256 amount)
        internal
        view
        returns (bool takesFee, uint256 cap)
    {
        rules.requireActive(IRiskPolicy.Action.Deposit);
        require(amount != 0, AmountZero(asset));
        bool listed;
        (listed, takesFee, cap) = rules.depositTerms(asset);
        require(listed, AssetNotListed(asset));
    }

    /// @dev Brings an asset in and tracks it; the caller credits it to the owner.
    function _pull(address asset, uint256 amount, bool takesFee, uint256 cap) internal returns (uint256 credited) {
        uint256 before = IERC20(asset).balanceOf(address(this));
        uint256 held = tracked[asset];
        require(before >= held, AssetShrank(asset, before, held));
        IERC20(asset).safeTransferFrom(msg.sender, address(this), amount);
        uint256 afterwards = IERC20(asset).balanceOf(address(this));
        credited = afterwards > before ? afterwards - before : 0;
        require(credited == amount || (takesFee && credited < amount), AmountArrivedDiffers(asset, amount, credited));
        require(credited != 0, AmountZero(asset));
        require(held + credited <= cap, CapExceeded(asset, held + credited, cap));

        tracked[asset] = held + credited;
        emit Deposited(msg.sender, asset, amount, credited);
    }

    /// @dev The id of an asset, which gets one the first time that it is locked.
    function _know(address asset) internal returns (uint8 id) {
        id = _idOf[asset];
        if (id != 0) return id;
        require(_known.length < MAX_KNOWN_ASSETS, TooManyKnownAssets(asset, _known.length));
        _known.push(asset);
        // At most `MAX_KNOWN_ASSETS`.
        // forge-lint: disable-next-line(unsafe-typecast)
        id = uint8(_known.length);
        _idOf[asset] = id;
    }

    function _assetOf(uint8 id) internal view returns (address) {
        return _known[id - 1];
    }

    function _takeFree(address owner, address asset, uint256 amount) internal {
        uint256 available = free[owner][asset];
        require(amount <= available, FreeInsufficient(owner, asset, available, amount));
        free[owner][asset] = available - amount;
    }

    /// @dev The caller has taken `amount` from a balance already; this takes it from what is tracked and moves the tokens.
    function _send(address asset, uint256 amount, address to) internal {
        require(to != address(0) && to != address(this), AddressRefused(to));
        tracked[asset] -= amount;
        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransfer(to, amount);
        uint256 afterwards = IERC20(asset).balanceOf(address(this));
        // A callback may have donated; it cannot have taken, since every function that takes is guarded.
        require(afterwards + amount >= before, AmountLeftDiffers(asset, amount, before - afterwards));
    }
}
