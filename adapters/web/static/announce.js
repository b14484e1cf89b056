// What a screen reader is told: politely, in whole sentences, and not one by one when a lot comes at once.

import { by } from "./dom.js";

const GATHER = 700;
const MOST = 3;
let waiting = [];
let timer = null;

/** Soon says the sentence; many at once become a count of `things`. */
export function announce(sentence, things = "new messages") {
  waiting.push(sentence);
  timer ??= setTimeout(() => {
    const said = waiting.length > MOST ? `${waiting.length} ${things}. The last: ${waiting.at(-1)}` : waiting.join(" ");
    [waiting, timer] = [[], null];
    by("heard").textContent = said;
  }, GATHER);
}
