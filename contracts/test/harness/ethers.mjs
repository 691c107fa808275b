// An independent view of what is signed: reads cases as JSON from standard input, writes digests and signers as JSON.
//
// In: { types: { name: "Name(type member,…)Nested(…)" }, cases: [{ type, domain, encoded, key, signature }] }, where `encoded`
// is the ABI encoding of the struct. Out, for each case: { structHash, digest, signature, recovered }, where `signature` is
// what `key` signs here, and `recovered` who signed the one that came.
import { readFileSync } from "node:fs";
import { AbiCoder, SigningKey, TypedDataEncoder, computeAddress } from "ethers";

/** "A(B b,uint8 c)B(address d)" as ethers wants it: { A: [{ type: "B", name: "b" }, …], B: […] }. */
function parse(text) {
  const structs = {};
  for (const [, name, members] of text.matchAll(/(\w+)\(([^)]*)\)/g)) {
    structs[name] = members.split(",").map((member) => {
      const [type, name] = member.split(" ");
      return { type, name };
    });
  }
  return structs;
}

/** The struct as a type of the ABI, for its encoding to be read. */
function parameter(structs, type, name) {
  const [, base, list] = type.match(/^(\w+)((?:\[\])*)$/);
  const members = structs[base];
  if (!members) return { type, name };
  return { type: `tuple${list}`, name, components: members.map((each) => parameter(structs, each.type, each.name)) };
}

const { types, cases } = JSON.parse(readFileSync(0, "utf8"));
const parsed = Object.fromEntries(Object.entries(types).map(([name, text]) => [name, parse(text)]));
const answers = cases.map(({ type, domain, encoded, key, signature }) => {
  const structs = parsed[type];
  const [decoded] = AbiCoder.defaultAbiCoder().decode([parameter(structs, type, "message")], encoded);
  const message = decoded.toObject(true);
  const digest = TypedDataEncoder.hash(domain, structs, message);
  return {
    structHash: TypedDataEncoder.hashStruct(type, structs, message),
    digest,
    signature: new SigningKey(key).sign(digest).serialized,
    recovered: computeAddress(SigningKey.recoverPublicKey(digest, signature)),
  };
});
process.stdout.write(JSON.stringify(answers));
