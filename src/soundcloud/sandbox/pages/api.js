// SC.Widget for the page around a player of the sandbox: the names and shapes of SoundCloud's widget API, written anew.
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
  const ORDERS = ["play", "pause", "toggle", "next", "prev", "skip", "seekTo", "setVolume"];
  const QUESTIONS = ["getVolume", "getDuration", "getPosition", "getSounds", "getCurrentSound", "getCurrentSoundIndex", "isPaused"];
  const widgets = new Map(); // by frame: asking twice gives the same one

  function Widget(frame) {
    const found = typeof frame === "string" ? document.getElementById(frame) : frame;
    if (!(found instanceof HTMLIFrameElement)) throw new Error("SC.Widget: give it an iframe, or the id of one");
    if (widgets.has(found)) return widgets.get(found);
    const widget = Object.create(Widget.prototype);
    widgets.set(found, widget);
    connect(widget, found);
    return widget;
  }

  function connect(widget, frame) {
    const listeners = new Map();
    const waiting = new Map();
    let ready = false;
    let early = [];
    let afterLoad = null;

    const post = (message) => frame.contentWindow.postMessage(JSON.stringify(message), new URL(frame.src, location.href).origin);
    const send = (method, value) => {
      const message = value === undefined ? { method } : { method, value };
      if (ready) post(message);
      else early.push(message);
    };
    const tell = (event, value) => [...(listeners.get(event) ?? [])].forEach((listener) => listener.call(widget, value));

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
        early.forEach(post);
        early = [];
        tell("ready");
        const done = afterLoad;
        afterLoad = null;
        if (done) done();
        return;
      }
      const questions = waiting.get(message.method);
      if (questions && questions.length) questions.shift()(message.value);
      else tell(message.method, message.value);
    });

    widget.bind = (event, listener) => {
      if (!Object.values(EVENTS).includes(event)) throw new Error(`SC.Widget: no event is called ${event}`);
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
      const { callback, ...flags } = options;
      const address = new URL(frame.src, location.href);
      address.search = new URLSearchParams({ ...flags, url }).toString();
      ready = false;
      waiting.clear();
      afterLoad = callback ?? null;
      frame.src = address.href;
    };
    for (const order of ORDERS) {
      widget[order] = (value) => {
        send(order, value);
        return widget;
      };
    }
    for (const question of QUESTIONS) {
      widget[question] = (callback) => {
        if (!waiting.has(question)) waiting.set(question, []);
        waiting.get(question).push(callback);
        send(question);
      };
    }
    // A player that was there first is asked whether it is ready; one that is still to come says so itself.
    if (frame.contentWindow) frame.contentWindow.postMessage(JSON.stringify({ method: "addEventListener", value: "ready" }), "*");
  }

  Widget.Events = EVENTS;
  window.SC = { ...window.SC, Widget };
})();
