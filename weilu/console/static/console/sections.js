/* Sections of a long page: what is on the screen first, then the rest one by one while the reader
   reads, and all that is missing when the page is printed. */
(function () {
  "use strict";
  var busy = null;

  function waiting() { return Array.prototype.slice.call(document.querySelectorAll("[data-section]:not([data-asked])")); }

  function distance(section) {
    var box = section.getBoundingClientRect();
    return box.bottom < 0 ? -box.bottom : Math.max(0, box.top - window.innerHeight);
  }

  function next() {
    if (busy) { return; }
    var near = waiting().sort(function (a, b) { return distance(a) - distance(b); })[0];
    if (!near) { return; }
    busy = near;
    near.setAttribute("data-asked", "");
    window.htmx.trigger(near, "wanted");
  }

  function fail(section) {
    section.querySelector("[data-skeleton]").hidden = true;
    section.querySelector("[data-failed]").hidden = false;
  }

  document.addEventListener("htmx:afterRequest", function (event) {
    /* The section itself is gone by now: the request remembers it. */
    if (event.detail.requestConfig.elt !== busy) { return; }
    if (event.detail.failed || !event.detail.xhr.status) { fail(busy); } else { busy.removeAttribute("data-section"); }
    busy = null;
    next();
  });

  /* Printing cannot wait: what is missing is asked for at once. This file stands before that of the
     charts, so that theirs are drawn for paper as well. */
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("[data-section]").forEach(function (section) {
      var request = new XMLHttpRequest();
      request.open("GET", section.getAttribute("hx-get"), false);
      request.setRequestHeader("HX-Request", "true");
      request.send();
      if (request.status !== 200) { return; }
      section.innerHTML = request.responseText;
      section.removeAttribute("data-section");
      window.htmx.process(section);
      document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: section } }));
    });
  });

  /* A link to a section is followed again once what stands above it has its height. */
  var moved = false;
  ["wheel", "touchmove", "keydown", "pointerdown"].forEach(function (type) {
    window.addEventListener(type, function () { moved = true; }, { passive: true, once: true });
  });
  document.addEventListener("htmx:afterSettle", function () {
    var target = !moved && window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (target) { target.scrollIntoView(); }
  });

  /* htmx knows the sections once the page is read. */
  document.addEventListener("DOMContentLoaded", next);
})();
