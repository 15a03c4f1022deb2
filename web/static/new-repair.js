// New repair: what the server knows of the form is shown again whenever something was chosen, came in or was checked.

import { lost } from "./netmend.js";
import { isBusy, say } from "./upload.js";

const form = document.querySelector("[data-draft]");
const LOOK_AGAIN_MS = 1000;

// The parts as the server made them last; only one that it makes otherwise is put in the place of the old one.
const known = new Map([...document.querySelectorAll("[data-part]")].map((part) => [part.id, part.outerHTML]));

let turn = Promise.resolve();

// One after the other: each starts from what the one before it has made of the form.
const inTurn = (work) => (turn = turn.then(work, work));

function fields(submitter) {
  const data = new FormData(form, submitter);
  for (const input of form.querySelectorAll("input[type=file]")) data.delete(input.name);
  return data;
}

async function change(prepare = () => {}, submitter = null) {
  const data = fields(submitter);
  prepare(data);
  if (!data.has("act")) data.set("act", "look");
  await show(await page(form.action, { method: "POST", body: data }));
}

async function look() {
  await show(await page(location.href));
}

// What was typed stays in the form; whatever is chosen next asks again.
async function page(address, options = {}) {
  try {
    const response = await fetch(address, { ...options, headers: { Accept: "text/html" } });
    lost();
    return response;
  } catch {
    lost("The connection to the server is lost. What you filled in stays here.");
    return null;
  }
}

async function show(response) {
  if (!response) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!fresh.querySelector("[data-draft]")) return location.reload(); // signed out meanwhile
  if (response.redirected) history.replaceState(null, "", response.url);
  for (const [id, html] of known) {
    const part = fresh.getElementById(id);
    if (!part || part.outerHTML === html) continue;
    known.set(id, part.outerHTML);
    replace(document.getElementById(id), part);
  }
  announce();
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(document.adoptNode(fresh));
  if (!focused) return;
  const same = focused.id ? document.getElementById(focused.id) : null;
  (same ?? fresh.querySelector("a, button, select") ?? fresh).focus();
}

// The states of the files, for whoever does not see them change.
let said = states();

function states() {
  return [...document.querySelectorAll(".chosen header")].map((head) =>
    [...head.children].slice(0, 2).map((child) => child.textContent.trim()).join(": "),
  );
}

function announce() {
  const now = states();
  const news = now.filter((words) => !said.includes(words));
  if (news.length) say(news.join(". "));
  said = now;
}

form.addEventListener("arrived", ({ detail }) => {
  inTurn(() => change((data) => {
    if (detail.field === "data.poisoned_test") data.append(detail.field, detail.subject.id);
    else data.set(detail.field, detail.subject.id);
  }));
});

form.addEventListener("change", (event) => {
  if (event.target.closest("[data-picker], [data-refresh]")) inTurn(() => change());
});

form.addEventListener("submit", (event) => {
  const problem = document.getElementById("start-problem");
  problem.hidden = true;
  if (event.submitter?.value !== "start") {
    event.preventDefault();
    inTurn(() => change(undefined, event.submitter));
  } else if (isBusy()) {
    event.preventDefault();
    problem.textContent = "Files are still on their way. Start when all of them are here.";
    problem.hidden = false;
    say(problem.textContent);
  }
});

// While files are checked, the server is asked again; not while nobody looks.
setInterval(() => {
  if (!document.hidden && document.querySelector("[data-checking]")) inTurn(look);
}, LOOK_AGAIN_MS);

document.querySelector(".problem[tabindex]")?.focus();
