// The server with what its environment says; it ends with the pipe to whoever started it, so none is left behind.
import { PDS } from "@atproto/pds";

const end = new AbortController();
process.stdin.on("end", () => end.abort()).resume();
await PDS.run({ signal: end.signal, onStarted: () => console.log("ready") });
process.exit(0);
