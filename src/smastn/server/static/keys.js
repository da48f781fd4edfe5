// Keyboard shortcuts; single keys can be switched off.

import { make } from "./dom.js";
import { showDialog } from "./page.js";

const OFF = "smastn-single-keys-off";

const GROUPS = [
  ["Film", [
    [["Space"], "play or pause", "play"], [[",", "."], "one frame back, forward"], [["<", ">"], "ten frames back, forward"],
    [["N", "P"], "next, previous interval"], [["L"], "play the selected interval"], [["Home", "End"], "first, last frame"]]],
  ["Timeline", [[["+", "−"], "zoom in, out"], [["0"], "the whole film"]]],
  ["Selected interval", [
    [["I", "M", "O"], "set onset, apex, offset to the current frame"], [["E"], "edit its label; Esc to finish"], [["X", "Delete"], "reject it"],
    [["←", "→"], "on an edge: one frame; with Shift: ten"]]],
  ["Coding", [[["A"], "add an interval here"], [["Ctrl+Z"], "undo"], [["Ctrl+Shift+Z"], "redo"], [["?"], "this help"]]],
];

/**
 * Run the action of each key that is pressed.
 * @param {Record<string, () => void>} acts the action of each key, by `KeyboardEvent.key`
 * @param {{undo: () => void, redo: () => void}} coding
 */
export function listenToKeys(acts, coding) {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (event.ctrlKey || event.metaKey) {
      const key = event.key.toLowerCase();
      if (typing || !["z", "y"].includes(key)) return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) coding.redo(); else coding.undo();
      return;
    }
    if (typing || localStorage.getItem(OFF)) return;
    if ([" ", "Enter"].includes(event.key) && event.target.closest("button, a, summary, [type=checkbox]")) return;
    if (["Home", "End"].includes(event.key) && event.target.closest("[role=slider], [role=listbox]")) return;
    const act = acts[event.key] ?? acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Show the list of keys. */
export function showKeys() {
  const single = make("input", { type: "checkbox", id: "single", checked: !localStorage.getItem(OFF), on: {
    change: (event) => { if (event.target.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); },
  } });
  const dialog = make("dialog", { class: "dialog wide", "aria-labelledby": "keys-title" },
    make("h2", { id: "keys-title" }, "Keys"),
    make("div", { class: "keys" }, ...GROUPS.map(([text, rows]) => make("section", {}, make("h3", {}, text),
      make("dl", {}, ...rows.map(([keys, what]) => make("div", {},
        make("dt", {}, ...keys.flatMap((key, place) => (place ? [" ", make("kbd", {}, key)] : [make("kbd", {}, key)]))), make("dd", {}, what))))))),
    make("p", { class: "soft" }, "With the mouse: click an interval to go to it; drag its edges to move them; drag the curve to scroll; turn the wheel to zoom."),
    make("div", { class: "dialog-end" },
      make("label", { class: "check", for: "single" }, single, "Single keys are active"),
      make("button", { class: "primary", on: { click: () => dialog.close() } }, "Close")));
  showDialog(dialog);
}
