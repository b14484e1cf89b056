// Elements of a stream: a message, a private answer, words on their way, trouble.

import { face, make, plain, shape } from "./dom.js";
import { fullOf, timeOf } from "./clock.js";

/** `open(message)` opens the message's thread. */
export function messageElement(message, open) {
  const kind = message.by ? "talk" : "said";
  const element = make("div", { class: `message ${kind}`, "data-id": message.id, role: "article", tabindex: "-1" });
  element.append(
    make("div", { class: "day", hidden: true }),
    make(
      "div",
      { class: "line" },
      face(message.by),
      make(
        "div",
        { class: "body" },
        make(
          "div",
          { class: "who" },
          make("b", {}, make("bdi", { text: message.by ? message.by.name : "Baton" })),
          make("time"),
          make("span", { class: "edited" }),
        ),
        make("div", { class: "content" }),
        make("button", { type: "button", class: "to-thread", onclick: () => open(element.message) }),
      ),
    ),
  );
  updateMessage(element, message);
  return element;
}

/** Shows the message as it is now; the focus stays where it was. */
export function updateMessage(element, message) {
  const old = element.message;
  element.message = message;
  const time = element.querySelector("time");
  time.textContent = timeOf(message.at);
  time.dateTime = message.at;
  time.title = fullOf(message.at);
  element.querySelector(".edited").textContent = message.edited && message.by ? "edited" : "";
  element.setAttribute("aria-label", `${message.by ? message.by.name : "Baton"}, ${timeOf(message.at)}: ${message.summary}`);
  if (!old || old.html !== message.html) replaceHtml(element.querySelector(".content"), message.html);
  const button = element.querySelector(".to-thread");
  button.classList.toggle("has", message.replies > 0);
  button.replaceChildren(shape("talk"), threadWords(message));
}

function replaceHtml(content, html) {
  const focused = content.contains(document.activeElement) ? document.activeElement : null;
  const words = focused?.dataset.words;
  const verb = words?.split(" ")[0];
  const message = content.closest(".message");
  const unfolded = [...content.querySelectorAll("details")].map((each) => each.open);
  content.innerHTML = html;
  content.querySelectorAll("details").forEach((each, at) => (each.open = unfolded[at] || false));
  if (!focused) return;
  const buttons = [...content.querySelectorAll("button.press")];
  const same = buttons.find((each) => each.dataset.words === words) || buttons.find((each) => each.dataset.words.startsWith(`${verb} `));
  (same || message).focus({ preventScroll: true });
}

function threadWords(message) {
  const noun = message.case ? "note" : message.by ? "reply" : "answer";
  const many = { note: "notes", reply: "replies", answer: "answers" }[noun];
  if (message.replies) return `${message.replies} ${message.replies === 1 ? noun : many}`;
  return message.case ? "Add a note" : "Reply";
}

/** An answer that only this person sees: `{ html, summary, words }`. */
export function privateElement(answer, dismiss) {
  return make(
    "div",
    { class: "private", role: "group", tabindex: "-1", "aria-label": `Only you can see this: ${answer.summary}` },
    make(
      "div",
      {},
      make(
        "header",
        {},
        shape("lock", "lock"),
        make("span", { class: "only", text: "Only you can see this" }),
        make("code", { text: plain(answer.words) || "home", title: "What Baton heard" }),
        make("button", { type: "button", class: "icon", "aria-label": "Dismiss", title: "Dismiss", onclick: dismiss }, shape("cross")),
      ),
      make("div", { html: answer.html }),
    ),
  );
}

export const outgoingElement = (text) =>
  make("div", { class: "outgoing", "aria-label": "Being sent" }, make("p", { class: "words", dir: "auto", text: plain(text) }));

/** What went wrong, with a way to try the same again. */
export function troubleElement(sentence, retry, dismiss) {
  return make(
    "div",
    { class: "trouble", role: "alert" },
    make(
      "div",
      {},
      make("p", { text: plain(sentence) }),
      retry ? make("button", { type: "button", class: "press", text: "Retry", onclick: retry }) : null,
      make("button", { type: "button", class: "press", text: "Dismiss", onclick: dismiss }),
    ),
  );
}

/** A conversation in which nothing was said yet. */
export function emptyElement(direct) {
  const [head, body] = direct
    ? ["Baton listens", "Pages, offers and reminders for you arrive here. Say a command, or start with one of those below."]
    : ["Nothing here yet", "New cases for this department appear here as cards. Until then, talk."];
  return make("div", { class: "empty" }, make("img", { src: "/static/baton.svg", alt: "" }), make("h2", { text: head }), make("p", { text: body }));
}
