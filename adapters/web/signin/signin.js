// A one-time link: its secret is behind the # of the address, so that no server on the way has seen it.

const secret = location.hash.slice(1);
const use = document.getElementById("use");
const trouble = document.getElementById("trouble");
const AWAY = "Baton could not be reached. Press again in a moment.";

// Nobody who looks at this browser's history later finds it there.
history.replaceState(null, "", location.pathname);

function tell(sentence, over) {
  trouble.textContent = sentence;
  trouble.hidden = false;
  use.hidden = over;
  use.disabled = false;
}

async function signIn() {
  use.disabled = true;
  try {
    const asked = { method: "POST", cache: "no-store", body: JSON.stringify({ secret }), headers: { "Content-Type": "application/json" } };
    const response = await fetch("/signin/link", asked);
    const said = await response.json();
    if (response.ok) location.replace(said.to);
    else tell(said.error || AWAY, response.status === 403);
  } catch {
    tell(AWAY, false);
  }
}

if (secret) {
  use.addEventListener("click", signIn);
  use.focus();
} else {
  tell(use.dataset.empty, true);
}
