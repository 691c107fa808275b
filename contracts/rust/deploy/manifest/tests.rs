use super::*;

const GOOD: &str = r#"
chain_id = 1

[governance]
guardian = "0x00000000000000000000000000000000000000a1"
multisig = "0x00000000000000000000000000000000000000a2"

[oracle]
signers = [
    "0x00000000000000000000000000000000000000b1",
    "0x00000000000000000000000000000000000000b2",
    "0x00000000000000000000000000000000000000b3",
]
threshold = 2
max_score_step = 100
max_band_step = 3
max_validity_seconds = 7776000
max_epoch_gap = 20

[register]
gateway = "0x00000000000000000000000000000000000000c1"
adapters = ["0x00000000000000000000000000000000000000c2"]

[[register.policies]]
version = 1
hash = "0x00000000000000000000000000000000000000000000000000000000000000d1"

[[register.keys]]
provider_id = "0x00000000000000000000000000000000000000000000000000000000000000d2"
key = "0x00000000000000000000000000000000000000d3"
valid_from = 10
valid_to = 20
kind = "ecdsa"

[escrow]
dust = "100"

[[escrow.assets]]
token = "0x00000000000000000000000000000000000000e1"
cap = "340282366920938463463374607431768211455"
ltv_bps = 7500
threshold_bps = 8250
bonus_bps = 500

[escrow.assets.route]
primary = "0x00000000000000000000000000000000000000f1"
secondary = "0x00000000000000000000000000000000000000f2"
primary_heartbeat_seconds = 3600
secondary_heartbeat_seconds = 3600
min = "0.5"
max = "4000"
max_deviation_bps = 200
expected_price = "1850.25"
tolerance_bps = 100
"#;

#[test]
fn amounts_and_prices_are_taken_exactly() {
    let manifest = Manifest::parse(GOOD).unwrap();
    let asset = &manifest.escrow.assets[0];
    assert_eq!(asset.cap, Amount(u128::MAX));
    assert_eq!(asset.route.expected_price, Units(1_850_250_000_000_000_000_000));
    assert_eq!(asset.route.min, Units(500_000_000_000_000_000));
    assert_eq!(manifest.escrow.dust, Units(100_000_000_000_000_000_000));
}

#[test]
fn each_rule_names_the_field_that_breaks_it() {
    let zero = "0x0000000000000000000000000000000000000000";
    for (from, to, field) in [
        ("chain_id = 1", "chain_id = 0", "chain_id"),
        ("0x00000000000000000000000000000000000000a1", zero, "governance.guardian"),
        ("0x00000000000000000000000000000000000000a2", zero, "governance.multisig"),
        ("00a1\"", "00a2\"", "governance.guardian"),
        ("0x00000000000000000000000000000000000000b2", zero, "oracle.signers[1]"),
        ("00b3\"", "00b1\"", "oracle.signers[2]"),
        ("threshold = 2\n", "threshold = 1\n", "oracle.threshold"),
        ("threshold = 2\n", "threshold = 4\n", "oracle.threshold"),
        ("max_score_step = 100", "max_score_step = 0", "oracle.max_score_step"),
        ("max_score_step = 100", "max_score_step = 551", "oracle.max_score_step"),
        ("max_band_step = 3", "max_band_step = 0", "oracle.max_band_step"),
        ("max_band_step = 3", "max_band_step = 10", "oracle.max_band_step"),
        ("max_validity_seconds = 7776000", "max_validity_seconds = 0", "oracle.max_validity_seconds"),
        ("max_epoch_gap = 20", "max_epoch_gap = 0", "oracle.max_epoch_gap"),
        ("0x00000000000000000000000000000000000000c1", zero, "register.gateway"),
        ("0x00000000000000000000000000000000000000c2", zero, "register.adapters[0]"),
        ("00000000d1\"", "0000000000\"", "register.policies[0].hash"),
        ("0x00000000000000000000000000000000000000d3", zero, "register.keys[0].key"),
        ("valid_to = 20", "valid_to = 10", "register.keys[0].valid_to"),
        ("dust = \"100\"", "dust = \"0\"", "escrow.dust"),
        ("dust = \"100\"", "dust = \"100000.000000000000000001\"", "escrow.dust"),
        ("dust = \"100\"", "dust = \"1\"\nsequencer_grace_seconds = 5", "escrow.sequencer_grace_seconds"),
        ("0x00000000000000000000000000000000000000e1", zero, "escrow.assets[0].token"),
        ("ltv_bps = 7500", "ltv_bps = 8250", "escrow.assets[0].ltv_bps"),
        ("bonus_bps = 500", "bonus_bps = 2122", "escrow.assets[0].bonus_bps"),
        ("bonus_bps = 500", "bonus_bps = 500\nhaircut_bps = 10001", "escrow.assets[0].haircut_bps"),
        ("0x00000000000000000000000000000000000000f1", zero, "escrow.assets[0].route.primary"),
        ("00f2\"", "00f1\"", "escrow.assets[0].route.secondary"),
        (
            "secondary_heartbeat_seconds = 3600",
            "secondary_heartbeat_seconds = 0",
            "escrow.assets[0].route.secondary_heartbeat_seconds",
        ),
        (
            "primary_heartbeat_seconds = 3600",
            "primary_heartbeat_seconds = 604801",
            "escrow.assets[0].route.primary_heartbeat_seconds",
        ),
        ("max = \"4000\"", "max = \"1000000000000000000.1\"", "escrow.assets[0].route.max"),
        ("max_deviation_bps = 200", "max_deviation_bps = 1001", "escrow.assets[0].route.max_deviation_bps"),
        ("tolerance_bps = 100", "tolerance_bps = 1001", "escrow.assets[0].route.tolerance_bps"),
        ("min = \"0.5\"", "min = \"1850.25\"", "escrow.assets[0].route.expected_price"),
        ("max = \"4000\"", "max = \"1850.25\"", "escrow.assets[0].route.expected_price"),
    ] {
        assert_eq!(GOOD.matches(from).count(), 1, "{from}");
        let refused = Manifest::parse(&GOOD.replace(from, to));
        assert!(matches!(&refused, Err(ManifestError::Rule { field: f, .. }) if f == field), "{to}: {refused:?}");
    }
    // The most that a bonus may be: 0.825 x 1.2121 is just below one.
    assert!(Manifest::parse(&GOOD.replace("bonus_bps = 500", "bonus_bps = 2121")).is_ok());
}

#[test]
fn what_the_constructors_take_at_most_is_taken() {
    for (from, to) in [
        ("max_score_step = 100", "max_score_step = 550"),
        ("max_band_step = 3", "max_band_step = 9"),
        ("max_epoch_gap = 20", "max_epoch_gap = 255"),
        ("dust = \"100\"", "dust = \"100000\""),
        ("max = \"4000\"", "max = \"1000000000000000000\""),
    ] {
        let taken = Manifest::parse(&GOOD.replace(from, to));
        assert!(taken.is_ok(), "{to}: {taken:?}");
    }
}

#[test]
fn what_is_named_twice_is_refused() {
    let policy = "[[register.policies]]\nversion = 1\nhash = \"0x00000000000000000000000000000000000000000000000000000000000000d4\"\n";
    let refused = Manifest::parse(&format!("{GOOD}\n{policy}"));
    assert!(
        matches!(&refused, Err(ManifestError::Rule { field, .. }) if field == "register.policies[1]"),
        "{refused:?}"
    );
    let adapter = "\"0x00000000000000000000000000000000000000c2\"";
    let refused = Manifest::parse(&GOOD.replace(adapter, &format!("{adapter}, {adapter}")));
    assert!(
        matches!(&refused, Err(ManifestError::Rule { field, .. }) if field == "register.adapters[1]"),
        "{refused:?}"
    );
}

#[test]
fn what_is_not_of_the_form_is_shown_with_its_line() {
    for (from, to, said) in [
        ("dust = \"100\"", "dust = \"-1\"", "`-1` is no decimal number"),
        ("dust = \"100\"", "dust = \"1e3\"", "`1e3` is no decimal number"),
        ("dust = \"100\"", "dust = \"0.0000000000000000001\"", "`0.0000000000000000001` is no decimal number"),
        ("dust = \"100\"", "dust = \"340282366920938463464\"", "is no decimal number"),
        (
            "cap = \"340282366920938463463374607431768211455\"",
            "cap = \"340282366920938463463374607431768211456\"",
            "is no whole number of 128 bits",
        ),
        ("chain_id = 1", "chain_id = 1\nchain = 2", "unknown field `chain`"),
        ("kind = \"ecdsa\"", "kind = \"rsa\"", "unknown variant `rsa`"),
        ("0x00000000000000000000000000000000000000a1", "0xa1", "guardian"),
    ] {
        let refused = Manifest::parse(&GOOD.replace(from, to));
        let Err(ManifestError::Form(text)) = refused else { panic!("{to}: {refused:?}") };
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn signers_are_put_in_the_order_of_their_hashes() {
    let manifest = Manifest::parse(GOOD).unwrap();
    let hashes: Vec<_> = manifest.oracle.signers_in_order().iter().map(keccak256).collect();
    assert!(hashes.is_sorted());
    assert_eq!(hashes.len(), 3);
}
