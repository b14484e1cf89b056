// The desk's clock on the acting person's wall. In a demo it runs faster than the real one, and says so.

import { by, make } from "./dom.js";

const state = { zone: "UTC", base: Date.now(), since: performance.now(), rate: 1, differs: false };
const formats = new Map();

function format(options) {
  const key = state.zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: state.zone, ...options }));
  return formats.get(key);
}

export function setZone(zone) {
  state.zone = zone;
  draw();
}

export function setClock(clock) {
  Object.assign(state, { base: Date.parse(clock.now), since: performance.now(), rate: clock.rate, differs: clock.differs });
  draw();
}

export const now = () => new Date(state.base + (performance.now() - state.since) * state.rate);
export const timeOf = (at) => format({ hour: "2-digit", minute: "2-digit" }).format(new Date(at));
export const dayKey = (at) => format({ year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(at));
export const fullOf = (at) => format({ dateStyle: "full", timeStyle: "short" }).format(new Date(at));

export function dayOf(at) {
  const key = dayKey(at);
  if (key === dayKey(now())) return "Today";
  if (key === dayKey(now().getTime() - 86400000)) return "Yesterday";
  const date = new Date(at);
  const year = date.getUTCFullYear() === now().getUTCFullYear() ? {} : { year: "numeric" };
  return format({ weekday: "long", day: "numeric", month: "long", ...year }).format(date);
}

function draw() {
  const at = now();
  const element = by("clock");
  const text = state.differs ? format({ weekday: "short", hour: "2-digit", minute: "2-digit" }).format(at) : timeOf(at);
  const place = state.zone.split("/").pop().replaceAll("_", " ");
  const moved = state.differs ? `desk time${state.rate !== 1 ? ` ×${Number(state.rate.toPrecision(3))}` : ""}` : "";
  const said = `${text}${place ? ` ${place}` : ""}|${moved}`;
  if (element.dataset.said === said) return;
  element.dataset.said = said;
  element.dateTime = at.toISOString();
  element.title = `${fullOf(at)} (${state.zone})`;
  element.replaceChildren(`${text} ${place}`, ...(moved ? [make("span", { class: "moved", text: moved })] : []));
}

setInterval(draw, 500);
