// Runs soundcloud-api-ts: `node peer.mjs PACKAGE URL`, with the protocol of worker.py: a line of stdin is a round.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, address] = process.argv.slice(2);
const entry = JSON.parse(readFileSync(resolve(folder, "package.json"))).exports["."].import;
const { SoundCloudClient } = await import(pathToFileURL(resolve(folder, entry)));

// It has no option for the base URL, so fetch is replaced.
const fetchFromNetwork = globalThis.fetch;
globalThis.fetch = (url, options) =>
  fetchFromNetwork(String(url).replace(/^https:\/\/(api|secure)\.soundcloud\.com/, address), options);

const client = new SoundCloudClient({ clientId: "id", clientSecret: "secret" });
client.setToken((await client.auth.getClientToken()).access_token);

async function getTrack(number) {
  const track = await client.tracks.getTrack(number);
  if (!track.title) throw new Error("not a track");
}

const jobs = {
  async sequential({ first, count }) {
    for (let number = first; number < first + count; number++) await getTrack(number);
    return { count };
  },
  async concurrent({ first, count, lanes }) {
    let next = first;
    const lane = async () => {
      while (next < first + count) await getTrack(next++);
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return { count };
  },
  async walk({ every }) {
    let count = 0;
    let first = 0;
    const memory = [];
    const start = performance.now();
    for await (const track of client.paginateItems(() => client.search.tracks("lofi"))) {
      if (!track.title) continue;
      if (++count === 1) first = (performance.now() - start) / 1000;
      if (count % every === 0) memory.push(process.memoryUsage().rss);
    }
    return { count, memory, first };
  },
};

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const { job, ...settings } = JSON.parse(line);
  const start = performance.now();
  const outcome = await jobs[job](settings);
  console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, ...outcome }));
}
