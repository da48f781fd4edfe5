// Builds elements from plain values; strings become text, never markup.

/** The element with that id. */
export const byId = (id) => document.getElementById(id);

/**
 * A new element.
 * @param {string} tag
 * @param {object} properties `class`, `on` (listeners by name), `style` (variables by name);
 *   others become attributes; true becomes an empty one, false and null none.
 * @param {...(Node|string|null)} children
 */
export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") made.className = value;
    else if (name === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (name === "style") for (const [key, one] of Object.entries(value)) made.style.setProperty(key, one);
    else if (name.startsWith("aria-")) made.setAttribute(name, value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  back: "M15 5.5v13L6.5 12zM17 5.5h2v13h-2z",
  forward: "M9 5.5v13l8.5-6.5zM5 5.5h2v13H5z",
  previous: "M19 5v14l-7-7zM12 5v14l-7-7z",
  next: "M5 5v14l7-7zM12 5v14l7-7z",
  undo: "M8 4 3 9l5 5v-3.5h6a4 4 0 0 1 0 8H8V21h6a6.3 6.3 0 0 0 0-12.5H8z",
  redo: "m16 4 5 5-5 5v-3.5h-6a4 4 0 0 0 0 8h6V21h-6A6.3 6.3 0 0 1 10 8.5h6z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
  fit: "M3 5h2v14H3zM19 5h2v14h-2zM11 8v3h2V8l4 4-4 4v-3h-2v3l-4-4z",
  theme: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2v14a7 7 0 0 0 0-14z",
  save: "M11 4h2v8h3.5L12 17l-4.5-5H11zM5 18h14v2H5z",
  loop: "M7 7h9V4l5 4-5 4V9H9v3H7zM17 17H8v3l-5-4 5-4v3h7v-3h2z",
};

/** An icon for a button; it is hidden from screen readers, so the button needs a label. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  path.setAttribute("fill-rule", "evenodd");
  picture.append(path);
  return picture;
}

/** Announce a sentence to screen readers. */
export function announce(sentence) {
  const place = byId("announcer");
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = sentence; });
}
