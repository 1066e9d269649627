// A page that is opened from a file may start no worker: the search then runs in a hidden frame instead, without any network.
(() => {
  if (location.protocol !== "file:") {
    return;
  }

  class FrameWorker extends EventTarget {
    constructor(address) {
      super();
      this.onmessage = null;
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.srcdoc = "<!doctype html><html><body></body></html>";
      this.started = new Promise((resolve, reject) => {
        this.frame.addEventListener("load", () => this.start(String(address), resolve, reject), { once: true });
      });
      document.documentElement.append(this.frame);
    }

    start(address, resolve, reject) {
      const inside = this.frame.contentWindow;
      // As with a worker, what is posted is copied and arrives later, never within the call.
      inside.postMessage = (message) => {
        const data = structuredClone(message);
        setTimeout(() => {
          const event = new MessageEvent("message", { data });
          this.dispatchEvent(event);
          this.onmessage?.(event);
        });
      };
      const script = inside.document.createElement("script");
      script.src = address;
      script.addEventListener("load", () => resolve(inside));
      script.addEventListener("error", reject);
      inside.document.body.append(script);
    }

    postMessage(message) {
      this.started.then((inside) => {
        const data = inside.structuredClone(message);
        inside.setTimeout(() => inside.dispatchEvent(new inside.MessageEvent("message", { data })));
      });
    }

    terminate() {
      this.frame.remove();
    }
  }

  window.Worker = FrameWorker;
})();
