// Shows a letter template's preview while a person types: the same form, sent by fetch, its answer put into the frame.
// Nothing is saved by it. Without this script the Preview button does the same.
"use strict";

const template = document.getElementById("template");
const frame = document.getElementById("preview");
const PAUSE = 900; // milliseconds without a key before the preview follows

if (template && frame && document.getElementById("try")) {
  let timer = 0;
  let sending = false;
  let changed = false;

  async function show() {
    clearTimeout(timer);
    if (sending) { timer = setTimeout(show, PAUSE); return; }
    sending = true;
    try {
      const answer = await fetch(template.dataset.preview, { method: "POST", body: new FormData(template), redirect: "manual" });
      if (answer.status !== 200 && answer.status !== 422) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const shown = frame.contentDocument;
      const top = frame.contentWindow.scrollY;
      shown.body.replaceWith(shown.adoptNode(page.body));
      frame.contentWindow.scrollTo(0, top);
    } catch {
      timer = setTimeout(show, 10 * PAUSE); // no answer from the server
    } finally {
      sending = false;
    }
  }

  template.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  template.addEventListener("submit", (event) => { if (!event.submitter?.formTarget) changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
