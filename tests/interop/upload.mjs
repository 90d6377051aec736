// Upload one file with tus-js-client, in one of the ways its users do.
// Usage: node upload.mjs whole|chunks|resume ENDPOINT FILE

import { once } from "node:events";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import * as tus from "tus-js-client";

const MIB = 1024 * 1024;
const [mode, endpoint, file] = process.argv.slice(2);

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

async function abortAtEndOfInput(running, resolve) {
  process.stdin.resume();
  await once(process.stdin, "end"); // whoever waits for it closes it
  await running.abort();
  resolve(running.url);
}

const modes = {
  whole: () => upload({}),
  chunks: () => upload({ chunkSize: MIB }),
  resume: async () => upload({ uploadUrl: await upload({}, abortAtEndOfInput) }),
};

await modes[mode]();
