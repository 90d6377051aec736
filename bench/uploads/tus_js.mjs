// Upload files with tus-js-client as it comes: node tus_js.mjs ENDPOINT JOBS FILE…

import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";

const require = createRequire(new URL("../../tests/interop/", import.meta.url));
const tus = require("tus-js-client");
const [endpoint, jobs, ...files] = process.argv.slice(2);

function upload(file) {
  return new Promise((resolve, reject) => {
    const metadata = { filename: basename(file) };
    const options = { endpoint, metadata, onError: reject, onSuccess: resolve };
    new tus.Upload(createReadStream(file), options).start();
  });
}

async function job() {
  while (files.length) await upload(files.shift());
}

await Promise.all(Array.from({ length: Number(jobs) }, job));
