use alloy::primitives::Address;

use super::*;

const DATABASE: &str = "[database]\nurl = \"postgres://app@127.0.0.1/agio\"\n";
const TWO: &str =
    "endpoints = [{ url = \"https://one.example/k3y\", priority = 1 }, { url = \"https://two.example\" }]";
const WHOLE: &str = "id = \"eip155:31337\"\nname = \"Anvil\"\nblock_time_ms = 1000\nfinality = { safe = 1, final = 2 }\n\
                     fees = { type = \"gas_price\", least_wei = 7 }\ncoin = \"ETH\"";

fn development(chain: &str) -> Result<Vec<BuiltChain>, String> {
    read(&format!("environment = \"development\"\n{DATABASE}[[chains]]\n{chain}\n"))
}

fn production(chain: &str) -> Result<Vec<BuiltChain>, String> {
    read(&format!("{DATABASE}[[chains]]\n{chain}\n"))
}

fn read(text: &str) -> Result<Vec<BuiltChain>, String> {
    let config = Config::from_toml(text).map_err(|error| error.to_string())?;
    config.build_chains().map_err(|error| error.to_string())
}

#[test]
fn a_known_chain_needs_its_nodes_and_nothing_else() {
    for number in [1, 10, 56, 137, 42_161] {
        let built = production(&format!("id = \"eip155:{number}\"\n{TWO}")).unwrap();
        assert_eq!(*built[0].chain, Chain::known(&ChainId::evm(number)).unwrap());
        assert_eq!(built[0].sources_that_agree, 2);
        let first = built[0].first_endpoint().unwrap();
        assert_eq!(first.url.expose_secret(), "https://two.example", "the lowest priority comes first");
    }
}

#[test]
fn what_is_said_of_a_known_chain_goes_over_what_is_known() {
    let said = "name = \"Mainnet\"\nblock_time_ms = 250\nfinality = { safe = 3, final = 9 }\ncoin = \"XDAI\"\n\
                data_fee = \"op_stack\"\nmulticall = \"none\"\n\
                fees = { type = \"dynamic_fee\", least_priority_wei = \"20000000000000000000\" }\n\
                contracts = { escrow = \"0x00000000000000000000000000000000000000e5\" }";
    let built = production(&format!("id = \"eip155:1\"\n{TWO}\n{said}")).unwrap();
    let chain = &built[0].chain;
    assert_eq!((chain.name.as_str(), chain.coin.as_str()), ("Mainnet", "XDAI"));
    assert_eq!(chain.block_time, Duration::from_millis(250));
    assert_eq!(chain.finality, FinalityRule::Depth { safe: 3, last: 9 });
    assert_eq!(chain.fees, FeeRule::DynamicFee { least_priority_wei: 20_000_000_000_000_000_000 });
    assert_eq!((chain.data_fee, chain.multicall), (DataFee::OpStack, None));
    assert_eq!(chain.contracts["escrow"], Address::with_last_byte(0xe5));
    let tags = production(&format!("id = \"eip155:56\"\n{TWO}\nfinality = \"tags\"")).unwrap();
    assert_eq!(tags[0].chain.finality, FinalityRule::Tags);
}

#[test]
fn another_chain_is_described_whole() {
    let built = production(&format!("{WHOLE}\n{TWO}")).unwrap();
    assert_eq!(built[0].chain.number, 31_337);
    assert_eq!(built[0].chain.fees, FeeRule::GasPrice { least_wei: 7 });
    for field in ["name", "block_time_ms", "finality", "fees", "coin"] {
        let lines = WHOLE.lines().filter(|line| !line.starts_with(field)).collect::<Vec<_>>().join("\n");
        let error = production(&format!("{lines}\n{TWO}")).unwrap_err();
        assert!(error.contains(&format!("chains[0].{field}: is needed")), "{field}: {error}");
    }
}

#[test]
fn a_rule_that_is_broken_is_named_with_its_field_and_no_url_is_shown() {
    const CHECKSUMMED: &str = "0xcA11bde05977b3631167028862bE2a173976CA11";
    let same = "endpoints = [{ url = \"https://one.example/k3y\" }, { url = \"https://ONE.example/k3y\" }]";
    for (line, field) in [
        ("endpoints = []", "chains[0].endpoints: must be 1 to 16"),
        (
            "endpoints = [{ url = \"k3y\" }, { url = \"https://two.example\" }]",
            "chains[0].endpoints[0].url: is no http",
        ),
        ("endpoints = [{ url = \"ftp://k3y\" }]", "chains[0].endpoints[0].url: is no http"),
        (same, "chains[0].endpoints[1].url: is the same as that of endpoints[0]"),
        ("endpoints = [{ url = \"https://k3y\" }]", "chains[0].sources_that_agree: is 2, and endpoints has 1"),
    ] {
        let error = production(&format!("id = \"eip155:1\"\n{line}")).unwrap_err();
        assert!(error.contains(field), "{field}: {error}");
        assert!(!error.to_lowercase().contains("k3y"), "{error}");
    }
    let swapped = CHECKSUMMED.replace("cA", "Ca");
    for (line, field) in [
        ("sources_that_agree = 0", "chains[0].sources_that_agree: must be more than 0"),
        ("block_time_ms = 0", "chains[0].block_time_ms: must be between 1"),
        ("block_time_ms = 3600001", "chains[0].block_time_ms: must be between 1"),
        ("finality = { safe = 3, final = 2 }", "chains[0].finality.safe: must be at most"),
        ("finality = { safe = 0, final = 100001 }", "chains[0].finality.final: must be at most"),
        ("finality = \"soon\"", "finality"),
        ("fees = { type = \"free\" }", "free"),
        ("fees = { type = \"gas_price\", least_wei = -1 }", "must be a whole number of wei"),
        ("fees = { type = \"gas_price\", least_wei = \"1_000\" }", "must be a whole number of wei"),
        ("data_fee = \"celestia\"", "celestia"),
        ("coin = \"\"", "chains[0].coin: must be"),
        ("name = \" Mainnet\"", "chains[0].name: must be"),
        (&format!("multicall = \"{swapped}\""), "chains[0].multicall: has letters of both cases"),
        ("multicall = \"0x12\"", "chains[0].multicall: is no address"),
        ("contracts = { Escrow = \"0x00000000000000000000000000000000000000e5\" }", "chains[0].contracts: `Escrow`"),
        (
            "contracts = { escrow = \"0x0000000000000000000000000000000000000000\" }",
            "chains[0].contracts.escrow: must not",
        ),
        ("rpc_url = \"https://k3y\"", "rpc_url"),
    ] {
        let error = development(&format!("id = \"eip155:1\"\n{TWO}\n{line}")).unwrap_err();
        assert!(error.contains(field), "{field}: {error}");
    }
    assert!(development(&format!("id = \"eip155:1\"\n{TWO}\nmulticall = \"{CHECKSUMMED}\"")).is_ok());
    for id in ["bip122:000000000019d6689c085ae165831e93", "1", "eip155:01"] {
        let error =
            development(&WHOLE.replace("eip155:31337", id).replace("coin", &format!("{TWO}\ncoin"))).unwrap_err();
        assert!(error.contains("chains[0].id"), "{error}");
    }
}

#[test]
fn one_node_is_believed_in_development_only() {
    let alone = "id = \"eip155:1\"\nendpoints = [{ url = \"http://127.0.0.1:1\" }]\nsources_that_agree = 1";
    assert_eq!(development(alone).unwrap()[0].sources_that_agree, 1);
    assert!(production(alone).unwrap_err().contains("chains[0].sources_that_agree: is 1"));
    let instant = format!("id = \"eip155:1\"\n{TWO}\nfinality = {{ safe = 0, final = 0 }}");
    assert!(development(&instant).is_ok());
    assert!(production(&instant).unwrap_err().contains("chains[0].finality.final: is 0"));
}

#[test]
fn two_chains_of_one_id_or_name_are_refused() {
    let twice = format!("id = \"eip155:1\"\n{TWO}\n[[chains]]\nid = \"eip155:1\"\nname = \"Other\"\n{TWO}");
    assert!(production(&twice).unwrap_err().contains("chains[1].id: is used"));
    let twice = format!("id = \"eip155:1\"\n{TWO}\n[[chains]]\nid = \"eip155:10\"\nname = \"Ethereum\"\n{TWO}");
    assert!(production(&twice).unwrap_err().contains("chains[1].name: is used"));
}

#[test]
fn more_than_the_limits_is_refused() {
    let node = |i: usize| format!("{{ url = \"https://{i}.example\" }}");
    let nodes =
        |n: usize| format!("id = \"eip155:1\"\nendpoints = [{}]", (0..n).map(node).collect::<Vec<_>>().join(","));
    assert!(production(&nodes(MAX_ENDPOINTS)).is_ok());
    assert!(production(&nodes(MAX_ENDPOINTS + 1)).unwrap_err().contains("chains[0].endpoints: must be"));
    let chain =
        |i: usize| WHOLE.replace("31337", &(1_000_000 + i).to_string()).replace("\"Anvil\"", &format!("\"{i}\""));
    let chains = |n: usize| {
        let tables = (0..n).map(|i| format!("{}\n{TWO}\n", chain(i)));
        tables.collect::<Vec<_>>().join("[[chains]]\n")
    };
    assert_eq!(production(&chains(MAX_CHAINS)).unwrap().len(), MAX_CHAINS);
    assert!(production(&chains(MAX_CHAINS + 1)).unwrap_err().contains("chains: must be at most 32"));
    let names = |n: usize| {
        let all = (0..n).map(|i| format!("a{i} = \"0x00000000000000000000000000000000000000e5\""));
        format!("id = \"eip155:1\"\n{TWO}\ncontracts = {{ {} }}", all.collect::<Vec<_>>().join(", "))
    };
    assert!(production(&names(MAX_CONTRACTS)).is_ok());
    assert!(production(&names(MAX_CONTRACTS + 1)).unwrap_err().contains("chains[0].contracts: must be at most"));
}
