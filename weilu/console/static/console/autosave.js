/* A form with data-autosave is kept while one writes; without this script its buttons do it.
   The page answers 204 with the new mark in X-Seen, anything else is shown when it is sent.
   What could not be sent is kept on the device until it was: no closed tab loses a word. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-autosave]");
  if (!form) { return; }
  var note = form.querySelector(".saved");
  var timer = 0, running = false, again = false, dirty = false, failed = false, leaving = false;

  var held = "weilu-draft:" + location.pathname;
  var offer = document.querySelector("[data-draft]");

  function fields() {
    return Array.from(form.elements).filter(function (one) {
      return one.name && one.type !== "hidden" && one.type !== "submit" && one.tagName !== "BUTTON" && one.tagName !== "FIELDSET";
    });
  }
  function written() {
    return fields().map(function (one) {
      return one.type === "checkbox" || one.type === "radio" ? one.checked : one.value;
    });
  }
  // Storage may be forbidden or full: then it is as if there were none.
  function keep() {
    try { localStorage.setItem(held, JSON.stringify({ seen: form.elements.seen.value, said: written() })); } catch (e) { return; }
  }
  function forget() {
    try { localStorage.removeItem(held); } catch (e) { return; }
  }
  function draft() {
    try { return JSON.parse(localStorage.getItem(held) || "null"); } catch (e) { return null; }
  }
  function putBack(said) {
    fields().forEach(function (one, at) {
      if (one.type === "checkbox" || one.type === "radio") { one.checked = said[at]; } else { one.value = said[at]; }
    });
    changed(0);
  }
  // Put back by itself when nothing was written since; else whoever sits here decides.
  function recall() {
    var one = draft();
    if (!one) { return; }
    if (one.said.length !== fields().length || JSON.stringify(one.said) === JSON.stringify(written())) { forget(); return; }
    if (one.seen === form.elements.seen.value) { putBack(one.said); return; }
    offer.hidden = false;
    offer.querySelector("[data-draft-take]").addEventListener("click", function () { offer.hidden = true; putBack(one.said); });
    offer.querySelector("[data-draft-drop]").addEventListener("click", function () { offer.hidden = true; forget(); });
  }

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
      if (answer.status !== 204) { failed = true; keep(); tell("refused", true); return; }
      form.elements.seen.value = answer.headers.get("X-Seen");
      failed = false;
      forget();
      if (!dirty) { tell("saved"); }
    }, function () {
      dirty = true;
      failed = true;
      keep();
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
  form.addEventListener("submit", function () {
    leaving = true;
    window.clearTimeout(timer);
    if (failed || !navigator.onLine) { keep(); }
  });
  // The page may never come back: what is not known to have arrived stays on the device.
  function part() {
    if (!dirty || leaving) { return; }
    window.clearTimeout(timer);
    keep();
    dirty = false;
    send(true).then(function (answer) {
      if (answer.status !== 204) { failed = true; return; }
      form.elements.seen.value = answer.headers.get("X-Seen");
      failed = false;
      if (dirty) { keep(); return; }
      forget();
      tell("saved");
    }, function () { changed(5000); });
  }
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") { part(); } else if (dirty) { save(); }
  });
  window.addEventListener("pagehide", part);
  window.addEventListener("beforeunload", function (event) { if (failed && !leaving) { event.preventDefault(); } });
  window.addEventListener("online", function () { if (dirty) { save(); } });

  recall();

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-fill]");
    if (!button) { return; }
    var field = document.querySelector(button.dataset.fill);
    field.value = field.value.trim() && field.tagName === "TEXTAREA" ? field.value.trimEnd() + "\n" + button.dataset.text : button.dataset.text;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
