// How pages ask the server. All errors are sentences for people.

import { make } from "./dom.js";

/** An answer that is no success; `status` is that of HTTP, 0 where nothing answered. */
export class Refusal extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/** Ask for a path; gives what was answered as JSON, or null where nothing was. */
export async function ask(path, { method = "GET", body, keepalive = false } = {}) {
  const options = { method, keepalive };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "content-type": "application/json" };
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refusal(0, "The server does not answer; is smastn serve still running?");
  }
  if (response.status === 401 && path !== "/api/session") {
    await tokenShown();
    return ask(path, { method, body, keepalive });
  }
  if (!response.ok) throw new Refusal(response.status, await sentenceOf(response));
  return response.status === 204 ? null : response.json();
}

/** Bring a film; `onProgress` gets the share that has been sent. Has `stop()` and `done`. */
export function bring(file, sensitivity, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", `/api/jobs?name=${encodeURIComponent(file.name)}&sensitivity=${sensitivity}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(1, event.total));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status === 201) resolve(answer);
      else reject(new Refusal(request.status, sentence(answer, request.status)));
    };
    request.onerror = () => reject(new Refusal(0, "The film could not be sent; is smastn serve still running?"));
    request.onabort = () => reject(new Refusal(0, "Stopped."));
    request.send(file);
  });
  return { done, stop: () => request.abort() };
}

async function sentenceOf(response) {
  return sentence(parsed(await response.text()), response.status);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function sentence(answer, status) {
  const detail = answer?.detail;
  const words = typeof detail === "string" ? detail : `The server refused (${status}).`;
  const begun = /^[a-z]+ /.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words; // names stay
  return begun + (/[.!?]$/.test(words) ? "" : ".");
}

let asking = null;

/** Resolves once the server knows this browser by its token. */
function tokenShown() {
  asking ??= tokenFromAddress().then((known) => known || tokenFromDialog()).finally(() => { asking = null; });
  return asking;
}

async function tokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  history.replaceState(null, "", location.pathname + location.search);
  return token !== null && accepted(token);
}

async function accepted(token) {
  try {
    await ask("/api/session", { method: "POST", body: { token } });
    return true;
  } catch (error) {
    if (error.status === 401) return false;
    throw error;
  }
}

function tokenFromDialog() {
  return new Promise((resolve) => {
    const field = make("input", { id: "token", type: "password", autocomplete: "off", required: true, "aria-describedby": "token-wrong" });
    const wrong = make("p", { id: "token-wrong", class: "wrong", role: "alert" });
    const submit = async (event) => {
      event.preventDefault();
      if (!(await accepted(field.value.trim()))) {
        wrong.textContent = "That is not the token.";
        field.select();
        return;
      }
      dialog.close();
      dialog.remove();
      resolve();
    };
    const dialog = make("dialog", { class: "dialog", "aria-labelledby": "token-title" },
      make("form", { on: { submit } },
        make("h2", { id: "token-title" }, "This server asks for its token"),
        make("p", {}, "It was printed where smastn serve was started, behind #token= in the address."),
        make("label", { for: "token" }, "Token"), field, wrong,
        make("div", { class: "dialog-end" }, make("button", { class: "primary" }, "Go on"))));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
  });
}
