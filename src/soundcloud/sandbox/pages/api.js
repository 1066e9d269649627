// SC.Widget for the page that embeds the sandbox's player: an implementation of SoundCloud's Widget API.
"use strict";

(() => {
  const EVENTS = {
    READY: "ready",
    PLAY: "play",
    PAUSE: "pause",
    FINISH: "finish",
    SEEK: "seek",
    ERROR: "error",
    LOAD_PROGRESS: "loadProgress",
    PLAY_PROGRESS: "playProgress",
    CLICK_DOWNLOAD: "downloadClicked",
    CLICK_BUY: "buyClicked",
    OPEN_SHARE_PANEL: "sharePanelOpened",
  };
  const COMMANDS = ["play", "pause", "toggle", "next", "prev", "skip", "seekTo", "setVolume"];
  const GETTERS = ["getVolume", "getDuration", "getPosition", "getSounds", "getCurrentSound", "getCurrentSoundIndex", "isPaused"];
  const widgets = new Map(); // by frame, so that a frame has one widget

  function Widget(frame) {
    const found = typeof frame === "string" ? document.getElementById(frame) : frame;
    if (!(found instanceof HTMLIFrameElement)) throw new Error("SC.Widget takes an iframe or its id");
    if (widgets.has(found)) return widgets.get(found);
    const widget = Object.create(Widget.prototype);
    widgets.set(found, widget);
    connect(widget, found);
    return widget;
  }

  function connect(widget, frame) {
    const listeners = new Map();
    const callbacks = new Map();
    let ready = false;
    let queued = [];
    let onLoad = null;

    const post = (message) => frame.contentWindow.postMessage(JSON.stringify(message), new URL(frame.src, location.href).origin);
    const send = (method, value) => {
      const message = value === undefined ? { method } : { method, value };
      if (ready) post(message);
      else queued.push(message);
    };
    const emit = (event, value) => [...(listeners.get(event) ?? [])].forEach((listener) => listener.call(widget, value));

    window.addEventListener("message", (event) => {
      if (event.source !== frame.contentWindow || event.origin !== new URL(frame.src, location.href).origin) return;
      let message;
      try {
        message = JSON.parse(event.data);
      } catch {
        return;
      }
      if (message.method === "ready") {
        if (ready) return;
        ready = true;
        [...listeners.keys()].forEach((name) => post({ method: "addEventListener", value: name }));
        queued.forEach(post);
        queued = [];
        emit("ready");
        const callback = onLoad;
        onLoad = null;
        if (callback) callback();
        return;
      }
      const pending = callbacks.get(message.method);
      if (pending && pending.length) pending.shift()(message.value);
      else emit(message.method, message.value);
    });

    widget.bind = (event, listener) => {
      if (!Object.values(EVENTS).includes(event)) throw new Error(`SC.Widget has no event ${event}`);
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event).add(listener);
      if (ready && event === "ready") listener.call(widget);
      else if (ready) post({ method: "addEventListener", value: event });
      return widget;
    };
    widget.unbind = (event) => {
      listeners.delete(event);
      if (ready) post({ method: "removeEventListener", value: event });
      return widget;
    };
    widget.load = (url, options = {}) => {
      const { callback, ...parameters } = options;
      const source = new URL(frame.src, location.href);
      source.search = new URLSearchParams({ ...parameters, url }).toString();
      ready = false;
      callbacks.clear();
      onLoad = callback ?? null;
      frame.src = source.href;
    };
    for (const command of COMMANDS) {
      widget[command] = (value) => {
        send(command, value);
        return widget;
      };
    }
    for (const getter of GETTERS) {
      widget[getter] = (callback) => {
        if (!callbacks.has(getter)) callbacks.set(getter, []);
        callbacks.get(getter).push(callback);
        send(getter);
      };
    }
    // A player that was loaded before sends "ready" now; one that loads later sends it by itself.
    if (frame.contentWindow) frame.contentWindow.postMessage(JSON.stringify({ method: "addEventListener", value: "ready" }), "*");
  }

  Widget.Events = EVENTS;
  window.SC = { ...window.SC, Widget };
})();
