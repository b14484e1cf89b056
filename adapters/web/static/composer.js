// The field to write in. It says beforehand what the words will be: talk, a command, or a note.

import { newId, post } from "./api.js";
import { make, shape, toast } from "./dom.js";
import { drafts } from "./session.js";
import { Suggestions } from "./suggest.js";

const TALLEST = 260;
const NAMED = /^[/@]baton(?:[:,]?(?:\s+|$))/i;

export class Composer {
  /** `here()` gives `{ as, conversation, thread, title, direct, caseId }`; `stream` shows what comes of it. */
  constructor(form, { id, stream, here, commands, chips }) {
    Object.assign(this, { form, stream, here, commands, history: [], back: 0 });
    this.field = make("textarea", { id, rows: 1, maxlength: 8000, enterkeyhint: "send", autocomplete: "off", "aria-describedby": `${id}-meaning` });
    this.button = make("button", { type: "submit", class: "send", "aria-label": "Send" }, shape("send"));
    this.meaning = make("div", { class: "meaning", id: `${id}-meaning` });
    this.chips = make("div", { class: "chips", role: "group", "aria-label": "Often said" });
    this.suggestions = new Suggestions(this.field, commands, here, (text) => this.set(text));
    this.often = chips;
    form.replaceChildren(this.suggestions.popup, this.chips, make("div", { class: "field" }, this.field, this.button), this.meaning);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.key(event));
  }

  /** The conversation changed: bring back what was being written there. */
  enter() {
    const here = this.here();
    const to = here.caseId ? `Note on ${here.caseId} for colleagues` : here.direct ? "Tell Baton: claim 1042, list mine, help" : here.thread ? "Reply" : `Message ${here.title}`;
    this.field.placeholder = to;
    this.field.setAttribute("aria-label", to);
    this.chips.replaceChildren(...(here.direct && !here.thread ? this.often : []).map((words) => make("button", { type: "button", text: words, onclick: () => this.say(words) })));
    this.back = 0;
    this.set(drafts.get(this.place()) || "");
  }

  place() {
    const here = this.here();
    return `${here.as} ${here.conversation} ${here.thread ?? ""}`;
  }

  set(text) {
    this.field.value = text;
    this.changed();
  }

  changed() {
    const text = this.field.value;
    drafts.set(this.place(), text);
    this.field.style.height = "36px";
    if (text) this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST)}px`;
    this.button.disabled = !text.trim();
    const command = this.command(text);
    this.meaning.replaceChildren(this.sentence(text, command), make("span", { class: "keys", text: text.trim() ? "Enter sends, Shift+Enter starts a line" : "" }));
    const words = command ?? this.starting(text);
    const atEnd = this.field.selectionStart === text.length;
    this.suggestions.show(atEnd ? words : null, words === null ? "" : text.slice(0, text.length - words.length));
  }

  /** The words Baton would hear, or null. The desk decides by the same rule. */
  command(text) {
    text = text.trimStart();
    if (NAMED.test(text)) return text.replace(NAMED, "");
    const slash = /^\/([\w?-]*)(?=\s|$)/.exec(text);
    if (slash && (text.trim() === "/" || this.commands.some((each) => [each.name, ...each.aliases].includes(slash[1].toLowerCase())))) return text.slice(1);
    return this.here().direct && !this.here().caseId && text ? text : null;
  }

  /** What stands behind a slash that may yet become a command. */
  starting(text) {
    const typed = /^\s*\/([\w-]*)$/.exec(text);
    return typed && typed[1];
  }

  sentence(text, command) {
    const here = this.here();
    if (command !== null && text.trim()) return make("span", { class: "command", text: here.direct ? "Baton will hear this" : "Only Baton will hear this, and only you see the answer" });
    if (here.caseId) return make("span", { text: "An internal note. Nothing here reaches the public." });
    if (here.direct) return make("span", { text: "Only you and Baton are here." });
    return make("span", { text: text.trim() ? "Colleagues will see this" : "/ starts a command for Baton" });
  }

  key(event) {
    if (event.isComposing || this.suggestions.key(event)) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.leave();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && this.history.length && (!this.field.value || this.back)) this.recall(event, 1);
    else if (event.key === "ArrowDown" && this.back) this.recall(event, -1);
  }

  /** Out of the field, to the messages, where single keys work. */
  leave() {
    if (!this.stream.roving.focus(this.stream.roving.active)) this.stream.element.focus();
  }

  recall(event, step) {
    event.preventDefault();
    this.back = Math.min(Math.max(this.back + step, 0), this.history.length);
    this.set(this.back ? this.history[this.history.length - this.back] : "");
  }

  send() {
    const text = this.field.value.trim();
    if (!text) return;
    this.history.push(text);
    this.set("");
    this.back = 0;
    this.say(text);
  }

  say(text, id = newId()) {
    this.suggestions.hide();
    const here = this.here();
    const fields = { as: here.as, conversation: here.conversation, thread: here.thread, text, id };
    this.deliver(fields, this.command(text) ?? text);
  }

  async deliver(fields, words) {
    const where = this.stream.key();
    const outgoing = this.stream.outgoing(fields.text);
    try {
      const { answer, message } = await post("/web/say", fields);
      outgoing.done();
      if (this.stream.key() !== where) return;
      if (message) this.stream.upsert(message);
      if (message) this.stream.toEnd();
      if (answer) this.stream.answer(answer, words);
      if (!answer && !message) toast("Done");
    } catch (trouble) {
      const retry = trouble.again ? () => this.deliver(fields, words) : null;
      outgoing.failed(`${trouble.message} You wrote: ${fields.text}`, retry);
    }
  }
}
