// Commands that fit what is being typed, with their grammar.

import { make } from "./dom.js";

const MOST = 7;

export class Suggestions {
  constructor(field, commands, choose) {
    Object.assign(this, { field, commands, choose, at: -1, shown: [] });
    this.list = make("ul", { class: "suggestions", id: `${field.id}-suggestions`, role: "listbox", "aria-label": "Commands", hidden: true });
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    field.addEventListener("blur", () => setTimeout(() => this.hide(), 150));
    this.hide();
  }

  /** `words` are what Baton would hear so far (null: nothing), `prefix` is what stands before them in the field. */
  show(words, prefix) {
    const [verb, ...more] = (words ?? "").split(/\s/);
    this.finished = more.length > 0;
    this.prefix = prefix;
    const fits = (name) => (this.finished ? name === verb.toLowerCase() : name.startsWith(verb.toLowerCase()));
    const typing = words !== null && (words || prefix) && document.activeElement === this.field;
    this.shown = typing ? this.commands.filter((each) => [each.name, ...each.aliases].some(fits)).slice(0, MOST) : [];
    this.at = -1;
    this.draw();
  }

  draw() {
    this.list.replaceChildren(...this.shown.map((each, at) => this.item(each, at)));
    this.list.hidden = this.shown.length === 0;
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
    const active = this.at >= 0 ? `${this.list.id}-${this.at}` : "";
    if (active) this.field.setAttribute("aria-activedescendant", active);
    else this.field.removeAttribute("aria-activedescendant");
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  item(command, at) {
    return make(
      "li",
      {
        role: "option",
        id: `${this.list.id}-${at}`,
        "aria-selected": String(at === this.at),
        onmousedown: (event) => {
          event.preventDefault();
          this.take(at);
        },
      },
      make("code", { text: command.usage }),
      make("span", { text: command.help }),
    );
  }

  /** Whether the key was meant for the list. */
  key(event) {
    if (this.list.hidden) return false;
    if (event.key === "Escape") this.hide();
    else if (event.key === "Tab" && !event.shiftKey && !this.finished) this.take(Math.max(this.at, 0));
    else if (event.key === "Enter" && this.at >= 0) this.take(this.at);
    else if (event.key === "ArrowDown" && !this.finished) this.move(1);
    else if (event.key === "ArrowUp" && !this.finished) this.move(-1);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  move(step) {
    const many = this.shown.length;
    this.at = this.at < 0 ? (step > 0 ? 0 : many - 1) : (this.at + step + many) % many;
    this.draw();
  }

  take(at) {
    const words = `${this.shown[at].name} `;
    this.hide();
    this.choose(this.prefix + words);
    this.field.focus();
  }

  hide() {
    this.shown = [];
    this.at = -1;
    this.draw();
  }
}
