// Looking for words: in the messages of this conversation, and in cases anywhere.

import { get } from "./api.js";
import { fullOf } from "./clock.js";
import { by, make } from "./dom.js";

const PAUSE = 250;

export class Search {
  /** `here()` tells where; `jump(found)` goes to a message, `show(number)` to a case. */
  constructor({ here, jump, show }) {
    Object.assign(this, { here, jump, show, turn: 0 });
    this.field = make("input", { type: "search", id: "find-words", placeholder: "Words, a name, a number", autocomplete: "off", maxlength: 200, "aria-describedby": "find-state" });
    this.state = make("p", { id: "find-state", class: "find-state", role: "status" });
    this.results = make("div", { class: "results" });
    by("find").append(
      make(
        "form",
        { role: "search" },
        make("header", {}, make("h2", { id: "find-title", text: "Search" }), make("button", { type: "button", class: "press", text: "Close", onclick: () => by("find").close() })),
        make("label", {}, make("span", { class: "unseen", text: "Words to look for" }), this.field),
        this.state,
        this.results,
      ),
    );
    by("find-open").addEventListener("click", () => this.open());
    this.field.addEventListener("input", () => this.soon());
    by("find").addEventListener("submit", (event) => {
      event.preventDefault();
      this.look();
    });
    by("find").addEventListener("keydown", (event) => this.key(event));
  }

  open() {
    by("find-title").textContent = `Search ${this.here().direct ? "Baton" : this.here().title} and all cases`;
    by("find").showModal();
    this.field.focus();
    this.field.select();
    if (this.field.value) this.look();
    else this.say("Write what you look for.");
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.look(), PAUSE);
  }

  async look(before = null) {
    clearTimeout(this.waiting);
    const turn = ++this.turn;
    const words = this.field.value.trim();
    if (!before) this.results.replaceChildren();
    if (words.length < 2) return this.say("Two letters at least.");
    const { as, conversation } = this.here();
    try {
      const page = await get("/web/search", { as, conversation, words, before });
      if (turn === this.turn) this.draw(page, before, words);
    } catch (trouble) {
      if (turn === this.turn) this.say(trouble.message);
    }
  }

  draw(page, before, words) {
    this.results.querySelector(".further")?.remove();
    const cases = this.part("Cases", page.cases.map((each) => this.case(each)));
    const messages = before ? page.messages.map((each) => this.message(each)) : [this.part("Messages here", page.messages.map((each) => this.message(each)))];
    if (before) (this.results.querySelector("[data-part=messages] ul") || this.results).append(...messages.map((each) => make("li", {}, each)));
    else this.results.append(...[cases, ...messages].filter(Boolean));
    if (page.further) this.results.append(make("button", { type: "button", class: "press further", text: "Look further back", onclick: () => this.look(page.further) }));
    const many = this.results.querySelectorAll(".hit").length;
    const none = page.further ? `Nothing so far with “${words}”.` : `Nothing holds all of “${words}”. Fewer words find more.`;
    this.say(many ? `${many}${page.further ? " so far" : ""} found` : none);
  }

  part(title, hits) {
    if (!hits.length) return null;
    const name = title.startsWith("Cases") ? "cases" : "messages";
    return make("section", { "data-part": name, "aria-label": title }, make("h3", { text: title }), make("ul", {}, ...hits.map((each) => make("li", {}, each))));
  }

  case(each) {
    const line = make("span", { class: "hit-line", dir: "auto", html: each.html });
    return this.hit(() => this.show(each.value), make("b", { text: each.value }), line, make("small", { text: each.detail }));
  }

  message(each) {
    const line = make("span", { class: "hit-line", dir: "auto", html: each.html });
    const head = make("b", {}, make("bdi", { text: each.title || each.by }));
    return this.hit(() => this.jump(each), head, line, make("small", { text: `${fullOf(each.at)}${each.thread ? " · in a thread" : ""}` }));
  }

  hit(act, ...parts) {
    const button = make("button", { type: "button", class: "hit" }, ...parts);
    button.addEventListener("click", () => {
      by("find").close();
      act();
    });
    return button;
  }

  key(event) {
    if (event.key === "Escape") {
      event.preventDefault(); // some browsers would only empty the field
      by("find").close();
      return;
    }
    const hits = [...this.results.querySelectorAll(".hit, .further")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !hits.length) return;
    event.preventDefault();
    const to = hits.indexOf(document.activeElement) + step;
    (hits[to] || (to < 0 ? this.field : hits.at(-1))).focus();
  }

  say(sentence) {
    this.state.textContent = sentence;
  }
}
