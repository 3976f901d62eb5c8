/* Runs before anything is painted: the brightness of the device when nobody chose one; and what is
   touched before weilu.js is there is kept until then, so that no tap is lost and none goes unasked. */
(function () {
  "use strict";
  var root = document.documentElement;
  var device = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    if (root.dataset.theme === "auto") {
      root.setAttribute("data-bs-theme", device.matches ? "dark" : "light");
    }
  }
  apply();
  root.classList.add("has-js");
  device.addEventListener("change", function () {
    apply();
    document.dispatchEvent(new CustomEvent("weilu:theme"));
  });

  var NEEDS = {
    click: "[data-copy], [data-show], [data-print], [data-dismiss], button[data-confirm], a[data-confirm]",
    submit: "form[data-confirm], form[data-drop]",
    change: "form[data-submit-on-change], [data-drop] input[type=file]"
  };
  var kept = null;
  function keep(event) {
    var found = event.target.closest && event.target.closest(NEEDS[event.type]);
    if (!found) { return; }
    if (event.type !== "change") {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    if (kept) { kept.shows.removeAttribute("aria-busy"); }
    kept = { type: event.type, at: event.type === "change" ? event.target : found, by: event.submitter };
    kept.shows = kept.by || kept.at;
    kept.shows.setAttribute("aria-busy", "true");
  }
  function go() {
    kept.shows.removeAttribute("aria-busy");
    if (kept.type === "click") { kept.at.click(); }
    if (kept.type === "submit") { kept.at.requestSubmit(kept.by); }
    if (kept.type === "change") { kept.at.dispatchEvent(new Event("change", { bubbles: true })); }
  }
  function askPlainly(event) {
    var found = event.target.closest(event.type === "submit" ? "form[data-confirm]" : "button[data-confirm], a[data-confirm]");
    if (found && !window.confirm(found.dataset.confirm)) { event.preventDefault(); }
  }
  Object.keys(NEEDS).forEach(function (type) { document.addEventListener(type, keep, true); });
  document.addEventListener("DOMContentLoaded", function () {
    Object.keys(NEEDS).forEach(function (type) { document.removeEventListener(type, keep, true); });
    /* deferred scripts have run by now: where weilu.js could not be fetched, the browser asks */
    if (!root.hasAttribute("data-ready")) {
      document.addEventListener("click", askPlainly);
      document.addEventListener("submit", askPlainly);
    }
    if (kept) { go(); }
  });
})();
