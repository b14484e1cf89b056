// The board of all departments: drawn by the desk, drawn anew when something happened, at least every few seconds.

import { announce } from "./announce.js";
import { get } from "./api.js";
import { by } from "./dom.js";
import { Live } from "./live.js";

const AS = "baton.as";
const SOONEST = 1_500;
const LATEST = 10_000;
const OLD = 30_000;

const state = { person: null, html: "", told: null, last: 0, timer: null, live: null };

/** The board soon; many changes make one. */
function soon(after = SOONEST) {
  const at = Math.max(performance.now(), state.last + SOONEST) + (after === LATEST ? LATEST : 0);
  if (state.timer && state.at <= at) return;
  clearTimeout(state.timer);
  Object.assign(state, { at, timer: setTimeout(draw, at - performance.now()) });
}

async function draw() {
  Object.assign(state, { timer: null, last: performance.now() });
  try {
    const board = await get("/web/board", { as: state.person.id });
    show(board);
    state.shown = Date.now();
    by("link-state").textContent = "";
  } catch (trouble) {
    const old = !state.shown || Date.now() - state.shown > OLD;
    by("link-state").textContent = old ? `Not up to date. ${trouble.message}` : "Reconnecting…";
  }
  soon(LATEST);
}

/** Only what changed is drawn, so that nobody reading it is thrown back to its beginning. */
function show({ html, at, state: now }) {
  by("at").textContent = at;
  if (html !== state.html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    replace(by("board"), made.content);
    state.html = html;
  }
  by("board").removeAttribute("aria-busy");
  if (state.told) tell(state.told, now);
  state.told = now;
}

function replace(old, fresh) {
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  if (before.length !== after.length) {
    old.replaceChildren(...after);
    return;
  }
  before.forEach((node, at) => {
    if (node.isEqualNode(after[at])) return;
    const alike = node.nodeName === after[at].nodeName && node.childElementCount && node.nodeName !== "svg";
    if (!alike) node.replaceWith(after[at]);
    else {
      for (const { name, value } of after[at].attributes) node.setAttribute(name, value);
      for (const { name } of [...node.attributes]) if (!after[at].hasAttribute(name)) node.removeAttribute(name);
      replace(node, after[at]);
    }
  });
}

/** A screen reader hears of what got worse, nothing else. */
function tell(before, now) {
  for (const [title, { late, escalated }] of Object.entries(now)) {
    const was = before[title] || { late: 0, escalated: 0 };
    if (late > was.late) announce(`${title}: ${late} late.`, "changes");
    if (escalated > was.escalated) announce(`${title}: ${escalated} escalated.`, "changes");
  }
}

async function start() {
  try {
    const { people } = await get("/web/people", {});
    const wanted = new URLSearchParams(location.search).get("as") || localStorage.getItem(AS);
    state.person = people.find((each) => each.id === wanted) || people[0];
    by("who").textContent = state.person.name;
    by("back").href = `/?${new URLSearchParams({ as: state.person.id })}`;
    state.live = new Live(state.person.id, (kind) => kind !== "clock" && soon(), () => soon());
    addEventListener("visibilitychange", () => document.hidden || soon());
    await draw();
  } catch (trouble) {
    by("link-state").textContent = trouble.message;
    setTimeout(start, LATEST);
  }
}

start();
