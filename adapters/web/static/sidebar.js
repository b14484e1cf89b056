// The list of conversations, with a dot where something new is.

import { by, face, make } from "./dom.js";

const STORED = "baton.seen.";

export class Sidebar {
  constructor(address) {
    this.address = address;
    this.list = [];
    this.current = null;
  }

  /** A person's conversations, each with the number of its newest message. */
  fill(person, list) {
    Object.assign(this, { person, list });
    this.seen = JSON.parse(localStorage.getItem(STORED + person) || "{}");
    this.draw();
  }

  draw() {
    const groups = [
      ["Direct", this.list.filter((each) => each.direct)],
      ["Your channels", this.list.filter((each) => !each.direct && each.own)],
      [this.list.some((each) => !each.direct && each.own) ? "Other channels" : "Channels", this.list.filter((each) => !each.direct && !each.own)],
    ];
    by("lists").replaceChildren(
      ...groups.filter(([, items]) => items.length).flatMap(([title, items]) => {
        const head = make("h2", { text: title });
        return [head, make("ul", {}, ...items.map((each) => make("li", {}, this.link(each))))];
      }),
    );
    const elsewhere = this.list.some((each) => this.unread(each) && each.name !== this.current);
    by("elsewhere").hidden = !elsewhere;
    this.title();
  }

  link(each) {
    const unread = this.unread(each);
    const mark = each.direct ? make("span", { class: "mark" }, make("img", { src: "/static/baton.svg", alt: "" })) : make("span", { class: "mark", text: "#", "aria-hidden": "true" });
    return make(
      "a",
      { href: this.address(each.name), "data-name": each.name, class: unread ? "unread" : null, "aria-current": each.name === this.current ? "page" : null },
      mark,
      make("span", { class: "name" }, make("bdi", { text: each.title })),
      unread ? make("span", { class: "dot" }, make("span", { class: "unseen", text: "new messages" })) : null,
    );
  }

  unread(each) {
    return each.newest > (this.seen[each.name] || 0);
  }

  select(name) {
    this.current = name;
    this.draw();
  }

  /** Something new stands in the conversation. */
  heard(name, id) {
    const each = this.list.find((known) => known.name === name);
    if (!each || id <= each.newest) return;
    each.newest = id;
    this.draw();
  }

  read(name) {
    const each = this.list.find((known) => known.name === name);
    if (!each || !this.unread(each)) return;
    this.seen[name] = each.newest;
    localStorage.setItem(STORED + this.person, JSON.stringify(this.seen));
    this.draw();
  }

  title() {
    const here = this.list.find((each) => each.name === this.current);
    const waiting = this.list.filter((each) => this.unread(each)).length;
    document.title = `${waiting ? `(${waiting}) ` : ""}${here ? `${here.direct ? "" : "#"}${here.title} · ` : ""}Baton`;
  }
}

/** Fills the list of people to act as. */
export function fillPeople(people, current, change) {
  const select = by("person");
  select.replaceChildren(
    ...people.map((each) => make("option", { value: each.id, text: `${each.name}${each.position ? `, ${each.position}` : ""}`, selected: each.id === current.id })),
  );
  select.value = current.id;
  select.onchange = () => change(select.value);
  face(current, by("me-face"));
  by("me-name").textContent = current.name;
  by("me-position").textContent = current.position;
}
