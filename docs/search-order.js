// Two changes to the search of the theme. The index is loaded when the search is used, not with each page. And guides come before
// the reference: the theme ranks by titles, where a method called `retry` is better than a page called "Errors and retries".
(() => {
  const firstUse = new Promise((resolve) => {
    const used = (event) => {
      if (event.type === "keydown" || event.target.closest?.(".md-search, [for=__search]")) {
        resolve();
      }
    };
    for (const type of ["keydown", "pointerdown", "focusin"]) {
      addEventListener(type, used, { capture: true });
    }
  });

  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.isSearchIndex = String(url).endsWith("/search.json");
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    if (this.isSearchIndex) {
      firstUse.then(() => send.apply(this, body));
    } else {
      send.apply(this, body);
    }
  };

  const SETUP = 0;
  const QUERY = 2;
  const RESULT = 3;
  const PAGE = 10;
  const OriginalWorker = window.Worker;

  // Asks the worker of the theme for all results of a query, sorts them, and answers the theme page by page. The worker handles one
  // query at a time, so that a result belongs to the query that was sent last.
  window.Worker = class GuidesFirst {
    constructor(url) {
      this.worker = new OriginalWorker(url);
      this.worker.onmessage = ({ data }) => this.receive(data);
      this.worker.onerror = (event) => this.onerror?.(event);
      this.worker.onmessageerror = (event) => this.onmessageerror?.(event);
      this.current = null;
      this.waiting = null;
      this.ranked = null;
    }

    postMessage(message) {
      if (message.type === SETUP) {
        this.isReference = message.data.items.map(({ location }) => location.startsWith("reference/"));
        this.worker.postMessage(message);
      } else if (message.type === QUERY && message.data.page && this.ranked) {
        this.answer(message.data.page.from);
      } else if (message.type === QUERY && this.current) {
        this.waiting = message.data;
      } else {
        this.current = message.type === QUERY ? message.data : null;
        this.worker.postMessage(message);
      }
    }

    receive(message) {
      if (message.type !== RESULT) {
        this.onmessage?.({ data: message });
        return;
      }
      const { items, pagination } = message.data;
      if (this.waiting) {
        this.current = this.waiting;
        this.waiting = null;
        this.worker.postMessage({ type: QUERY, data: this.current });
      } else if (items.length < pagination.total) {
        const page = { id: pagination.next.id, size: pagination.total, from: 0 };
        this.worker.postMessage({ type: QUERY, data: { ...this.current, page } });
      } else {
        this.current = null;
        const order = [...items].sort((a, b) => this.isReference[a.id] - this.isReference[b.id]);
        this.ranked = { ...message.data, items: order };
        this.answer(0);
      }
    }

    answer(from) {
      const { items } = this.ranked;
      const end = from + PAGE;
      const pagination = {
        total: items.length,
        prev: from ? { id: 1, size: PAGE, from: from - PAGE } : undefined,
        next: end < items.length ? { id: 1, size: PAGE, from: end } : undefined,
      };
      this.onmessage?.({ data: { type: RESULT, data: { ...this.ranked, items: items.slice(from, end), pagination } } });
    }

    terminate() {
      this.worker.terminate();
    }
  };
})();
