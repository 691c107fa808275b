#!/usr/bin/env node
// Prints what the tests cover of src/, and fails where a file misses a line or a branch that coverage-exceptions.txt does not
// answer for, or answers for one that is covered. Sizes and gas are not looked at: coverage compiles without the optimizer.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const REPORT = "cache/lcov.info";
const ARGS = [
  "coverage", "--report", "summary", "--report", "lcov", "--report-file", REPORT,
  "--skip", "*/OracleP256.t.sol",
  // Invariants are many calls of what other tests call once.
  "--no-match-contract", "Invariant|GasTest",
  "--no-match-test", "FitsOnChain",
];

// From the records of LCOV: lines and branches, found and hit.
function missed(report) {
  const files = new Map();
  let counts;
  for (const record of report.split("\n")) {
    const [key, value] = record.split(":");
    if (key === "SF") files.set(value, (counts = {}));
    else if (["LF", "LH", "BRF", "BRH"].includes(key)) counts[key] = Number(value);
  }
  const lines = [...files].filter(([file]) => file.startsWith("src/"))
    .map(([file, { LF, LH, BRF, BRH }]) => ({ file, lines: [LH, LF], branches: [BRH, BRF] }));
  const total = (kind) => lines.reduce(([hit, found], row) => [hit + row[kind][0], found + row[kind][1]], [0, 0]);
  console.log(`src/: ${total("lines").join(" of ")} lines, ${total("branches").join(" of ")} branches`);
  return lines
    .map(({ file, lines, branches }) => ({ file, lines: lines[1] - lines[0], branches: branches[1] - branches[0] }))
    .filter(({ lines, branches }) => lines + branches > 0)
    .map(({ file, lines, branches }) => `${file} lines ${lines} branches ${branches}`);
}

function answered(text) {
  return text.split("\n").filter((line) => line && !line.startsWith("#")).map((line) => line.split(": ")[0]);
}

const run = spawnSync("bin/forge", ARGS, { encoding: "utf8" });
if (run.status !== 0) {
  console.error(`${run.stdout}${run.stderr}`);
  process.exit(1);
}
console.log(run.stdout.split("\n").filter((line) => /^\| (File|src\/)/.test(line)).join("\n"));
const misses = missed(readFileSync(REPORT, "utf8"));
const exceptions = answered(readFileSync("coverage-exceptions.txt", "utf8"));
for (const miss of misses.filter((line) => !exceptions.includes(line))) {
  console.error(`not covered: ${miss}`);
  process.exitCode = 1;
}
for (const stale of exceptions.filter((line) => !misses.includes(line))) {
  console.error(`no longer so: ${stale}`);
  process.exitCode = 1;
}
