// Says in the page why a passkey did not come about; allauth writes it to the browser's log only.
(function () {
  "use strict";
  var BY_NAME = { SecurityError: "address", NotAllowedError: "stopped", AbortError: "stopped" };
  document.addEventListener("allauth.error", function (event) {
    var box = document.getElementById("passkey-said");
    event.preventDefault();
    box.querySelector("span").textContent = box.dataset[BY_NAME[event.detail.exception.name] || "other"];
    box.hidden = false;
  });
})();
