#!/usr/bin/env node
// Fails where Slither has a finding of high or medium impact that slither-expected.txt does not name, or names one that it no longer has.
// README.md says of each kind why it stands. Usage: slither.mjs SLITHER
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

// Apart from the ordinary build, whose folder has the tests and what was compiled before.
const OUT = "cache/slither-out";
const REPORT = "cache/slither.json";
const env = {
  ...process.env,
  PATH: `${process.cwd()}/node_modules/.bin:${process.env.PATH}`,
  FOUNDRY_OUT: OUT,
  FOUNDRY_CACHE_PATH: "cache/slither-cache",
};

function run(command, args) {
  try {
    execFileSync(command, args, { stdio: "pipe", maxBuffer: 1 << 26, env });
  } catch (failure) {
    console.error(`${failure.stdout}${failure.stderr}`);
    process.exit(1);
  }
}

// A finding names first the function, or the variable of a function, that it is about.
function nameOf({ check, description }) {
  const [subject] = description.match(/\w\S*\([^)]*\)(\.\w+)?/) ?? [description.split(" ")[0]];
  return `${check} ${subject}`;
}

// Those of `one` that are not in `other`, as often as they are there more often.
function without(one, other) {
  const left = [...other];
  return one.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

rmSync(OUT, { recursive: true, force: true });
rmSync(REPORT, { force: true });
run("forge", ["build", "--force", "--skip", "test", "--build-info"]);
run(process.argv[2], [".", "--ignore-compile", "--foundry-out-directory", OUT, "--json", REPORT, "--fail-none"]);
const found = (JSON.parse(readFileSync(REPORT, "utf8")).results.detectors ?? []).map(nameOf).sort();
const expected = readFileSync("slither-expected.txt", "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
for (const line of without(found, expected)) {
  console.error(`found: ${line}`);
  process.exitCode = 1;
}
for (const line of without(expected, found)) {
  console.error(`no longer found: ${line}`);
  process.exitCode = 1;
}
console.log(`${found.length} findings of high or medium impact, ${without(found, expected).length} of them unanswered`);
