// One stop for the Tab key in a list of many: arrows move inside it, and only the current entry's buttons are stops too.

const CONTROLS = "button, a[href], summary";

export class Roving {
  /** `selector` finds the entries in `element`; with `inner`, an entry holds controls of its own. */
  constructor(element, selector, { inner = false } = {}) {
    Object.assign(this, { element, selector, inner, active: null });
    element.addEventListener("focusin", (event) => this.activate(event.target.closest(selector)));
    element.addEventListener("keydown", (event) => this.key(event));
    new MutationObserver((changes) => this.changed(changes)).observe(element, { childList: true, subtree: true });
    this.refresh();
  }

  entries() {
    return [...this.element.querySelectorAll(this.selector)];
  }

  /** Where the Tab key enters while nobody is inside: the current entry, else the newest. */
  entrance() {
    const entries = this.entries();
    return entries.find((each) => each.hasAttribute("aria-current")) || entries.at(-1) || null;
  }

  refresh() {
    this.active = this.entrance();
    for (const each of this.entries()) this.apply(each);
  }

  changed(changes) {
    if (!this.active?.isConnected) {
      this.refresh();
      return;
    }
    if (!this.element.contains(document.activeElement)) this.activate(this.entrance());
    const touched = new Set();
    for (const { target, addedNodes } of changes) {
      const around = target.closest?.(this.selector);
      if (around) touched.add(around);
      for (const node of addedNodes) {
        if (node.matches?.(this.selector)) touched.add(node);
        else node.querySelectorAll?.(this.selector).forEach((each) => touched.add(each));
      }
    }
    touched.forEach((each) => this.apply(each));
  }

  apply(entry) {
    const stop = entry === this.active ? 0 : -1;
    entry.tabIndex = stop;
    if (this.inner) for (const control of entry.querySelectorAll(CONTROLS)) control.tabIndex = stop;
  }

  activate(entry) {
    if (!entry || entry === this.active || !this.element.contains(entry)) return;
    const before = this.active;
    this.active = entry;
    if (before?.isConnected) this.apply(before);
    this.apply(entry);
  }

  /** Moves by `step` entries and puts the focus there; false at the end. */
  step(step) {
    const entries = this.entries();
    const at = entries.indexOf(this.active);
    const inside = this.element.contains(document.activeElement);
    const to = entries[inside || step > 0 ? at + step : at] || (inside ? null : entries[at]);
    return this.focus(to);
  }

  focus(entry) {
    if (!entry) return false;
    this.activate(entry);
    entry.focus({ preventScroll: true });
    entry.scrollIntoView({ block: entry.offsetHeight > this.element.clientHeight ? "start" : "nearest" });
    return true;
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== this.active) return;
    const entries = this.entries();
    if (event.key === "ArrowDown") this.step(1);
    else if (event.key === "ArrowUp") this.step(-1);
    else if (event.key === "Home") this.focus(entries[0]);
    else if (event.key === "End") this.focus(entries.at(-1));
    else return;
    event.preventDefault();
  }
}
