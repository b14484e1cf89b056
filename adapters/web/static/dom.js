// Small helpers for making elements. Text always goes in as text; only the desk's finished HTML goes in as HTML.

export const by = (id) => document.getElementById(id);

/** An element: `make("p", { class: "x", text: "y", onclick: f }, child, ...)`. */
export function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name === "html") element.innerHTML = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** What was typed, without the invisible marks that turn its reading around. */
export const plain = (text) => text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");

const SHAPES = {
  talk: ["0 0 20 20", "M4 5h12v9H9l-4 3v-3H4z"],
  cross: ["0 0 20 20", "M5 5l10 10M15 5L5 15"],
  send: ["0 0 20 20", "M10 16V5M5 9.500l5-5 5 5"],
  lock: ["0 0 16 16", "M3.500 7.500h9v6h-9zM5.500 7.500V5.200a2.500 2.500 0 015 0v2.300"],
};

/** A small drawing beside words that say the same. */
export function shape(name, kind = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", SHAPES[name][0]);
  svg.setAttribute("aria-hidden", "true");
  if (kind) svg.setAttribute("class", kind);
  path.setAttribute("d", SHAPES[name][1]);
  svg.append(path);
  return svg;
}

/** A person's initials in a colour of their own, or Baton's sign. */
export function face(person, element = make("span", { class: "avatar", "aria-hidden": "true" })) {
  element.replaceChildren();
  element.className = "avatar";
  if (!person) {
    element.append(make("img", { src: "/static/baton.svg", alt: "" }));
    return element;
  }
  const words = person.name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : ""];
  element.textContent = letters.map((word) => [...word][0] || "").join("").toUpperCase();
  let sum = 0;
  for (const letter of person.id) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  element.classList.add(`hue-${sum % 8}`);
  return element;
}

/** A short word that goes away by itself. */
export function toast(text) {
  const element = make("div", { class: "toast", text });
  by("toasts").replaceChildren(element);
  setTimeout(() => element.remove(), 2600);
}
