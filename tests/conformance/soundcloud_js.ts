import { connect, Player, SoundCloudError, type Page, type PlayerState } from "./soundcloud.js";

interface Track { urn: string; title: string }

const api = connect();
const other = connect(new URL("/music/", location.href));

async function use(signal: AbortSignal): Promise<string[]> {
  const me = await api.me({ signal });
  if (me === null) {
    api.login("/likes");
    return [];
  }
  const name: string = me.username;
  const track = await api.get<Track>("/tracks/soundcloud:tracks:1", { access: ["playable", "preview"], q: null }, { signal });
  const titles = [name, track.title];
  for await (const page of api.pages<Track>("/me/likes/tracks", { limit: 50 })) {
    const known: Page<Track> = page;
    titles.push(...known.collection.map((each) => each.title));
  }
  for await (const each of other.items<Track>("/tracks", { q: "lofi" }, { signal })) titles.push(each.title);
  try {
    await api.send("POST", `/likes/tracks/${track.urn}`);
    await api.send("POST", "/comments/tracks/1", { body: "Good", timestamp: 1000 });
    const kept = await api.send<{ id: number }>("PUT", new URL("/upload", location.href), new FormData(), { signal });
    titles.push(kept.id.toFixed());
  } catch (error) {
    if (error instanceof SoundCloudError && error.status === 403 && error.code === "csrf") titles.push(error.message);
  }
  await api.logout({ everywhere: true, signal });
  return titles;
}

const player = new Player(document.querySelector("iframe")!);
const state: PlayerState = player.state;
player.addEventListener("playProgress", (event) => event.detail.currentPosition.toFixed());
player.addEventListener("change", function () { this.seek(this.state.position + 10_000); }, { once: true });
player.load("https://soundcloud.com/forss/flickermood", { auto_play: true });
const volume: Promise<number> = player.ask("getVolume");
player.close();

// @ts-expect-error: the state is read-only
state.position = 1;
// @ts-expect-error: SoundCloud's player has no such question
void player.ask("getTitle");
// @ts-expect-error: data without a type is unknown
void api.get("/me").then((data) => data.username);

export { state, use, volume };
