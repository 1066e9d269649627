// What scrolls sideways can be reached with the keyboard: tables and diagrams on a narrow screen.
(() => {
  const mark = () => {
    for (const element of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset table, figure.sequence")) {
      const scrolls = element.scrollWidth > element.clientWidth;
      if (scrolls !== element.hasAttribute("tabindex")) {
        element.toggleAttribute("tabindex", scrolls);
        if (scrolls) {
          element.tabIndex = 0;
        }
      }
    }
  };
  addEventListener("load", mark);
  addEventListener("resize", mark);
})();
