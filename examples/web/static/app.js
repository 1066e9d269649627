// The page: user, search, likes, players, tracks and upload. All content is inserted as text, never as HTML.

import { connect, Player } from "/soundcloud/soundcloud.js";

const api = connect();
const find = (selector) => document.querySelector(selector);
const show = (selector, yes = true) => { find(selector).hidden = !yes; };
const SECTIONS = ["#user", "#likes", "#tracks", "#upload"];
const ENDED = "Your session has ended. Sign in again to go on.";
let user = null;

function make(tag, fields = {}, ...children) {
  const element = Object.assign(document.createElement(tag), fields);
  element.append(...children);
  return element;
}

// Only http and https URLs: another scheme could run a script. The invented tracks of a sandbox have no page.
function link(url, text) {
  const safe = document.body.dataset.links === "yes" && /^https?:\/\//.test(url ?? "");
  return safe ? make("a", { href: url, textContent: text, rel: "noopener", target: "_blank" }) : make("span", { textContent: text });
}

function tell(text) {
  find("#notice").textContent = text;
  show("#notice", Boolean(text));
}

// There is no session, or it has ended: remove its data from the page.
function leave(text) {
  user = null;
  for (const selector of SECTIONS) show(selector, false);
  for (const list of document.querySelectorAll("ul, [role=status]")) list.replaceChildren();
  closePlayers();
  show("#search");
  show("#welcome");
  tell(text);
}

// Run an action; tell the user what went wrong.
async function attempt(action) {
  try {
    await action();
  } catch (problem) {
    if (problem.status === 401) leave(user ? ENDED : "");
    else tell(problem.message);
  }
}

// Players: the one that was started last has the bar at the bottom, and the next one starts when it ends.

const players = new Map(); // by the item of the list
let current = null;

function closePlayers() {
  for (const [item, player] of players) {
    if (item.isConnected) continue;
    player.close();
    players.delete(item);
    if (player === current) current = null;
  }
  showPlaying();
}

// The player of the next track in the list that can be played.
function neighbour() {
  let item = [...players.keys()].find((each) => players.get(each) === current);
  do item = item?.nextElementSibling; while (item?.dataset.access === "blocked");
  return players.get(item);
}

function showPlaying() {
  const sound = current?.state.sound;
  show("#playing", Boolean(sound));
  if (!sound) return;
  find("#playing span").textContent = `${sound.title} by ${sound.user.username}`;
  find("#playing .toggle").textContent = current.state.playing ? "Pause" : "Play";
  show("#playing .next", Boolean(neighbour()));
}

find("#playing .toggle").onclick = () => current?.toggle();
find("#playing .next").onclick = () => neighbour()?.play();

function playerOf(track) {
  const address = new URL(document.body.dataset.player);
  address.search = new URLSearchParams({ url: `https://api.soundcloud.com/tracks/${track.urn.split(":").pop()}`, color: "#c43e00" });
  const frame = make("iframe", { src: address, title: `Player: ${track.title}`, loading: "lazy", allow: "autoplay" });
  const player = new Player(frame);
  player.addEventListener("play", () => { current = player; showPlaying(); });
  player.addEventListener("change", () => { if (player === current) showPlaying(); });
  player.addEventListener("finish", () => { if (player === current) neighbour()?.play(); });
  return [frame, player];
}

// A button that likes a track and unlikes it.
function likeButton(track) {
  const button = make("button", { type: "button", className: "like" });
  const draw = () => {
    const verb = track.user_favorite ? "Unlike" : "Like";
    const heart = make("span", { textContent: track.user_favorite ? "♥" : "♡", ariaHidden: "true" });
    button.replaceChildren(heart, ` ${verb}`);
    button.setAttribute("aria-label", `${verb} ${track.title}`);
  };
  button.onclick = async () => {
    button.disabled = true;
    await attempt(async () => {
      await api.send(track.user_favorite ? "DELETE" : "POST", `/likes/tracks/${track.urn}`);
      track.user_favorite = !track.user_favorite;
      tell("");
      draw();
      // A track that was unliked stays in the list of likes, so that a mistake can be undone.
      if (button.closest("#search")) await showLikes();
    });
    button.disabled = false;
  };
  draw();
  return button;
}

// The player shows the title, so the card does not repeat it.
function card(track) {
  const [frame, player] = playerOf(track);
  const item = make("li", {}, frame, ...(user ? [likeButton(track)] : []));
  item.dataset.access = track.access;
  players.set(item, player);
  return item;
}

function showCards(selector, tracks) {
  find(selector).replaceChildren(...tracks.map(card));
  closePlayers();
}

const first = async (path, query) => (await api.pages(path, query).next()).value.collection;

async function showLikes() {
  const likes = await first("/me/likes/tracks", { limit: 12 });
  showCards("#likes ul", likes.map((track) => ({ ...track, user_favorite: true })));
  show("#likes .empty", likes.length === 0);
}

find("#search form").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target, button = form.querySelector("button"), words = form.q.value.trim();
  button.disabled = true;
  showCards("#search ul", []);
  find("#found").textContent = words ? "Searching…" : "Type what to search for.";
  await attempt(async () => {
    const found = words ? await first("/tracks", { q: words, limit: 6 }) : [];
    showCards("#search ul", found);
    if (words) find("#found").textContent = found.length ? `Tracks for “${words}”` : `Nothing was found for “${words}”. Try other words.`;
    tell("");
  });
  if (find("#found").textContent === "Searching…") find("#found").textContent = "";
  button.disabled = false;
};

async function showTracks(pages, { fresh }) {
  const { value: page } = await pages.next();
  const items = page.collection.map((track) =>
    make("li", {}, link(track.permalink_url, track.title), make("span", { className: "quiet", textContent: track.sharing })));
  if (fresh) find("#tracks ul").replaceChildren();
  find("#tracks ul").append(...items);
  show("#tracks .empty", !find("#tracks li"));
  const more = find("#tracks button");
  more.hidden = !page.next_href;
  more.onclick = () => attempt(() => showTracks(pages, { fresh: false }));
}

const firstTracks = () => showTracks(api.pages("/me/tracks", { limit: 5 }), { fresh: true });

function progress(text, share) {
  find("#progress label").textContent = text;
  find("#bar").value = share;
}

function refusal(request) {
  try {
    return JSON.parse(request.responseText).error.message;
  } catch {
    return `The server refuses this (${request.status}).`;
  }
}

// Upload in two transfers: to this server, with the browser's progress events, and to SoundCloud, with progress lines in the response.
// The form has the CSRF token.
function upload(form) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let seen = 0, last = {};
    request.upload.onprogress = (event) => progress("To the server", event.lengthComputable ? event.loaded / event.total / 2 : 0);
    request.onprogress = () => {
      const end = request.responseText.lastIndexOf("\n") + 1;
      for (const line of request.responseText.slice(seen, end).split("\n").filter(Boolean)) {
        last = JSON.parse(line);
        if (last.total) progress("To SoundCloud", 0.5 + last.sent / last.total / 2);
      }
      seen = end;
    };
    request.onerror = () => reject(new Error("The connection broke off. Check your connection and try again."));
    request.onload = () => {
      if (request.status === 401) { leave(ENDED); reject(new Error("Not uploaded.")); }
      else if (request.status >= 400) reject(new Error(refusal(request)));
      else if (last.track) resolve(last.track);
      else reject(new Error(last.error ?? "The answer broke off: look whether the track is there before you try again."));
    };
    request.open("POST", "/upload");
    request.setRequestHeader("Accept", "application/json");
    request.send(new FormData(form));
  });
}

find("#upload form").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target, button = form.querySelector("button");
  button.disabled = true;
  show("#progress");
  progress("To the server", 0);
  find("#outcome").replaceChildren();
  try {
    const track = await upload(form);
    progress("Done", 1);
    find("#outcome").replaceChildren("Uploaded: ", link(track.link, track.title), ". SoundCloud now prepares it to be played.");
    form.reset();
    await firstTracks();
  } catch (problem) {
    show("#progress", false);
    find("#outcome").textContent = problem.message;
  } finally {
    button.disabled = false;
  }
};

find("#user button").onclick = () => attempt(async () => {
  await api.logout();
  leave("");
});

async function start() {
  user = await api.me();
  if (!user) return leave("");
  find("#name").textContent = user.username;
  if (user.avatar_url) find("#face").src = user.avatar_url;
  show("#welcome", false);
  tell("");
  for (const selector of ["#search", ...SECTIONS]) show(selector);
  await Promise.all([attempt(showLikes), attempt(firstTracks)]);
}

// Check the session when the user returns to the tab, also with the back button.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
addEventListener("focus", () => { if (user) attempt(async () => { if (!await api.me()) leave(ENDED); }); });
attempt(start);
