# The single door: what CI runs, a person runs. Each target installs what it needs.

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
DEVNET := $(TARGET)/debug/devnet
AGIO := $(TARGET)/debug/agio
# Reference figures that may lie beside the project; a clone alone does without.
VECTORS := $(wildcard ../shared/vectors/*.json)

# Queries are checked against .sqlx; `make queries` asks a database anew.
export SQLX_OFFLINE := true

.PHONY: demo test contracts-test ci fmt fmt-check lint drift docs queries check-vectors api-check deny bench-math bench-quotes mutants build clean

demo: build
	$(DEVNET) demo $(if $(ONCE),--once)

test: build contracts-test
	$(CARGO) test --workspace

# Foundry and its compiler, as pinned by the lock file; no package's install script runs.
contracts/node_modules/.agio-stamp: contracts/package-lock.json
	cd contracts && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

contracts-test: contracts/node_modules/.agio-stamp
	cd contracts && node_modules/.bin/forge fmt --check && node_modules/.bin/forge test

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
drift: build
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

# Changes the code in every way that should be noticed and counts what no test notices: hours on two cores. `SHARD=0/20`
# does the first twentieth.
mutants:
	command -v cargo-mutants >/dev/null || $(CARGO) install --locked cargo-mutants
	$(CARGO) mutants --package domain --jobs 2 --output $(TARGET) $(if $(SHARD),--shard $(SHARD)) \
		--file domain/src/money.rs --file 'domain/src/apr/**' --file 'domain/src/schedule/**' \
		-- --lib -- money apr schedule normalise

clean:
	$(CARGO) clean
	rm -rf anvil/node_modules contracts/node_modules contracts/out contracts/cache
