/* The report on a phone: its sections folded but the first, and all open again when it is printed.
   Without this file all of them stand open. */
(function () {
  "use strict";
  var phone = window.matchMedia("(max-width: 640px)");
  var sections = Array.prototype.slice.call(document.querySelectorAll("details.section"));

  function fold(isPhone) { sections.forEach(function (section, at) { section.open = !isPhone || at === 0; }); }

  if (phone.matches && !window.location.hash) { fold(true); }
  phone.addEventListener("change", function (event) { fold(event.matches); });
  window.addEventListener("beforeprint", function () { fold(false); });
})();
