// The player in the frame: plays audio, shows its position and obeys the embedding page.
"use strict";

const settings = JSON.parse(document.getElementById("settings").textContent);
const element = (name) => document.getElementById(name);
const audio = element("audio");
const PLAY_ICON = "M8 5v14l11-7z";
const PAUSE_ICON = "M7 5h4v14H7zm6 0h4v14h-4z";
const SPEAKER_ICON = "M4 9v6h4l5 5V4L8 9zm12.5 3a4.5 4.5 0 0 0-2-3.7v7.4a4.5 4.5 0 0 0 2-3.7z";
const MUTED_ICON = "M4 9v6h4l5 5V4L8 9zm17 .4L19.6 8 17.5 10.1 15.4 8 14 9.4l2.1 2.1L14 13.6l1.4 1.4 2.1-2.1 2.1 2.1 1.4-1.4-2.1-2.1z";
const SEEK_STEP = 5000; // of an arrow key, in milliseconds
const VOLUME_STEP = 10; // of an arrow key, in percent
let index = settings.start;
let loaded = false; // whether the audio element has the source of the current track
let pendingSeek = null; // the position to seek to once the metadata is loaded, in milliseconds
let retried = false; // whether an expired URL was replaced already
let shouldPlay = false; // whether playback was requested; an error does not change it
let ended = false;

const sound = () => settings.sounds[index];
const duration = () => (Number.isFinite(audio.duration) && loaded ? Math.round(audio.duration * 1000) : sound().duration);
const position = () => (pendingSeek !== null ? pendingSeek : loaded ? Math.round(audio.currentTime * 1000) : 0);
const formatDuration = (milliseconds) => {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, place) => (place ? String(part).padStart(2, "0") : String(part))).join(":");
};

// Events for the embedding page.

const listeners = new Set();
const send = (method, value) => {
  if (window.parent !== window) window.parent.postMessage(JSON.stringify({ method, value }), "*");
};
const emit = (event, value) => {
  if (listeners.has(event)) send(event, value);
};
const progress = () => ({
  soundId: sound().id,
  loadedProgress: audio.buffered.length && duration() ? Math.min(1, (audio.buffered.end(audio.buffered.length - 1) * 1000) / duration()) : 0,
  currentPosition: position(),
  relativePosition: duration() ? Math.min(1, position() / duration()) : 0,
});

// Playing.

// A player that starts pauses the others in the browser, unless their option single_active is off.
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
  shouldPlay = true;
  load();
  if (ended) audio.currentTime = 0;
  ended = false;
  audio.play().catch((error) => {
    // NotAllowedError: the browser requires a click. Other errors follow a pause or another source.
    if (error.name === "NotAllowedError") element("status").textContent = "Press play to listen";
  });
}

function pause() {
  shouldPlay = false;
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
    pendingSeek = place;
    if (!shouldPlay) audio.load(); // while play() is pending the source is loading, and load() would abort it
  }
  show();
}

function select(number, playing) {
  if (!Number.isInteger(number) || number < 0 || number >= settings.sounds.length) return;
  pause();
  index = number;
  loaded = retried = ended = false;
  pendingSeek = null;
  audio.removeAttribute("src");
  describe();
  if (playing) play();
}

// Select the next playable track in a direction.
function step(direction) {
  let number = index + direction;
  while (number in settings.sounds && !settings.sounds[number].player.source) number += direction;
  if (!(number in settings.sounds)) return false;
  select(number, true);
  return true;
}

audio.addEventListener("loadedmetadata", () => {
  if (pendingSeek !== null) audio.currentTime = pendingSeek / 1000;
  pendingSeek = null;
  show();
});
audio.addEventListener("play", () => {
  element("status").textContent = "";
  others.postMessage("playing");
  show();
  emit("play", progress());
});
audio.addEventListener("playing", () => {
  retried = false;
});
audio.addEventListener("pause", () => {
  shouldPlay = false;
  show();
  emit("pause", progress());
});
audio.addEventListener("seeked", () => {
  show();
  emit("seek", progress());
});
audio.addEventListener("timeupdate", () => {
  show();
  if (!audio.paused) emit("playProgress", progress());
});
audio.addEventListener("progress", () => {
  show();
  emit("loadProgress", progress());
});
audio.addEventListener("ended", () => {
  ended = true;
  emit("finish", progress());
  if (!step(1)) show();
});
audio.addEventListener("error", () => {
  if (!audio.getAttribute("src")) return;
  if (!retried) {
    // Audio URLs expire: fetch a new one once, and continue at the same position.
    retried = true;
    pendingSeek = position();
    loaded = false;
    load();
    if (shouldPlay) play();
    return;
  }
  // Let the next play() start over.
  pause();
  loaded = retried = false;
  element("status").textContent = "Playback failed";
  emit("error");
});

// Display.

function show() {
  const playing = !audio.paused && !audio.ended;
  const share = duration() ? Math.min(1, position() / duration()) : 0;
  element("icon").setAttribute("d", playing ? PAUSE_ICON : PLAY_ICON);
  element("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  element("wave").style.setProperty("--played", `${share * 100}%`);
  element("seek").value = String(Math.round(share * 1000));
  element("seek").setAttribute("aria-valuetext", `${formatDuration(position())} of ${formatDuration(duration())}`);
  element("time").textContent = `${formatDuration(position())} / ${formatDuration(duration())}`;
}

function showVolume() {
  const silent = audio.muted || audio.volume === 0;
  element("speaker").setAttribute("d", silent ? MUTED_ICON : SPEAKER_ICON);
  element("mute").setAttribute("aria-pressed", String(audio.muted));
  element("volume").value = String(Math.round(audio.volume * 100));
}

// A change of the volume ends muting, as in SoundCloud's player.
function setVolume(percent) {
  audio.volume = Math.max(0, Math.min(100, percent)) / 100;
  audio.muted = false;
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
  element("status").textContent = !track.player.source ? "Not available" : track.access === "preview" ? "Preview" : "";
  document.title = element("heading").textContent = track.title;
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
    length.textContent = formatDuration(track.duration);
    button.append(title, length);
    button.addEventListener("click", () => select(number, true));
    item.append(button);
    element("list").append(item);
  });
}

// Messages from the embedding page.

const getters = {
  getVolume: () => Math.round(audio.volume * 100),
  getDuration: duration,
  getPosition: position,
  getSounds: () => settings.sounds,
  getCurrentSound: sound,
  getCurrentSoundIndex: () => index,
  isPaused: () => audio.paused,
};
const commands = {
  play,
  pause,
  toggle,
  seekTo: seek,
  setVolume: (percent) => {
    audio.volume = Math.max(0, Math.min(100, Number(percent) || 0)) / 100;
  },
  next: () => step(1),
  prev: () => step(-1),
  skip: (number) => select(Number(number), true),
  addEventListener: (event) => {
    listeners.add(event);
    // A listener that is added late still receives "ready".
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
  if (Object.hasOwn(commands, message.method)) commands[message.method](message.value);
  else if (Object.hasOwn(getters, message.method)) send(message.method, getters[message.method]());
});

element("picture").addEventListener("error", () => {
  element("picture").hidden = true;
});
audio.addEventListener("volumechange", showVolume);
element("mute").addEventListener("click", () => {
  audio.muted = !audio.muted;
});
element("volume").addEventListener("input", () => setVolume(Number(element("volume").value)));
const keys = {
  " ": toggle,
  k: toggle,
  m: () => element("mute").click(),
  ArrowLeft: () => seek(position() - SEEK_STEP),
  ArrowRight: () => seek(position() + SEEK_STEP),
  ArrowUp: () => setVolume(Math.round(audio.volume * 100) + VOLUME_STEP),
  ArrowDown: () => setVolume(Math.round(audio.volume * 100) - VOLUME_STEP),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || !Object.hasOwn(keys, event.key)) return;
  // Space presses the button or follows the link that has the focus, and arrows move the volume that has it.
  if (event.key === " " && event.target.closest("button")) return;
  if (event.target.id === "volume" && event.key.startsWith("Arrow")) return;
  // In the list of tracks, up and down scroll.
  if (event.target.closest("#list") && event.key !== "m" && event.key !== "k") return;
  event.preventDefault();
  keys[event.key]();
});
element("play").addEventListener("click", toggle);
element("seek").addEventListener("input", () => seek((Number(element("seek").value) / 1000) * duration()));
element("download").addEventListener("click", () => emit("downloadClicked"));
element("buy").addEventListener("click", () => emit("buyClicked"));
document.documentElement.style.setProperty("--accent", settings.colour);
document.body.classList.toggle("visual", settings.visual);
showVolume();
fillList();
describe();
send("ready");
if (settings.autoPlay) play();
