// Pressing a button says its words where the card stands: once, however often it is pressed or tried again.

import { newId, post } from "./api.js";
import { ask } from "./ask.js";
import { toast } from "./dom.js";

const pending = new Set();

/** Handles presses inside the stream's element. */
export function listen(stream, here) {
  stream.element.addEventListener("click", (event) => {
    const button = event.target.closest("button.press[data-words]");
    if (button) press(stream, button, here());
  });
  // A card that is drawn anew while its button is under way still shows it so.
  new MutationObserver(() => pending.size && markAll(stream)).observe(stream.element, { childList: true, subtree: true });
}

async function press(stream, button, here) {
  const key = keyOf(stream, button);
  if (pending.has(key)) return;
  const words = button.dataset.words;
  const anchor = button.closest(".message, .private");
  const fields = JSON.parse(button.dataset.fields || "[]");
  const confirm = button.dataset.confirm || "";
  let values = [];
  if (fields.length || confirm) {
    const danger = button.classList.contains("danger");
    values = await ask({ label: button.textContent, words, fields, confirm, danger });
    if (button.isConnected) button.focus();
    if (!values || pending.has(key)) return;
  }
  const message = anchor.message?.id ?? here.thread ?? null;
  send(stream, anchor, key, { as: here.as, conversation: here.conversation, message, words, values, id: newId() });
}

async function send(stream, anchor, key, said) {
  const where = stream.key();
  pending.add(key);
  markAll(stream);
  try {
    const { answer } = await post("/web/press", said);
    if (!answer) toast("Done");
    else if (stream.key() === where) stream.answer(answer, [said.words, ...said.values].filter(Boolean).join(" "), anchor);
  } catch (trouble) {
    const retry = trouble.again ? () => send(stream, anchor, key, said) : null;
    if (stream.key() === where) stream.trouble(trouble.message, retry, anchor);
    else toast(trouble.message);
  } finally {
    pending.delete(key);
    markAll(stream);
  }
}

function markAll(stream) {
  for (const button of stream.element.querySelectorAll("button.press[data-words]")) {
    const busy = pending.has(keyOf(stream, button));
    if (busy !== button.hasAttribute("aria-disabled")) button.toggleAttribute("aria-disabled", busy);
    if (busy) button.setAttribute("aria-disabled", "true");
  }
}

const keyOf = (stream, button) => `${stream.key()} ${button.closest(".message")?.message.id ?? ""} ${button.dataset.words}`;
