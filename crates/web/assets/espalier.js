// Small comforts on top of pages that work without them. Each part looks for its own mark in the page.

// Saves a form as one types: the form posts itself to the same address with `Accept: application/json`.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-saved]");
  const say = (text) => { if (status) status.textContent = text; };
  const key = "espalier-draft:" + form.action;
  let timer = 0;
  let sending = false;
  let again = false;

  const send = async () => {
    if (sending) { again = true; return; }
    sending = true;
    say("Saving …");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
      });
      const result = await answer.json();
      if (!answer.ok) throw new Error(result.detail || "");
      for (const [name, value] of Object.entries(result.fields || {})) {
        const field = form.elements.namedItem(name);
        if (field) field.value = value;
      }
      say(result.message || "Saved");
      localStorage.removeItem(key);
    } catch (error) {
      say((error.message || "Not saved: no connection.") + " Your words are kept in this browser.");
      try { localStorage.setItem(key, new URLSearchParams(new FormData(form)).toString()); } catch { /* full */ }
      timer = setTimeout(send, 5000);
    }
    sending = false;
    if (again) { again = false; send(); }
  };

  const soon = (wait) => { clearTimeout(timer); timer = setTimeout(send, wait); };
  form.addEventListener("input", (event) => soon(event.target.matches("textarea, input[type=text]") ? 700 : 0));
  addEventListener("pagehide", () => { if (status && status.textContent === "Saving …") send(); });
  addEventListener("online", send);

  const kept = localStorage.getItem(key);
  if (kept) {
    for (const [name, value] of new URLSearchParams(kept)) {
      if (name === "form_token" || name === "version") continue;
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
    send();
  }
}

// Searches while one types: the list below the field is replaced by the answer of the same page.
for (const form of document.querySelectorAll("form[data-instant]")) {
  const target = document.getElementById(form.dataset.instant);
  const input = form.querySelector("input[type=search]");
  let last = input.value;
  let turn = 0;
  input.addEventListener("input", async () => {
    if (input.value === last) return;
    last = input.value;
    const mine = ++turn;
    const address = form.action + "?" + new URLSearchParams(new FormData(form));
    const answer = await fetch(address);
    if (mine !== turn || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById(target.id);
    if (found) target.replaceChildren(...found.childNodes);
    history.replaceState(null, "", address);
  });
}

// An open menu closes with Escape and with a click elsewhere.
for (const menu of document.querySelectorAll("details.me")) {
  addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
  });
}

// What went wrong with a form is read first.
document.querySelector(".problems")?.focus();
