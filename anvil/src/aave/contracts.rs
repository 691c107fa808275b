//! Deploying the protocol itself: libraries, pool, configurator, access control, oracle, data provider.

use alloy::{
    primitives::{Address, I256, U256},
    sol_types::SolValue,
};

use super::{
    AaveError,
    deployer::Deployer,
    interfaces::{IACLManager, IInitializable, IPoolAddressesProvider as Provider, IPoolAddressesProviderRegistry},
};

const MARKET_ID: &str = "Agio local market";
/// USD has 8 decimals in Aave's oracle, and no token address.
const USD_UNIT: u64 = 100_000_000;
/// What the market's own feed says.
pub const WETH_PRICE_USD: u64 = 4_000;
const USDC_PRICE_USD: u64 = 1;

/// In the order that linking asks for: `FlashLoanLogic` contains `BorrowLogic`.
const LIBRARIES: [&str; 8] = [
    "SupplyLogic",
    "BorrowLogic",
    "LiquidationLogic",
    "EModeLogic",
    "BridgeLogic",
    "PoolLogic",
    "FlashLoanLogic",
    "ConfiguratorLogic",
];

#[derive(Debug, Clone, Copy)]
pub(super) struct Contracts {
    pub(super) registry: Address,
    pub(super) provider: Address,
    pub(super) acl_manager: Address,
    pub(super) pool: Address,
    pub(super) configurator: Address,
    pub(super) data_provider: Address,
    pub(super) oracle: Address,
    pub(super) weth: Address,
    pub(super) usdc: Address,
    pub(super) weth_feed: Address,
    pub(super) usdc_feed: Address,
}

pub(super) async fn deploy(deployer: &mut Deployer) -> Result<Contracts, AaveError> {
    let admin = deployer.admin;
    let registry = deployer.deploy("protocol/configuration/PoolAddressesProviderRegistry", &admin.abi_encode()).await?;
    let named = (MARKET_ID.to_owned(), admin).abi_encode_params();
    let provider = deployer.deploy("protocol/configuration/PoolAddressesProvider", &named).await?;
    let register = IPoolAddressesProviderRegistry::registerAddressesProviderCall { provider, id: U256::ONE };
    deployer.call(registry, &register).await?;
    let acl_manager = access_control(deployer, provider).await?;
    let (pool, configurator) = pool(deployer, provider).await?;

    let weth = deployer.deploy("dependencies/weth/WETH9", &[]).await?;
    let usdc = ("USD Coin".to_owned(), "USDC".to_owned(), U256::from(6)).abi_encode_params();
    let usdc = deployer.deploy("mocks/tokens/MintableERC20", &usdc).await?;
    let weth_feed = feed(deployer, WETH_PRICE_USD).await?;
    let usdc_feed = feed(deployer, USDC_PRICE_USD).await?;
    let sources = [(weth, weth_feed), (usdc, usdc_feed)];
    let oracle = oracle(deployer, provider, &sources).await?;

    let data_provider = deployer.deploy("misc/AaveProtocolDataProvider", &provider.abi_encode()).await?;
    let set = Provider::setPoolDataProviderCall { newDataProvider: data_provider };
    deployer.call(provider, &set).await?;
    Ok(Contracts {
        registry,
        provider,
        acl_manager,
        pool,
        configurator,
        data_provider,
        oracle,
        weth,
        usdc,
        weth_feed,
        usdc_feed,
    })
}

async fn access_control(deployer: &Deployer, provider: Address) -> Result<Address, AaveError> {
    let admin = deployer.admin;
    // The manager's constructor asks the provider for its admin.
    let set = Provider::setACLAdminCall { newAclAdmin: admin };
    deployer.call(provider, &set).await?;
    let manager = deployer.deploy("protocol/configuration/ACLManager", &provider.abi_encode()).await?;
    let set = Provider::setACLManagerCall { newAclManager: manager };
    deployer.call(provider, &set).await?;
    deployer.call(manager, &IACLManager::addPoolAdminCall { admin }).await?;
    deployer.call(manager, &IACLManager::addEmergencyAdminCall { admin }).await?;
    Ok(manager)
}

/// The pool and its configurator, as the proxies that the provider makes for them.
async fn pool(deployer: &mut Deployer, provider: Address) -> Result<(Address, Address), AaveError> {
    for library in LIBRARIES {
        deployer.deploy_library(library).await?;
    }
    let initialize = IInitializable::initializeCall { provider };
    let pool = deployer.deploy("protocol/pool/Pool", &provider.abi_encode()).await?;
    // An implementation left open could be initialised, and so owned, by anyone.
    deployer.call(pool, &initialize).await?;
    deployer.call(provider, &Provider::setPoolImplCall { newPoolImpl: pool }).await?;
    let configurator = deployer.deploy("protocol/pool/PoolConfigurator", &[]).await?;
    deployer.call(configurator, &initialize).await?;
    let set = Provider::setPoolConfiguratorImplCall { newPoolConfiguratorImpl: configurator };
    deployer.call(provider, &set).await?;
    Ok((
        deployer.read(provider, &Provider::getPoolCall {}).await?,
        deployer.read(provider, &Provider::getPoolConfiguratorCall {}).await?,
    ))
}

async fn feed(deployer: &Deployer, price_usd: u64) -> Result<Address, AaveError> {
    let answer = I256::from_raw(U256::from(price_usd) * U256::from(USD_UNIT));
    deployer.deploy("mocks/oracle/CLAggregators/MockAggregator", &answer.abi_encode()).await
}

async fn oracle(deployer: &Deployer, provider: Address, sources: &[(Address, Address)]) -> Result<Address, AaveError> {
    let (assets, feeds): (Vec<Address>, Vec<Address>) = sources.iter().copied().unzip();
    let arguments = (provider, assets, feeds, Address::ZERO, Address::ZERO, U256::from(USD_UNIT));
    let oracle = deployer.deploy("misc/AaveOracle", &arguments.abi_encode_params()).await?;
    let set = Provider::setPriceOracleCall { newPriceOracle: oracle };
    deployer.call(provider, &set).await?;
    Ok(oracle)
}
