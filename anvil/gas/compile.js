// Compiles Morpho Blue, its two mocks and the feed, and writes their creation code: `node compile.js OUTPUT`.
//
// The settings are those of Morpho Blue's own `foundry.toml`, with which the deployed contract was made.
"use strict";
const fs = require("fs");
const path = require("path");
const solc = require("solc-0.8.19");

const PACKAGE = path.dirname(require.resolve("@morpho-org/morpho-blue/package.json"));
const SOURCES = {
  Morpho: path.join(PACKAGE, "src/Morpho.sol"),
  IrmMock: path.join(PACKAGE, "src/mocks/IrmMock.sol"),
  OracleMock: path.join(PACKAGE, "src/mocks/OracleMock.sol"),
  Feed: path.join(__dirname, "contracts/Feed.sol"),
};

const read = (file) => fs.readFileSync(file, "utf8");
const input = {
  language: "Solidity",
  sources: Object.fromEntries(Object.values(SOURCES).map((file) => [file, { content: read(file) }])),
  settings: {
    viaIR: true,
    optimizer: { enabled: true, runs: 999999 },
    evmVersion: "paris",
    metadata: { bytecodeHash: "none" },
    outputSelection: { "*": { "*": ["evm.bytecode.object"] } },
  },
};
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: (file) => ({ contents: read(file) }) }));
const errors = (output.errors ?? []).filter((error) => error.severity === "error");
if (errors.length !== 0) {
  for (const error of errors) console.error(error.formattedMessage);
  process.exit(1);
}
const code = Object.entries(SOURCES).map(([name, file]) => [name, `0x${output.contracts[file][name].evm.bytecode.object}`]);
fs.writeFileSync(process.argv[2], `${JSON.stringify(Object.fromEntries(code), null, 2)}\n`);
