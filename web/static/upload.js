// Files on their way in, in slices: a cut costs one slice, and after a reload the file is only chosen again.

import { ask } from "./netmend.js";

const SLICE = 8 * 1024 * 1024;
const LONGEST_PAUSE_MS = 30000;
const MEMORY = "netmend-uploads";

// ---- what has begun, kept by this browser: the key of a file to {id, place, name, size} ----

function begun() {
  try {
    return JSON.parse(localStorage.getItem(MEMORY)) ?? {};
  } catch {
    return {};
  }
}

function remember(key, entry) {
  const { [key]: _, ...others } = begun();
  localStorage.setItem(MEMORY, JSON.stringify(entry ? { ...others, [key]: entry } : others));
}

const keyOf = (file) => `${file.name}/${file.size}/${file.lastModified}`;

// ---- one upload ----

class Refused extends Error {}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const online = () =>
  navigator.onLine
    ? Promise.resolve()
    : new Promise((resolve) => addEventListener("online", resolve, { once: true }));

// Worth another try, as a TypeError, is what `fetch` makes one of, and what is a matter of time.
async function answered(path, options) {
  const response = await ask(path, options);
  if (response.ok || response.status === 404 || response.status === 409) return response;
  if ([429, 500, 502, 503, 504].includes(response.status)) throw new TypeError(`${response.status}`);
  throw new Refused(await reason(response));
}

async function reason(response) {
  if (response.status === 401) return "You are not signed in any more: sign in, and choose the file again.";
  try {
    return (await response.json()).detail;
  } catch {
    return `The server answered ${response.status}.`;
  }
}

const json = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

async function announce(file) {
  const response = await answered("/api/v1/uploads", json({ file_name: file.name, n_bytes: file.size }));
  if (!response.ok) throw new Refused(await reason(response));
  return (await response.json()).id;
}

async function offsetOf(id) {
  const response = await answered(`/api/v1/uploads/${id}`, { method: "HEAD" });
  return response.ok ? Number(response.headers.get("Upload-Offset")) : null;
}

// Where the upload of a file stands: of one that had begun, or of a new one.
async function begin(file, place) {
  const key = keyOf(file);
  const { id } = begun()[key] ?? {};
  const offset = id ? await offsetOf(id) : null;
  if (offset !== null) return { id, offset };
  const fresh = await announce(file);
  remember(key, { id: fresh, place, name: file.name, size: file.size });
  return { id: fresh, offset: 0 };
}

async function sendSlice(file, { id, offset }, signal) {
  const slice = file.slice(offset, offset + SLICE);
  await slice.slice(0, 1).arrayBuffer(); // says at once if the file was moved or changed
  const response = await answered(`/api/v1/uploads/${id}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/octet-stream", "Upload-Offset": String(offset) },
    body: slice,
    signal,
  });
  if (!response.ok) throw new TypeError("the server has got to another place");
  return Number(response.headers.get("Upload-Offset"));
}

async function make(kind, id, wanted) {
  const complete = await answered(`/api/v1/uploads/${id}/complete`, json({}));
  if (!complete.ok) throw new TypeError("the server has not got all of it");
  await complete.text(); // an answer that is not read keeps its connection
  const response = await answered(`/api/v1/${kind}`, json({ upload_id: id, ...wanted }));
  if (!response.ok) throw new Refused(await reason(response));
  return response.json();
}

// A file as a model or data set. `tell` hears how far it is, and when nobody answers; a signal stops it.
async function send(file, { place, kind, wanted, tell, signal }) {
  if (!file.size) throw new Refused("The file is empty.");
  for (let tries = 0; ; ) {
    try {
      const at = await begin(file, place);
      while (at.offset < file.size) {
        tell(at.offset);
        at.offset = await sendSlice(file, at, signal);
        tries = 0;
      }
      tell(at.offset);
      const subject = await make(kind, at.id, wanted);
      remember(keyOf(file), null);
      return subject;
    } catch (error) {
      if (signal.aborted || !(error instanceof TypeError)) throw error;
      tries += 1;
      tell(null, "Interrupted. This goes on by itself.");
      await Promise.all([online(), pause(Math.min(1000 * 2 ** (tries - 1), LONGEST_PAUSE_MS))]);
      if (signal.aborted) throw error;
    }
  }
}

// ---- what people see of it ----

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

function size(bytes) {
  let amount = bytes;
  let unit = 0;
  for (; amount >= 1024 && unit < UNITS.length - 1; unit += 1) amount /= 1024;
  return unit ? `${amount.toFixed(1)} ${UNITS[unit]}` : `${bytes} B`;
}

export function say(words) {
  const place = document.getElementById("said");
  if (place) place.textContent = words;
}

function item(drop, name, buttonWords) {
  const row = document.createElement("li");
  const file = Object.assign(document.createElement("span"), { className: "file", textContent: name });
  const button = Object.assign(document.createElement("button"), {
    type: "button", className: "plain link", textContent: buttonWords,
  });
  button.setAttribute("aria-label", `${buttonWords}: ${name}`);
  const told = Object.assign(document.createElement("span"), { className: "told" });
  row.append(file, button, told);
  drop.querySelector(".arrivals").append(row);
  return { row, button, told };
}

function withBar(shown, file) {
  const bar = document.createElement("progress");
  bar.max = file.size || 1;
  bar.setAttribute("aria-label", `Upload of ${file.name}`);
  shown.told.before(bar);
  return (offset, words) => {
    if (offset !== null) bar.value = offset;
    const percent = Math.floor((100 * offset) / (file.size || 1));
    shown.told.textContent = words ?? `${percent} % of ${size(file.size)}`;
  };
}

// How the files of a place are to be read: what the form says, and what the place says.
function declared(slot) {
  const fields = {};
  for (const control of slot.closest("form").querySelectorAll("[data-declares]")) {
    const name = control.name.replace("declare.", "");
    const value = control.type === "checkbox" ? control.checked : control.value;
    if (value !== "") fields[name] = name === "target_label" ? Number(value) : value;
  }
  const role = slot.dataset.role ?? fields.role;
  if (!role) return {};
  const poisoned = role === "poisoned" ? { labels: fields.labels, target_label: fields.target_label } : {};
  return { role, people: fields.people, ...poisoned };
}

let running = 0;

export const isBusy = () => running > 0;

async function bring(drop, file) {
  const slot = drop.closest(".slot");
  const place = slot.dataset.field;
  const kind = drop.dataset.creates;
  const wanted = kind === "datasets" ? declared(slot) : {};
  const shown = item(drop, file.name, "Stop");
  const stop = new AbortController();
  shown.button.addEventListener("click", () => stop.abort());
  running += 1;
  say(`${file.name} is on its way.`);
  const tell = withBar(shown, file);
  const ended = await send(file, { place, kind, wanted, tell, signal: stop.signal }).then(
    (subject) => ({ subject }),
    (error) => ({ error }),
  );
  running -= 1;
  if (ended.subject) arrived(drop, shown, file, { subject: ended.subject, field: place });
  else if (stop.signal.aborted) stopped(drop, shown, file);
  else explain(shown, ended.error);
}

function arrived(drop, shown, file, detail) {
  shown.row.remove();
  say(`${file.name} is here, and is being looked at.`);
  drop.dispatchEvent(new CustomEvent("arrived", { bubbles: true, detail }));
}

function stopped(drop, shown, file) {
  shown.row.remove();
  say(`${file.name} was stopped.`);
  recall(drop);
}

function explain(shown, error) {
  const words = error instanceof Refused ? error.message : "The file cannot be read any more: choose it again.";
  shown.row.classList.add("failed");
  shown.row.querySelector("progress")?.remove();
  shown.told.textContent = words;
  shown.button.replaceWith(forget(shown.row, "Close"));
  say(words);
}

function forget(row, words, key) {
  const button = Object.assign(document.createElement("button"), {
    type: "button", className: "plain link", textContent: words,
  });
  button.addEventListener("click", () => {
    if (key) remember(key, null);
    row.remove();
  });
  return button;
}

// What had begun before the page was loaded again: the file has to be chosen again, and goes on.
async function recall(drop) {
  const field = drop.closest(".slot").dataset.field;
  for (const [key, entry] of Object.entries(begun())) {
    if (entry.place !== field || drop.querySelector(`[data-key="${CSS.escape(key)}"]`)) continue;
    let offset;
    try {
      offset = await offsetOf(entry.id);
    } catch {
      continue;
    }
    if (offset === null) {
      remember(key, null);
      continue;
    }
    const shown = item(drop, entry.name, "Forget it");
    shown.row.dataset.key = key;
    const percent = Math.floor((100 * offset) / (entry.size || 1));
    shown.told.textContent = `${percent} % of ${size(entry.size)} has arrived. Choose the file again to go on.`;
    shown.button.replaceWith(forget(shown.row, "Forget it", key));
  }
}

function take(drop, files) {
  const input = drop.querySelector("input[type=file]");
  const wanted = input.multiple ? [...files] : [...files].slice(0, 1);
  for (const file of wanted) {
    drop.querySelector(`[data-key="${CSS.escape(keyOf(file))}"]`)?.remove();
    bring(drop, file);
  }
  input.value = "";
}

function enhance(drop) {
  const zone = drop.querySelector(".drop-zone");
  const input = drop.querySelector("input[type=file]");
  const words = document.createElement("span");
  words.className = "drop-choose";
  words.append("or ", Object.assign(document.createElement("span"), { textContent: "choose a file" }));
  zone.querySelector(".drop-words").after(words);
  drop.classList.add("live");
  input.addEventListener("change", () => take(drop, input.files));
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) zone.addEventListener(kind, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    take(drop, event.dataTransfer.files);
  });
  recall(drop);
  if (input.files.length) take(drop, input.files); // chosen before this script was here
}

for (const drop of document.querySelectorAll("[data-drop]")) enhance(drop);

// A file that is dropped beside a zone would open in the place of the page.
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());

addEventListener("beforeunload", (event) => {
  if (isBusy()) event.preventDefault();
});

// In a library, the page of what was brought is shown; of several files, the list.
let brought = 0;

document.querySelector(".bring")?.addEventListener("arrived", (event) => {
  brought += 1;
  if (isBusy() || event.target.querySelector(".failed")) return;
  const { pathname } = location;
  location.assign(brought > 1 ? pathname : `${pathname}/${event.detail.subject.id}`);
});
