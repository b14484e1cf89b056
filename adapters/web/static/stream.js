// One line of messages, the main one or a thread's, with what only this person sees between them.

import { Line } from "./line.js";
import { outgoingElement, privateElement, troubleElement } from "./message.js";

const MOST_PRIVATE = 6;

export class Stream extends Line {
  constructor(element, options) {
    super(element, options);
    Object.assign(this, { empty: options.empty, kept: new Map() });
  }

  /** A page was drawn: private answers come back to their places. */
  shown() {
    for (const answer of this.kept.get(this.key()) || []) this.placePrivate(answer);
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
}
