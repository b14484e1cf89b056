// One line of messages, the main one or a thread's: keeps them in order and keeps the reader's place.

import { get } from "./api.js";
import { dayKey, dayOf } from "./clock.js";
import { make } from "./dom.js";
import { messageElement, outgoingElement, privateElement, troubleElement, updateMessage } from "./message.js";

const NEAR = 90;
const CLOSE_IN_TIME = 5 * 60_000;
const MOST_PRIVATE = 6;
const FOLDED = 240;

export class Stream {
  /** `open(message)` opens a thread; `seen()` is called when the newest message is in view. */
  constructor(element, { open, seen, newer, empty }) {
    Object.assign(this, { element, open, seen, newer, empty, kept: new Map(), turn: 0 });
    this.clear();
    element.addEventListener("scroll", () => this.onScroll(), { passive: true });
    newer?.addEventListener("click", () => this.toEnd());
  }

  clear() {
    Object.assign(this, { where: null, root: null, earlier: null, elements: new Map() });
    this.element.replaceChildren();
    if (this.newer) this.newer.hidden = true;
  }

  /** Shows `{ as, conversation, thread }`; what was there is gone at once. Rejects with Trouble. */
  async show(where) {
    const turn = ++this.turn;
    if (!same(where, this.where)) this.clear();
    this.where = where;
    this.element.setAttribute("aria-busy", "true");
    const page = await get("/web/messages", where);
    if (turn !== this.turn) return null;
    const stuck = this.elements.size === 0 || this.atEnd();
    this.clear();
    this.where = where;
    if (page.root) this.addRoot(page.root);
    this.addEarlier(page.more);
    for (const message of page.messages) this.place(message);
    for (const answer of this.kept.get(this.key()) || []) this.placePrivate(answer);
    this.decorate();
    if (stuck) this.toEnd();
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
    if (!more) return;
    this.earlier = make("button", { type: "button", class: "earlier", text: "Show earlier messages", onclick: () => this.loadEarlier() });
    this.element.append(this.earlier);
  }

  async loadEarlier() {
    const where = this.where;
    const ids = [...this.elements.keys()].filter((id) => id !== where.thread);
    const first = this.elements.get(Math.min(...ids));
    this.earlier.disabled = true;
    try {
      const page = await get("/web/messages", { ...where, before: Math.min(...ids) });
      if (!same(where, this.where)) return;
      const before = first.getBoundingClientRect().top;
      for (const message of page.messages) this.place(message);
      this.decorate();
      if (!page.more) this.earlier.remove();
      this.element.scrollTop += first.getBoundingClientRect().top - before;
    } finally {
      this.earlier.disabled = false;
    }
  }

  /** A message that is new or changed. */
  upsert(message) {
    const known = this.elements.get(message.id);
    if (known) {
      updateMessage(known, message);
      return;
    }
    const oldest = Math.min(...[...this.elements.keys()].filter((id) => id !== this.where?.thread));
    if (this.earlier?.isConnected && message.id < oldest) return;
    const stuck = this.atEnd();
    this.place(message).classList.add("fresh");
    this.decorate();
    if (stuck && !document.hidden) this.toEnd();
    else if (this.newer) this.newer.hidden = false;
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
    const later = [...this.element.querySelectorAll(":scope > .message:not(.root)")].find((each) => each.message.id > message.id);
    const last = this.element.querySelector(":scope > .outgoing, :scope > .trouble");
    this.element.insertBefore(element, later || last);
    return element;
  }

  /** Groups what one person said in one go, and puts the days between. */
  decorate() {
    let before = null;
    for (const element of this.element.querySelectorAll(":scope > .message:not(.root)")) {
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

  drawEmpty() {
    this.element.querySelector(":scope > .empty")?.remove();
    const nothing = !this.element.querySelector(":scope > .message, :scope > .private, :scope > .outgoing, :scope > .trouble");
    if (nothing && this.empty && this.where) this.element.append(this.empty(this.where));
  }

  // -- what only this person sees ------------------------------------------------------------

  /** Shows a private answer below `anchor` (an element of this stream) or at the end; it stays until dismissed. */
  answer(answer, words, anchor) {
    const list = this.kept.get(this.key()) || [];
    const after = anchor?.closest(".message")?.message.id ?? null;
    const kept = { ...answer, words, after, newest: Math.max(0, ...this.elements.keys()) };
    list.push(kept);
    while (list.length > MOST_PRIVATE) list.shift().element?.remove();
    this.kept.set(this.key(), list);
    const element = this.placePrivate(kept, anchor);
    this.decorate();
    const tall = element.offsetHeight > this.element.clientHeight;
    if (!anchor) this.toEnd();
    element.scrollIntoView({ block: tall ? "start" : "nearest" });
  }

  placePrivate(answer, anchor) {
    const list = this.kept.get(this.key());
    const dismiss = () => {
      list.splice(list.indexOf(answer), 1);
      answer.element.remove();
      this.decorate();
    };
    answer.element = privateElement(answer, dismiss);
    const messages = [...this.element.querySelectorAll(":scope > .message")];
    let before = anchor ?? messages.find((each) => each.message.id === answer.after);
    before ??= messages.filter((each) => each.message.id <= answer.newest).pop();
    while (before?.nextElementSibling?.matches(".private")) before = before.nextElementSibling;
    if (before) before.after(answer.element);
    else this.element.append(answer.element);
    return answer.element;
  }

  /** Words on their way; call the answer's `done()`, or `failed(sentence, retry)`. */
  outgoing(text) {
    const element = outgoingElement(text);
    this.element.append(element);
    this.drawEmpty();
    this.toEnd();
    const done = () => {
      element.remove();
      this.drawEmpty();
    };
    return {
      done,
      failed: (sentence, retry) => {
        done();
        this.trouble(sentence, retry);
      },
    };
  }

  trouble(sentence, retry, anchor) {
    const element = troubleElement(
      sentence,
      retry &&
        (() => {
          element.remove();
          retry();
        }),
      () => {
        element.remove();
        this.drawEmpty();
      },
    );
    if (anchor?.isConnected) anchor.after(element);
    else this.element.append(element);
    this.drawEmpty();
    element.scrollIntoView({ block: "nearest" });
  }

  // -- the reader's place ----------------------------------------------------------------------

  atEnd() {
    return this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < NEAR;
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    if (this.newer) this.newer.hidden = true;
    this.seen?.();
  }

  onScroll() {
    if (!this.atEnd()) return;
    if (this.newer) this.newer.hidden = true;
    this.seen?.();
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
