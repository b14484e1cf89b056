// The stream of changes. It comes back by itself after every break and resumes where it was.

import { get } from "./api.js";

const HIDDEN_FOR = 60_000;
const FIRST_WORD = 1_500;

/** Calls `told(kind, data)` for each event and `state(up)` when the line breaks or is back. */
export class Live {
  constructor(person, told, state) {
    Object.assign(this, { person, told, state, last: null, source: null, hiding: null });
    this.seen = () => this.onVisible();
    document.addEventListener("visibilitychange", this.seen);
    this.ready = new Promise((resolve) => {
      this.isReady = resolve;
      setTimeout(resolve, FIRST_WORD);
    });
    this.connect();
  }

  connect() {
    const fields = new URLSearchParams({ as: this.person });
    if (this.last) fields.set("after", this.last);
    this.source = new EventSource(`/web/events?${fields}`);
    this.source.onopen = () => this.state(true);
    this.source.onerror = () => {
      this.state(false);
      // A browser gives up for good after an answer that is no stream; the desk may only be starting again.
      if (this.source.readyState !== EventSource.CLOSED) return;
      get("/web/people", {}).catch(() => {}); // whoever is not signed in any more is led to where they can
      this.again = setTimeout(() => this.connect(), 2_000);
    };
    for (const kind of ["hello", "message", "gone", "clock", "reload"]) {
      this.source.addEventListener(kind, (event) => {
        if (event.lastEventId) this.last = event.lastEventId;
        if (kind === "hello") this.isReady();
        this.told(kind, JSON.parse(event.data));
      });
    }
  }

  // Browsers allow six connections to one desk: a page that nobody has looked at for a while gives its own back.
  onVisible() {
    clearTimeout(this.hiding);
    if (document.hidden) this.hiding = setTimeout(() => this.source.close(), HIDDEN_FOR);
    else if (this.source.readyState === EventSource.CLOSED) this.connect();
  }

  close() {
    clearTimeout(this.hiding);
    clearTimeout(this.again);
    document.removeEventListener("visibilitychange", this.seen);
    this.source.close();
  }
}
