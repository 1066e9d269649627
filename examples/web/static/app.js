// The page: user, likes, tracks and upload. All content is inserted as text, never as HTML.

const find = (selector) => document.querySelector(selector);
const show = (selector, yes = true) => { find(selector).hidden = !yes; };
let csrfToken = "";

function make(tag, fields = {}, ...children) {
  const element = Object.assign(document.createElement(tag), fields);
  element.append(...children);
  return element;
}

// Only http and https URLs: another scheme could run a script.
function link(url, text) {
  const safe = /^https?:\/\//.test(url ?? "");
  return safe ? make("a", { href: url, textContent: text, rel: "noopener", target: "_blank" }) : make("span", { textContent: text });
}

function tell(text) {
  find("#notice").textContent = text;
  show("#notice", Boolean(text));
}

// The session has ended: remove its data from the page.
function leave(text) {
  csrfToken = "";
  for (const selector of ["#sign-out", "#upload", "#tracks", "#likes"]) show(selector, false);
  for (const list of document.querySelectorAll("ul")) list.replaceChildren();
  show("#welcome");
  tell(text);
}

async function read(path) {
  const response = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store" });
  if (response.status === 401) {
    if (csrfToken) leave("Your session has ended. Sign in again to go on.");
    return null;
  }
  const data = await response.json();
  if (!response.ok) throw new Error(data.error?.message ?? response.statusText);
  return data;
}

function card(track) {
  const picture = make("img", { alt: "", loading: "lazy" });
  if (track.artwork) picture.src = track.artwork;
  const words = make("div", {}, make("p", {}, link(track.link, track.title)), make("p", { className: "quiet", textContent: track.artist }));
  const player = make("iframe", { src: track.player, title: `Player: ${track.title}`, loading: "lazy", allow: "autoplay" });
  return make("li", {}, make("div", { className: "head" }, picture, words), player);
}

async function showLikes() {
  const likes = await read("/likes");
  if (likes) find("#likes ul").replaceChildren(...likes.map(card));
}

async function showTracks(path, { fresh }) {
  const page = await read(path);
  if (!page) return;
  const items = page.collection.map((track) =>
    make("li", {}, link(track.permalink_url, track.title), make("span", { className: "quiet", textContent: track.sharing })));
  if (fresh) find("#tracks ul").replaceChildren();
  find("#tracks ul").append(...items);
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

// Two transfers: to this server, with the browser's progress events, and to SoundCloud, with progress lines in the response.
function send(form) {
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
    request.onerror = () => reject(new Error("The connection broke off."));
    request.onload = () => {
      if (request.status === 401) { leave("Your session has ended. Sign in again to go on."); reject(new Error("Not uploaded.")); }
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
    const track = await send(form);
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
  const me = await read("/soundcloud/me");
  if (!me) return leave("");
  csrfToken = me.csrf_token;
  find("#sign-out input").value = csrfToken;
  find("#name").textContent = me.user.username;
  if (me.user.avatar_url) find("#face").src = me.user.avatar_url;
  show("#welcome", false);
  tell("");
  for (const selector of ["#sign-out", "#upload", "#tracks", "#likes"]) show(selector);
  await Promise.all([attempt(showLikes), attempt(firstTracks)]);
}

// Check the session when the user returns to the tab, also with the back button.
addEventListener("pageshow", (event) => { if (event.persisted) attempt(start); });
addEventListener("focus", () => { if (csrfToken) attempt(() => read("/soundcloud/me")); });
attempt(start);
