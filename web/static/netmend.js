// What every page has: times of the reader, the theme, keys, and the mark that our forms carry.

const csrf = document.querySelector('meta[name="csrf-token"]').content;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrf;
});

// A tab that nobody looks at asks for nothing.
document.addEventListener("htmx:beforeRequest", (event) => {
  const polls = event.detail.elt.getAttribute("hx-trigger")?.startsWith("every");
  if (polls && document.hidden) event.preventDefault();
});

export async function ask(path, options = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrf, ...options.headers };
  return fetch(path, { credentials: "same-origin", ...options, headers });
}

// Said above the page, for as long as it asks in vain.
export function lost(words = "") {
  const place = document.getElementById("lost");
  if (place.textContent !== words) place.textContent = words;
  place.hidden = !words;
}

const LOST = "The connection to the server is lost. This page tries again by itself.";
document.addEventListener("htmx:sendError", () => lost(LOST));
document.addEventListener("htmx:timeout", () => lost(LOST));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) lost(LOST);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.isError) lost();
});

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export const clock = (moment) => CLOCK.format(new Date(moment));

function sayTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-said])")) {
    time.title = time.textContent;
    time.textContent = (time.hasAttribute("data-clock") ? CLOCK : TIME).format(new Date(time.dateTime));
    time.dataset.said = "";
  }
}

function offerTheme() {
  const button = document.getElementById("theme");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const root = document.documentElement;
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });
}

sayTimes(document);
offerTheme();
document.addEventListener("htmx:afterSwap", () => sayTimes(document));

// Keys. Each does what a button or link on the page does; `?` lists them.

const rows = () => [...document.querySelectorAll("[data-row], .rows > .row")];
const marked = (key) => document.querySelector(`[data-key="${CSS.escape(key)}"]`);

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const to = at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1);
  all[to].querySelector("a").focus();
}

const KEYS = {
  "/": ["search", () => marked("/") ? marked("/").focus() : location.assign("/jobs")],
  n: ["new repair", () => location.assign("/repairs/new")],
  j: ["next row", () => step(1)],
  k: ["row before", () => step(-1)],
  x: ["select the row", () => document.activeElement.closest("[data-row]")?.querySelector("input[type=checkbox]")?.click()],
  c: ["compare what is selected", () => marked("c")?.click()],
  "?": ["these keys", () => helpDialog().showModal()],
};

function helpDialog() {
  const found = document.getElementById("keys");
  if (found) return found;
  const dialog = document.createElement("dialog");
  dialog.id = "keys";
  dialog.setAttribute("aria-label", "Keyboard");
  const list = document.createElement("dl");
  list.className = "facts";
  for (const [key, [words]] of Object.entries(KEYS)) {
    const name = document.createElement("dt");
    const kbd = document.createElement("kbd");
    kbd.textContent = key;
    name.append(kbd);
    const meaning = document.createElement("dd");
    meaning.textContent = words;
    list.append(name, meaning);
  }
  const close = document.createElement("button");
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(list, close);
  document.body.append(dialog);
  return dialog;
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key][1]();
});

for (const place of document.querySelectorAll("[data-help]")) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => helpDialog().showModal());
}
