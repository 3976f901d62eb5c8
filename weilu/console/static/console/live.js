/* The live board: takes parts that changed from a stream; asks every five seconds where there is
   none. The server escapes; what comes is put in as it is. */
(function () {
  "use strict";
  var POLL_MS = 5000, LOST_AFTER = 3;
  var board = document.querySelector("[data-stream]");
  if (!board) { return; }
  var state = document.querySelector(".live-state"), hold = document.querySelector("[data-hold]");
  var held = false, waiting = {}, failures = 0, source = null, timer = null;

  function say(what) { state.textContent = state.getAttribute("data-" + what); }

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
    if (!held) { say("live"); }
  }

  function poll() {
    window.fetch(board.getAttribute("data-now"), { credentials: "same-origin" })
      .then(function (answer) { if (!answer.ok) { throw new Error(String(answer.status)); } return answer.json(); })
      .then(take, function () { say("lost"); });
  }

  function open() {
    if (!window.EventSource) { timer = window.setInterval(poll, POLL_MS); return; }
    source = new EventSource(board.getAttribute("data-stream"), { withCredentials: true });
    source.onmessage = function (event) { failures = 0; take(JSON.parse(event.data)); };
    source.onerror = function () {
      failures += 1;
      say("lost");
      if (failures >= LOST_AFTER || source.readyState === 2) {
        source.close();
        if (!timer) { timer = window.setInterval(poll, POLL_MS); poll(); }
      }
    };
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
  open();
}());
