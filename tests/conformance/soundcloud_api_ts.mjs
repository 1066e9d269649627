// Calls the sandbox with soundcloud-api-ts; prints the finished steps as JSON, or fails at the first difference.
import assert from "node:assert/strict";
import {
  SoundCloudClient,
  SoundCloudError,
  generateCodeChallenge,
  generateCodeVerifier,
} from "soundcloud-api-ts";

const { SOUNDCLOUD_API_URL, SOUNDCLOUD_AUTH_URL, SOUNDCLOUD_CLIENT_ID, SOUNDCLOUD_CLIENT_SECRET, SOUNDCLOUD_REDIRECT_URI } =
  process.env;
const plainFetch = globalThis.fetch;
let calls = 0;
globalThis.fetch = (url, options) => {
  calls += 1;
  const target = String(url)
    .replace("https://api.soundcloud.com", SOUNDCLOUD_API_URL)
    .replace("https://secure.soundcloud.com", SOUNDCLOUD_AUTH_URL);
  assert.match(target, /^http:\/\/127\.0\.0\.1:/);
  return plainFetch(target, options);
};
const rejected = (promise, status) =>
  assert.rejects(promise, (error) => error instanceof SoundCloudError && error.status === status && error.message !== "");
const urns = (items) => items.map((item) => item.urn);

const settings = {
  clientId: SOUNDCLOUD_CLIENT_ID,
  clientSecret: SOUNDCLOUD_CLIENT_SECRET,
  redirectUri: SOUNDCLOUD_REDIRECT_URI,
};
let refreshed = 0;
const client = new SoundCloudClient({
  ...settings,
  onTokenRefresh: async (given) => {
    refreshed += 1;
    return given.auth.refreshUserToken(given.refreshToken);
  },
});
const done = [];

// Sign in: an app token, then a user token with PKCE, refreshed by hand and after a 401.
const app = new SoundCloudClient(settings);
app.setToken((await app.auth.getClientToken()).access_token);
assert.ok((await app.search.tracks("lofi")).collection.length > 0);
await rejected(app.me.getMe(), 401);
const verifier = generateCodeVerifier();
const authorize = client.auth.getAuthorizationUrl({ state: "s", codeChallenge: await generateCodeChallenge(verifier) });
const consent = new URL(authorize.replace("https://secure.soundcloud.com", SOUNDCLOUD_AUTH_URL));
const answer = await plainFetch(consent.origin + consent.pathname, {
  method: "POST",
  body: new URLSearchParams([...consent.searchParams, ["username", "ada-night"], ["decision", "allow"]]),
  redirect: "manual",
});
const back = new URL(answer.headers.get("location"));
assert.equal(back.searchParams.get("state"), "s");
const token = await client.auth.getUserToken(back.searchParams.get("code"), verifier);
await assert.rejects(client.auth.getUserToken(back.searchParams.get("code"), verifier));
const pair = await client.auth.refreshUserToken(token.refresh_token);
client.setToken("an invalid token", pair.refresh_token);
const me = await client.me.getMe();
assert.equal(me.permalink, "ada-night");
assert.ok(refreshed >= 1);
const connections = await client.me.getConnections();
assert.ok(Array.isArray(connections));
done.push("sign-in");

// Search.
const tracks = await client.search.tracks("lofi");
const users = await client.search.users("a");
const playlists = await client.search.playlists("night");
assert.ok(tracks.collection.length > 0 && users.collection.length > 0 && playlists.collection.length > 0);
const track = tracks.collection.find((item) => item.user.urn !== me.urn && item.commentable);
assert.equal((await client.tracks.getTrack(track.urn)).title, track.title);
assert.equal((await client.tracks.getTrack(track.id)).urn, track.urn);
assert.deepEqual(new Set(urns(await client.tracks.getTracks([track.id]))), new Set([track.urn]));
const second = await client.search.tracks("lofi", 1);
assert.equal(urns(second.collection).filter((urn) => urns(tracks.collection).includes(urn)).length, 0);
assert.equal((await client.resolve.resolveUrl(track.permalink_url)).includes("/tracks/"), true);
const streams = await client.tracks.getStreams(track.urn);
assert.ok(streams.hls_aac_160_url.startsWith("http"));
assert.ok(Array.isArray((await client.tracks.getRelated(track.urn, 3)).collection ?? (await client.tracks.getRelated(track.urn, 3))));
assert.equal((await client.raw.get("/tracks/{id}", { id: track.urn })).data.urn, track.urn);
done.push("search");

// Paging: pages, items, and all items up to a limit.
let pages = 0;
for await (const page of client.paginate(() => client.users.getFollowers(track.user.urn, 3))) {
  assert.ok(page.length <= 3);
  pages += 1;
}
assert.ok(pages > 1);
const seen = [];
for await (const item of client.paginateItems(() => client.me.getLikesTracks(20))) seen.push(item.urn);
assert.equal(new Set(seen).size, seen.length);
assert.ok(seen.length > 20);
assert.equal((await client.fetchAll(() => client.search.tracks("lofi"), { maxItems: 75 })).length, 75);
for (const list of [
  client.me.getActivities(2),
  client.me.getActivitiesOwn(2),
  client.me.getActivitiesTracks(2),
  client.me.getFollowings(2),
  client.me.getFollowingsTracks(2),
  client.me.getFollowers(2),
  client.me.getLikesPlaylists(2),
  client.me.getPlaylists(2),
  client.me.getTracks(2),
  client.users.getFollowings(track.user.urn, 2),
  client.users.getTracks(track.user.urn, 2),
  client.users.getPlaylists(track.user.urn, 2),
  client.users.getLikesTracks(track.user.urn, 2),
  client.users.getLikesPlaylists(track.user.urn, 2),
  client.tracks.getLikes(track.urn, 2),
  client.tracks.getReposts(track.urn, 2),
]) {
  assert.ok((await list).collection.length <= 2);
}
assert.ok(Array.isArray(await client.users.getWebProfiles(track.user.urn)));
done.push("paging");

// Likes, reposts and followings appear and can be removed.
const own = (await client.me.getTracks(1)).collection[0];
assert.equal(await client.likes.likeTrack(own.urn), true);
assert.equal((await client.me.getLikesTracks(1)).collection[0].urn, own.urn);
assert.equal(await client.likes.unlikeTrack(own.urn), true);
assert.notEqual((await client.me.getLikesTracks(1)).collection[0].urn, own.urn);
assert.equal(await client.reposts.repostTrack(own.urn), true);
assert.ok(urns((await client.tracks.getReposts(own.urn)).collection).includes(me.urn));
assert.equal(await client.reposts.unrepostTrack(own.urn), true);
assert.equal(await client.likes.likePlaylist(playlists.collection[0].urn), true);
assert.equal(await client.likes.unlikePlaylist(playlists.collection[0].urn), true);
assert.equal(await client.likes.likeTrack("soundcloud:tracks:1"), false);
const followed = urns((await client.me.getFollowings(200)).collection);
const stranger = users.collection.find((user) => user.urn !== me.urn && !followed.includes(user.urn));
await client.me.follow(stranger.urn);
assert.equal((await client.me.getFollowings(1)).collection[0].urn, stranger.urn);
await client.me.unfollow(stranger.urn);
done.push("likes");

// Comments.
const comment = await client.tracks.createComment(track.urn, "That bass!", 1500);
assert.equal(comment.body, "That bass!");
assert.ok(urns((await client.tracks.getComments(track.urn, 50)).collection).includes(comment.urn));
done.push("comments");

// Playlists.
const made = await client.playlists.create({ title: "From Node", sharing: "private", tracks: [{ urn: track.urn }] });
assert.equal(made.tracks[0].urn, track.urn);
const changed = await client.playlists.update(made.urn, { title: "From Node, again" });
assert.equal(changed.title, "From Node, again");
assert.equal((await client.playlists.getPlaylist(made.urn)).track_count, 1);
assert.equal((await client.playlists.getTracks(made.urn)).collection[0].urn, track.urn);
await client.playlists.delete(made.urn);
await rejected(client.playlists.getPlaylist(made.urn), 404);
done.push("playlists");

// Errors have the status and the message of the response.
await assert.rejects(client.tracks.getTrack("soundcloud:tracks:1"), (error) => error.isNotFound);
await assert.rejects(client.tracks.update(track.urn, { title: "Mine now" }), (error) => error.isForbidden);
await assert.rejects(client.playlists.create({}), (error) => error.status === 422 && error.message.includes("title"));
assert.equal((await client.raw.get("/tracks/{id}", { id: 1 })).status, 404);
done.push("errors");

await client.auth.signOut(client.accessToken);
await assert.rejects(client.auth.signOut("an invalid token"));
done.push("sign-out");

console.log(JSON.stringify({ done, calls }));
