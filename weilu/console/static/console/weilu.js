/* Behaviour by attributes; every page works without it. */
(function () {
  "use strict";
  var body = document.body;
  var root = document.documentElement;

  function on(type, selector, act) {
    document.addEventListener(type, function (event) {
      var found = event.target.closest ? event.target.closest(selector) : null;
      if (found) { act(event, found); }
    });
  }

  function token() {
    return JSON.parse(body.getAttribute("hx-headers"))["X-CSRFToken"];
  }

  function icon(name) {
    var known = document.querySelector("svg.icon use");
    var shape = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    var use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    shape.setAttribute("class", "icon");
    shape.setAttribute("aria-hidden", "true");
    use.setAttribute("href", known ? known.getAttribute("href").split("#")[0] + "#" + name : "#");
    shape.appendChild(use);
    return shape;
  }

  function notice(text, tone) {
    var box = document.createElement("div");
    var shown = document.querySelectorAll("#notices .notice.tone-bad");
    /* what is asked for again and again fails again and again: said once is enough */
    if (Array.prototype.some.call(shown, function (one) { return one.textContent === text; })) { return; }
    box.className = "notice tone-" + (tone || "calm");
    box.setAttribute("role", tone === "bad" ? "alert" : "status");
    box.appendChild(icon(tone === "bad" ? "alert-triangle" : "circle-check"));
    box.appendChild(document.createElement("span")).textContent = text;
    document.getElementById("notices").appendChild(box);
    if (tone !== "bad") { window.setTimeout(function () { box.remove(); }, 4000); }
  }

  /* brightness and density change at once, the server is told behind */
  on("click", "button[name=theme], button[name=density]", function (event, button) {
    event.preventDefault();
    var data = new FormData(button.form);
    data.set(button.name, button.value);
    data.set("quiet", "1");
    if (button.name === "theme") {
      root.dataset.theme = button.value;
      var dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
      root.setAttribute("data-bs-theme", button.value === "auto" ? (dark ? "dark" : "light") : button.value);
    } else {
      root.dataset.density = button.value;
    }
    document.querySelectorAll("button[name=" + button.name + "]").forEach(function (one) {
      one.toggleAttribute("aria-current", false);
      if (one.value === button.value) { one.setAttribute("aria-current", "true"); }
    });
    document.dispatchEvent(new CustomEvent("weilu:theme"));
    fetch(body.dataset.preferences, { method: "POST", body: data, headers: { "X-CSRFToken": token() } });
  });

  /* paper is light */
  var shown = "";
  window.addEventListener("beforeprint", function () {
    shown = root.getAttribute("data-bs-theme");
    if (shown === "light") { return; }
    root.setAttribute("data-bs-theme", "light");
    document.dispatchEvent(new CustomEvent("weilu:theme"));
  });
  window.addEventListener("afterprint", function () {
    if (shown === "light") { return; }
    root.setAttribute("data-bs-theme", shown);
    document.dispatchEvent(new CustomEvent("weilu:theme"));
  });

  /* menus close when something in them is chosen, and when the attention goes elsewhere */
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.menu[open], details.define[open]").forEach(function (menu) {
      if (!menu.contains(event.target) || event.target.closest("a")) { menu.open = false; }
    });
  });

  /* copy, show, dismiss */
  /* browsers have a clipboard only where the address is safe: in a network of one's own it goes the old way */
  function copyPlain(text) {
    var field = document.createElement("textarea");
    field.value = text;
    field.readOnly = true;
    field.className = "visually-hidden";
    body.appendChild(field);
    field.select();
    var done = document.execCommand("copy");
    field.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("copy"));
  }
  on("click", "[data-copy]", function (event, button) {
    var source = document.querySelector(button.dataset.copy);
    var text = ("value" in source ? source.value : source.textContent).trim();
    var modern = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject(new Error("clipboard"));
    modern.catch(function () { return copyPlain(text); }).then(
      function () { button.focus(); button.classList.add("is-copied"); notice(body.dataset.copied, "good"); },
      /* marked, it is copied by hand */
      function () { window.getSelection().selectAllChildren(source); }
    );
  });
  on("click", "[data-show]", function (event, button) {
    var menu = button.closest("details.menu");
    if (menu) { menu.open = false; }
    document.getElementById(button.dataset.show).showModal();
  });
  on("click", "[data-print]", function () { window.print(); });
  on("click", "[data-dismiss]", function (event, button) { button.closest(".notice").remove(); });

  /* what cannot be undone is asked first, in words of the deed */
  function ask(text, word, go) {
    var dialog = document.getElementById("confirm");
    var yes = dialog.querySelector("[data-yes]");
    document.getElementById("confirm-text").textContent = text;
    yes.textContent = word;
    yes.onclick = function () { dialog.close(); go(); };
    dialog.querySelector("[data-no]").onclick = function () { dialog.close(); };
    dialog.showModal();
    dialog.querySelector("[data-no]").focus();
  }
  function asked(event, one) {
    if (one.dataset.sure) { delete one.dataset.sure; return true; }
    event.preventDefault();
    event.stopPropagation();
    return false;
  }
  on("click", "button[data-confirm], a[data-confirm]", function (event, button) {
    if (asked(event, button)) { return; }
    ask(button.dataset.confirm, button.dataset.confirmDo || button.textContent.trim(), function () {
      button.dataset.sure = "1";
      button.click();
    });
  });
  on("submit", "form[data-confirm]", function (event, form) {
    if (asked(event, form)) { return; }
    var button = event.submitter || form.querySelector("button");
    ask(form.dataset.confirm, form.dataset.confirmDo || button.textContent.trim(), function () {
      form.dataset.sure = "1";
      form.requestSubmit(button);
    });
  });

  /* filters apply themselves: a date being typed is half a date, and waits until it is left */
  var typing = null;
  on("keydown", "form[data-submit-on-change] input[type=date]", function (event, field) {
    if (event.key !== "Tab" && event.key !== "Enter") { typing = field; }
  });
  on("focusout", "form[data-submit-on-change] input[type=date]", function (event, field) {
    if (typing === field && field.value && field.value !== field.defaultValue) { field.form.requestSubmit(); }
    typing = null;
  });
  on("change", "form[data-submit-on-change]", function (event, form) {
    if (event.target === typing) { return; }
    var own = form.querySelector("input[name=period]:checked");
    var dates = form.querySelector(".own-dates");
    if (own && dates) {
      dates.classList.toggle("is-closed", own.value !== "own");
      if (event.target.name === "period" && own.value === "own") { return; }
    }
    form.requestSubmit();
  });
  /* and the keyboard finds itself on the next page where it was on this one */
  var FILTERED = "weilu-filtered-by";
  var filtered = sessionStorage.getItem(FILTERED);
  sessionStorage.removeItem(FILTERED);
  if (filtered) {
    var fields = document.querySelectorAll("form[data-submit-on-change] [name=" + CSS.escape(filtered) + "]");
    var chosen = Array.prototype.find.call(fields, function (one) { return one.type !== "radio" || one.checked; });
    if (chosen) { chosen.focus({ preventScroll: true }); }
  }
  on("submit", "form[data-submit-on-change]", function (event, form) {
    if (form.contains(document.activeElement) && document.activeElement.name) { sessionStorage.setItem(FILTERED, document.activeElement.name); }
    var own = form.querySelector("input[name=period]:checked");
    form.querySelectorAll(".own-dates input").forEach(function (one) { one.disabled = !own || own.value !== "own"; });
  });

  /* picking rows */
  var LISTS = ".list, [data-picks]";
  function picked(list) {
    var bulk = list.querySelector("[data-bulk]");
    if (!bulk) { return; }
    var all = list.querySelectorAll("input[data-pick]");
    var chosen = list.querySelectorAll("input[data-pick]:checked").length;
    var every = list.querySelector("input[data-pick-all]");
    bulk.classList.toggle("is-open", chosen > 0);
    bulk.querySelector("[data-bulk-count]").textContent = chosen ? chosen + " " + body.dataset.selected : "";
    every.checked = chosen > 0 && chosen === all.length;
    every.indeterminate = chosen > 0 && chosen < all.length;
  }
  on("change", "input[data-pick]", function (event, box) { picked(box.closest(LISTS)); });
  on("change", "input[data-pick-all]", function (event, every) {
    var list = every.closest(LISTS);
    list.querySelectorAll("input[data-pick]").forEach(function (one) { one.checked = every.checked; });
    picked(list);
  });

  /* from entry to entry: what can be used of each comes into focus */
  var ENTRIES = "main .entries > .entry, main .folds > *, main .list-table > tbody > tr, main .talk > .said";
  function entries() {
    /* an entry that holds entries is one step: a person with what they said */
    return Array.prototype.filter.call(document.querySelectorAll(ENTRIES), function (one) { return one.offsetParent && !one.parentElement.closest(ENTRIES); });
  }
  function placeOf(all) {
    return all.findIndex(function (one) { return one === document.activeElement || one.contains(document.activeElement); });
  }
  function step(by) {
    var all = entries(), at = placeOf(all);
    enter(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by]);
  }
  function enter(next) {
    var use = next && (next.matches("a") ? next : [".name a", ".entry-actions > a", ".h a", "summary", "a[href], input:not([type=hidden]), button"].reduce(function (found, way) { return found || next.querySelector(way); }, null));
    if (use) { use.focus(); next.scrollIntoView({ block: "nearest" }); }
  }

  /* after a decision by key the page comes anew: go on with what now stands in the same place */
  var DECIDED = "weilu-decided-at";
  var decided = sessionStorage.getItem(DECIDED);
  sessionStorage.removeItem(DECIDED);
  if (decided !== null) {
    var left = entries();
    enter(left[Math.min(Number(decided), left.length - 1)]);
  }
  function decide(key, entry) {
    var button = entry && entry.querySelector('button[data-key="' + key + '"]');
    if (button) { sessionStorage.setItem(DECIDED, placeOf(entries())); }
    button = button || document.querySelector('main button[data-key="' + key + '"][data-anywhere]');
    var box = !button && key === "x" && entry && entry.querySelector("input[data-pick]");
    if (button || box) { (button || box).click(); }
    return Boolean(button || box);
  }

  /* keys */
  var went = 0;
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open], details.define[open]").forEach(function (menu) {
        menu.open = false;
        if (menu.contains(document.activeElement)) { menu.querySelector("summary").focus(); }
      });
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog")) { return; }
    if (event.key === "/") {
      var search = document.querySelector("[data-search]") || document.querySelector("input[type=search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "?") {
      document.getElementById("keys").showModal();
    } else if (event.key === "g") {
      went = Date.now();
    } else if (event.key >= "1" && event.key <= "9" && Date.now() - went < 1500) {
      var place = document.querySelectorAll(".rail .place")[Number(event.key) - 1];
      if (place) { place.click(); }
    } else if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      step(event.key === "j" ? 1 : -1);
    } else if (/^[a-z]$/.test(event.key)) {
      if (decide(event.key, event.target.closest("[data-keys]"))) { event.preventDefault(); }
    } else if (event.key === "[" || event.key === "]") {
      var turn = document.querySelector(".pager a[rel=" + (event.key === "[" ? "prev" : "next") + "]");
      if (turn) { turn.click(); }
    }
  });

  /* uploads: <form class="drop" data-drop> with a file field and a <progress hidden> */
  function send(form, data) {
    var bar = form.querySelector("progress");
    var share = form.querySelector("[data-share]");
    var stop = form.querySelector("[data-stop]");
    var request = new XMLHttpRequest();
    function waiting(is) {
      [bar, share, stop].forEach(function (one) { if (one) { one.hidden = !is; } });
      form.classList.toggle("is-sending", is);
    }
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    waiting(true);
    if (bar) { bar.max = 1; bar.removeAttribute("value"); }
    if (stop) { stop.onclick = function () { request.abort(); }; }
    request.upload.addEventListener("progress", function (event) {
      if (!event.lengthComputable) { return; }
      if (bar) { bar.value = event.loaded / event.total; }
      if (share) { share.textContent = Math.floor(100 * event.loaded / event.total) + " %"; }
    });
    request.addEventListener("abort", function () { waiting(false); form.reset(); });
    request.addEventListener("load", function () {
      if (request.status < 400 && request.responseURL) { window.location.assign(request.responseURL); return; }
      waiting(false);
      var page = new DOMParser().parseFromString(request.responseText, "text/html");
      var words = page.querySelector(".field-error span, .failure .sentence, .notice span");
      notice(words ? words.textContent.trim() : body.dataset.lost, "bad");
    });
    request.addEventListener("error", function () {
      waiting(false);
      notice(body.dataset.lost, "bad");
    });
    request.send(data || new FormData(form));
  }

  /* a folder that is dropped comes as one entry: what lies in it is sent with its place in there */
  var MEDIA = /^\.|\.(jpe?g|png|gif|webp|heic|bmp|mp4|mov|3gp|webm|mkv|mp3|m4a|ogg|opus|oga|amr|silk|aac|wav|tgs)$/i;
  function filesOf(entry, place) {
    if (entry.isFile) {
      return new Promise(function (done, failed) {
        entry.file(function (file) { done(MEDIA.test(file.name) ? [] : [[place + file.name, file]]); }, failed);
      });
    }
    var reader = entry.createReader();
    var path = place + entry.name + "/";
    return (function more(found) {
      return new Promise(reader.readEntries.bind(reader)).then(function (some) {
        return some.length ? more(found.concat(some)) : filesOfAll(found, path);
      });
    }([]));
  }
  function filesOfAll(entries, place) {
    return Promise.all(entries.map(function (one) { return filesOf(one, place); })).then(function (parts) {
      return Array.prototype.concat.apply([], parts);
    });
  }
  function sendFolders(form, entries) {
    filesOfAll(entries, "").then(function (files) {
      var data = new FormData();
      if (!files.length) { notice(form.dataset.nothing, "bad"); return; }
      files.forEach(function (one) { data.append("files", one[1]); });
      data.append("paths", JSON.stringify(files.map(function (one) { return one[0]; })));
      send(form, data);
    }, function () { notice(body.dataset.lost, "bad"); });
  }
  ["dragover", "dragleave", "drop"].forEach(function (type) {
    on(type, "[data-drop]", function (event, form) {
      event.preventDefault();
      form.classList.toggle("is-over", type === "dragover");
      if (type !== "drop") { return; }
      var entries = Array.prototype.map.call(event.dataTransfer.items, function (one) {
        return one.webkitGetAsEntry();
      }).filter(Boolean);
      if (entries.some(function (one) { return one.isDirectory; })) {
        sendFolders(form, entries);
      } else if (event.dataTransfer.files.length) {
        form.querySelector("input[type=file]").files = event.dataTransfer.files;
        send(form);
      }
    });
  });
  on("change", "[data-drop] input[type=file]", function (event, input) {
    if (input.files.length) { send(input.form); }
  });
  on("submit", "form[data-drop]", function (event, form) { event.preventDefault(); send(form); });

  /* sections that are closed on a phone are open on a desk, on paper, and where a link leads */
  var PARTS = "details.part";
  var desk = window.matchMedia("(min-width: 768px)");
  function unfold(all) {
    document.querySelectorAll(PARTS).forEach(function (part) {
      if (all ? !part.open : part.hasAttribute("data-unfolded")) {
        part.open = all;
        part.toggleAttribute("data-unfolded", all);
      }
      part.querySelector("summary").tabIndex = desk.matches ? -1 : 0;
    });
  }
  function reveal() {
    var target = window.location.hash && document.getElementById(window.location.hash.slice(1));
    var part = target && target.closest(PARTS);
    if (part && !part.open) { part.open = true; target.scrollIntoView(); }
  }
  desk.addEventListener("change", function () { unfold(desk.matches); });
  window.addEventListener("beforeprint", function () { unfold(true); });
  window.addEventListener("afterprint", function () { unfold(desk.matches); });
  window.addEventListener("hashchange", reveal);
  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.matches(PARTS) || event.target.querySelector(PARTS)) { unfold(desk.matches); reveal(); }
  });
  unfold(desk.matches);
  reveal();

  /* the index of a long page says where one is */
  var index = document.querySelector(".index");
  if (index) {
    var links = {};
    index.querySelectorAll("a").forEach(function (link) { links[link.hash.slice(1)] = link; });
    var here = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        var inside = entry.target.querySelector("[id^=part-]");
        if (inside && links[inside.id]) { links[inside.id].toggleAttribute("data-near", entry.isIntersecting); }
      });
      var old = index.querySelector("[aria-current]");
      var now = index.querySelector("[data-near]");
      if (old === now) { return; }
      if (old) { old.removeAttribute("aria-current"); }
      if (!now) { return; }
      now.setAttribute("aria-current", "true");
      index.scrollTo({ left: now.offsetLeft - (index.clientWidth - now.offsetWidth) / 2 });
    }, { rootMargin: "-120px 0px -75% 0px" });
    document.querySelectorAll(PARTS).forEach(function (part) { here.observe(part); });
  }

  /* where a part of the page is exchanged, the keyboard stays at what it was at, or at the new part */
  var held = null;
  document.addEventListener("htmx:beforeSwap", function (event) {
    var at = document.activeElement, part = event.detail.target;
    var inside = part && part.id && at !== body && part.contains(at);
    held = inside ? { part: part.id, tag: at.tagName, name: at.name, value: at.value, words: at.textContent.trim() } : null;
  });
  document.addEventListener("htmx:afterSettle", function () {
    var part = held && document.activeElement === body && document.getElementById(held.part);
    var same = part && Array.prototype.find.call(part.querySelectorAll(held.tag), function (one) {
      return held.name ? one.name === held.name && one.value === held.value : one.textContent.trim() === held.words;
    });
    held = null;
    if (part && !same) { part.tabIndex = -1; }
    if (part) { (same || part).focus({ preventScroll: true }); }
  });

  /* a form that was refused opens at what is to be mended first; fields drawn by hand have no autofocus */
  var wrong = document.querySelector("main .is-invalid, main [aria-invalid=true]");
  if (wrong) {
    for (var fold = wrong.closest("details:not([open])"); fold; fold = wrong.closest("details:not([open])")) { fold.open = true; }
    if (document.activeElement === body) { wrong.focus(); }
  }

  document.addEventListener("htmx:sendError", function () { notice(body.dataset.lost, "bad"); });
  document.querySelectorAll(LISTS).forEach(picked);
  /* the page one is on is seen in a strip longer than the screen */
  document.querySelectorAll(".strip [aria-current], .tabs [aria-current]").forEach(function (one) {
    one.parentNode.scrollLeft = one.offsetLeft - (one.parentNode.clientWidth - one.offsetWidth) / 2;
  });
  root.setAttribute("data-ready", "");
})();
