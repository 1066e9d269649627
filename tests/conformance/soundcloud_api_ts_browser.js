// A page without a server of its own: signs in with PKCE through soundcloud-api-ts, searches, likes, and shows what it found.
import { SoundCloudClient, generateCodeChallenge, generateCodeVerifier } from "soundcloud-api-ts";

const { api, auth, clientId } = document.body.dataset;
const plainFetch = window.fetch.bind(window);
window.fetch = (url, options) =>
  plainFetch(
    String(url).replace("https://api.soundcloud.com", api).replace("https://secure.soundcloud.com", auth),
    options,
  );

const redirectUri = `${location.origin}/`;
const client = new SoundCloudClient({ clientId, clientSecret: "", redirectUri });
const code = new URLSearchParams(location.search).get("code");

async function signIn() {
  const verifier = generateCodeVerifier();
  sessionStorage.setItem("verifier", verifier);
  const codeChallenge = await generateCodeChallenge(verifier);
  const url = client.auth.getAuthorizationUrl({ state: "s", codeChallenge });
  location.assign(url.replace("https://secure.soundcloud.com", auth));
}

async function show() {
  const token = await client.auth.getUserToken(code, sessionStorage.getItem("verifier"));
  client.setToken(token.access_token, token.refresh_token);
  const me = await client.me.getMe();
  const [track] = (await client.search.tracks("lofi")).collection;
  await client.likes.likeTrack(track.urn);
  const liked = (await client.me.getLikesTracks()).collection.map((each) => each.urn);
  document.querySelector("main").textContent = JSON.stringify({ user: me.permalink, track: track.urn, liked });
}

(code ? show() : signIn()).catch((error) => {
  document.querySelector("main").textContent = `failed: ${error}`;
});
