/* The one theme of all charts: colours by what a series is about, light and dark.
   The palette is Okabe and Ito's, told apart by all common kinds of colour blindness, warmed. */
(function () {
  "use strict";
  var LIGHT = {
    ink: "#2b2520", soft: "#6a5f55", line: "#e9e1d8", card: "#ffffff", hollow: "#f3eee8",
    roles: { people: "#c4521a", messages: "#1f6f8b", staff: "#7a6a9b", joins: "#1f8a66", leaves: "#b3261e", questions: "#b98300", answers: "#2f8f83", other: "#857a6f", before: "#c9bdb0" },
    ramp: ["#f8f1ea", "#f6d3b8", "#ee9f68", "#d8692a", "#a03f0c", "#5c2407"],
    ramp_turn: 0.86,
    circles: ["#c4521a", "#1f6f8b", "#1f8a66", "#b98300", "#7a6a9b", "#a8577e", "#4d7a1f", "#857a6f"]
  };
  var DARK = {
    ink: "#efe7de", soft: "#b9ada0", line: "#3a322c", card: "#231e1a", hollow: "#2f2823",
    roles: { people: "#f0874a", messages: "#6cb8d4", staff: "#b3a2d8", joins: "#6bcba6", leaves: "#f2857b", questions: "#e7bb62", answers: "#7cd0c4", other: "#9a8e82", before: "#5d5248" },
    ramp: ["#2b241f", "#51331f", "#8a4a20", "#c8642a", "#f0874a", "#ffd2b0"],
    ramp_turn: 0.66,
    circles: ["#f0874a", "#6cb8d4", "#6bcba6", "#e7bb62", "#b3a2d8", "#e096b8", "#a5cf6b", "#9a8e82"]
  };
  window.weiluChartTheme = function () {
    var dark = document.documentElement.getAttribute("data-bs-theme") === "dark";
    var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    var look = Object.assign({}, dark ? DARK : LIGHT);
    look.dark = dark;
    look.font = getComputedStyle(document.body).fontFamily;
    look.motion = !still;
    return look;
  };
})();
