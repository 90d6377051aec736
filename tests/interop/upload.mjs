// Upload one file with tus-js-client, in one of the ways its users do.
// Usage: node upload.mjs whole|chunks|resume ENDPOINT FILE

import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as tus from "tus-js-client";

const MIB = 1024 * 1024;
const PATIENCE = 1000; // ms until an upload that shall be resumed is aborted
const [way, endpoint, file] = process.argv.slice(2);

function upload(options, meanwhile = () => {}) {
  return new Promise((resolve, reject) => {
    const running = new tus.Upload(createReadStream(file), {
      endpoint,
      metadata: { filename: basename(file), filetype: "" },
      retryDelays: [100, 100, 100],
      onError: reject,
      onSuccess: () => resolve(running.url),
      onUploadUrlAvailable: () => meanwhile(running, resolve),
      ...options,
    });
    running.start();
  });
}

async function abortLater(running, resolve) {
  await setTimeout(PATIENCE);
  await running.abort();
  resolve(running.url);
}

const ways = {
  whole: () => upload({}),
  chunks: () => upload({ chunkSize: MIB }),
  resume: async () => upload({ uploadUrl: await upload({}, abortLater) }),
};

await ways[way]();
