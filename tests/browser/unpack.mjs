// Unpacks the Chromium that @sparticuz/chromium carries: node unpack.mjs, in the folder that `npm ci` filled.
// That package's own unpacking writes to the shared temporary folder, and its libraries only on AWS.
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";

const unpack = (name, target) =>
  pipeline(
    createReadStream(`node_modules/@sparticuz/chromium/bin/${name}.br`),
    createBrotliDecompress(),
    target,
  );

await unpack("chromium", createWriteStream("chromium", { mode: 0o755 }));
await unpack("al2023.tar", extract(".")); // lib/: the shared libraries that a bare machine lacks
await unpack("fonts.tar", extract(".")); // fonts/: text would be boxes without any
