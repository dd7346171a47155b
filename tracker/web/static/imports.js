// Import pages: dropping files, and the number on the button that logs denials.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  dropping();
  counting();
});

const plural = (count, one) => `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;

function dropping() {
  const area = document.getElementById("drop");
  const input = document.getElementById("files");
  if (!area || !input) return;
  const chosen = document.getElementById("chosen");
  let start;
  const show = () => {
    clearTimeout(start);
    // Reading starts on its own, after a moment in which the choice can still be seen and changed.
    if (input.files.length) start = setTimeout(() => input.form.requestSubmit(), 800);
    chosen.textContent = input.files.length ? `${plural(input.files.length, "file")} chosen: ${[...input.files].map((file) => file.name).join(", ")}` : "";
  };
  input.addEventListener("change", show);
  input.form.addEventListener("submit", () => clearTimeout(start));
  // The whole page takes the files, so that a near miss does not open them in the browser.
  document.addEventListener("dragover", (event) => { event.preventDefault(); area.classList.add("over-drop"); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) area.classList.remove("over-drop"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over-drop");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
}

function counting() {
  const form = document.getElementById("log-form");
  const button = document.getElementById("log-button");
  if (!form || !button) return;
  const boxes = [...form.querySelectorAll("input[name=log]")];
  const all = document.getElementById("log-all");
  const more = Number(form.dataset.more);
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    button.textContent = ticked + more ? `Log ${plural(ticked + more, "denial")}` : form.dataset.none || "Save without denials";
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener("change", show);
  show(); // a page that comes back from the browser's memory keeps its ticks
}
