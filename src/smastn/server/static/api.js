// Requests to the server. All errors are sentences for the user.

import { make } from "./dom.js";

/** A failed request; `status` is the HTTP status, 0 without a response. */
class ApiError extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/** Request a path; resolves to the JSON of the response, or null without content. */
export async function request(path, { method = "GET", body, keepalive = false } = {}) {
  const options = { method, keepalive };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "content-type": "application/json" };
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError(0, "The server does not answer; is smastn serve still running?");
  }
  if (response.status === 401 && path !== "/api/session") {
    await authenticate();
    return request(path, { method, body, keepalive });
  }
  if (!response.ok) throw new ApiError(response.status, await sentenceOf(response));
  return response.status === 204 ? null : response.json();
}

/** Upload a film; `onProgress` receives the fraction sent. The result has `stop()` and `done`. */
export function upload(file, sensitivity, onProgress) {
  const xhr = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    xhr.open("POST", `/api/jobs?name=${encodeURIComponent(file.name)}&sensitivity=${sensitivity}`);
    xhr.setRequestHeader("content-type", "application/octet-stream");
    xhr.upload.onprogress = (event) => onProgress(event.loaded / Math.max(1, event.total));
    xhr.onload = () => {
      const answer = parsed(xhr.responseText);
      if (xhr.status === 201) resolve(answer);
      else reject(new ApiError(xhr.status, sentence(answer, xhr.status)));
    };
    xhr.onerror = () => reject(new ApiError(0, "The film could not be sent; is smastn serve still running?"));
    xhr.onabort = () => reject(new ApiError(0, "The upload was cancelled."));
    xhr.send(file);
  });
  return { done, stop: () => xhr.abort() };
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
  const text = typeof detail === "string" ? detail : `The server refused (${status}).`;
  const begun = /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text; // file names keep their case
  return begun + (/[.!?]$/.test(text) ? "" : ".");
}

let authenticating = null;

/** Resolves when the server has accepted a token from this browser. */
function authenticate() {
  authenticating ??= tokenFromAddress().then((accepted) => accepted || tokenFromDialog()).finally(() => { authenticating = null; });
  return authenticating;
}

async function tokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  history.replaceState(null, "", location.pathname + location.search);
  return token !== null && openSession(token);
}

async function openSession(token) {
  try {
    await request("/api/session", { method: "POST", body: { token } });
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
      if (!(await openSession(field.value.trim()))) {
        wrong.textContent = "This is not the token.";
        field.select();
        return;
      }
      dialog.close();
      dialog.remove();
      resolve();
    };
    const dialog = make("dialog", { class: "dialog", "aria-labelledby": "token-title" },
      make("form", { on: { submit } },
        make("h2", { id: "token-title" }, "This server requires its token"),
        make("p", {}, "smastn serve printed it after #token= in the address."),
        make("label", { for: "token" }, "Token"), field, wrong,
        make("div", { class: "dialog-end" }, make("button", { class: "primary" }, "Continue"))));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
  });
}
