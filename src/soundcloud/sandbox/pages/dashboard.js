// The dashboard of the sandbox. It uses the control API only, and shows values as text, never as HTML.

const MAXIMUM_ROWS = 500;
const PAGE_SIZE = 25;
const RETRY_MILLISECONDS = 2000;
const $ = (id) => document.getElementById(id);

/** Create an element; strings become text. */
function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

let messageTimer;
function say(text) {
  $("message").textContent = text;
  clearTimeout(messageTimer);
  messageTimer = setTimeout(() => { $("message").textContent = ""; }, 6000);
}

/** Send a request to the control API; throw its message if it fails. */
async function send(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  const response = await fetch(`/-/${path}`, options);
  const text = await response.text();
  const value = text ? JSON.parse(text) : null;
  if (!response.ok) throw new Error(value?.message ?? `HTTP status ${response.status}`);
  return value;
}

/** Return an event handler that shows the message of an error. */
const handle = (work) => async (event) => {
  event?.preventDefault?.();
  try {
    await work(event);
  } catch (error) {
    say(error.message);
  }
};

/** Return a function that does nothing while the work is in progress, for example at the second click of a double click. */
const once = (work) => {
  let isBusy = false;
  return async (event) => {
    if (isBusy) return;
    isBusy = true;
    try {
      await work(event);
    } finally {
      isBusy = false;
    }
  };
};

async function copy(text, what, hint = "") {
  await navigator.clipboard.writeText(text);
  say(`Copied ${what}${hint}`);
}

// Requests ------------------------------------------------------------------------------------------------------------------

const requests = new Map();
let environment = {};

function isShown(request) {
  const { words, status } = Object.fromEntries(new FormData($("request-filter")));
  const kind = request.status === null ? "none" : String(request.status)[0];
  if (status && status !== kind) return false;
  const text = [request.method, target(request), request.user, request.origin, request.status, ...request.faults]
    .join(" ").toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function target(request) {
  const query = new URLSearchParams(request.query).toString();
  return query ? `${request.path}?${query}` : request.path;
}

function requestRow(request) {
  const failed = request.status === null || request.status >= 400;
  const detail = element("div", { className: "detail", hidden: true });
  const button = element("button", { type: "button", className: "row", "aria-expanded": "false", onclick: handle(async () => {
    const open = detail.hidden;
    if (open) detail.replaceChildren(...requestDetail(await send("GET", `requests/${request.id}`)));
    detail.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  }) },
  element("span", { className: failed ? "status failed" : "status" }, String(request.status ?? "none")),
  element("span", { className: "grow target" }, `${request.method} ${target(request)}`),
  ...request.faults.map((fault) => element("span", { className: "fault" }, fault)),
  element("span", { className: "quiet" },
    [request.user ?? "no user", `${Math.round(request.duration * 1000)} ms`, new Date(request.time).toLocaleTimeString()].join(" · ")));
  return element("li", {}, button, detail);
}

const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));
const lines = (fields) => Object.entries(fields).map(([name, value]) => `${name}: ${value}`).join("\n");
const block = (title, text) => element("div", {}, element("h3", {}, title), element("pre", { tabIndex: 0 }, text || "(empty)"));

function requestDetail(request) {
  return [
    element("p", { className: "quiet" },
      request.operation ?? `Sent to the ${request.origin === "sound" ? "media" : request.origin} host`),
    element("p", { className: "toolbar" },
      element("button", { type: "button", onclick: handle(() => copy(curlOf(request), "the command", hintOf(request))) },
        "Copy as curl")),
    element("div", { className: "bodies" },
      block("Request body", request.body === null ? "" : pretty(request.body)),
      block("Response body", request.response_body === null ? "" : pretty(request.response_body)),
      block("Request headers", lines(request.headers)), block("Response headers", lines(request.response_headers))),
  ];
}

const hintOf = (request) => (request.headers.authorization ? ". Before you run it, set TOKEN to an access token." : "");

/** Return a command that repeats a request, with $TOKEN instead of the token, which is not recorded. */
function curlOf(request) {
  const quote = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
  const origins = { api: "API", "sign-in": "AUTH", sound: "MEDIA" };
  const url = environment[`SOUNDCLOUD_${origins[request.origin]}_URL`];
  const query = new URLSearchParams(request.query).toString();
  const parts = ["curl", "-X", request.method, quote(`${url}${encodeURI(request.path)}${query ? `?${query}` : ""}`)];
  const type = request.headers["content-type"] ?? "";
  const left = ["host", "content-length", "connection", "accept-encoding", "user-agent", "authorization", "cookie"];
  for (const [name, value] of Object.entries(request.headers)) {
    if (left.includes(name) || name.startsWith("sec-") || (name === "content-type" && type.startsWith("multipart/"))) continue;
    parts.push("-H", quote(`${name}: ${value}`));
  }
  if (request.headers.authorization) parts.push("-H", '"Authorization: OAuth $TOKEN"');
  if (request.body !== null && type.startsWith("multipart/")) {
    for (const [name, value] of Object.entries(request.body)) {
      parts.push("-F", quote(value?.filename === undefined ? `${name}=${value}` : `${name}=@${value.filename}`));
    }
  } else if (request.body !== null && type.startsWith("application/x-www-form-urlencoded")) {
    for (const [name, value] of Object.entries(request.body)) parts.push("--data-urlencode", quote(`${name}=${value}`));
  } else if (request.body !== null) {
    parts.push("--data", quote(JSON.stringify(request.body)));
  }
  return parts.join(" ");
}

function countRequests() {
  const shown = [...$("request-list").children].filter((row) => !row.hidden).length;
  $("request-count").textContent = requests.size === 0
    ? "No requests yet. They appear here as they arrive."
    : shown === requests.size ? `${shown} ${shown === 1 ? "request" : "requests"}, latest first` : `${shown} of ${requests.size} requests`;
}

let counting = false;
function addRequest(request) {
  if (requests.has(request.id)) return;
  const row = requestRow(request);
  row.hidden = !isShown(request);
  requests.set(request.id, { request, row });
  $("request-list").prepend(row);
  if (requests.size > MAXIMUM_ROWS) {
    const [oldest, { row: last }] = requests.entries().next().value;
    requests.delete(oldest);
    last.remove();
  }
  // Once per frame, because requests may arrive by the hundred.
  if (!counting) requestAnimationFrame(() => { counting = false; countRequests(); });
  counting = true;
}

function emptyRequests() {
  requests.clear();
  $("request-list").replaceChildren();
  countRequests();
}

function showConnection(text, className) {
  $("connection").textContent = text;
  $("connection").className = `badge ${className}`;
}

/** Show the last requests, and each new one until the connection is lost; then try again. */
async function follow() {
  try {
    environment = await send("GET", "environment");
    const [last] = await send("GET", "requests?limit=1");
    emptyRequests();
    const source = new EventSource(`/-/requests/events?after=${Math.max(0, (last?.id ?? 0) - MAXIMUM_ROWS)}`);
    source.addEventListener("open", () => showConnection("live", "live"));
    source.addEventListener("request", (event) => addRequest(JSON.parse(event.data)));
    source.addEventListener("clear", emptyRequests);
    source.addEventListener("error", () => {
      source.close();
      showConnection("connection lost", "lost");
      setTimeout(follow, RETRY_MILLISECONDS);
    });
  } catch (error) {
    showConnection("connection lost", "lost");
    say(error.message);
    setTimeout(follow, RETRY_MILLISECONDS);
  }
}

$("request-filter").addEventListener("input", () => {
  for (const { request, row } of requests.values()) row.hidden = !isShown(request);
  countRequests();
});
$("clear-requests").addEventListener("click", handle(() => send("DELETE", "requests")));

// Data ----------------------------------------------------------------------------------------------------------------------

const SHARING = ["public", "private"];
const ITEM = { user: {}, track: {}, playlist: {} };
// The fields of the editor: `choices` makes a list, `type` converts the text.
const FIELDS = {
  users: { permalink: {}, username: {}, city: {}, country: {}, description: { long: true }, plan: { choices: ["Free", "Pro Unlimited"] } },
  tracks: {
    user: { fixed: true }, title: {}, permalink: {}, genre: {}, tag_list: {}, description: { long: true }, sharing: { choices: SHARING },
    access: { choices: ["playable", "preview", "blocked"] }, duration: { type: "number" }, playback_count: { type: "number" },
  },
  playlists: {
    user: { fixed: true }, title: {}, permalink: {}, genre: {}, description: { long: true }, sharing: { choices: SHARING },
    tracks: { type: "list", long: true },
  },
  comments: { user: { fixed: true }, track: { fixed: true }, body: { long: true }, timestamp: { type: "number" } },
  likes: ITEM,
  reposts: ITEM,
  follows: { user: {}, follows: {} },
};
const HINTS = {
  user: "permalink of a user", follows: "permalink of a user", track: "user/permalink", playlist: "user/permalink, instead of a track",
  tracks: "one user/permalink per line", duration: "milliseconds", timestamp: "milliseconds", tag_list: 'such as: slow "night bus"',
};
let offset = 0;

function dataFilter() {
  return Object.fromEntries(new FormData($("data-filter")));
}

function describe(kind, entry) {
  switch (kind) {
    case "users": return [entry.username, [entry.permalink, entry.city, entry.plan]];
    case "tracks": return [entry.title, [entry.user, entry.genre, entry.sharing, entry.access, `${entry.playback_count} plays`]];
    case "playlists": return [entry.title, [entry.user, `${entry.tracks.length} tracks`, entry.sharing]];
    case "comments": return [entry.body, [entry.user, entry.track]];
    case "follows": return [`${entry.user} follows ${entry.follows}`, []];
    default: return [`${entry.user} ${kind} ${entry.track ?? entry.playlist}`, []];
  }
}

/** Return the path of the page of an entry on the media host. */
function pageOf(kind, entry) {
  const secret = entry.secret_token && entry.sharing !== "public" ? `/${entry.secret_token}` : "";
  switch (kind) {
    case "users": return entry.permalink;
    case "tracks": return `${entry.user}/${entry.permalink}${secret}`;
    case "playlists": return `${entry.user}/sets/${entry.permalink}${secret}`;
    case "follows": return entry.follows;
    default: return (entry.track ?? entry.playlist.replace("/", "/sets/")) + secret;
  }
}

function entryRow(kind, entry) {
  const [title, details] = describe(kind, entry);
  const buttons = element("span", { className: "toolbar" });
  const button = (text, work) => buttons.append(
    element("button", { type: "button", "aria-label": `${text}: ${title}`, onclick: handle(work) }, text));
  if (kind === "users") button("Token", () => showToken({ user: entry.permalink }, entry.permalink));
  if (!["likes", "reposts", "follows"].includes(kind)) button("Edit", () => edit(kind, entry));
  button("Delete", async () => {
    if (!confirm(`Delete ${title}?`)) return;
    await send("DELETE", `data/${kind}/${entry.id}`);
    say("Deleted");
    await loadData();
  });
  const link = element("a", { href: `${environment.SOUNDCLOUD_MEDIA_URL}/${pageOf(kind, entry)}` }, title);
  return element("li", {}, element("div", { className: "row" },
    element("span", { className: "grow" }, link, element("br"),
      element("span", { className: "quiet" }, details.filter(Boolean).join(" · "))), buttons));
}

async function loadData() {
  const { kind, q } = dataFilter();
  if (!environment.SOUNDCLOUD_MEDIA_URL) environment = await send("GET", "environment");
  const page = await send("GET", `data/${kind}?${new URLSearchParams({ q, limit: PAGE_SIZE, offset })}`);
  const now = dataFilter();
  if (now.kind !== kind || now.q !== q) return; // a later search is on its way
  if (page.items.length === 0 && offset > 0) {
    offset = Math.max(0, offset - PAGE_SIZE);
    await loadData();
    return;
  }
  $("data-list").replaceChildren(...page.items.map((entry) => entryRow(kind, entry)));
  $("data-count").textContent = page.total === 0
    ? "Nothing was found." : `${offset + 1} to ${offset + page.items.length} of ${page.total.toLocaleString()}, newest first`;
  $("previous-page").disabled = offset === 0;
  $("next-page").disabled = offset + page.items.length >= page.total;
}

function turnPage(step) {
  offset = Math.max(0, offset + step);
  return loadData();
}

$("data-filter").addEventListener("submit", (event) => event.preventDefault());
$("data-filter").addEventListener("input", handle(() => {
  // The fragment keeps the search for a reload and for Back.
  const { hash } = document.querySelector("nav a[aria-current]");
  history.replaceState(null, "", `${hash}?${new URLSearchParams(dataFilter())}`);
  offset = 0;
  return loadData();
}));
$("request-filter").addEventListener("submit", (event) => event.preventDefault());
$("previous-page").addEventListener("click", handle(() => turnPage(-PAGE_SIZE)));
$("next-page").addEventListener("click", handle(() => turnPage(PAGE_SIZE)));
$("add-entry").addEventListener("click", () => edit(dataFilter().kind, null));

let edited;
function edit(kind, entry) {
  const fields = Object.entries(FIELDS[kind]).filter(([, field]) => entry === null || !field.fixed);
  edited = { kind, entry };
  $("editor-title").textContent = `${entry === null ? "Add" : "Edit"} a ${kind.slice(0, -1)}`;
  $("editor-error").textContent = "";
  $("editor-fields").replaceChildren(...fields.map(([name, field]) => {
    const value = entry?.[name] ?? "";
    const text = field.type === "list" && value ? value.join("\n") : String(value);
    const hint = HINTS[name] ? ` (${HINTS[name]})` : "";
    const input = field.choices
      ? element("select", { name }, ...["", ...field.choices].map((choice) => element("option", { value: choice }, choice || "default")))
      : element(field.long ? "textarea" : "input", { name });
    input.value = text;
    return element("label", {}, `${name.replaceAll("_", " ")}${hint} `, input);
  }));
  $("editor").showModal();
}

/** Return the fields of the editor that differ from the entry, as JSON values. */
function editedFields() {
  const changes = {};
  for (const [name, text] of new FormData($("editor-form"))) {
    const { type } = FIELDS[edited.kind][name];
    const before = edited.entry?.[name];
    const shown = type === "list" && before ? before.join("\n") : String(before ?? "");
    // A textarea submits CR LF.
    const value = text.replaceAll("\r\n", "\n");
    if (value === shown) continue;
    if (type === "list") changes[name] = value.split("\n").map((line) => line.trim()).filter(Boolean);
    else if (value === "") changes[name] = null;
    else changes[name] = type === "number" && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
  }
  return changes;
}

$("editor-form").addEventListener("submit", handle(once(async () => {
  const { kind, entry } = edited;
  try {
    if (entry === null) await send("POST", `data/${kind}`, editedFields());
    else await send("PATCH", `data/${kind}/${entry.id}`, editedFields());
  } catch (error) {
    $("editor-error").textContent = error.message;
    return;
  }
  $("editor").close();
  say("Saved");
  handle(loadData)();
})));
$("editor-cancel").addEventListener("click", () => $("editor").close());

async function showToken(body, owner) {
  const tokens = await send("POST", "tokens", body);
  $("token-title").textContent = `Token of ${owner}`;
  $("token-value").value = tokens.access_token;
  $("token").showModal();
}
$("token-copy").addEventListener("click", handle(async () => {
  await copy($("token-value").value, "the token");
  $("token").close();
}));
$("token-close").addEventListener("click", () => $("token").close());

// Controls ------------------------------------------------------------------------------------------------------------------

const PRESETS = {
  "No faults": {},
  "10 % errors": { error_rate: 0.1 },
  "Every request times out": { error_rate: { timeout_text: 1 } },
  "Slow": { latency: [0.5, 2] },
  "Rate limit 10 per minute": { rate_limit: { requests: 10, seconds: 60 } },
  "Malformed pages": { flaky_pages: ["empty_page_with_next", "short_page"] },
  "Changed responses": { drift: ["unknown_field", "null", "changed_type"] },
};

async function loadControls() {
  const [faults, snapshots, clock, quotas, settings] = await Promise.all(
    ["faults", "snapshots", "clock", "quotas", "settings"].map((path) => send("GET", path)));
  showFaults(faults);
  showSnapshots(snapshots.items);
  showClock(clock);
  const addresses = Object.entries(quotas.addresses).map(
    ([address, { used, limit }]) => `; from ${address}: ${used} of ${limit} in the last hour`);
  $("quotas").textContent = `App tokens: ${quotas.app.used} of ${quotas.app.limit} in the last 12 hours${addresses.join("")}`;
  showSettings(settings);
  $("environment").textContent = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`).join("\n");
}

function showFaults(faults) {
  $("faults").value = JSON.stringify(faults, null, 2);
  for (const button of $("fault-presets").children) {
    const preset = PRESETS[button.textContent];
    // A preset is active if no other setting differs from its default.
    const same = Object.entries(faults).every(([name, value]) => JSON.stringify(preset[name] ?? DEFAULTS[name]) === JSON.stringify(value)
      || (name === "rate_limit" && value && preset.rate_limit?.requests === value.requests));
    button.setAttribute("aria-pressed", String(same));
    button.classList.toggle("main", same);
  }
}
const DEFAULTS = {
  latency: 0, error_rate: 0, rate_limit: null, expire_tokens: null, drift: [], drift_rate: 1, flaky_pages: [], flaky_rate: 1,
  paths: [], seed: 0, times: null, slow_seconds: 3,
};

const setFaults = async (faults) => { showFaults(await send("PUT", "faults", faults)); say("The faults were changed"); };
$("fault-presets").append(...Object.entries(PRESETS).map(([name, faults]) =>
  element("button", { type: "button", "aria-pressed": "false", onclick: handle(() => setFaults(faults)) }, name)));
$("faults-form").addEventListener("submit", handle(() => setFaults(JSON.parse($("faults").value))));

function showSnapshots(items) {
  const row = ({ name, created_at: time }) => element("li", {}, element("div", { className: "row" },
    element("span", { className: "grow" }, name, " ", element("span", { className: "quiet" }, new Date(time).toLocaleString())),
    element("span", { className: "toolbar" },
      element("button", { type: "button", "aria-label": `Restore ${name}`, onclick: handle(async () => {
        if (!confirm(`Restore ${name}? It replaces the data, the tokens and the used quotas.`)) return;
        await send("POST", `snapshots/${encodeURIComponent(name)}/restore`);
        say(`Restored ${name}`);
      }) }, "Restore"),
      element("button", { type: "button", "aria-label": `Delete ${name}`, onclick: handle(async () => {
        if (!confirm(`Delete ${name}?`)) return;
        await send("DELETE", `snapshots/${encodeURIComponent(name)}`);
        await loadControls();
      }) }, "Delete"))));
  $("snapshot-list").replaceChildren(...items.map(row));
  $("snapshot-list").hidden = items.length === 0;
}

$("snapshot-form").addEventListener("submit", handle(once(async (event) => {
  const name = new FormData(event.target).get("name");
  const saved = await send("POST", "snapshots", name ? { name } : {});
  event.target.reset();
  await loadControls();
  say(`Saved ${saved.name}`);
})));
$("reset-form").addEventListener("submit", handle(async (event) => {
  if (!confirm("Reset everything? Your changes and all tokens are lost.")) return;
  const seed = new FormData(event.target).get("seed").trim();
  await send("POST", "reset", seed ? { seed: /^-?\d+$/.test(seed) ? Number(seed) : seed } : {});
  await loadControls();
  say("Everything was reset. All tokens are invalid.");
}));

function showClock(clock) {
  const ahead = Math.round(clock.offset);
  const difference = ahead ? ` (${Math.abs(ahead).toLocaleString()} seconds ${ahead > 0 ? "ahead" : "behind"})` : "";
  $("clock").textContent = `${new Date(clock.time).toLocaleString()}${difference}`;
}
for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", handle(async () => showClock(await send("PATCH", "clock", { advance: Number(button.dataset.advance) }))));
}
$("clock-now").addEventListener("click", handle(async () => showClock(await send("PATCH", "clock", { time: null }))));

$("app-token").addEventListener("click", handle(() => showToken({ app: true }, "the app")));
$("expire-tokens").addEventListener("click", handle(async () => { await send("POST", "tokens/expire"); say("All access tokens have expired"); }));
$("refill-quotas").addEventListener("click", handle(async () => { await send("DELETE", "quotas"); await loadControls(); say("The quotas are refilled"); }));

const SETTING_NAMES = {
  media_lifetime: "Seconds for which audio URLs are valid", processing_seconds: "Seconds until an upload is processed",
  quotas: "Limit app tokens, as SoundCloud does", local_links: "Permalinks lead to this sandbox",
  token_cors: "Web pages can call the token endpoint (not with SoundCloud)",
  public_client: "Users can sign in without the client secret (not with SoundCloud)",
};
function showSettings(settings) {
  const row = ([name, value]) => {
    const isSwitch = typeof value === "boolean";
    const input = element("input", { type: isSwitch ? "checkbox" : "number", id: `setting-${name}` });
    if (isSwitch) input.checked = value;
    else { input.value = value; input.step = "any"; }
    input.addEventListener("change", handle(async () => {
      try {
        await send("PATCH", "settings", { [name]: isSwitch ? input.checked : Number(input.value) });
        say("The setting was changed");
      } finally {
        showSettings(await send("GET", "settings"));
        $(input.id).focus();
      }
    }));
    const label = element("label", { htmlFor: input.id }, SETTING_NAMES[name] ?? name);
    return element("p", {}, ...(isSwitch ? [input, label] : [label, input]));
  };
  $("settings-form").replaceChildren(...Object.entries(settings).map(row));
}
$("settings-form").addEventListener("submit", (event) => event.preventDefault());

$("import").addEventListener("change", handle(async (event) => {
  const [file] = event.target.files;
  try {
    await send("PUT", "data", JSON.parse(await file.text()));
    say(`Imported ${file.name}. All tokens are invalid.`);
  } finally {
    event.target.value = "";
  }
}));
$("copy-environment").addEventListener("click", handle(() => copy($("environment").textContent, "the variables")));

// Views ---------------------------------------------------------------------------------------------------------------------

const show = handle(async () => {
  const [name, search] = location.hash.slice(1).split("?");
  const wanted = name || "requests";
  const view = { requests: "requests", data: "data", users: "data", controls: "controls" }[wanted];
  if (!view) return; // the link to the content
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${wanted}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const each of ["requests", "data", "controls"]) $(`view-${each}`).hidden = each !== view;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  const { kind, q } = $("data-filter").elements;
  $("title-data").textContent = wanted === "users" ? "Users and tokens" : "Data";
  if (wanted === "users") kind.value = "users";
  else if (wanted === "data" && kind.value === "users") kind.value = "tracks";
  if (view === "data") {
    const filter = new URLSearchParams(search);
    kind.value = filter.get("kind") ?? kind.value;
    q.value = filter.get("q") ?? "";
    offset = 0;
    await loadData();
  }
  if (view === "controls") {
    if (!environment.SOUNDCLOUD_MEDIA_URL) environment = await send("GET", "environment");
    await loadControls();
  }
});
addEventListener("hashchange", show);
show();
follow();
