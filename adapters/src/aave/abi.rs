//! The part of Aave v3's interface that is read, and the calls that the execution plan is made of.
//! Source: `@aave/core-v3`, `contracts/interfaces` and `contracts/misc/AaveProtocolDataProvider.sol`.

use alloy::sol;

sol! {
    interface IPoolAddressesProvider {
        function getPool() external view returns (address);
        function getPriceOracle() external view returns (address);
    }

    struct ReserveData {
        uint256 configuration;
        uint128 liquidityIndex;
        uint128 currentLiquidityRate;
        uint128 variableBorrowIndex;
        uint128 currentVariableBorrowRate;
        uint128 currentStableBorrowRate;
        uint40 lastUpdateTimestamp;
        uint16 id;
        address aTokenAddress;
        address stableDebtTokenAddress;
        address variableDebtTokenAddress;
        address interestRateStrategyAddress;
        uint128 accruedToTreasury;
        uint128 unbacked;
        uint128 isolationModeTotalDebt;
    }

    interface IPool {
        function getReserveData(address asset) external view returns (ReserveData memory);
        function getUserEMode(address user) external view returns (uint256);
        function getUserAccountData(address user) external view returns (
            uint256 totalCollateralBase,
            uint256 totalDebtBase,
            uint256 availableBorrowsBase,
            uint256 currentLiquidationThreshold,
            uint256 ltv,
            uint256 healthFactor
        );
        function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode) external;
        function borrow(address asset, uint256 amount, uint256 interestRateMode, uint16 referralCode, address onBehalfOf) external;
    }

    interface IDataProvider {
        function getReserveConfigurationData(address asset) external view returns (
            uint256 decimals,
            uint256 ltv,
            uint256 liquidationThreshold,
            uint256 liquidationBonus,
            uint256 reserveFactor,
            bool usageAsCollateralEnabled,
            bool borrowingEnabled,
            bool stableBorrowRateEnabled,
            bool isActive,
            bool isFrozen
        );
        function getReserveCaps(address asset) external view returns (uint256 borrowCap, uint256 supplyCap);
        function getPaused(address asset) external view returns (bool isPaused);
        function getSiloedBorrowing(address asset) external view returns (bool);
        function getDebtCeiling(address asset) external view returns (uint256);
        function getReserveEModeCategory(address asset) external view returns (uint256);
        function getTotalDebt(address asset) external view returns (uint256);
        function getATokenTotalSupply(address asset) external view returns (uint256);
    }

    interface IPriceOracle {
        function getAssetPrice(address asset) external view returns (uint256);
    }

    interface IStrategy {
        function OPTIMAL_USAGE_RATIO() external view returns (uint256);
        function OPTIMAL_STABLE_TO_TOTAL_DEBT_RATIO() external view returns (uint256);
        function getVariableRateSlope1() external view returns (uint256);
        function getVariableRateSlope2() external view returns (uint256);
        function getStableRateSlope1() external view returns (uint256);
        function getStableRateSlope2() external view returns (uint256);
        function getStableRateExcessOffset() external view returns (uint256);
        function getBaseStableBorrowRate() external view returns (uint256);
        function getBaseVariableBorrowRate() external view returns (uint256);
    }

    interface IStableDebtToken {
        function getSupplyData() external view returns (
            uint256 principal,
            uint256 total,
            uint256 averageRate,
            uint40 lastUpdate
        );
    }

    interface IVariableDebtToken {
        function scaledTotalSupply() external view returns (uint256);
    }

    interface IERC20 {
        function balanceOf(address account) external view returns (uint256);
        function allowance(address owner, address spender) external view returns (uint256);
        function approve(address spender, uint256 amount) external returns (bool);
    }
}
