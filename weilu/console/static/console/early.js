/* Runs before anything is painted: the brightness of the device when nobody chose one. */
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
})();
