// The first response of soundcloud-api-ts: `node first.mjs PACKAGE URL` prints the title of a track, then its memory in bytes.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, address] = process.argv.slice(2);
const entry = JSON.parse(readFileSync(resolve(folder, "package.json"))).exports["."].import;
const { SoundCloudClient } = await import(pathToFileURL(resolve(folder, entry)));

// It has no option for the base URL, so fetch is replaced.
const fetchFromNetwork = globalThis.fetch;
globalThis.fetch = (url, options) => fetchFromNetwork(String(url).replace("https://api.soundcloud.com", address), options);

const client = new SoundCloudClient({ clientId: "id", clientSecret: "secret" });
client.setToken("token");
console.log((await client.tracks.getTrack(1)).title);
console.log(process.memoryUsage().rss);
process.exit(0);
