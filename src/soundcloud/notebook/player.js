// A player of a notebook: its commands come from Python, its state and events go there. soundcloud.js precedes this text.

// What the views of one Python object share; each view has a model of its own, which hears late what another one has saved.
const players = new Map();

function shared(model) {
  const id = model.get("_id");
  if (!players.has(id)) {
    players.set(id, { views: new Set(), leader: null, events: model.get("_events"), done: model.get("_done") });
  }
  return players.get(id);
}

// The URL of a private resource does not become a part of the saved state: the kernel sends it on request.
function sourceOf(model) {
  if (!model.get("_private")) return Promise.resolve(model.get("_src"));
  return new Promise((resolve) => {
    const receive = (message) => {
      if (message?.src === undefined) return;
      model.off("msg:custom", receive);
      resolve(message.src);
    };
    model.on("msg:custom", receive);
    model.send("src");
  });
}

class View {
  #model;
  #shared;
  #player = null;
  #frame = document.createElement("iframe");
  #played = false; // SoundCloud's player ignores a seek before the first play
  #seek = null;
  #saved = 0; // when the position was saved
  #timer;
  #listeners = Object.entries({
    "change:_src": () => this.#load(),
    "change:_commands": () => this.#obey(),
    "change:volume": () => this.#player?.setVolume(this.#model.get("volume")),
  });

  constructor(model, element) {
    this.#model = model;
    this.#shared = shared(model);
    this.#shared.views.add(this);
    this.#shared.leader ??= this;
    Object.assign(this.#frame, { title: model.get("_title"), allow: "autoplay", height: model.get("_height") });
    Object.assign(this.#frame.style, { width: "100%", border: "0" });
    element.append(this.#frame);
    for (const [name, listener] of this.#listeners) model.on(name, listener);
    this.#load();
  }

  async #load() {
    const src = await sourceOf(this.#model);
    if (!this.#shared.views.has(this)) return;
    this.#frame.title = this.#model.get("_title");
    this.#frame.height = this.#model.get("_height");
    this.#played = false;
    this.#seek = null;
    if (this.#player) {
      const { url, ...options } = Object.fromEntries(new URL(src).searchParams);
      this.#player.load(url, options);
    } else {
      this.#frame.src = src;
      this.#player = new Player(this.#frame); // it listens before the page is loaded, which says only once that it is ready
      this.#player.setVolume(this.#model.get("volume"));
      this.#player.addEventListener("change", () => this.#publish());
      for (const name of ["ready", "play", "pause", "finish", "seek", "error"]) {
        this.#player.addEventListener(name, () => this.#report(name));
      }
    }
    this.#obey();
  }

  #obey() {
    if (!this.#player || this.#shared.leader !== this) return;
    this.#shared.done = Math.max(this.#shared.done, this.#model.get("_done"));
    for (const [number, method, value] of this.#model.get("_commands")) {
      if (number <= this.#shared.done) continue;
      this.#shared.done = number;
      if (method === "seek" && !this.#played) this.#seek = value;
      else this.#player[method](value);
    }
    this.#save({ _done: this.#shared.done });
  }

  #report(name) {
    if (name === "play") {
      this.lead();
      this.#played = true;
      if (this.#seek !== null) this.#player.seek(this.#seek);
      this.#seek = null;
    }
    if (this.#shared.leader !== this) return;
    const number = (this.#shared.events.at(-1)?.[0] ?? 0) + 1;
    this.#shared.events = [...this.#shared.events, [number, name, this.#player.state.position]].slice(-30);
    this.#publish(true);
  }

  // Saves the state; a new position alone at most once per interval.
  #publish(now = false) {
    if (this.#shared.leader !== this) return;
    const { position, ...others } = this.#player.state;
    const left = this.#saved + this.#model.get("interval") * 1000 - Date.now();
    clearTimeout(this.#timer);
    if (now || left <= 0) {
      this.#saved = Date.now();
      this.#save({ ...others, position, _events: this.#shared.events });
    } else {
      this.#save(others);
      this.#timer = setTimeout(() => this.#publish(true), left);
    }
  }

  #save(values) {
    for (const name in values) {
      if (JSON.stringify(this.#model.get(name)) !== JSON.stringify(values[name])) this.#model.set(name, values[name]);
    }
    this.#model.save_changes();
  }

  // Makes this view the one that obeys Python and reports to it.
  lead() {
    if (this.#shared.leader === this) return;
    this.#shared.leader = this;
    if (!this.#player) return;
    this.#publish(true);
    this.#obey();
  }

  close() {
    clearTimeout(this.#timer);
    for (const [name, listener] of this.#listeners) this.#model.off(name, listener);
    this.#player?.close();
    this.#shared.views.delete(this);
    if (this.#shared.leader !== this) return;
    const next = [...this.#shared.views].at(-1);
    if (next) next.lead();
    else {
      this.#shared.leader = null;
      this.#save({ ready: false, playing: false });
    }
  }
}

export default {
  render({ model, el }) {
    const view = new View(model, el);
    return () => view.close();
  },
};
