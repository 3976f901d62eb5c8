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
  var held = false, waiting = {}, failures = 0, heard = 0, source = null, timer = null;

  function say(what) {
    var words = state.getAttribute("data-" + what);
    if (state.textContent !== words) { state.textContent = words; }
  }

  function well() { say(held ? "held" : "live"); }

  function put(name, html) {
    var part = board.querySelector('[data-part="' + name + '"]');
    if (!part) { return; }
    var known = {};
    part.querySelectorAll("li").forEach(function (row) { known[row.textContent] = true; });
    var had = part.querySelector("li") !== null;
    part.innerHTML = html;
    if (had) {
      part.querySelectorAll("li").forEach(function (row) {
        if (!known[row.textContent]) { row.classList.add("live-new"); }
      });
    }
  }

  function take(parts) {
    Object.keys(parts).forEach(function (name) {
      if (held) { waiting[name] = parts[name]; } else { put(name, parts[name]); }
    });
    well();
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
    take(waiting);
    waiting = {};
  });
  if (window.EventSource) {
    open();
    window.setInterval(look, LOOK_MS);
  } else {
    ask();
  }
}());
