/* The live board: takes parts that changed from a stream; asks every five seconds where there is
   none, and tries the stream again. The server escapes; what comes is put in as it is. */
(function () {
  "use strict";
  var POLL_MS = 5000, AGAIN_MS = 30000, LOST_AFTER = 3, LOOK_MS = 5000;
  /* The stream beats four times a minute: one that says nothing for longer is dead, whatever the
     browser thinks of it, as after a laptop's sleep. */
  var SILENT_MS = 40000;
  var board = document.querySelector("[data-stream]");
  if (!board) { return; }
  var state = document.querySelector(".live-state"), hold = document.querySelector("[data-hold]");
  var held = false, points = false, waiting = {}, failures = 0, heard = 0, source = null, timer = null;

  function say(what) {
    var words = state.getAttribute("data-" + what);
    if (state.textContent !== words) { state.textContent = words; }
  }

  function well() { say(held ? "held" : isStill() && Object.keys(waiting).length ? "still" : "live"); }

  /* Rows that stay are left where they are: what is read, marked or in focus does not move away. */
  function asItCame(row) {
    if (row.weiluWas === undefined) { row.weiluWas = row.outerHTML; }
    return row.weiluWas;
  }

  function renew(old, list) {
    var known = {}, at = old.firstElementChild;
    Array.prototype.forEach.call(old.children, function (row) { known[row.dataset.key] = row; });
    Array.prototype.slice.call(list.children).forEach(function (row) {
      var mine = known[row.dataset.key];
      var html = asItCame(row);
      if (mine && mine === at) { at = at.nextElementSibling; }
      if (mine && asItCame(mine) === html) {
        delete known[row.dataset.key];
        if (mine.nextElementSibling !== at) { old.insertBefore(mine, at); }
        return;
      }
      if (!mine) { row.classList.add("live-new"); }
      old.insertBefore(row, at);
    });
    Object.keys(known).forEach(function (key) { known[key].remove(); });
  }

  function put(name, html) {
    var part = board.querySelector('[data-part="' + name + '"]');
    if (!part) { return; }
    var fresh = document.createElement("div");
    fresh.innerHTML = html;
    var old = part.querySelector(".live-list"), list = fresh.querySelector(".live-list");
    if (!old || !list) { part.innerHTML = html; return; }
    renew(old, list);
    var note = part.querySelector(".live-none"), newer = fresh.querySelector(".live-none");
    if (note && newer && note.innerHTML !== newer.innerHTML) { note.replaceWith(newer); }
  }

  /* Nothing is pulled away under a pointer; nobody looks at a page that is hidden. */
  function isStill() { return document.hidden || points; }

  function take(parts) {
    Object.keys(parts).forEach(function (name) {
      if (held || isStill()) { waiting[name] = parts[name]; } else { put(name, parts[name]); }
    });
    well();
  }

  function flow() {
    if (!board || held || isStill()) { return; }
    var late = waiting;
    waiting = {};
    take(late);
  }

  function poll() {
    window.fetch(board.getAttribute("data-now"), { credentials: "same-origin" })
      .then(function (answer) {
        /* Somewhere else, to sign in: asking again would not help. */
        if (answer.redirected) { end(); return null; }
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.json();
      })
      .then(function (parts) { if (parts) { take(parts); } }, function () { say("lost"); });
  }

  function end() {
    window.clearInterval(timer);
    board = null;
    say("out");
  }

  function ask() {
    if (!timer) { timer = window.setInterval(function () { if (board) { poll(); } }, POLL_MS); poll(); }
  }

  function hear() {
    heard = Date.now();
    failures = 0;
    window.clearInterval(timer);
    timer = null;
  }

  function close() {
    if (source) { source.close(); }
    source = null;
  }

  function open() {
    if (!board) { return; }
    heard = Date.now();
    source = new EventSource(board.getAttribute("data-stream"), { withCredentials: true });
    source.onmessage = function (event) { hear(); take(JSON.parse(event.data)); };
    source.addEventListener("beat", function () { hear(); well(); });
    source.onerror = function () {
      failures += 1;
      if (!timer) { say("lost"); }
      if (timer || failures >= LOST_AFTER || source.readyState === 2) {
        close();
        ask();
        window.setTimeout(open, AGAIN_MS);
      }
    };
  }

  function look() {
    if (source && Date.now() - heard > SILENT_MS) {
      say("lost");
      close();
      open();
    }
  }

  hold.hidden = false;
  hold.addEventListener("click", function () {
    held = !held;
    hold.setAttribute("aria-pressed", String(held));
    var words = hold.querySelector("[data-words]");
    words.textContent = words.getAttribute(held ? "data-held" : "data-words");
    if (held) { say("held"); return; }
    flow();
  });
  board.addEventListener("pointerenter", function (event) { points = event.pointerType === "mouse"; });
  board.addEventListener("pointerleave", function () { points = false; flow(); });
  document.addEventListener("visibilitychange", flow);
  if (window.EventSource) {
    open();
    window.setInterval(look, LOOK_MS);
  } else {
    ask();
  }
}());
