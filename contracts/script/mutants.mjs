// Plants one defect at a time into a copy of the contracts and fails unless a test notices each. The defects are data, one file per contract
// in `mutants/`, each under the name of what would go wrong. One that nothing notices is a test that is missing.
//
// The working tree is only read. Each job works in a copy whose compiled sources are put back before every defect, so that what is
// compiled is the changed file and what depends on it. The tests that a defect names are run first and everything else only if
// they pass; fewer random cases then, and all of them in the second run.
//
// CONTRACT=name takes one file, JOBS=n (2) how many defects are tried at once.

import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const JOBS = Number(process.env.JOBS ?? 2);
/** Longest run of one suite: a defect may keep a test busy for ever, which is not the same as being noticed. */
const RUN_LIMIT_MS = 15 * 60_000;
const COMPILED = ["out", "cache"];
const LEFT_OUT = new Set(["node_modules", "script", "artifacts", "rust", ...COMPILED]);
const FEW_CASES = { FOUNDRY_FUZZ_RUNS: "64", FOUNDRY_INVARIANT_RUNS: "8" };
// Which call first broke an invariant is all that is asked.
const NO_SHRINKING = { FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: "0" };

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The program itself, beside npm's wrapper, whose exit code says nothing. */
function forgeBinary() {
  const scope = join(ROOT, "node_modules/@foundry-rs");
  const platform = readdirSync(scope).find((name) => name.startsWith("forge-"));
  return platform ? join(scope, platform, "bin/forge") : fail(`no forge for this platform in ${scope}`);
}

function readMutants(wanted) {
  const folder = join(HERE, "mutants");
  const contracts = readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => basename(name, ".json"));
  const chosen = wanted ? contracts.filter((name) => name === wanted) : contracts;
  if (chosen.length === 0) fail(`no mutants for ${wanted}; there are ${contracts.join(", ")}`);
  return chosen.flatMap((contract) =>
    JSON.parse(readFileSync(join(folder, `${contract}.json`), "utf8")).map((mutant) => ({ contract, ...mutant })),
  );
}

/** What is wrong with the list itself, which no test can tell. */
function faults(mutants) {
  const names = new Set();
  return mutants.flatMap((mutant) => {
    const { contract, name, file, find, replace } = mutant;
    const where = `${contract}: ${name}`;
    if ([name, file, find, replace].some((text) => typeof text !== "string")) return [`${where}: name, file, find and replace are texts`];
    const times = readFileSync(join(ROOT, file), "utf8").split(find).length - 1;
    const wrong = [];
    if (times !== 1) wrong.push(`${where}: its text occurs ${times} times in ${file}, not once`);
    if (find === replace) wrong.push(`${where}: changes nothing`);
    if (names.has(where)) wrong.push(`${where}: listed twice`);
    names.add(where);
    return wrong;
  });
}

function newScratch(scratches) {
  const folder = mkdtempSync(join(tmpdir(), "contracts-mutants-"));
  scratches.push(folder);
  for (const name of readdirSync(ROOT)) {
    if (!LEFT_OUT.has(name)) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

function copyCompiled(from, to) {
  for (const name of COMPILED) {
    rmSync(join(to, name), { recursive: true, force: true });
    cpSync(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true });
  }
}

/** Runs tests; says which failed, in order of their names, or why there was nothing to run. */
function runTests(forge, folder, args, env) {
  return new Promise((done) => {
    const child = spawn(forge, ["test", "--root", folder, "--json", ...args], {
      cwd: folder,
      env: { ...process.env, FOUNDRY_OUT: "out", FOUNDRY_CACHE_PATH: "cache", ...NO_SHRINKING, ...env },
      timeout: RUN_LIMIT_MS,
    });
    const [out, err] = [[], []];
    child.stdout.on("data", (part) => out.push(part));
    child.stderr.on("data", (part) => err.push(part));
    child.on("error", (error) => done({ broken: String(error) }));
    child.on("close", (code, signal) => done(resultOf(code, signal, out.join(""), err.join(""))));
  });
}

function resultOf(code, signal, out, err) {
  if (signal) return { broken: `ended by ${signal}` };
  let suites;
  try {
    suites = JSON.parse(out);
  } catch {
    const [said] = /^Error.*(\n.*)?/m.exec(out) ?? /^Error.*/m.exec(err) ?? ["nothing was said"];
    return { broken: `does not compile: ${said.replace(/\s+/g, " ")}` };
  }
  const tests = Object.entries(suites).flatMap(([suite, { test_results }]) =>
    Object.entries(test_results).map(([test, { status }]) => ({
      name: `${suite.split(":").at(-1)}.${test.split("(")[0]}`,
      failed: status === "Failure",
    })),
  );
  if (tests.length === 0) return { broken: "no test was run" };
  const failed = tests.filter((test) => test.failed).map((test) => test.name).sort();
  // What is counted and what forge says must agree, else a failure of another kind would pass for none.
  if ((code === 0) !== (failed.length === 0)) return { broken: `forge ended with ${code} and ${failed.length} failed tests` };
  return { failed, count: tests.length };
}

async function tryMutant(forge, pristine, folder, { file, find, replace, tests }) {
  const path = join(folder, file);
  const sound = readFileSync(path, "utf8");
  copyCompiled(pristine, folder);
  // Not as a pattern: `$` means itself in both texts.
  writeFileSync(path, sound.split(find).join(replace));
  try {
    if (tests) {
      const first = await runTests(forge, folder, ["--match-path", tests], FEW_CASES);
      if (first.broken || first.failed.length !== 0) return first;
    }
    return await runTests(forge, folder, [], {});
  } finally {
    writeFileSync(path, sound);
  }
}

async function main() {
  const started = Date.now();
  const secondsSince = (from) => Math.round((Date.now() - from) / 1000);
  const mutants = readMutants(process.env.CONTRACT);
  const wrong = faults(mutants);
  if (wrong.length !== 0) fail(wrong.join("\n"));

  const forge = forgeBinary();
  const scratches = [];
  process.on("exit", () => scratches.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

  const pristine = newScratch(scratches);
  const sound = await runTests(forge, pristine, [], {});
  if (sound.broken || sound.failed.length !== 0) fail(`without any defect: ${sound.broken ?? sound.failed.join(", ")}`);
  console.log(`${sound.count} tests pass without any defect; ${secondsSince(started)} s\n`);
  console.log("contract | mutant | killed by | seconds\n---|---|---|---");

  const rows = new Array(mutants.length);
  let [next, printed, killed] = [0, 0, 0];
  const work = async () => {
    const folder = newScratch(scratches);
    while (next < mutants.length) {
      const index = next++;
      const [mutant, from] = [mutants[index], Date.now()];
      const { broken, failed } = await tryMutant(forge, pristine, folder, mutant);
      if (!broken && failed.length !== 0) ++killed;
      const by = broken ? `ERROR: ${broken}` : (failed[0] ?? "SURVIVED");
      rows[index] = `${mutant.contract} | ${mutant.name} | ${by} | ${secondsSince(from)}`;
      for (; rows[printed] !== undefined; ++printed) console.log(rows[printed]);
    }
  };
  await Promise.all(Array.from({ length: JOBS }, work));
  console.log(`\n${killed} of ${mutants.length} killed; ${secondsSince(started)} s`);
  process.exitCode = killed === mutants.length ? 0 : 1;
}

await main();
