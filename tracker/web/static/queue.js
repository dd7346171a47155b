// The queue's selection and keys. The form works without any of this.
"use strict";

const rows = () => [...document.querySelectorAll("tr[data-row]")];
const box = (row) => row.querySelector("input[type=checkbox]");
const selected = () => rows().filter((row) => box(row).checked);
let lastTouched = null;

function money(cents) {
  return (cents / 100).toLocaleString("en-US", { style: "currency", currency: "USD" });
}

function showSelection(say = true) {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const chosen = selected();
  for (const row of rows()) row.classList.toggle("selected", box(row).checked);
  const cents = chosen.reduce((sum, row) => sum + Number(row.dataset.cents), 0);
  const words = `${chosen.length} selected, ${money(cents)}`;
  bar.hidden = chosen.length === 0;
  bar.querySelector("[data-selected]").textContent = words;
  const everything = bar.querySelector("[data-everything]");
  if (everything) {
    everything.hidden = chosen.length !== rows().length;
    if (everything.hidden) everything.querySelector("input").checked = false;
  }
  const all = document.getElementById("all");
  if (all) {
    all.checked = chosen.length > 0 && chosen.length === rows().length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  if (say) announce(`${chosen.length} ${chosen.length === 1 ? "denial" : "denials"} selected`);
}

function clearSelection() {
  if (!selected().length) return;
  const inBar = document.getElementById("bulk").contains(document.activeElement);
  for (const row of rows()) box(row).checked = false;
  showSelection();
  if (inBar) rows()[0]?.querySelector("a.open").focus();
}

function current() {
  return rows().findIndex((row) => row.contains(document.activeElement));
}

/** Move the focus, so that Enter opens and screen readers follow. */
function move(step) {
  const all = rows();
  if (!all.length) return;
  const place = Math.max(0, Math.min(all.length - 1, current() + step));
  for (const row of all) row.classList.remove("cur");
  all[place].classList.add("cur");
  all[place].querySelector("a.open").focus();
  all[place].scrollIntoView({ block: "nearest" });
}

function toggle(place, wholeRange) {
  const all = rows();
  const state = !box(all[place]).checked;
  const from = wholeRange && lastTouched !== null ? Math.min(lastTouched, place) : place;
  const to = wholeRange && lastTouched !== null ? Math.max(lastTouched, place) : place;
  for (let at = from; at <= to; at += 1) box(all[at]).checked = wholeRange ? true : state;
  lastTouched = place;
  showSelection();
}

document.addEventListener("change", (event) => {
  if (event.target.id === "all") {
    for (const row of rows()) box(row).checked = event.target.checked;
    showSelection();
  } else if (event.target.matches?.("tr[data-row] input[type=checkbox]")) {
    lastTouched = rows().indexOf(event.target.closest("tr"));
    showSelection();
  }
});

/** Change one row where it stands: a dialog with its number, the focus on one of its fields. */
function openQuick(opener, key) {
  const dialog = document.getElementById("quick");
  dialog.querySelector("[name=denial]").value = opener.dataset.quick;
  dialog.querySelector("[data-quick-name]").textContent = `D-${opener.dataset.number}`;
  for (const field of dialog.querySelectorAll("select, input:not([type=hidden])")) field.value = "";
  dialog.showModal();
  if (key) dialog.querySelector(`[data-quick-key=${key}]`).focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-clears-selection]")) clearSelection();
  const opener = event.target.closest?.("[data-quick]");
  if (opener) openQuick(opener);
  if (event.target.closest?.("[data-closes]")) document.getElementById("quick").close();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") { clearSelection(); return; }
  if (!("keys" in document.body.dataset) || typing(event.target)) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key.toLowerCase() === "x" && current() >= 0) { event.preventDefault(); toggle(current(), event.shiftKey); }
  else if ("osz".includes(event.key) && current() >= 0 && !selected().length) {
    event.preventDefault();
    openQuick(rows()[current()].querySelector("[data-quick]"), event.key);
  }
});

document.addEventListener("DOMContentLoaded", () => showSelection(false));
document.addEventListener("htmx:after:swap", () => { lastTouched = null; showSelection(false); });

// ---- "3 new denials, show": asked while the page is looked at; no row moves by itself ----

const ASK_EVERY = 60_000;

async function askForNews() {
  const line = document.querySelector("[data-news]");
  if (!line || document.hidden || !line.hidden) return;
  const answer = await fetch(line.dataset.news, { redirect: "error" }).catch(() => null);
  const { words } = answer?.ok ? await answer.json() : { words: "" };
  if (!words) return;
  line.querySelector("a").textContent = words;
  line.hidden = false;
  announce(words.replace(", show", ""));
}

setInterval(askForNews, ASK_EVERY);
document.addEventListener("visibilitychange", askForNews);
