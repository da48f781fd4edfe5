// What every page has: the switch of the look, and what must be known about the results.

import { byId, icon, make } from "./dom.js";
import { ask } from "./server.js";

/** What the server says about itself; asked once. */
export const about = ask("/api/about");

/** Wire up what is in the frame of the page. */
export async function frame() {
  const switcher = byId("theme");
  switcher.append(icon("theme"));
  switcher.addEventListener("click", switchTheme);
  byId("about").addEventListener("click", async () => showAbout(await about));
  const known = await about;
  for (const place of document.querySelectorAll("[data-about]")) place.textContent = known[place.dataset.about];
}

/** Call `act` now and whenever the colours of the page have changed. */
export function onTheme(act) {
  act();
  addEventListener("smastn-theme", act);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", act);
}

/** Whether the page is dark. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function switchTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("smastn-theme", theme);
  dispatchEvent(new Event("smastn-theme"));
}

function showAbout(known) {
  const kept = known.kept
    ? "Films and results stay in the folder named with --keep, also when the server ends."
    : "Films and results lie in a folder of this server alone, and are deleted when it ends.";
  const dialog = make("dialog", { class: "dialog wide", "aria-labelledby": "about-title" },
    make("h2", { id: "about-title" }, "What these results are, and what not"),
    make("p", {}, make("strong", {}, known.caution)),
    make("p", {}, known.candidates),
    make("h3", {}, "What the weights learnt from"),
    make("p", {}, known.trained),
    make("p", {}, known.calibration),
    make("h3", {}, "Weights for your own work"),
    make("p", {}, "Corpora of real micro-expressions (CASME II, SAMM, SMIC and others) are licensed to people by those who filmed them, so no weights from them come with this program. ", known.train_your_own),
    make("pre", { tabindex: "0", "aria-label": "Commands" }, [
      "smastn corpora                          how each lies on disk, and where it is had",
      "smastn evaluate --data CORPUS --out RUN how well it does on people it never saw",
      "smastn train CORPUS --out WEIGHTS       weights from all of it",
      "smastn serve --checkpoint WEIGHTS       this page, with those weights",
    ].join("\n")),
    make("h3", {}, "What happens to films"),
    make("p", {}, `Nothing leaves the machine that smastn serve runs on. ${kept} Each film goes ${known.limits.keep_hours} hours after it was last looked at, or at once when you delete it. The webcam is never stored.`),
    make("div", { class: "dialog-end" },
      make("span", { class: "soft" }, `smastn ${known.version}`),
      make("button", { class: "primary", on: { click: () => dialog.close() } }, "Close")));
  show(dialog);
}

/** Show a dialog that is gone once it is closed; the focus goes back to where it was. */
export function show(dialog) {
  const before = document.activeElement;
  dialog.addEventListener("close", () => { dialog.remove(); before?.focus(); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}
