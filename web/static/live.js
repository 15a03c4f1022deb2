// A job while it works: its events come as a stream, or by asking again where there is no room for
// one; a page that nobody looks at only asks now and then, for its title.

import { ask, clock } from "./netmend.js";
import { pruningCurve, trainingCurve } from "./charts.js";

const ASK_MS = 2500;
const HIDDEN_MS = 20000;
const LOOK_MS = 5000;
const SPEAK_MS = 10000;
const LOST_MS = 3500;
const PATIENCE_MS = 10000;
const LOST = "The connection is lost; trying again. The job goes on meanwhile.";
const MOST_LINES = 200;

const live = document.getElementById("live");
const log = document.getElementById("log");
const scroller = log.parentElement;
const find = (id) => document.getElementById(id);
const curves = find("curves") && { prune: pruningCurve(find("live-prune")), finetune: trainingCurve(find("live-finetune")) };
const stageWords = JSON.parse(live.dataset.stages);
const ended = { succeeded: "Done", failed: "Failed", canceled: "Canceled" };

let last = 0;
let state = live.dataset.state;
let stream = null;
let timer = null;
let mayStream = true;
let losing = null;
let stage = null;
let lap = null;
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
  clearTimeout(losing);
  losing = null;
  stream?.close();
  stream = null;
}

function openStream() {
  stream = new EventSource(`${live.dataset.events}?after=${last}`);
  for (const kind of ["state", "progress"]) {
    stream.addEventListener(kind, (event) => take([JSON.parse(event.data)]));
  }
  stream.onopen = () => {
    clearTimeout(losing);
    losing = null;
    trouble("");
  };
  stream.onerror = () => {
    // The browser comes back by itself; a stream that the server ended is there again at once.
    if (stream?.readyState !== EventSource.CLOSED) return void (losing ??= setTimeout(trouble, LOST_MS, LOST));
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
    const answer = await ask(address, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status === 401) return signedOut();
    if (!answer.ok) throw new Error(answer.status);
    if (!losing) trouble("");
    return await answer.json();
  } catch {
    trouble(LOST);
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
  if (event.data.state === "starting") stage = lap = null;
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
  const { stage: name, current, total, metric, message, budget, n_budgets: budgets } = event.data;
  const item = live.querySelector(`[data-stage="${CSS.escape(name)}"]`) ?? live.querySelector("[data-whole]");
  const doing = stageWords[name]?.doing ?? name;
  const isNewLap = Boolean(budget) && budget !== lap;
  const isNew = name !== stage || isNewLap;
  lap = budget ?? lap;
  if (isNew) enter(name, item);
  const ofLap = (words) => (budget ? `Budget ${budget} of ${budgets}: ${words[0].toLowerCase()}${words.slice(1)}` : words);
  const counted = total ? `${doing}, ${current.toLocaleString("en")} of ${total.toLocaleString("en")} ${stageWords[name]?.unit ?? ""}`.trim() : doing;
  said = ofLap(counted);
  if (find("lap")) find("lap").textContent = budget ? `Budget ${budget} of ${budgets}` : "";
  const isCounted = total && !("whole" in (item?.dataset ?? {})); // nobody knows how many steps such a stage has
  share = shareOf(item, isCounted ? current / total : 0, budget);
  const accuracy = metric?.select_accuracy;
  if (name === "finetune" && accuracy !== undefined) {
    curves?.finetune.add([current, accuracy, metric.loss ?? null]);
    const loss = metric.loss === undefined ? "" : `, loss ${metric.loss.toPrecision(4)}`;
    const words = `Epoch ${current}: accuracy on select images ${(accuracy * 100).toFixed(1)} %${loss}`;
    write(event, isNewLap ? ofLap(words) : words);
  } else {
    if (metric?.channels_pruned !== undefined) curves?.prune.add([metric.channels_pruned, accuracy]);
    if (message || isNew) write(event, isNewLap ? ofLap(message || doing) : message || doing);
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

// As `stages.share_done`: the stages of a budget count as often as there are budgets, so that the
// bar never goes back; what comes after the last budget is about none of them.
function shareOf(item, ofStage, budget) {
  if (!item) return null;
  const items = [...live.querySelectorAll("[data-stage]")];
  const shared = items.filter((one) => "shared" in one.dataset).length;
  const ofLap = items.length - shared;
  const laps = Number(live.dataset.budgets);
  const now = items.indexOf(item);
  const lapsDone = now < shared ? 0 : (budget ?? laps) - 1;
  return (now + lapsDone * ofLap + ofStage) / (shared + laps * ofLap);
}

// As the server begins a sentence: not where a file or something else that is named comes first.
function sentence(words) {
  const [first] = words.split(" ", 1);
  return /[._]/.test(first) ? words : words[0].toUpperCase() + words.slice(1);
}

function write(event, words) {
  const time = document.createElement("time");
  time.dateTime = event.at;
  time.textContent = clock(event.at);
  time.dataset.said = "";
  const line = document.createElement("li");
  line.append(time, " ", sentence(words));
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
