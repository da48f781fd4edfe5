// Parts of every page: the theme switch, and the information about the results.

import { byId, icon, make } from "./dom.js";
import { request } from "./api.js";

/** Facts about the server; requested once. */
export const info = request("/api/info");

/** Connect header and footer of the page. */
export async function setUpPage() {
  const switcher = byId("theme");
  switcher.append(icon("theme"));
  switcher.addEventListener("click", switchTheme);
  byId("about").addEventListener("click", async () => showAbout(await info));
  const data = await info;
  for (const place of document.querySelectorAll("[data-info]")) place.textContent = data[place.dataset.info];
}

/** Call `act` now and whenever the theme changes. */
export function onTheme(act) {
  act();
  addEventListener("smastn-theme", act);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", act);
}

/** Whether the dark theme is active. */
export function isDark() {
  const stored = document.documentElement.dataset.theme;
  return stored ? stored === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function switchTheme() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("smastn-theme", theme);
  dispatchEvent(new Event("smastn-theme"));
}

function showAbout(data) {
  const kept = data.kept
    ? "Films and results stay in the folder named with --keep, after the server ends."
    : "Films and results are in a temporary folder and are deleted when the server ends.";
  const dialog = make("dialog", { class: "dialog wide", "aria-labelledby": "about-title" },
    make("h2", { id: "about-title" }, "About these results"),
    make("p", {}, make("strong", {}, data.caution)),
    make("p", {}, data.candidates),
    make("h3", {}, "Training data"),
    make("p", {}, data.trained),
    make("p", {}, data.calibration),
    make("h3", {}, "Training on your own data"),
    make("p", {}, "Corpora of real micro-expressions (CASME II, SAMM, SMIC and others) have licences that do not allow weights trained on them to be distributed. ", data.train_your_own),
    make("pre", { tabindex: "0", "aria-label": "Commands" }, [
      "smastn corpora                          supported corpora, and how to obtain them",
      "smastn evaluate --data CORPUS --out RUN cross-validation over subjects",
      "smastn train CORPUS --out WEIGHTS       train on the whole corpus",
      "smastn serve --checkpoint WEIGHTS       use the trained weights here",
    ].join("\n")),
    make("h3", {}, "Privacy"),
    make("p", {}, `Films are processed on the machine that runs smastn serve and are sent nowhere else. ${kept} A film is deleted ${data.limits.keep_hours} hours after its last use, or at once when you delete it. Images of the webcam are not stored.`),
    make("div", { class: "dialog-end" },
      make("span", { class: "soft" }, `smastn ${data.version}`),
      make("button", { class: "primary", on: { click: () => dialog.close() } }, "Close")));
  showDialog(dialog);
}

/** Show a dialog until it is closed; then the focus returns to the former element. */
export function showDialog(dialog) {
  const before = document.activeElement;
  dialog.addEventListener("close", () => { dialog.remove(); before?.focus(); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}
