// Light, dark, or as the system says: remembered here, and set before anything is drawn.

(() => {
  const KEY = "baton.theme";
  const WORDS = { system: "as the system", light: "light", dark: "dark" };
  const NEXT = { system: "dark", dark: "light", light: "system" };
  const stored = () => (localStorage.getItem(KEY) in WORDS ? localStorage.getItem(KEY) : "system");

  const apply = () => {
    const theme = stored();
    document.documentElement.dataset.theme = theme;
    for (const button of document.querySelectorAll("[data-switch=theme]")) {
      button.setAttribute("aria-label", `Appearance: ${WORDS[theme]}`);
      button.title = `Appearance: ${WORDS[theme]}. Press for ${WORDS[NEXT[theme]]}.`;
    }
  };

  apply();
  addEventListener("DOMContentLoaded", () => {
    apply();
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-switch=theme]")) return;
      localStorage.setItem(KEY, NEXT[stored()]);
      apply();
    });
  });
  addEventListener("storage", apply); // another tab was switched
})();
