// Small helps on top of pages that work without any script: focus, dialogs, selects that send their form, keys.
// Everything is listened for on the document, so that parts swapped in by htmx work at once.
"use strict";

document.documentElement.classList.add("js");

const live = () => document.getElementById("live");

/** Say something to screen readers, once. */
function announce(text) {
  const region = live();
  if (!region) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}

document.addEventListener("DOMContentLoaded", () => {
  document.getElementById("error-summary")?.focus();
});

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submit-on-change]")) event.target.form.requestSubmit();
});

/** Show or hide what is typed in a password field. */
function showPassword(button) {
  const field = document.getElementById(button.dataset.shows);
  const shown = field.type === "text";
  field.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
}

// What is sent is a password again, so that no browser keeps it among the words typed before.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("[data-shows][aria-pressed=true]")) showPassword(button);
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const copier = event.target.closest?.("[data-copies-link]");
  if (copier) navigator.clipboard?.writeText(location.href).then(() => announce("Link copied"));
  const shower = event.target.closest?.("[data-shows]");
  if (shower) showPassword(shower);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A fragment that carries data-announce is read out after it was swapped in.
document.addEventListener("htmx:after:swap", () => {
  const words = document.querySelector("[data-announce]")?.dataset.announce;
  if (words) announce(words);
});

// ---- single keys (switched off by body without data-keys; WCAG 2.1.4) ----

const GO = { q: "queue", a: "appeals", d: "insights" };
let went = 0;

function typing(target) {
  if (target.isContentEditable) return true;
  if (target.matches("textarea, select")) return true;
  return target.matches("input") && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

function focusFirstField(part) {
  const fields = [...part.querySelectorAll("input, select, textarea")];
  fields.find((field) => field.type !== "hidden" && field.offsetParent !== null)?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!("keys" in document.body.dataset) || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "g") { went = Date.now(); return; }
  if (Date.now() - went < 1500 && event.key in GO) {
    document.querySelector(`.nav a[data-page="${GO[event.key]}"]`)?.click();
    went = 0;
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search-words")?.focus();
  } else if (event.key === "?") {
    document.getElementById("keys")?.showModal();
  } else {
    const wanted = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
    if (!wanted) return;
    event.preventDefault();
    wanted.matches("select, input") ? wanted.focus() : wanted.click();
    if (wanted.matches("summary") && wanted.parentElement.open) focusFirstField(wanted.parentElement);
  }
});

// ---- a field that narrows a list: data-filters names the list ----

const allOptions = new WeakMap();

document.addEventListener("input", (event) => {
  const list = document.getElementById(event.target.dataset?.filters);
  if (!list) return;
  if (!allOptions.has(list)) allOptions.set(list, list.cloneNode(true));
  const copy = allOptions.get(list).cloneNode(true);
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const option of copy.querySelectorAll("option")) {
    const said = `${option.text} ${option.dataset.words ?? ""} ${option.parentElement.label ?? ""}`.toLowerCase();
    if (!words.every((word) => said.includes(word))) option.remove();
  }
  for (const group of copy.querySelectorAll("optgroup")) if (!group.children.length) group.remove();
  list.replaceChildren(...copy.children);
  if (event.target.value && list.options.length) list.selectedIndex = 0;
  announce(`${list.options.length} found`);
});

// Ctrl+Enter saves the form of the page, from inside a field too.
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || event.key !== "Enter") return;
  const save = document.querySelector("[data-save]");
  if (save) { event.preventDefault(); save.click(); }
});

// ---- two minutes before the session ends: stay signed in ----

const WARN_BEFORE = 120;
let warning;

/** Warn two minutes before a session with so many seconds left ends; a very short one is too short for a warning. */
function watchSession(seconds) {
  clearTimeout(warning);
  if (seconds <= WARN_BEFORE) return;
  warning = setTimeout(() => document.getElementById("session")?.showModal(), (seconds - WARN_BEFORE) * 1000);
}

document.addEventListener("DOMContentLoaded", () => watchSession(Number(document.body.dataset.sessionSeconds)));

document.addEventListener("submit", async (event) => {
  const dialog = event.target.closest?.("#session");
  if (!dialog) return;
  event.preventDefault();
  const answer = await fetch(event.target.action, { method: "POST", body: new FormData(event.target) });
  if (!answer.ok) { location.reload(); return; }
  dialog.close();
  watchSession(Number(answer.headers.get("X-Session-Seconds")));
});
