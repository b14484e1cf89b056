// What may come next while somebody types: a listbox above the field, as the ARIA pattern "combobox" describes it.

import { get } from "./api.js";
import { make } from "./dom.js";

const MOST = 7;
const PAUSE = 90;

export class Suggestions {
  /** `choose(text)` sets the field's whole text; `here()` tells where it is typed. */
  constructor(field, commands, here, choose) {
    Object.assign(this, { field, commands, here, choose, at: -1, shown: [], turn: 0, left: null });
    this.list = make("ul", { id: `${field.id}-suggestions`, role: "listbox", "aria-label": "Suggestions" });
    this.usage = make("p", { class: "usage" });
    this.popup = make("div", { class: "suggestions", hidden: true }, this.usage, this.list);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("blur", () => setTimeout(() => this.hide(), 150));
    this.hide();
  }

  /** `words` are what Baton would hear so far (null: nothing), `prefix` is what stands before them in the field. */
  show(words, prefix) {
    clearTimeout(this.waiting);
    const turn = ++this.turn;
    if (words === null || !(words || prefix) || document.activeElement !== this.field || words.length > 300) {
      this.hide();
      return;
    }
    this.words = words;
    this.prefix = prefix;
    if (!/\S\s/.test(words)) this.offer(0, this.verbs(words.trim().toLowerCase()), null);
    else if (words !== this.left) this.waiting = setTimeout(() => this.ask(words, turn), PAUSE);
  }

  verbs(typed) {
    const fits = this.commands.filter((each) => [each.name, ...each.aliases].some((name) => name.startsWith(typed)));
    fits.sort((one, other) => Number(other.name.startsWith(typed)) - Number(one.name.startsWith(typed)));
    return fits.slice(0, MOST).map((each) => ({ value: each.name, label: each.usage, detail: each.help, verb: true }));
  }

  async ask(words, turn) {
    const { as, conversation, thread } = this.here();
    try {
      const found = await get("/web/complete", { as, conversation, thread, words });
      if (turn === this.turn) this.offer(found.start, found.options, found);
    } catch {
      if (turn === this.turn) this.hide(); // typing goes on without help
    }
  }

  offer(start, options, about) {
    if (document.activeElement !== this.field) return;
    Object.assign(this, { start, shown: options, at: -1 });
    this.usage.textContent = about?.usage ? `${about.usage} · ${about.help}` : "";
    this.draw();
  }

  draw() {
    this.list.replaceChildren(...this.shown.map((each, at) => this.item(each, at)));
    this.usage.hidden = !this.usage.textContent;
    this.popup.hidden = this.shown.length === 0 && this.usage.hidden;
    this.list.hidden = this.shown.length === 0;
    this.field.setAttribute("aria-expanded", String(this.shown.length > 0));
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((each, at) => each.setAttribute("aria-selected", String(at === this.at)));
    if (this.at >= 0) this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.field.removeAttribute("aria-activedescendant");
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  item(option, at) {
    const code = make("code", { text: option.verb ? option.label : option.value });
    const label = option.verb ? option.detail : option.label === option.value ? "" : option.label;
    const detail = option.verb || option.detail === option.value ? "" : option.detail;
    const item = make("li", { role: "option", id: `${this.list.id}-${at}`, "aria-selected": "false" }, code, make("span", { dir: "auto", text: label }), make("small", { text: detail }));
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.take(at);
    });
    return item;
  }

  /** Whether the key was meant for the list. */
  key(event) {
    if (this.popup.hidden) return false;
    const many = this.shown.length;
    if (event.key === "Escape") this.leave();
    else if (!many) return false;
    else if (event.key === "Tab" && !event.shiftKey) this.take(Math.max(this.at, 0));
    else if (event.key === "Enter" && this.at >= 0) this.take(this.at);
    else if (event.key === "ArrowDown") this.move(this.at + 1 < many ? this.at + 1 : 0);
    else if (event.key === "ArrowUp") this.move(this.at > 0 ? this.at - 1 : many - 1);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  move(to) {
    this.at = to;
    this.mark();
  }

  take(at) {
    const text = `${this.prefix}${this.words.slice(0, this.start)}${this.shown[at].value} `;
    this.hide();
    this.choose(text);
    this.field.focus();
  }

  /** Not wanted for these words. */
  leave() {
    this.left = this.words;
    this.hide();
  }

  hide() {
    clearTimeout(this.waiting);
    this.turn += 1;
    this.shown = [];
    this.usage.textContent = "";
    this.at = -1;
    this.draw();
  }
}
