// Asking the desk. Whatever goes wrong becomes a Trouble with a sentence for a person.

import { leave } from "./session.js";

const WORDS = {
  away: "Baton could not be reached. Trying again is safe: nothing is done twice.",
  odd: "The desk gave an answer that this page does not understand. Load the page anew.",
};

export class Trouble extends Error {
  /** `again` tells whether trying the very same thing again may help. */
  constructor(sentence, again) {
    super(sentence);
    this.again = again;
  }
}

export const newId = () => crypto.randomUUID();

export function get(path, fields) {
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return ask(`${path}?${new URLSearchParams(given)}`, {});
}

export function post(path, fields) {
  const body = JSON.stringify(fields);
  return ask(path, { method: "POST", body, headers: { "Content-Type": "application/json" } });
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, cache: "no-store" });
  } catch {
    throw new Trouble(WORDS.away, true);
  }
  let body;
  try {
    body = await response.json();
  } catch {
    throw new Trouble(response.ok ? WORDS.odd : WORDS.away, !response.ok);
  }
  if (response.status === 401 && body.sign_in) leave();
  if (!response.ok) throw new Trouble(body.error || WORDS.away, response.status >= 500);
  return body;
}
