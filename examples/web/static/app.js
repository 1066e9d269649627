// The page: user, search, likes, tracks and upload. All content is inserted as text, never as HTML.

const find = (selector) => document.querySelector(selector);
const show = (selector, yes = true) => { find(selector).hidden = !yes; };
const SECTIONS = ["#search", "#likes", "#tracks", "#upload"];
const ENDED = "Your session has ended. Sign in again to go on.";
let csrfToken = "";

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

// The session has ended: remove its data from the page.
function leave(text) {
  csrfToken = "";
  for (const selector of ["#sign-out", ...SECTIONS]) show(selector, false);
  for (const list of document.querySelectorAll("ul, [role=status]")) list.replaceChildren();
  show("#welcome");
  tell(text);
}

// Send a request; return its JSON, null if the session has ended, or throw an error with a message for the user.
async function send(path, method = "GET") {
  const headers = { Accept: "application/json", ...(method === "GET" ? {} : { "X-CSRF-Token": csrfToken }) };
  let response;
  try {
    response = await fetch(path, { method, headers, cache: "no-store" });
  } catch {
    throw new Error("This site cannot be reached. Check your connection and try again.");
  }
  if (response.status === 401) {
    if (csrfToken) leave(ENDED);
    return null;
  }
  if (response.status === 204) return {};
  const data = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(data.error?.message ?? `This did not work (${response.status}). Try again later.`);
  return data;
}

// A button that likes a track and unlikes it.
function likeButton(track) {
  const button = make("button", { type: "button", className: "like" });
  const draw = () => {
    const verb = track.liked ? "Unlike" : "Like";
    const heart = make("span", { textContent: track.liked ? "♥" : "♡", ariaHidden: "true" });
    button.replaceChildren(heart, ` ${verb}`);
    button.setAttribute("aria-label", `${verb} ${track.title}`);
  };
  button.onclick = async () => {
    button.disabled = true;
    await attempt(async () => {
      if (!await send(`/likes/${track.id}`, track.liked ? "DELETE" : "PUT")) return;
      track.liked = !track.liked;
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

function card(track) {
  const player = make("iframe", { src: track.player, title: `Player: ${track.title}`, loading: "lazy", allow: "autoplay" });
  return make("li", {}, player, likeButton(track));
}

async function showLikes() {
  const likes = await send("/likes");
  if (!likes) return;
  find("#likes ul").replaceChildren(...likes.map(card));
  show("#likes .empty", likes.length === 0);
}

find("#search form").onsubmit = async (event) => {
  event.preventDefault();
  const form = event.target, button = form.querySelector("button"), words = form.q.value;
  button.disabled = true;
  find("#search ul").replaceChildren();
  find("#found").textContent = "Searching…";
  try {
    const found = await send(`/search?q=${encodeURIComponent(words)}`);
    if (!found) return;
    find("#search ul").replaceChildren(...found.map(card));
    find("#found").textContent = found.length ? `Tracks for “${words}”` : `Nothing was found for “${words}”. Try other words.`;
  } catch (problem) {
    find("#found").textContent = problem.message;
  } finally {
    button.disabled = false;
  }
};

async function showTracks(path, { fresh }) {
  const page = await send(path);
  if (!page) return;
  const items = page.collection.map((track) =>
    make("li", {}, link(track.permalink_url, track.title), make("span", { className: "quiet", textContent: track.sharing })));
  if (fresh) find("#tracks ul").replaceChildren();
  find("#tracks ul").append(...items);
  show("#tracks .empty", !find("#tracks li"));
  const more = find("#tracks button");
  more.hidden = !page.next_href;
  more.onclick = () => attempt(() => showTracks(page.next_href, { fresh: false }));
}

const firstTracks = () => showTracks("/soundcloud/api/me/tracks?limit=5&linked_partitioning=true", { fresh: true });

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
    request.setRequestHeader("X-CSRF-Token", csrfToken);
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

async function attempt(action) {
  try {
    await action();
  } catch (problem) {
    tell(problem.message);
  }
}

async function start() {
  const me = document.body.dataset.signedIn === "yes" && await send("/soundcloud/me");
  if (!me) return leave("");
  csrfToken = me.csrf_token;
  find("#sign-out input").value = csrfToken;
  find("#name").textContent = me.user.username;
  if (me.user.avatar_url) find("#face").src = me.user.avatar_url;
  show("#welcome", false);
  tell("");
  for (const selector of ["#sign-out", ...SECTIONS]) show(selector);
  await Promise.all([attempt(showLikes), attempt(firstTracks)]);
}

// Check the session when the user returns to the tab, also with the back button.
addEventListener("pageshow", (event) => { if (event.persisted) attempt(start); });
addEventListener("focus", () => { if (csrfToken) attempt(() => send("/soundcloud/me")); });
attempt(start);
