// Small comforts on top of pages that work without them. Each part looks for its own mark in the page.

// Saves a form as one types: the form posts itself to the same address with `Accept: application/json`. Until the
// server has said that it is saved, the words also stand in this browser, so that a closed tab or a lost connection
// loses nothing.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-saved]");
  const say = (text) => { if (status) status.textContent = text; };
  const key = "espalier-draft:" + new URL(form.action).pathname;
  const words = () => new URLSearchParams(new FormData(form));
  let timer = 0;
  let typed = 0;
  let saved = 0;
  let sending = false;

  const send = async () => {
    clearTimeout(timer);
    if (sending || typed === saved) return;
    sending = true;
    const mine = typed;
    say("Saving …");
    let refused = false;
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { accept: "application/json" }, body: words() });
      refused = answer.redirected || (answer.status >= 400 && answer.status < 500);
      if (!answer.ok || answer.redirected) throw new Error();
      const result = await answer.json();
      for (const [name, value] of Object.entries(result.fields || {})) {
        const field = form.elements.namedItem(name);
        if (field && (name === "version" || typed === mine)) field.value = value;
      }
      saved = mine;
      say(result.message || "Saved");
      if (typed === saved) localStorage.removeItem(key);
      count();
    } catch {
      say(refused
        ? "Not saved. Your words are kept in this browser; please load the page again."
        : "Not saved yet: no connection. Your words are kept in this browser and sent when it is back.");
      if (!refused) timer = setTimeout(send, 4000);
    }
    sending = false;
    if (typed !== mine) send();
  };

  form.addEventListener("input", (event) => {
    typed += 1;
    try { localStorage.setItem(key, words().toString()); } catch { /* no room: the next save is soon */ }
    clearTimeout(timer);
    timer = setTimeout(send, event.target.matches("textarea, input[type=text]") ? 600 : 0);
  });
  addEventListener("pagehide", () => { if (typed !== saved) navigator.sendBeacon(form.action, words()); });
  addEventListener("online", send);

  const kept = localStorage.getItem(key);
  if (kept) {
    const before = new URLSearchParams(kept);
    for (const field of form.elements) {
      if (!field.name || field.name === "form_token" || field.name === "version") continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = before.getAll(field.name).includes(field.value);
      else if (before.has(field.name)) field.value = before.get(field.name);
    }
    typed += 1;
    send();
  }
}

// How many statements of a page have an answer: counted anew when one of them was saved.
function count() {
  const rated = [...document.querySelectorAll("form[data-rates]")]
    .filter((form) => !["", "not-observed"].includes(new FormData(form).get("state") || ""));
  for (const place of document.querySelectorAll("[data-rated]")) place.textContent = rated.length;
}

// A page that is signed counts what was saved on it: what somebody else wrote meanwhile is noticed.
for (const field of document.querySelectorAll("input[data-revisions]")) {
  const sum = () => [...document.querySelectorAll("form[data-autosave] input[name=version]")]
    .reduce((all, one) => all + Number(one.value), 0);
  const before = Number(field.defaultValue) - Number(sum());
  field.form.addEventListener("submit", () => { field.value = before + sum(); });
}

// What is kept in this browser goes with the one who leaves it.
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith("espalier-draft:")) localStorage.removeItem(key);
});

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

// A field for a colleague offers names while one types: those that the directory shows to the same person.
for (const [place, input] of [...document.querySelectorAll("input[data-people]")].entries()) {
  const list = document.createElement("datalist");
  list.id = "colleagues-" + place;
  input.after(list);
  input.setAttribute("list", list.id);
  let turn = 0;
  let timer = 0;
  const offer = async (typed) => {
    const mine = ++turn;
    const answer = await fetch("/people?" + new URLSearchParams({ q: typed }));
    if (mine !== turn || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    list.replaceChildren(...[...page.querySelectorAll("#found .lines > li")].slice(0, 8).map((line) => {
      const option = document.createElement("option");
      option.value = line.querySelector(".main").textContent.trim();
      option.label = [...line.querySelectorAll(".side")].map((one) => one.textContent.trim()).filter(Boolean).join(", ");
      return option;
    }));
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const typed = input.value.trim();
    if (typed.length < 2 || typed.includes("@")) list.replaceChildren();
    else if (![...list.options].some((one) => one.value === typed)) timer = setTimeout(() => offer(typed), 120);
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
