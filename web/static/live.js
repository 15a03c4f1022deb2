// A job while it works: its events come as a stream, or by asking again where there is no room for
// one; a page that nobody looks at only asks now and then, for its title.

import { ask } from "./netmend.js";
import { pruningCurve, trainingCurve } from "./charts.js";

const ASK_MS = 2500;
const HIDDEN_MS = 20000;
const LOOK_MS = 5000;
const SPEAK_MS = 10000;
const MOST_LINES = 200;

const live = document.getElementById("live");
const log = document.getElementById("log");
const scroller = log.parentElement;
const find = (id) => document.getElementById(id);
const curves = find("curves") && { prune: pruningCurve(find("live-prune")), finetune: trainingCurve(find("live-finetune")) };
const ended = { succeeded: "Done", failed: "Failed", canceled: "Canceled" };

let last = 0;
let state = live.dataset.state;
let stream = null;
let timer = null;
let mayStream = true;
let stage = null;
let share = null;
let said = "";
let spokeAt = 0;

log.replaceChildren(); // the stream tells everything again, from the first event

// --- where events come from ---

function follow() {
  stop();
  if (document.hidden) timer = setTimeout(lookAside, HIDDEN_MS);
  else if (mayStream && window.EventSource) openStream();
  else askAgain();
}

function stop() {
  clearTimeout(timer);
  stream?.close();
  stream = null;
}

function openStream() {
  stream = new EventSource(`${live.dataset.events}?after=${last}`);
  for (const kind of ["state", "progress"]) {
    stream.addEventListener(kind, (event) => take([JSON.parse(event.data)]));
  }
  stream.onopen = () => trouble("");
  stream.onerror = () => {
    if (stream?.readyState !== EventSource.CLOSED) return; // the browser comes back by itself
    mayStream = false; // too many streams are open, or a proxy does not let them through
    follow();
  };
}

async function askAgain() {
  const told = await fetched(`${live.dataset.events}?after=${last}`);
  if (told) take(told.data);
  timer = setTimeout(askAgain, told ? ASK_MS : 2 * ASK_MS);
}

// Nobody looks: keep the title true, no more.
async function lookAside() {
  const job = await fetched(live.dataset.job);
  if (job && job.state in ended) document.title = `${ended[job.state]}: ${live.dataset.name}`;
  else timer = setTimeout(lookAside, HIDDEN_MS);
}

async function fetched(address) {
  try {
    const answer = await ask(address);
    if (answer.status === 401) return signedOut();
    if (!answer.ok) throw new Error(answer.status);
    trouble("");
    return await answer.json();
  } catch {
    trouble("The server does not answer. The job goes on; this page asks again.");
    return null;
  }
}

function signedOut() {
  stop();
  trouble("You were signed out. Load the page again to sign in.");
  return null;
}

// --- what they say ---

function take(events) {
  for (const event of events) {
    if (event.seq <= last) continue;
    last = event.seq;
    (event.type === "state" ? takeState : takeProgress)(event);
  }
  schedule();
}

function takeState(event) {
  if (event.data.state === "starting") stage = null;
  if (event.data.state in ended) return finish(event.data.state);
  const isNew = event.data.state !== state && event.seq > 1;
  state = event.data.state;
  const reason = event.data.reason ? `: ${event.data.reason}` : "";
  said = `${{ queued: "Waiting", starting: "Starting", running: "Running", canceling: "Canceling" }[state]}${reason}`;
  write(event, said);
  if (isNew) showBadges();
  if (isNew) find("waiting")?.setAttribute("hidden", "");
  if (state === "queued") find("waiting")?.removeAttribute("hidden");
}

function showBadges() {
  const badges = ".job-head .badges";
  window.htmx?.ajax("GET", location.href, { target: badges, select: badges, swap: "outerHTML" });
}

function takeProgress(event) {
  const { stage: name, current, total, metric, message } = event.data;
  const item = live.querySelector(`[data-stage="${CSS.escape(name)}"]`);
  const doing = item?.dataset.doing ?? name;
  if (name !== stage) enter(name, item);
  said = total ? `${doing}, ${current.toLocaleString("en")} of ${total.toLocaleString("en")} ${item?.dataset.unit ?? ""}`.trim() : doing;
  share = shareOf(item, total ? current / total : 0);
  const accuracy = metric?.select_accuracy;
  if (name === "finetune" && accuracy !== undefined) {
    curves?.finetune.add([current, accuracy, metric.loss ?? null]);
    const loss = metric.loss === undefined ? "" : `, loss ${metric.loss.toPrecision(4)}`;
    write(event, `Epoch ${current}: accuracy on select images ${(accuracy * 100).toFixed(1)} %${loss}`);
  } else if (metric?.channels_pruned !== undefined) {
    curves?.prune.add([metric.channels_pruned, accuracy]);
  } else if (message || name !== stage) {
    write(event, message || doing);
  }
  stage = name;
}

function enter(name, item) {
  let place = "done";
  for (const other of live.querySelectorAll("[data-stage]")) {
    if (other === item) place = "now";
    other.className = `stage ${item ? place : "next"}`;
    other.toggleAttribute("aria-current", place === "now");
    if (place === "now") other.setAttribute("aria-current", "step");
    other.querySelector("[data-said]").textContent = { done: ": done", now: ": now", next: "" }[place];
    if (place === "now") place = "next";
  }
}

function shareOf(item, ofStage) {
  const items = [...live.querySelectorAll("[data-stage]")];
  return item ? (items.indexOf(item) + ofStage) / items.length : null;
}

function write(event, words) {
  const time = document.createElement("time");
  time.dateTime = event.at;
  time.textContent = new Date(event.at).toLocaleTimeString();
  time.dataset.said = "";
  const line = document.createElement("li");
  line.append(time, " ", words);
  const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
  log.append(line);
  while (log.children.length > MOST_LINES) log.firstChild.remove();
  if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
}

// --- what is shown ---

let isScheduled = false;

function schedule() {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    show();
  });
}

function show() {
  const words = said || find("doing").textContent;
  find("doing").textContent = words;
  if (Date.now() - spokeAt > SPEAK_MS) {
    spokeAt = Date.now();
    if (find("status").textContent !== words) find("status").textContent = words;
  }
  const bar = find("bar");
  if (share !== null) {
    bar.hidden = false;
    bar.value = share;
    document.title = `${Math.floor(share * 100)} % ${live.dataset.name}`;
  }
  if (!curves) return;
  curves.prune.draw();
  curves.finetune.draw();
  find("no-curves").hidden = curves.prune.points.size + curves.finetune.points.size > 0;
}

function trouble(words) {
  const place = find("trouble");
  if (place.textContent !== words) place.textContent = words;
  place.hidden = !words;
}

// The page of the result takes the place of this one, unless somebody is writing on it.
function finish(how) {
  stop();
  document.title = `${ended[how]}: ${live.dataset.name}`;
  const isWriting = find("edit").open;
  if (!isWriting) return location.reload();
  said = `${ended[how]}.`;
  share = null;
  spokeAt = 0;
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Show what came of it" });
  find("doing").after(" ", link);
}

// Place in the queue, and what time is left, are no events.
async function look() {
  if (document.hidden) return;
  if (state === "queued" && find("waiting")) return window.htmx?.trigger("#waiting", "look");
  if (state !== "running") return;
  const job = await fetched(live.dataset.job);
  const seconds = job?.progress.eta_seconds;
  find("left").textContent = seconds ? `About ${duration(seconds)} left.` : "";
}

function duration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

document.addEventListener("visibilitychange", () => {
  follow();
  look();
});
setInterval(look, LOOK_MS);
follow();
