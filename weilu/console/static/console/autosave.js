/* A form with data-autosave is kept while one writes; without this script its buttons do it.
   The page answers 204 with the new mark in X-Seen, anything else is shown when it is sent. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-autosave]");
  if (!form) { return; }
  var note = form.querySelector(".saved");
  var timer = 0, running = false, again = false, dirty = false, failed = false, leaving = false;

  function tell(key, bad) {
    note.textContent = key ? note.dataset[key] : "";
    note.classList.toggle("is-bad", Boolean(bad));
  }

  function send(last) {
    return fetch(form.action, {
      method: "POST", body: new FormData(form), headers: { "X-Behind": "1" },
      keepalive: Boolean(last), credentials: "same-origin", redirect: "manual"
    });
  }

  function save() {
    window.clearTimeout(timer);
    if (running) { again = true; return; }
    running = true;
    dirty = false;
    tell("saving");
    send().then(function (answer) {
      if (answer.status !== 204) { failed = true; tell("refused", true); return; }
      form.elements.seen.value = answer.headers.get("X-Seen");
      failed = false;
      if (!dirty) { tell("saved"); }
    }, function () {
      dirty = true;
      failed = true;
      tell("waits", true);
      timer = window.setTimeout(save, 5000);
    }).then(function () {
      running = false;
      if (again) { again = false; save(); }
    });
  }

  function changed(wait) {
    dirty = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, wait);
  }

  document.querySelectorAll(".stops [aria-current]").forEach(function (one) {
    var strip = one.closest(".stops");
    strip.scrollLeft = one.offsetLeft - (strip.clientWidth - one.offsetWidth) / 2;
  });

  form.addEventListener("input", function () { changed(900); });
  form.addEventListener("change", function () { changed(150); });
  form.addEventListener("submit", function () { leaving = true; window.clearTimeout(timer); });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden" && dirty && !leaving) { window.clearTimeout(timer); dirty = false; send(true); }
  });
  window.addEventListener("pagehide", function () { if (dirty && !leaving) { dirty = false; send(true); } });
  window.addEventListener("beforeunload", function (event) { if (failed && !leaving) { event.preventDefault(); } });
  window.addEventListener("online", function () { if (dirty) { save(); } });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-fill]");
    if (!button) { return; }
    var field = document.querySelector(button.dataset.fill);
    field.value = field.value.trim() && field.tagName === "TEXTAREA" ? field.value.trimEnd() + "\n" + button.dataset.text : button.dataset.text;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
