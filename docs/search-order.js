// Two changes to the search of the theme. Its index is twice as large as the rest of a page, so it is loaded when the reader begins
// to use the page. And guides come before the pages of the project and the reference: the theme ranks by titles, where a method
// called `retry` is better than a page called "Errors and retries". Only the entry of an identifier, such as `get_stream`, comes
// before the guides if the query is its name.
(() => {
  const used = new Promise((resolve) => {
    if (new URLSearchParams(location.search).has("h")) {
      resolve(); // a result of a search, whose words are highlighted with the index
    }
    for (const type of ["pointermove", "pointerdown", "wheel", "keydown", "focusin"]) {
      addEventListener(type, () => resolve(), { capture: true, once: true });
    }
  });

  // The theme listens for Ctrl+K only after it has made its dialog, for which it needs the index.
  let isWanted = false;
  const openWhenReady = () => {
    if ([...document.body.children].some((element) => element.shadowRoot?.querySelector("dialog"))) {
      removeEventListener("keydown", openSearch);
      document.querySelector(".md-search").click();
    } else if (isWanted) {
      requestAnimationFrame(openWhenReady);
    }
  };
  const openSearch = (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k" && !isWanted) {
      event.preventDefault();
      isWanted = true;
      openWhenReady();
    }
  };
  if (location.protocol !== "file:") {
    addEventListener("keydown", openSearch);
  }

  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.isSearchIndex = String(url).endsWith("/search.json");
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    if (this.isSearchIndex) {
      this.addEventListener("error", () => {
        isWanted = false;
      });
      used.then(() => send.apply(this, body));
    } else {
      send.apply(this, body);
    }
  };

  const rank = (location) => {
    // The home page lists the guides, and is never the best answer itself.
    if (location.includes("reference/") || /(?:^|\/)(?:index\.html)?(?:#|$)/.test(location)) {
      return 2;
    }
    return /command-line\.html#soundcloud-|(?:changelog|code_of_conduct|contributing|design|maintaining|security)\.html/.test(location)
      ? 1
      : 0;
  };

  // The title of an entry that is an identifier, such as `get_stream`, without a label such as "async"; else null. A word such as
  // `retry` is none, because guides are about it.
  const identifier = (title) => {
    const name = title.replace(/<small>.*?<\/small>|<[^>]*>/g, "").trim();
    return /^[\w.]*([_.]|[a-z][A-Z])[\w.]*$/.test(name) ? name.toLowerCase() : null;
  };

  const SETUP = 0;
  const QUERY = 2;
  const RESULT = 3;
  const PAGE = 10;
  const OriginalWorker = window.Worker;

  // Asks the worker of the theme for all results of a query in two pages, sorts them, and answers the theme page by page. The worker
  // handles one query at a time, so that a result belongs to the query that was sent last.
  window.Worker = class GuidesFirst {
    constructor(url) {
      this.worker = new OriginalWorker(url);
      this.worker.onmessage = ({ data }) => this.receive(data);
      this.worker.onerror = (event) => this.onerror?.(event);
      this.worker.onmessageerror = (event) => this.onmessageerror?.(event);
      this.current = null;
      this.waiting = null;
      this.first = [];
      this.ranked = null;
    }

    postMessage(message) {
      if (message.type === SETUP) {
        this.entries = message.data.items.map(({ location, title }) => ({ rank: rank(location), name: identifier(title ?? "") }));
        this.worker.postMessage(message);
      } else if (message.type === QUERY && message.data.page && this.ranked) {
        // Later: the theme would repeat the request if its state changed within it.
        queueMicrotask(() => this.answer(message.data.page.from));
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
        this.first = [];
        this.worker.postMessage({ type: QUERY, data: this.current });
      } else if (pagination.next) {
        // Not the first page again: the worker would mark its words twice.
        this.first = items;
        const page = { ...pagination.next, size: pagination.total };
        this.worker.postMessage({ type: QUERY, data: { ...this.current, page } });
      } else {
        this.ranked = { ...message.data, items: this.sort([...this.first, ...items]) };
        this.current = null;
        this.first = [];
        this.answer(0);
      }
    }

    sort(items) {
      const { input } = this.current;
      const query = typeof input === "string" ? input.trim().toLowerCase().replace(/\(\)$/, "") : "";
      const names = [query, query.slice(query.lastIndexOf(".") + 1)];
      const place = ({ id }) => (names.includes(this.entries[id].name) ? -1 : this.entries[id].rank);
      return items.sort((a, b) => place(a) - place(b));
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
