// The player inside the frame: plays, shows where it is, and does what the page around it says.
"use strict";

const settings = JSON.parse(document.getElementById("settings").textContent);
const element = (name) => document.getElementById(name);
const audio = element("audio");
const PLAY_SIGN = "M8 5v14l11-7z";
const PAUSE_SIGN = "M7 5h4v14H7zm6 0h4v14h-4z";
let index = settings.start;
let loaded = false; // whether the audio element has the sound of the current track
let wanted = null; // where to go on once it has, in milliseconds
let again = false; // whether an expired link was asked for again already
let going = false; // whether it shall play, which an error does not change
let ended = false;

const sound = () => settings.sounds[index];
const duration = () => (Number.isFinite(audio.duration) && loaded ? Math.round(audio.duration * 1000) : sound().duration);
const position = () => (wanted !== null ? wanted : loaded ? Math.round(audio.currentTime * 1000) : 0);
const clock = (milliseconds) => {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, place) => (place ? String(part).padStart(2, "0") : String(part))).join(":");
};

// What the page around hears.

const listeners = new Set();
const send = (method, value) => {
  if (window.parent !== window) window.parent.postMessage(JSON.stringify({ method, value }), "*");
};
const tell = (event, value) => {
  if (listeners.has(event)) send(event, value);
};
const progress = () => ({
  soundId: sound().id,
  loadedProgress: audio.buffered.length && duration() ? Math.min(1, (audio.buffered.end(audio.buffered.length - 1) * 1000) / duration()) : 0,
  currentPosition: position(),
  relativePosition: duration() ? Math.min(1, position() / duration()) : 0,
});

// Playing.

// Several players of one page: the one that starts stops the others, unless they were told not to.
const others = new BroadcastChannel("soundcloud-sandbox-player");
others.onmessage = () => {
  if (settings.singleActive) pause();
};

function load() {
  if (loaded || !sound().player.source) return;
  audio.src = sound().player.source;
  loaded = true;
}

function play() {
  if (!sound().player.source) return;
  going = true;
  load();
  if (ended) audio.currentTime = 0;
  ended = false;
  audio.play().catch((problem) => {
    // The browser wants a person's hand first, or something else was asked meanwhile.
    if (problem.name === "NotAllowedError") element("told").textContent = "Press play to listen";
  });
}

function pause() {
  going = false;
  audio.pause();
}

function toggle() {
  if (audio.paused) play();
  else pause();
}

function seek(milliseconds) {
  const place = Math.max(0, Math.min(Number(milliseconds) || 0, duration()));
  load();
  ended = false;
  if (audio.readyState > 0) audio.currentTime = place / 1000;
  else {
    wanted = place;
    if (!going) audio.load(); // what is about to play is being loaded, and would stop
  }
  show();
}

function choose(number, playing) {
  if (!Number.isInteger(number) || number < 0 || number >= settings.sounds.length) return;
  pause();
  index = number;
  loaded = again = ended = false;
  wanted = null;
  audio.removeAttribute("src");
  describe();
  if (playing) play();
}

// To the next one that can be played, in either direction.
function step(direction) {
  let number = index + direction;
  while (number in settings.sounds && !settings.sounds[number].player.source) number += direction;
  if (!(number in settings.sounds)) return false;
  choose(number, true);
  return true;
}

audio.addEventListener("loadedmetadata", () => {
  if (wanted !== null) audio.currentTime = wanted / 1000;
  wanted = null;
  show();
});
audio.addEventListener("play", () => {
  element("told").textContent = "";
  others.postMessage("playing");
  show();
  tell("play", progress());
});
audio.addEventListener("playing", () => {
  again = false;
});
audio.addEventListener("pause", () => {
  going = false;
  show();
  tell("pause", progress());
});
audio.addEventListener("seeked", () => {
  show();
  tell("seek", progress());
});
audio.addEventListener("timeupdate", () => {
  show();
  if (!audio.paused) tell("playProgress", progress());
});
audio.addEventListener("progress", () => {
  show();
  tell("loadProgress", progress());
});
audio.addEventListener("ended", () => {
  ended = true;
  tell("finish", progress());
  if (!step(1)) show();
});
audio.addEventListener("error", () => {
  if (!audio.getAttribute("src")) return;
  if (!again) {
    // Links to sound expire: once, another one is asked for, and it goes on where it stood.
    again = true;
    wanted = position();
    loaded = false;
    load();
    if (going) play();
    return;
  }
  // The next attempt starts anew.
  pause();
  loaded = again = false;
  element("told").textContent = "This cannot be played";
  tell("error");
});

// Showing.

function show() {
  const playing = !audio.paused && !audio.ended;
  const share = duration() ? Math.min(1, position() / duration()) : 0;
  element("sign").setAttribute("d", playing ? PAUSE_SIGN : PLAY_SIGN);
  element("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  element("wave").style.setProperty("--played", `${share * 100}%`);
  element("seek").value = String(Math.round(share * 1000));
  element("seek").setAttribute("aria-valuetext", `${clock(position())} of ${clock(duration())}`);
  element("time").textContent = `${clock(position())} / ${clock(duration())}`;
}

function link(name, text, href, shown) {
  const anchor = element(name);
  anchor.hidden = !shown;
  anchor.textContent = text;
  if (href && /^https?:/.test(href)) anchor.href = href;
  else anchor.removeAttribute("href");
}

function describe() {
  const track = sound();
  link("user", track.user.username, track.user.permalink_url, settings.user);
  link("title", track.title, track.permalink_url, true);
  link("buy", "Buy", track.purchase_url, settings.buying && Boolean(track.purchase_url));
  link("download", "Download", track.permalink_url, settings.download && track.downloadable);
  element("plays").textContent = settings.plays && track.playback_count !== undefined ? `${track.playback_count.toLocaleString("en")} plays` : "";
  element("picture").src = track.player.picture;
  element("picture").hidden = !(settings.artwork || settings.visual);
  element("wave").style.setProperty("--shape", `url("${track.player.wave}")`);
  element("play").disabled = !track.player.source;
  element("told").textContent = !track.player.source ? "Not available here" : track.access === "preview" ? "Preview" : "";
  document.title = track.title;
  [...element("list").querySelectorAll("button")].forEach((button, number) => button.setAttribute("aria-current", String(number === index)));
  show();
}

function fillList() {
  if (settings.sounds.length < 2) return;
  settings.sounds.forEach((track, number) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const title = document.createElement("span");
    const length = document.createElement("small");
    button.type = "button";
    button.disabled = !track.player.source;
    title.textContent = `${number + 1}. ${track.title}`;
    length.textContent = clock(track.duration);
    button.append(title, length);
    button.addEventListener("click", () => choose(number, true));
    item.append(button);
    element("list").append(item);
  });
}

// What the page around says.

const answers = {
  getVolume: () => Math.round(audio.volume * 100),
  getDuration: duration,
  getPosition: position,
  getSounds: () => settings.sounds,
  getCurrentSound: sound,
  getCurrentSoundIndex: () => index,
  isPaused: () => audio.paused,
};
const orders = {
  play,
  pause,
  toggle,
  seekTo: seek,
  setVolume: (percent) => {
    audio.volume = Math.max(0, Math.min(100, Number(percent) || 0)) / 100;
  },
  next: () => step(1),
  prev: () => step(-1),
  skip: (number) => choose(Number(number), true),
  addEventListener: (event) => {
    listeners.add(event);
    // Whoever asks late hears it all the same.
    if (event === "ready") send("ready");
  },
  removeEventListener: (event) => listeners.delete(event),
};

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || event.source === window || typeof event.data !== "string") return;
  let message;
  try {
    message = JSON.parse(event.data);
  } catch {
    return;
  }
  if (message === null || typeof message !== "object") return;
  if (Object.hasOwn(orders, message.method)) orders[message.method](message.value);
  else if (Object.hasOwn(answers, message.method)) send(message.method, answers[message.method]());
});

element("picture").addEventListener("error", () => {
  element("picture").hidden = true;
});
element("play").addEventListener("click", toggle);
element("seek").addEventListener("input", () => seek((Number(element("seek").value) / 1000) * duration()));
element("download").addEventListener("click", () => tell("downloadClicked"));
element("buy").addEventListener("click", () => tell("buyClicked"));
document.documentElement.style.setProperty("--accent", settings.colour);
document.body.classList.toggle("visual", settings.visual);
fillList();
describe();
send("ready");
if (settings.autoPlay) play();
