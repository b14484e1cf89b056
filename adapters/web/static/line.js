// Messages in their order: what is loaded of them, what can be loaded before and behind, and the reader's place.

import { get } from "./api.js";
import { dayKey, dayOf } from "./clock.js";
import { make } from "./dom.js";
import { messageElement, updateMessage } from "./message.js";
import { Roving } from "./roving.js";

const NEAR = 90;
const CLOSE_IN_TIME = 5 * 60_000;
const FOLDED = 240;
const MOST_KEPT = 400;
const KEPT = 240;
const ENTRY = ":scope > .message, :scope > .private";
const MESSAGE = ":scope > .message:not(.root)";

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export class Line {
  /** `open(message)` opens a thread; `seen()` is called when the newest message is in view. */
  constructor(element, { open, seen, newer }) {
    Object.assign(this, { element, open, seen, newer, turn: 0, loading: false });
    this.roving = new Roving(element, ".message, .private", { inner: true });
    this.roving.entries = () => [...element.querySelectorAll(ENTRY)];
    this.clear();
    element.addEventListener("scroll", () => this.onScroll(), { passive: true });
    newer?.addEventListener("click", () => this.toNewest());
  }

  clear() {
    Object.assign(this, { where: null, root: null, earlier: null, later: false, elements: new Map() });
    this.element.replaceChildren();
    if (this.newer) this.newer.hidden = true;
  }

  /** Shows `{ as, conversation, thread }`, where given around one message. Rejects with Trouble. */
  async show(where, around = null) {
    const turn = ++this.turn;
    if (!same(where, this.where)) this.clear();
    this.where = where;
    this.element.setAttribute("aria-busy", "true");
    const page = await get("/web/messages", { ...where, around });
    if (turn !== this.turn) return null;
    const stuck = this.elements.size === 0 || this.atEnd();
    this.clear();
    Object.assign(this, { where, later: page.later });
    if (page.root) this.addRoot(page.root);
    this.addEarlier(page.more);
    for (const message of page.messages) this.place(message);
    this.shown();
    this.decorate();
    if (around) this.point(around);
    else if (stuck) this.toEnd();
    this.element.removeAttribute("aria-busy");
    return page;
  }

  key() {
    return JSON.stringify(this.where);
  }

  addRoot(message) {
    this.root = messageElement(message, this.open);
    this.root.classList.add("root");
    this.elements.set(message.id, this.root);
    this.element.append(this.root);
    this.fold();
  }

  /** A thread is about its answers: a tall first message shows its head until somebody wants all of it. */
  fold() {
    const root = this.root;
    if (root.querySelector(".content").offsetHeight < FOLDED) return;
    const unfold = () => root.classList.remove("folded");
    root.classList.add("folded");
    root.querySelector(".content").after(make("button", { type: "button", class: "unfold", text: "Show all of it", onclick: unfold }));
    root.querySelector(".content").addEventListener("focusin", unfold);
  }

  addEarlier(more) {
    this.earlier?.remove();
    this.earlier = null;
    if (!more) return;
    this.earlier = make("button", { type: "button", class: "earlier", text: "Show earlier messages", onclick: () => this.loadEarlier() });
    if (this.root) this.root.after(this.earlier);
    else this.element.prepend(this.earlier);
  }

  ids() {
    return [...this.elements.keys()].filter((id) => id !== this.where?.thread);
  }

  /** The older ones above; what is being read stays where it is. */
  async loadEarlier() {
    if (this.loading || !this.earlier) return;
    const first = this.elements.get(Math.min(...this.ids()));
    await this.load({ before: Math.min(...this.ids()) }, (page) => {
      const before = first.getBoundingClientRect().top;
      for (const message of page.messages) this.place(message);
      this.addEarlier(page.more);
      this.decorate();
      this.element.scrollTop += first.getBoundingClientRect().top - before;
    });
  }

  /** The next ones below, when a stretch of the past is shown. */
  async loadLater() {
    if (this.loading || !this.later) return;
    await this.load({ after: Math.max(...this.ids()) }, (page) => {
      for (const message of page.messages) this.place(message);
      this.later = page.later;
      this.decorate();
    });
  }

  async load(which, put) {
    const where = this.where;
    this.loading = true;
    try {
      const page = await get("/web/messages", { ...where, ...which });
      if (same(where, this.where)) put(page);
    } catch (trouble) {
      this.trouble(trouble.message, () => this.load(which, put));
    } finally {
      this.loading = false;
    }
  }

  /** A message that is new or changed; whether it is new here. */
  upsert(message) {
    const known = this.elements.get(message.id);
    if (known) {
      updateMessage(known, message);
      return false;
    }
    if ((this.earlier && message.id < Math.min(...this.ids())) || (this.later && message.id > Math.max(...this.ids()))) {
      if (this.later && this.newer) this.newer.hidden = false;
      return false;
    }
    const stuck = this.atEnd();
    this.place(message).classList.add("fresh");
    if (stuck) this.forget();
    this.decorate();
    if (stuck && !document.hidden) this.toEnd();
    else if (this.newer) this.newer.hidden = false;
    return true;
  }

  /** A page that stays open for days keeps the newest; the others can be loaded again. */
  forget() {
    if (this.elements.size < MOST_KEPT) return;
    const old = this.ids().sort((one, other) => one - other).slice(0, this.elements.size - KEPT);
    for (const id of old) {
      this.elements.get(id).remove();
      this.elements.delete(id);
    }
    this.addEarlier(true);
  }

  remove(id) {
    this.elements.get(id)?.remove();
    this.elements.delete(id);
    this.decorate();
  }

  place(message) {
    const element = messageElement(message, this.open);
    this.elements.get(message.id)?.remove();
    this.elements.set(message.id, element);
    let behind = null;
    for (let each = this.element.lastElementChild; each; each = each.previousElementSibling) {
      if (!each.matches(".message:not(.root)")) continue;
      if (each.message.id < message.id) break;
      behind = each;
    }
    this.element.insertBefore(element, behind || this.element.querySelector(":scope > .outgoing, :scope > .trouble"));
    return element;
  }

  /** Groups what one person said in one go, and puts the days between. */
  decorate() {
    let before = null;
    for (const element of this.element.querySelectorAll(MESSAGE)) {
      const message = element.message;
      const newDay = !this.root && (!before || dayKey(before.at) !== dayKey(message.at));
      const day = element.querySelector(".day");
      day.hidden = !newDay;
      day.textContent = newDay ? dayOf(message.at) : "";
      const apart = newDay || !before?.by || before.by.id !== message.by?.id || before.replies || element.previousElementSibling !== this.elements.get(before.id);
      element.classList.toggle("grouped", !apart && Date.parse(message.at) - Date.parse(before.at) < CLOSE_IN_TIME);
      before = message;
    }
    this.drawEmpty();
  }

  // -- the reader's place ----------------------------------------------------------------------

  /** Puts the message in the middle, marked for a while, with the focus on it. */
  point(id) {
    const element = this.elements.get(id);
    if (!element) return;
    element.classList.add("pointed");
    setTimeout(() => element.classList.remove("pointed"), 4_000);
    this.roving.focus(element);
    element.scrollIntoView({ block: "center" });
  }

  atEnd() {
    return !this.later && this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < NEAR;
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    if (this.newer) this.newer.hidden = true;
    this.seen?.();
  }

  /** To the end, also from a stretch of the past. */
  async toNewest() {
    if (this.later) {
      const where = this.where;
      this.clear();
      await this.show(where);
    }
    this.toEnd();
  }

  onScroll() {
    if (this.earlier && this.element.scrollTop < NEAR) this.loadEarlier();
    if (this.later && this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < NEAR * 3) this.loadLater();
    if (!this.atEnd()) return;
    if (this.newer) this.newer.hidden = true;
    this.seen?.();
  }
}
