// Compiles every schema of a folder with ajv in strict mode; prints what it refuses, ends with 1 then.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import addFormats from "ajv-formats";
import Ajv from "ajv/dist/2020.js";

const folder = process.argv[2];
const options = { strict: true, allErrors: true };
// Words for editors, which say nothing about a value.
const forEditors = ["defaultSnippets", "patternErrorMessage"];
let refused = 0;
for (const name of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const ajv = addFormats(new Ajv(options));
  for (const word of forEditors) ajv.addKeyword(word);
  try {
    const schema = JSON.parse(readFileSync(join(folder, name), "utf-8"));
    if (!schema.$id) throw new Error("has no $id");
    ajv.compile(schema);
  } catch (error) {
    refused += 1;
    console.error(`${name}: ${error.message}`);
  }
}
process.exit(refused ? 1 : 0);
