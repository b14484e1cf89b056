// Single keys, for who never touches the mouse. None of them works while somebody is writing.

import { by, make, toast } from "./dom.js";

const OFF = "baton.keys.off";
const PAUSE = 1_200;
const VERBS = { c: ["claim", "Claim"], a: ["accept", "Accept"], n: ["note", "Note"], e: ["escalate", "Escalate"], f: ["handoff", "Hand off"], x: ["resolve", "Resolve"] };
const HELP = [
  ["j or ↓", "The next message"],
  ["k or ↑", "The message before"],
  ["c", "Claim the case"],
  ["a", "Accept what is offered"],
  ["n", "Write a note on it"],
  ["e", "Escalate it"],
  ["f", "Hand it off"],
  ["x", "Resolve it"],
  ["o", "Open the message's thread"],
  ["m", "Write a message"],
  ["Esc", "Leave the field, close what is open"],
  ["/", "Search"],
  ["g, then h", "Your desk (home)"],
  ["g, then b", "The board of all departments"],
  ["Alt+↑, Alt+↓", "The conversation above or below"],
  ["?", "These keys"],
];

/** `acts` does what keys ask: `{ step, entry, leave, write, search, home, board }`. */
export class Keys {
  constructor(acts) {
    Object.assign(this, { acts, leader: 0 });
    addEventListener("keydown", (event) => this.key(event));
    by("keys-open").addEventListener("click", () => this.help());
    by("keys").append(this.drawn());
    for (const skip of document.querySelectorAll(".skip")) skip.addEventListener("click", (event) => this.skip(event, skip.hash));
  }

  /** The address says where we are, not which part of the page, so the links' own way is not taken. */
  skip(event, hash) {
    event.preventDefault();
    if (hash === "#text") by("text").focus();
    else this.acts.leave();
  }

  get off() {
    return localStorage.getItem(OFF) === "yes";
  }

  key(event) {
    const busy = event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.isComposing;
    if (busy || this.off || document.querySelector("dialog[open]") || event.target.closest?.("input, textarea, select")) return;
    const led = performance.now() - this.leader < PAUSE;
    this.leader = 0;
    if (led ? this.afterG(event.key) : this.single(event.key)) event.preventDefault();
  }

  afterG(key) {
    if (key === "h") this.acts.home();
    else if (key === "b") this.acts.board();
    else return false;
    return true;
  }

  single(key) {
    if (key === "j") this.acts.step(1);
    else if (key === "k") this.acts.step(-1);
    else if (key === "m") this.acts.write();
    else if (key === "/") this.acts.search();
    else if (key === "?") this.help();
    else if (key === "g") this.leader = performance.now();
    else if (key === "o") this.press(".to-thread", "There is no thread here");
    else if (VERBS[key]) this.press(`.press[data-words^="${VERBS[key][0]} "]`, `${VERBS[key][1]} is not offered here`);
    else return false;
    return true;
  }

  press(selector, otherwise) {
    const button = this.acts.entry()?.querySelector(selector);
    if (!button) {
      toast(this.acts.entry() ? `${otherwise}.` : "Choose a message first: j and k move.");
      return;
    }
    button.focus({ preventScroll: true });
    button.click();
  }

  help() {
    by("keys").showModal();
    by("keys").querySelector("button").focus();
  }

  drawn() {
    const rows = HELP.map(([keys, what]) => make("div", {}, make("dt", {}, make("kbd", { text: keys })), make("dd", { text: what })));
    const on = make("input", { type: "checkbox", id: "keys-on", checked: !this.off });
    on.addEventListener("change", () => localStorage.setItem(OFF, on.checked ? "no" : "yes"));
    return make(
      "form",
      { method: "dialog" },
      make("h2", { id: "keys-title", text: "Keys" }),
      make("dl", {}, ...rows),
      make("label", { class: "switch" }, on, make("span", { text: "Single keys work while no field is being written in" })),
      make("div", { class: "actions" }, make("button", { class: "press primary", text: "Close" })),
    );
  }
}
