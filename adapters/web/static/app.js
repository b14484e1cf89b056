// The page: who acts, where they are, and what happens there. The address holds it all.

import { announce } from "./announce.js";
import { Trouble, get, post } from "./api.js";
import { setClock, setZone } from "./clock.js";
import { Composer } from "./composer.js";
import { by } from "./dom.js";
import { Drawer } from "./drawer.js";
import { Keys } from "./keys.js";
import { Live } from "./live.js";
import { emptyElement } from "./message.js";
import { listen } from "./press.js";
import { Roving } from "./roving.js";
import { Search } from "./search.js";
import { signedIn } from "./session.js";
import { Sidebar, fillPeople } from "./sidebar.js";
import { Stream } from "./stream.js";

const OFTEN = ["home", "list mine", "next", "oncall", "help"];
const AS = "baton.as";

const state = { people: [], person: null, conversation: null, thread: null, caseId: null, live: null };
const sidebar = new Sidebar((name) => address({ c: name, t: null }));
const here = (thread) => {
  const known = sidebar.list.find((each) => each.name === state.conversation);
  const title = known ? (known.direct ? known.title : `#${known.title}`) : "";
  return { as: state.person.id, conversation: state.conversation, thread, title, direct: !!known?.direct, caseId: thread ? state.caseId : null };
};
const drawer = new Drawer(() => inView() && sidebar.read(state.conversation));
const inView = () => !document.hidden && !drawer.isOpen;
const stream = new Stream(by("stream"), { open: (message) => go({ t: message.id }), seen: () => inView() && sidebar.read(state.conversation), newer: by("newer"), empty });
const threadStream = new Stream(by("thread-stream"), { open: () => {} });
let composer, threadComposer, search;

// -- where we are ---------------------------------------------------------------------------------

function address(change) {
  const fields = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === undefined) fields.delete(name);
    else fields.set(name, value);
  }
  return `/?${fields}`;
}

function go(change) {
  history.pushState(null, "", address(change));
  return arrive();
}

async function arrive() {
  const fields = new URLSearchParams(location.search);
  const wanted = fields.get("as") || localStorage.getItem(AS);
  const person = state.people.find((each) => each.id === wanted) || state.people[0];
  if (!person) throw new Trouble("The policy names nobody yet. Add people to it, then load the page anew.", false);
  if (state.person?.id !== person.id) await become(person);
  const pointed = Number(fields.get("m")) || null;
  const thread = Number(fields.get("t")) || null;
  await enter(fields.get("c"), thread ? null : pointed);
  await enterThread(thread, pointed);
  if (pointed) history.replaceState(null, "", address({ m: null })); // shown once: a reload shows the newest
}

// Until everything of the new person is there, the page stays the old one's: words typed meanwhile are theirs.
async function become(person) {
  const turn = (state.turn = (state.turn || 0) + 1);
  const live = new Live(person.id, told, lineState);
  const [list] = await Promise.all([get("/web/conversations", { as: person.id }), live.ready]);
  if (turn !== state.turn) {
    live.close();
    return;
  }
  state.live?.close();
  Object.assign(state, { person, live, conversation: null, thread: null });
  localStorage.setItem(AS, person.id);
  fillPeople(state.people, person, (id) => go({ as: id, t: null }));
  setZone(list.zone);
  setClock(list.clock);
  sidebar.fill(person.id, list.conversations);
}

async function enter(wanted, pointed) {
  const list = sidebar.list;
  const known = list.find((each) => each.name === wanted) || list.find((each) => !each.direct && each.own) || list[0];
  history.replaceState(null, "", address({ as: state.person.id, c: known.name }));
  by("to-board").href = `/board?${new URLSearchParams({ as: state.person.id })}`;
  if (known.name === state.conversation) {
    if (pointed) await pointTo(stream, { as: state.person.id, conversation: known.name }, pointed);
    return;
  }
  state.conversation = known.name;
  sidebar.select(known.name);
  by("title").textContent = known.direct ? "Baton" : `# ${known.title}`;
  by("lead").textContent = known.direct ? "Only you and Baton" : "Cases for the department, and talk among colleagues";
  by("stream").classList.toggle("direct", known.direct);
  composer.enter();
  await attempt(() => stream.show({ as: state.person.id, conversation: known.name }, pointed), stream);
  if (inView()) sidebar.read(known.name);
  if (!pointed && matchMedia("(hover: hover)").matches) by("text").focus({ preventScroll: true });
}

/** Shows the message in its place, with what was said before and after. */
async function pointTo(where, what, id) {
  if (where.elements.has(id)) where.point(id);
  else await attempt(() => where.show(what, id), where);
}

async function enterThread(thread, pointed) {
  by("thread").hidden = !thread;
  by("desk").classList.toggle("threaded", !!thread);
  if (thread === state.thread) {
    if (thread && pointed) await pointTo(threadStream, threadStream.where, pointed);
    return;
  }
  Object.assign(state, { thread, caseId: null });
  threadStream.clear();
  if (!thread) return;
  by("thread-title").textContent = "Thread";
  by("thread-lead").textContent = "";
  const page = await attempt(() => threadStream.show({ as: state.person.id, conversation: state.conversation, thread }, pointed), threadStream);
  if (!page || state.thread !== thread) return;
  state.caseId = page.root.case;
  by("thread-title").textContent = state.caseId ? `Case ${state.caseId}` : "Thread";
  by("thread-lead").textContent = state.caseId ? "Notes among colleagues, never public" : "Replies among colleagues";
  threadComposer.enter();
  if (!pointed && matchMedia("(hover: hover)").matches) by("thread-text").focus({ preventScroll: true });
}

async function attempt(what, where) {
  try {
    return await what();
  } catch (trouble) {
    where.trouble(trouble.message, () => attempt(what, where));
    return null;
  }
}

function empty({ conversation }) {
  return emptyElement(sidebar.list.find((each) => each.name === conversation)?.direct);
}

// -- what we are told ---------------------------------------------------------------------------------

function told(kind, data) {
  if (kind === "clock") setClock(data);
  else if (!state.person) return; // what comes before the page is there is loaded with it
  else if (kind === "gone") for (const each of [stream, threadStream]) each.remove(data.id);
  else if (kind === "reload") loadAnew();
  else if (kind === "message") messageCame(data);
}

function messageCame(message) {
  if (message.by?.id !== state.person.id) sidebar.heard(message.conversation, message.id);
  if (message.conversation !== state.conversation) return;
  let fresh = stream.where && message.thread === null && stream.upsert(message);
  if (threadStream.where && (message.thread === state.thread || message.id === state.thread)) fresh = threadStream.upsert(message) || fresh;
  if (fresh && message.by?.id !== state.person.id) announce(`${message.by ? `${message.by.name}: ` : ""}${message.summary}`);
  if (inView() && stream.atEnd()) sidebar.read(state.conversation);
}

async function loadAnew() {
  const list = await attempt(() => get("/web/conversations", { as: state.person.id }), stream);
  if (list) sidebar.fill(state.person.id, list.conversations);
  for (const each of [stream, threadStream]) if (each.where && !each.later) attempt(() => each.show(each.where), each);
}

let breaking = null;
function lineState(up) {
  if (up) {
    breaking = clearTimeout(breaking) ?? null;
    by("link-state").textContent = "";
  } else breaking ??= setTimeout(() => (by("link-state").textContent = "Reconnecting…"), 1_200);
}

// -- hands and keys -----------------------------------------------------------------------------------

function wire() {
  by("lists").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-name]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    drawer.close();
    go({ c: link.dataset.name, t: null });
  });
  by("close-thread").addEventListener("click", closeThread);
  addEventListener("popstate", () => arrive());
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]") && !drawer.close() && state.thread) closeThread();
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) step(event);
  });
  document.addEventListener("visibilitychange", () => inView() && state.conversation && stream.atEnd() && sidebar.read(state.conversation));
}

function closeThread() {
  const root = by("stream").querySelector(`[data-id="${state.thread}"] .to-thread`);
  go({ t: null });
  root?.focus({ preventScroll: true });
}

function step(event) {
  event.preventDefault();
  const at = sidebar.list.findIndex((each) => each.name === state.conversation) + (event.key === "ArrowUp" ? -1 : 1);
  const to = sidebar.list[(at + sidebar.list.length) % sidebar.list.length];
  go({ c: to.name, t: null });
}

/** A case from anywhere, as an answer for this person alone. */
function showCase(number) {
  composer.say(here(null).direct ? `show ${number}` : `/show ${number}`);
}

function keys() {
  const current = () => (by("thread").contains(document.activeElement) ? threadStream : stream);
  new Keys({
    step: (step) => current().roving.step(step),
    entry: () => document.activeElement.closest(".message, .private"),
    leave: () => composer.leave(),
    write: () => (by("thread").hidden ? by("text") : by("thread-text")).focus(),
    search: () => search.open(),
    home: async () => {
      await go({ c: sidebar.list.find((each) => each.direct).name, t: null });
      composer.say("home");
    },
    board: () => location.assign(by("to-board").href),
  });
}

async function start() {
  wire();
  try {
    const { company, people, commands, signed_in } = await get("/web/people", {});
    by("company").textContent = company;
    state.people = people;
    const often = OFTEN.filter((words) => commands.some((each) => each.name === words.split(" ")[0]));
    composer = new Composer(by("composer"), { id: "text", stream, here: () => here(null), commands, chips: often });
    threadComposer = new Composer(by("thread-composer"), { id: "thread-text", stream: threadStream, here: () => here(state.thread), commands, chips: [] });
    listen(stream, () => here(null));
    listen(threadStream, () => here(state.thread));
    if (signed_in && people.length) signedIn(post);
    search = new Search({ here: () => here(null), jump: (found) => go({ t: found.thread, m: found.id }), show: showCase });
    new Roving(by("lists"), "a[data-name]");
    keys();
    await arrive();
  } catch (trouble) {
    stream.trouble(trouble.message, () => location.reload());
    if (!(trouble instanceof Trouble)) throw trouble;
  }
}

start();
