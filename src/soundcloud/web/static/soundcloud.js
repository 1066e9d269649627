// The routes of soundcloud.web, and SoundCloud's player. soundcloud.d.ts describes everything.

export class SoundCloudError extends Error {
  name = "SoundCloudError";

  constructor(message, status, code, cause) {
    super(message, { cause });
    this.status = status;
    this.code = code;
  }
}

export function connect(base = new URL(".", import.meta.url)) {
  const root = new URL(base, location);
  if (!root.pathname.endsWith("/")) root.pathname += "/";
  let csrfToken = "";

  function locate(path, folder = "") {
    const url = new URL(path instanceof URL ? path : folder + path.replace(/^\//, ""), root);
    // The CSRF token is for this site only.
    if (url.origin !== root.origin) throw new TypeError(`${url} is not a URL of this site`);
    return url;
  }

  async function request(method, url, { signal } = {}, body, headers) {
    let response, data;
    try {
      response = await fetch(url, { method, body, signal, headers: { Accept: "application/json", ...headers } });
      data = await response.text();
      if (response.headers.get("Content-Type")?.includes("json")) data = JSON.parse(data);
    } catch (cause) {
      if (signal?.aborted) throw cause;
      throw new SoundCloudError("The site cannot be reached. Try again later.", 0, "network", cause);
    }
    const { ok, status } = response;
    if (ok) return data === "" ? null : data;
    if (status === 401) csrfToken = "";
    throw new SoundCloudError(data?.error?.message ?? `HTTP ${status}`, status, data?.error?.code ?? "http");
  }

  async function me(options) {
    const { user, csrf_token } = await request("GET", locate("me?optional=yes"), options);
    csrfToken = csrf_token ?? "";
    return user;
  }

  function login(next = location.pathname + location.search) {
    location.assign(locate("login?next=" + encodeURIComponent(next)));
  }

  async function logout({ everywhere, disconnect, ...options } = {}) {
    const form = new URLSearchParams({ everywhere: everywhere && "yes", disconnect: disconnect && "yes" });
    await send("POST", "logout", form, options);
    csrfToken = "";
  }

  async function get(path, params = {}, options) {
    const url = locate(path, "api/");
    for (const name in params) if (params[name] != null) url.searchParams.set(name, params[name]);
    return request("GET", url, options);
  }

  async function* pages(path, params, options) {
    let page = await get(path, { linked_partitioning: true, ...params }, options);
    if (Array.isArray(page)) page = { collection: page, next_href: null };
    yield page;
    while (page.next_href) yield (page = await get(new URL(page.next_href, root), {}, options));
  }

  async function* items(path, params, options) {
    for await (const page of pages(path, params, options)) yield* page.collection;
  }

  async function send(method, path, body, options) {
    const url = locate(path);
    if (!csrfToken) await me(options);
    const headers = { "X-CSRF-Token": csrfToken };
    if (body?.constructor === Object || Array.isArray(body)) {
      headers["Content-Type"] = "application/json";
      body = JSON.stringify(body);
    }
    return request(method, url, options, body, headers);
  }

  return { me, login, logout, get, pages, items, send };
}

const EVENTS = "play pause finish seek error playProgress loadProgress buyClicked downloadClicked sharePanelOpened".split(" ");
const QUESTIONS = ["getDuration", "getCurrentSoundIndex", "getCurrentSound", "getVolume", "isPaused"];
const START = { ready: false, playing: false, position: 0, duration: 0, index: 0, sound: null };

// Other fields and the URL of a private track can contain the secret of its share link.
function publicSound({ id, urn, title, duration, artwork_url, permalink_url, user }) {
  permalink_url = permalink_url?.replace(/[?#].*/, "").replace(/^(https?:\/(\/[^/]+){3,4})\/s-.*/, "$1");
  user = { username: user?.username, permalink_url: user?.permalink_url };
  return { id, urn, title, duration, artwork_url, permalink_url, user };
}

export class Player extends EventTarget {
  #frame;
  #state = Object.freeze({ ...START, volume: 100 });
  #waiting = []; // commands for a player that is not ready
  #questions = new Map(); // those without an answer
  #volume;
  #opened = true;
  #closing = new AbortController();

  constructor(frame) {
    super();
    this.#frame = frame;
    addEventListener("message", (event) => this.#receive(event), { signal: this.#closing.signal });
    // A player that has loaded answers; another one sends "ready" later.
    this.#post("isPaused", undefined, "*");
  }

  get state() {
    return this.#state;
  }

  play() { this.#command("play"); }
  pause() { this.#command("pause"); }
  toggle() { this.#command("toggle"); }
  next() { this.#command("next"); }
  previous() { this.#command("prev"); }
  skip(index) { this.#command("skip", index); }
  seek(milliseconds) { this.#command("seekTo", milliseconds); }

  setVolume(volume) {
    this.#volume = volume;
    if (this.#state.ready) this.#post("setVolume", volume);
    this.#update({ volume });
  }

  load(url, options) {
    const source = new URL(this.#frame.src);
    source.search = new URLSearchParams({ ...options, url });
    // A new `src` of a loaded frame would add an entry to the history.
    if (this.#state.ready) this.#frame.contentWindow.location.replace(source);
    else this.#frame.src = source;
    this.#opened = false;
    this.#update(START);
  }

  async ask(question) {
    this.#closing.signal.throwIfAborted();
    let asked = this.#questions.get(question);
    if (!asked) {
      asked = {};
      asked.answer = new Promise((resolve, reject) => Object.assign(asked, { resolve, reject }));
      this.#questions.set(question, asked);
      if (this.#state.ready) this.#post(question);
    }
    return asked.answer;
  }

  close() {
    this.#closing.abort();
    for (const { reject } of this.#questions.values()) reject(this.#closing.signal.reason);
  }

  #post(method, value, origin = new URL(this.#frame.src).origin) {
    this.#frame.contentWindow?.postMessage(JSON.stringify({ method, value }), origin);
  }

  #command(...command) {
    if (this.#state.ready) this.#post(...command);
    else this.#waiting.push(command);
  }

  #update(changes) {
    if (Object.keys(changes).every((name) => changes[name] === this.#state[name])) return;
    this.#state = Object.freeze({ ...this.#state, ...changes });
    this.dispatchEvent(new Event("change"));
  }

  #receive({ source, origin, data }) {
    if (source !== this.#frame.contentWindow || origin !== new URL(this.#frame.src).origin) return;
    let message;
    try {
      message = JSON.parse(data);
    } catch {}
    const { method, value } = message ?? {};
    const asked = this.#questions.get(method);
    if (method === "ready" || (this.#opened && method === "isPaused" && !this.#state.ready)) this.#start();
    else if (!this.#state.ready) return; // from the page that `load` has left
    else if (asked) {
      this.#questions.delete(method);
      asked.resolve(value);
    } else if (EVENTS.includes(method)) this.#report(method, value);
  }

  #start() {
    for (const name of EVENTS) this.#post("addEventListener", name);
    if (this.#volume != null) this.#post("setVolume", this.#volume);
    for (const command of this.#waiting.splice(0)) this.#post(...command);
    for (const question of this.#questions.keys()) this.#post(question);
    this.#update({ ready: true });
    this.#describe();
    this.dispatchEvent(new CustomEvent("ready"));
  }

  #report(method, value) {
    const position = Math.round(value?.currentPosition ?? this.#state.position);
    const playing = method === "play" || (this.#state.playing && !["pause", "finish", "error"].includes(method));
    this.#update({ position, playing });
    if (method === "play" || (value && value.soundId !== this.#state.sound?.id)) this.#describe();
    this.dispatchEvent(new CustomEvent(method, { detail: value }));
  }

  #describe() {
    Promise.all(QUESTIONS.map((question) => this.ask(question))).then(([duration, index, sound, volume, paused]) => {
      if (sound?.id === this.#state.sound?.id) sound = this.#state.sound;
      else sound &&= publicSound(sound);
      this.#update({ duration, index, sound, volume: this.#volume ?? volume, playing: !paused });
    }, () => {}); // `close` rejects the questions
  }
}
