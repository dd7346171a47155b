// Saves the letter while a person types: the same form, sent by fetch with the version that was seen. Without this
// script the buttons save. Another person's save is never overwritten: then a button leads to both versions.
"use strict";

const letter = document.getElementById("letter");
const PAUSE = 2000; // milliseconds without a key before saving
const RETRY = 30000;
const NOT_TEXT = /^(template|then|quote-|file-|visits-)/; // what a button does, or what a button is needed for

if (letter) {
  const saved = document.getElementById("saved");
  const version = letter.elements.namedItem("version");
  let timer = 0;
  let sending = null;
  let changed = false;
  let stopped = false;

  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };

  const texts = () => [...letter.elements].filter((one) => one.name.startsWith("p-"));

  /** Put the parts of the answer in place of the same parts of the page, and new words of the template into the
   *  paragraphs nobody touched. ``sent`` holds the paragraphs that were sent; what is typed in a field stays. */
  function show(html, sent) {
    const answer = new DOMParser().parseFromString(html, "text/html");
    for (const part of answer.querySelectorAll("[data-part]")) {
      document.getElementById(part.id)?.replaceChildren(...part.childNodes);
    }
    for (const field of texts()) {
      const words = answer.querySelector(`[data-text="${field.name}"]`)?.textContent;
      if (sent.has(field.name)) field.defaultValue = sent.get(field.name);
      else if (words !== undefined && field.value === field.defaultValue) field.value = field.defaultValue = words;
    }
    version.value = answer.querySelector("[data-version]").dataset.version;
    const frame = document.querySelector("iframe.paper")?.contentWindow;
    if (!frame) return;
    const top = frame.scrollY;
    frame.frameElement.addEventListener("load", () => frame.scrollTo(0, top), { once: true });
    frame.location.reload();
  }

  function conflict(words) {
    stopped = true;
    saved.textContent = words;
    document.getElementById("both").hidden = false;
  }

  async function send() {
    const body = new FormData(letter);
    for (const name of [...body.keys()]) if (NOT_TEXT.test(name)) body.delete(name);
    const sent = new Map();
    for (const field of texts()) {
      if (field.value === field.defaultValue) body.delete(field.name);
      else sent.set(field.name, field.value);
    }
    try {
      const answer = await fetch(letter.dataset.autosave, { method: "POST", body, redirect: "manual", keepalive: true });
      if (answer.ok) return show(await answer.text(), sent);
      if (answer.status === 409) return conflict(await answer.text());
      changed = true;
      if (answer.status === 422) saved.textContent = await answer.text();
      else if (answer.status === 400 || answer.type === "opaqueredirect") {
        stopped = true;
        saved.textContent = "Not saved: you are signed out. Copy what you typed, then open this page again.";
      } else throw new Error(answer.statusText);
    } catch {
      changed = true;
      saved.textContent = "Not saved: no answer from the server. Trying again.";
      later(RETRY);
    }
  }

  async function save() {
    clearTimeout(timer);
    if (stopped || !changed) return;
    if (sending) return later(PAUSE);
    changed = false;
    sending = send();
    await sending;
    sending = null;
  }

  function typed(event) {
    if (event.target.form !== letter || NOT_TEXT.test(event.target.name) || event.target.name === "") return;
    changed = true;
    later(PAUSE);
  }

  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });

  // A button pressed while a save is on its way waits for it: its form must carry the new version.
  letter.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (!sending) { changed = false; return; }
    event.preventDefault();
    const button = event.submitter;
    await sending;
    changed = false;
    letter.requestSubmit(button);
  });
}
