# The single door: what CI runs, a person runs. Each target installs what it needs.

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
DEVNET := $(TARGET)/debug/devnet
AGIO := $(TARGET)/debug/agio
# Reference figures that may lie beside the project; a clone alone does without.
VECTORS := $(wildcard ../shared/vectors/*.json)

# Queries are checked against .sqlx; `make queries` asks a database anew.
export SQLX_OFFLINE := true

.PHONY: demo test contracts-artifacts contracts-test contracts-golden contracts-coverage contracts-slither contracts-mutants ci fmt fmt-check lint drift docs queries check-vectors api-check deny bench-math bench-quotes bench-gas bench-ledger mutants build clean

demo: build
	$(DEVNET) demo $(if $(ONCE),--once)

test: build contracts-test
	$(CARGO) test --workspace

# Foundry and its compiler, as pinned by the lock file; no package's install script runs.
contracts/node_modules/.agio-stamp: contracts/package-lock.json
	cd contracts && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

# The linter compiles no code, and leaves its interfaces where tests read whole artifacts.
LINT_APART := FOUNDRY_OUT=cache/lint-out FOUNDRY_CACHE_PATH=cache/lint-cache

contracts-test: contracts/node_modules/.agio-stamp
	cd contracts && bin/forge fmt --check && $(LINT_APART) bin/forge lint --deny warnings && bin/forge test && node script/golden.mjs

# Storage layouts, sizes and gas as they are now become what they are compared with.
contracts-golden: contracts/node_modules/.agio-stamp
	cd contracts && node script/golden.mjs --write

contracts-coverage: contracts/node_modules/.agio-stamp
	cd contracts && bin/forge build && node script/coverage.mjs

contracts-slither: contracts/node_modules/.agio-stamp
	tests/python-tools $(TARGET)/slither contracts/slither-requirements.txt
	cd contracts && node script/slither.mjs $(abspath $(TARGET))/slither/bin/slither

# Ten defects a contract, planted one by one in a copy: each must be noticed. CONTRACT=name takes one contract.
contracts-mutants: contracts/node_modules/.agio-stamp
	cd contracts && node script/mutants.mjs

BUILD_CONTRACTS := $(CARGO) run --quiet --package contracts --features build --bin build-contracts --

# What the bindings are made of, from the sources.
contracts-artifacts: contracts/node_modules/.agio-stamp
	$(BUILD_CONTRACTS)

ci: fmt-check lint drift test check-vectors api-check
	$(MAKE) demo ONCE=1

build:
	$(CARGO) build --workspace --bins

fmt:
	$(CARGO) fmt --all

fmt-check:
	$(CARGO) fmt --all --check

lint:
	$(CARGO) clippy --workspace --all-targets -- -D warnings

# What is generated must be what is committed.
drift: build contracts/node_modules/.agio-stamp
	$(BUILD_CONTRACTS) --check
	$(DEVNET) queries --check
	$(AGIO) openapi | diff -u docs/openapi.json -
	$(AGIO) openapi --provider-protocol | diff -u docs/provider-protocol.openapi.json -
	$(AGIO) openapi --problems | diff -u docs/problems.md -
	$(DEVNET) lenders --magic-page | diff -u docs/magic-inputs.md -

docs: build
	$(AGIO) openapi > docs/openapi.json
	$(AGIO) openapi --provider-protocol > docs/provider-protocol.openapi.json
	$(AGIO) openapi --problems > docs/problems.md
	$(DEVNET) lenders --magic-page > docs/magic-inputs.md

queries:
	$(CARGO) build --package devnet
	$(DEVNET) queries

check-vectors: build
ifneq ($(VECTORS),)
	$(AGIO) calc check $(VECTORS)
endif

# The running service against its own document, by schemathesis.
api-check: build
	tests/schemathesis/run $(TARGET) $(DEVNET)

deny:
	command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny
	$(CARGO) deny check bans licenses sources

bench-math:
	$(CARGO) bench -p domain
	domain/benches/peers/run $(TARGET)

bench-quotes:
	$(CARGO) build --release --workspace --bins
	$(TARGET)/release/devnet bench-quotes

bench-ledger:
	$(CARGO) build --release --package devnet
	AGIO_PGBENCH=$$(anvil/pgbench $(abspath $(TARGET))/pgbench) $(TARGET)/release/devnet bench-ledger

bench-gas:
	$(CARGO) build --package devnet
	$(DEVNET) bench-gas

# Changes the code in every way that should be noticed and fails where tests notice less than nine tenths of what still
# builds: hours on two cores. `SHARD=0/20` does every twentieth. Each job builds in a copy of its own, which a shared
# target directory would undo. Properties try the same few cases for every change and do not shrink, so that none is noticed
# by luck or at length; a change that never ends counts as noticed.
mutants: export PROPTEST_CASES := 64
mutants: export PROPTEST_RNG_SEED := 1
mutants: export PROPTEST_MAX_SHRINK_ITERS := 0
mutants:
	command -v cargo-mutants >/dev/null || $(CARGO) install --locked cargo-mutants
	env -u CARGO_TARGET_DIR $(CARGO) mutants --package domain --profile mutants --jobs 2 --timeout 60 --build-timeout 300 \
		--output $(TARGET) $(if $(SHARD),--shard $(SHARD) --sharding round-robin) --cargo-arg=--lib \
		--file domain/src/money.rs --file 'domain/src/apr/**' --file 'domain/src/schedule/**' \
		-- -- money apr schedule normalise || case $$? in 2 | 3) ;; *) exit 1 ;; esac
	cd $(TARGET)/mutants.out && noticed=$$(cat caught.txt timeout.txt | wc -l) && viable=$$(cat caught.txt timeout.txt missed.txt | wc -l) \
		&& echo "$$noticed of $$viable noticed" && test $$((noticed * 10)) -ge $$((viable * 9))

clean:
	$(CARGO) clean
	rm -rf anvil/node_modules anvil/gas/node_modules contracts/node_modules contracts/out contracts/cache
