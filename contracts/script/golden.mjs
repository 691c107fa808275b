#!/usr/bin/env node
// What must not change unseen: where each contract keeps its state, how long its code is, and what its main operations cost.
// Compares them with golden/, and fails where they differ; `golden.mjs --write` makes them golden.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const FORGE = "bin/forge";
const GAS = "cache/golden-gas";
// What a library leaves whose functions are all internal.
const STUB_BYTES = 100;

function forge(args, env = {}) {
  try {
    execFileSync(FORGE, args, { stdio: "pipe", maxBuffer: 1 << 26, env: { ...process.env, ...env } });
  } catch (failure) {
    console.error(`${failure.stdout}${failure.stderr}`);
    process.exit(1);
  }
}

// Every contract under src/ that has code of its own, by name.
function contracts() {
  const found = [];
  for (const file of readdirSync("out").filter((name) => name.endsWith(".sol"))) {
    for (const name of readdirSync(`out/${file}`)) {
      const artifact = JSON.parse(readFileSync(`out/${file}/${name}`, "utf8"));
      const [source] = Object.keys(artifact.metadata?.settings?.compilationTarget ?? {});
      const bytes = (artifact.deployedBytecode.object.length - 2) / 2;
      if (!source?.startsWith("src/") || !existsSync(source) || bytes < STUB_BYTES) continue;
      found.push({ name: name.replace(".json", ""), bytes, layout: artifact.storageLayout });
    }
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function rows(members, types) {
  return members.map(({ slot, offset, type, label }) => {
    const { label: typeName, numberOfBytes } = types[type];
    return `  slot ${slot} offset ${offset} bytes ${numberOfBytes} ${typeName} ${label}`;
  });
}

function storageOf({ name, layout }) {
  const types = layout.types ?? {};
  const structs = Object.values(types).filter((type) => type.members).sort((a, b) => (a.label < b.label ? -1 : 1));
  const parts = structs.flatMap((type) => [` ${type.label}`, ...rows(type.members, types)]);
  return [name, ...rows(layout.storage, types), ...parts].join("\n");
}

function gas() {
  rmSync(GAS, { recursive: true, force: true });
  forge(["test", "--match-contract", "GasTest$"], { FOUNDRY_SNAPSHOTS: GAS, FORGE_SNAPSHOT_EMIT: "true" });
  return readdirSync(GAS).sort().flatMap((file) =>
    Object.entries(JSON.parse(readFileSync(`${GAS}/${file}`, "utf8")))
      .map(([operation, used]) => `${file.replace(".json", "")}: ${operation} ${used}`));
}

function measure() {
  forge(["build"]);
  const all = contracts();
  return {
    "storage.txt": all.filter(({ layout }) => layout.storage.length).map(storageOf).join("\n\n"),
    "sizes.txt": all.map(({ name, bytes }) => `${name} ${bytes}`).join("\n"),
    "gas.txt": gas().join("\n"),
  };
}

function differences(golden, now) {
  const [before, after] = [golden.split("\n"), now.split("\n")];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
}

mkdirSync("golden", { recursive: true });
for (const [file, text] of Object.entries(measure())) {
  const path = `golden/${file}`;
  const now = `${text}\n`;
  if (process.argv.includes("--write")) {
    writeFileSync(path, now);
    continue;
  }
  const golden = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (golden === now) continue;
  console.error([`${path} is no longer so (make contracts-golden):`, ...differences(golden, now)].join("\n"));
  process.exitCode = 1;
}
