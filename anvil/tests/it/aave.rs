use std::fs;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::{DynProvider, Provider},
    rpc::types::TransactionRequest,
    sol,
    sol_types::SolCall,
};
use devnet::{AnvilOptions, Toolchain, aave};

use crate::support::{TestResult, open_folder};

sol! {
    interface IDataProvider {
        function getReserveData(address asset) external view returns (
            uint256 unbacked, uint256 accruedToTreasuryScaled, uint256 totalAToken, uint256 totalStableDebt,
            uint256 totalVariableDebt, uint256 liquidityRate, uint256 variableBorrowRate, uint256 stableBorrowRate,
            uint256 averageStableBorrowRate, uint256 liquidityIndex, uint256 variableBorrowIndex, uint40 lastUpdateTimestamp
        );
        function getReserveConfigurationData(address asset) external view returns (
            uint256 decimals, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus, uint256 reserveFactor,
            bool usageAsCollateralEnabled, bool borrowingEnabled, bool stableBorrowRateEnabled, bool isActive, bool isFrozen
        );
        function getReserveCaps(address asset) external view returns (uint256 borrowCap, uint256 supplyCap);
    }
    interface IOracle {
        function getAssetPrice(address asset) external view returns (uint256);
    }
    interface IPool {
        function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode) external;
        function borrow(address asset, uint256 amount, uint256 interestRateMode, uint16 referralCode, address onBehalfOf) external;
        function getUserAccountData(address user) external view returns (
            uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase,
            uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor
        );
    }
    interface IToken {
        function approve(address spender, uint256 amount) external returns (bool);
        function balanceOf(address account) external view returns (uint256);
    }
}

async fn read<C: SolCall>(
    provider: &DynProvider,
    to: Address,
    call: C,
) -> Result<C::Return, Box<dyn std::error::Error>> {
    let request = TransactionRequest::default().with_to(to);
    let answer: Bytes = provider.call(request.with_input(call.abi_encode())).await?;
    Ok(C::abi_decode_returns(&answer)?)
}

async fn send<C: SolCall>(provider: &DynProvider, from: Address, to: Address, call: C) -> TestResult {
    let request = TransactionRequest::default().with_from(from).with_to(to);
    // Not estimated: an estimate leaves out the interest that is due a second later.
    let request = request.with_input(call.abi_encode()).with_gas_limit(5_000_000);
    let receipt = provider.send_transaction_sync(request).await?;
    assert!(receipt.status(), "{} reverted", C::SIGNATURE);
    Ok(())
}

fn usdc(whole: u64) -> U256 {
    U256::from(whole) * U256::from(10).pow(U256::from(6))
}

fn weth(whole: u64) -> U256 {
    U256::from(whole) * U256::from(10).pow(U256::from(18))
}

#[tokio::test]
async fn the_loaded_market_has_its_liquidity_prices_and_parameters() -> TestResult {
    let options = AnvilOptions::default();
    let (anvil, market) = aave::start(&Toolchain::locate()?, options).await?;
    let provider = anvil.provider();
    assert_eq!(market.chain_id, anvil.chain_id());
    let (weth_asset, usdc_asset) = (market.weth, market.usdc);
    for (asset, supplied, borrowed) in
        [(weth_asset, weth(3_200), weth(500)), (usdc_asset, usdc(5_000_000), usdc(2_500_000))]
    {
        let call = IDataProvider::getReserveDataCall { asset };
        let reserve = read(provider, market.pool_data_provider, call).await?;
        // Both have grown by the interest since the deployment.
        assert!(reserve.totalAToken >= supplied, "{}", reserve.totalAToken);
        assert!(reserve.totalVariableDebt >= borrowed);
        assert!(reserve.totalVariableDebt < reserve.totalAToken);
        assert!(reserve.variableBorrowRate > U256::ZERO);
    }
    for (asset, price) in [(weth_asset, 4_000_u64), (usdc_asset, 1)] {
        let call = IOracle::getAssetPriceCall { asset };
        let found = read(provider, market.oracle, call).await?;
        assert_eq!(found, U256::from(price * 100_000_000));
    }
    for (asset, parameters, caps) in [
        (weth_asset, [18, 8_000, 8_250, 10_500, 1_500], (5_000, 10_000)),
        (usdc_asset, [6, 7_700, 8_000, 10_500, 1_000], (4_000_000, 10_000_000)),
    ] {
        let call = IDataProvider::getReserveConfigurationDataCall { asset };
        let found = read(provider, market.pool_data_provider, call).await?;
        let numbers =
            [found.decimals, found.ltv, found.liquidationThreshold, found.liquidationBonus, found.reserveFactor];
        assert_eq!(numbers, parameters.map(U256::from));
        assert!(found.usageAsCollateralEnabled && found.borrowingEnabled && found.isActive);
        let call = IDataProvider::getReserveCapsCall { asset };
        let found = read(provider, market.pool_data_provider, call).await?;
        let caps = (U256::from(caps.0), U256::from(caps.1));
        assert_eq!((found.borrowCap, found.supplyCap), caps);
    }
    Ok(anvil.stop().await?)
}

#[tokio::test]
async fn a_wallet_borrows_usdc_against_its_weth() -> TestResult {
    let options = AnvilOptions::default();
    let (anvil, market) = aave::start(&Toolchain::locate()?, options).await?;
    let provider = anvil.provider();
    let wallet = market.accounts.wallets.first().ok_or("no wallet")?.address;
    let rate = async || -> Result<U256, Box<dyn std::error::Error>> {
        let asset = market.usdc;
        let call = IDataProvider::getReserveDataCall { asset };
        let reserve = read(provider, market.pool_data_provider, call).await?;
        Ok(reserve.variableBorrowRate)
    };
    let rate_before = rate().await?;
    let approve = IToken::approveCall { spender: market.pool, amount: weth(10) };
    send(provider, wallet, market.weth, approve).await?;
    let supply = IPool::supplyCall { asset: market.weth, amount: weth(10), onBehalfOf: wallet, referralCode: 0 };
    send(provider, wallet, market.pool, supply).await?;
    let borrow = IPool::borrowCall {
        asset: market.usdc,
        amount: usdc(20_000),
        interestRateMode: U256::from(2),
        referralCode: 0,
        onBehalfOf: wallet,
    };
    send(provider, wallet, market.pool, borrow).await?;

    let balance = IToken::balanceOfCall { account: wallet };
    let balance = read(provider, market.usdc, balance).await?;
    assert_eq!(balance, usdc(100_000 + 20_000));
    let position = IPool::getUserAccountDataCall { user: wallet };
    let position = read(provider, market.pool, position).await?;
    // Interest of the seconds in between, and rounding.
    let near = |found: U256, usd: u64| {
        let unit = U256::from(100_000_000);
        found.abs_diff(U256::from(usd) * unit) < unit
    };
    assert!(near(position.totalCollateralBase, 40_000));
    assert!(near(position.totalDebtBase, 20_000));
    assert!(near(position.availableBorrowsBase, 32_000 - 20_000));
    assert!(rate().await? > rate_before);
    Ok(anvil.stop().await?)
}

#[tokio::test]
async fn parallel_callers_with_an_empty_cache_share_one_deployment() -> TestResult {
    let toolchain = Toolchain::locate()?;
    let cache = open_folder()?;
    let (one, two) = tokio::try_join!(
        aave::market_in(cache.path(), &toolchain, 31_343),
        aave::market_in(cache.path(), &toolchain, 31_343),
    )?;
    assert_eq!((one.state, &one.market), (two.state, &two.market));
    assert_eq!(one.market.chain_id, 31_343);
    let mut folders = Vec::new();
    for entry in fs::read_dir(cache.path())? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.file_name());
        }
    }
    assert_eq!(folders.len(), 1, "{folders:?}");
    Ok(())
}
