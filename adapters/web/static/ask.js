// The small form that a button asks with before it says its words.

import { left } from "./count.js";
import { by, make } from "./dom.js";

/** The values in order, or null when the person thought better of it. */
export function ask({ label, words, fields, confirm, danger }) {
  const dialog = by("ask");
  const controls = fields.map(control);
  const form = make(
    "form",
    { method: "dialog" },
    make("h2", { id: "ask-title", text: label }),
    confirm ? make("p", { class: "why", text: confirm }) : null,
    ...fields.map((field, at) => labelled(field, controls[at])),
    make("p", { class: "said", text: words, title: "What Baton will hear" }),
    make(
      "div",
      { class: "actions" },
      make("button", { type: "button", class: "press", text: "Cancel", onclick: () => dialog.close() }),
      make("button", { type: "submit", class: `press ${danger ? "danger" : "primary"}`, text: label }),
    ),
  );
  dialog.replaceChildren(form);
  return new Promise((resolve) => {
    let values = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      values = controls.map((each) => each.value.trim());
      dialog.close();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    form.addEventListener("input", () => {
      const said = [words, ...controls.map((each) => each.value.trim())].filter(Boolean).join(" ");
      form.querySelector(".said").textContent = said;
    });
    dialog.addEventListener("close", () => resolve(values), { once: true });
    dialog.showModal();
    form.dispatchEvent(new Event("input"));
    (controls[0] || form.querySelector("[type=submit]")).focus();
  });
}

function control(field) {
  const given = { name: field.name, required: !field.optional };
  if (field.kind === "choice") {
    const options = field.options.map(([value, label]) => make("option", { value, text: label }));
    if (options.length > 1) options.unshift(make("option", { value: "", text: "Choose…" }));
    return make("select", given, ...options);
  }
  const begun = field.value ? { value: field.value } : {};
  if (field.kind === "long") {
    const area = make("textarea", { ...given, rows: field.limit ? 8 : 4, maxlength: field.limit ? 12000 : 4000 });
    area.value = field.value || "";
    return area;
  }
  return make("input", { ...given, ...begun, type: "text", maxlength: 1000, autocomplete: "off" });
}

function labelled(field, element) {
  const hint = [field.hint, field.optional ? "optional" : ""].filter(Boolean).join(" · ");
  const body = field.kind === "choice" ? make("span", { class: "picked" }, element) : element;
  const counter = field.limit ? make("small", { class: "left" }) : null;
  if (counter) {
    const count = () => {
      const rest = left(element.value, field.counts, field.limit);
      counter.textContent = rest < 0 ? `${-rest} too long` : `${rest} left`;
      counter.classList.toggle("over", rest < 0);
    };
    element.addEventListener("input", count);
    count();
  }
  return make("label", {}, make("span", { text: field.label }), body, counter, hint ? make("small", { text: hint }) : null);
}
