// On a narrow screen the conversations are a drawer: it takes the focus, and gives it back.

import { by } from "./dom.js";

const NARROW = matchMedia("(max-width: 720px)");

export class Drawer {
  constructor(closed) {
    this.closed = closed;
    by("to-lists").addEventListener("click", () => this.open());
    by("close-lists").addEventListener("click", () => this.close());
    by("shade").addEventListener("click", () => this.close());
    NARROW.addEventListener("change", () => this.set(false));
    this.set(false);
  }

  get narrow() {
    return NARROW.matches;
  }

  get isOpen() {
    return by("desk").dataset.drawer === "open";
  }

  open() {
    this.set(true);
    (by("lists").querySelector("[aria-current]") || by("close-lists")).focus();
  }

  /** Whether there was something to close. */
  close() {
    if (!this.isOpen) return false;
    this.set(false);
    by("to-lists").focus();
    this.closed();
    return true;
  }

  set(open) {
    by("desk").dataset.drawer = open ? "open" : "closed";
    by("shade").hidden = !open;
    by("to-lists").setAttribute("aria-expanded", String(open));
    by("side").inert = NARROW.matches && !open;
    for (const each of [by("main"), by("thread")]) each.inert = open;
  }
}
