// Being signed in, where the desk asks for it. In the local mode none of this shows.

import { by, toast } from "./dom.js";

const KEPT = "baton.drafts";

/** What is being written, by who writes it and where. */
export const drafts = new Map();

/** Off to the sign-in, and afterwards back to this very place with what was being written. */
export function leave() {
  sessionStorage.setItem(KEPT, JSON.stringify([...drafts].filter(([, text]) => text)));
  location.assign(`/signin?to=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Shows who is signed in, instead of the list of people to act as. `post` asks the desk. */
export function signedIn(post) {
  by("person").hidden = true;
  by("person").previousElementSibling.toggleAttribute("hidden", true); // a drawing has no property for it
  by("me-as").textContent = "Signed in as ";
  by("out").hidden = false;
  by("sign-out").onclick = () => out(post, false);
  by("sign-out-everywhere").onclick = () => out(post, true);
  // A page that the browser kept as it was may be of somebody who has signed out since.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  for (const [place, text] of JSON.parse(sessionStorage.getItem(KEPT) || "[]")) drafts.set(place, text);
  sessionStorage.removeItem(KEPT);
}

async function out(post, everywhere) {
  try {
    const { to } = await post("/signout", { everywhere });
    drafts.clear();
    location.replace(to);
  } catch (trouble) {
    toast(trouble.message);
  }
}
