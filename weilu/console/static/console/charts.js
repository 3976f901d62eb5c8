/* Draws every [data-chart] from the JSON its data-source names. */
(function () {
  "use strict";
  var chinese = (document.documentElement.lang || "").indexOf("zh") === 0;
  var drawn = new Map();
  var PAPER = 640;

  function number(value) {
    if (value === null || value === undefined) { return "–"; }
    return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 });
  }
  function short(value) {
    var steps = chinese ? [[1e8, " 亿"], [1e4, " 万"]] : [[1e6, " M"], [1e4, " k"]];
    for (var i = 0; i < steps.length; i += 1) {
      if (Math.abs(value) >= steps[i][0]) {
        var base = steps[i][1] === " k" ? 1e3 : steps[i][0];
        return number(Math.round(value / base * 10) / 10) + steps[i][1];
      }
    }
    return number(value);
  }
  function percent(share) { return share === null || share === undefined ? "–" : Math.round(share * 100) + " %"; }

  /* tooltips are elements, not HTML text: the content policy refuses style attributes */
  function tip(title, rows) {
    var box = document.createElement("div");
    box.className = "tip";
    if (title) {
      var head = box.appendChild(document.createElement("div"));
      head.className = "tip-title";
      head.textContent = title;
    }
    rows.forEach(function (row) {
      var line = box.appendChild(document.createElement("div"));
      line.className = "tip-row";
      var name = line.appendChild(document.createElement("span"));
      if (row.colour) {
        var dot = name.appendChild(document.createElement("i"));
        dot.className = "tip-dot";
        dot.style.backgroundColor = row.colour;
      }
      name.appendChild(document.createTextNode(row.name));
      line.appendChild(document.createElement("b")).textContent = row.value;
    });
    return box;
  }

  function common(look) {
    return {
      animation: look.motion,
      animationDuration: 350,
      textStyle: { fontFamily: look.font, color: look.ink, fontSize: 12 },
      aria: { enabled: false },
      tooltip: { confine: true, appendTo: null, backgroundColor: look.card, borderColor: look.line, borderWidth: 1, padding: [8, 12], textStyle: { color: look.ink, fontFamily: look.font }, extraCssText: "border-radius:8px;box-shadow:none" }
    };
  }
  function axis(look, extra) {
    return Object.assign({
      axisLine: { lineStyle: { color: look.line } }, axisTick: { show: false },
      axisLabel: { color: look.soft, hideOverlap: true }, splitLine: { lineStyle: { color: look.line } },
      nameTextStyle: { color: look.soft }
    }, extra);
  }
  function merge(base, extra) {
    extra.tooltip = Object.assign({}, base.tooltip, extra.tooltip || {});
    return Object.assign({}, base, extra);
  }

  /* As many labels as there is room for, evenly apart; a first one that is wide begins at its edge. */
  function spaced(labels, width) {
    var widest = Math.max.apply(null, labels.map(function (label) {
      return String(label).replace(/[^\u2e80-\uffff]/g, "").length * 6 + String(label).length * 6.5;
    }).concat([1]));
    var every = Math.ceil(labels.length / Math.max(2, Math.floor((width - 60) / (widest + 20))));
    return { interval: every - 1, hideOverlap: true, alignMinLabel: every > 1 && widest > 48 ? "left" : undefined };
  }
  function axesOf(data, look, across) {
    var names = axis(look, { type: "category", data: data.labels, splitLine: { show: false } });
    if (!across) { Object.assign(names.axisLabel, spaced(data.labels, look.wide)); }
    if (across) { names.inverse = true; names.axisLabel.width = 120; names.axisLabel.overflow = "truncate"; }
    var values = axis(look, { type: "value", name: across ? "" : data.unit, nameLocation: "end", nameGap: 10, minInterval: 1, axisLine: { show: false } });
    values.nameTextStyle = { color: look.soft, align: "left", padding: 0 };
    values.axisLabel = { color: look.soft, formatter: short };
    return across ? { xAxis: values, yAxis: names } : { xAxis: names, yAxis: values };
  }
  function valuesTip(data, look) {
    return { trigger: "axis", axisPointer: { type: "line", lineStyle: { color: look.soft, type: "dashed" } }, formatter: function (points) {
      var unit = data.unit ? " " + data.unit : "";
      return tip(points[0].axisValueLabel || points[0].name, points.map(function (point) {
        return { name: point.seriesName, colour: point.color, value: number(point.value) + unit };
      }));
    } };
  }
  function legend(data, look) {
    return { show: data.series.length > 1, top: 0, right: 0, icon: "roundRect", itemWidth: 12, itemHeight: 4, textStyle: { color: look.soft, fontFamily: look.font } };
  }

  /* Places know no unit: the picture fills the box it gets, wide or high. */
  function stretched(nodes, look) {
    function along(axis, length) {
      var all = nodes.map(function (node) { return node[axis]; });
      var low = Math.min.apply(null, all);
      var span = Math.max.apply(null, all) - low || 1;
      return function (node) { return (node[axis] - low) / span * length; };
    }
    var x = along("x", look.wide);
    var y = along("y", look.high);
    return nodes.map(function (node) { return Object.assign({}, node, { x: x(node), y: y(node) }); });
  }

  var builders = {
    line: function (data, look) {
      var one = data.series.length === 1;
      return merge(common(look), Object.assign(axesOf(data, look), {
        grid: { left: 4, right: one ? 24 : 16, top: 36, bottom: data.zoom ? 48 : 4, containLabel: true },
        legend: legend(data, look),
        tooltip: valuesTip(data, look),
        dataZoom: data.zoom ? [{ type: "slider", height: 20, bottom: 8, borderColor: look.line, textStyle: { color: look.soft } }] : [],
        series: data.series.map(function (series, index) {
          var colour = look.roles[series.role] || look.circles[index];
          var past = series.role === "before";
          return {
            type: "line", name: series.name, data: series.values, color: colour, smooth: false, showSymbol: data.labels.length < 16,
            symbol: ["circle", "rect", "triangle", "diamond", "roundRect"][index % 5], symbolSize: 6, z: past ? 1 : 2,
            lineStyle: { width: past ? 1.5 : 2, type: past ? "dashed" : "solid" }, emphasis: { focus: "series" },
            areaStyle: one ? { color: colour, opacity: 0.1 } : undefined,
            endLabel: { show: one && data.labels.length >= 16, formatter: function (point) { return short(point.value); }, color: look.ink, fontWeight: 600 }
          };
        })
      }));
    },
    bars: function (data, look) {
      var few = data.labels.length <= 12 && data.series.length === 1;
      return merge(common(look), Object.assign(axesOf(data, look, data.across), {
        grid: { left: 4, right: data.across ? 48 : 16, top: data.across && data.series.length === 1 ? 4 : 36, bottom: 4, containLabel: true },
        legend: legend(data, look),
        tooltip: Object.assign(valuesTip(data, look), { axisPointer: { type: "shadow", shadowStyle: { color: look.line, opacity: 0.5 } } }),
        series: data.series.map(function (series, index) {
          return {
            type: "bar", name: series.name, data: series.values, color: look.roles[series.role] || look.circles[index],
            stack: data.stacked ? "all" : undefined, barMaxWidth: 28, barCategoryGap: "30%", emphasis: { focus: "series" },
            itemStyle: { borderRadius: data.stacked ? 0 : (data.across ? [0, 4, 4, 0] : [4, 4, 0, 0]) },
            label: { show: few, position: data.across ? "right" : "top", color: look.ink, formatter: function (point) { return short(point.value); } }
          };
        })
      }));
    },
    heat: function (data, look) {
      var points = [];
      var top = 0;
      data.values.forEach(function (row, y) {
        row.forEach(function (value, x) { if (value !== null) { points.push([x, y, value]); top = Math.max(top, value); } });
      });
      return merge(common(look), {
        grid: { left: 4, right: 4, top: 4, bottom: 44, containLabel: true },
        xAxis: axis(look, { type: "category", data: data.x, splitLine: { show: false }, axisLine: { show: false } }),
        yAxis: axis(look, { type: "category", data: data.y, inverse: true, splitLine: { show: false }, axisLine: { show: false } }),
        visualMap: { min: 0, max: top || 1, calculable: false, orient: "horizontal", left: "center", bottom: 0, itemWidth: 12, itemHeight: 160, inRange: { color: look.ramp }, text: [short(top) + (data.unit ? " " + data.unit : ""), "0"], textStyle: { color: look.soft } },
        tooltip: { trigger: "item", formatter: function (point) {
          return tip(data.y[point.value[1]] + " " + data.x[point.value[0]] + ":00", [{ name: data.unit, value: number(point.value[2]) }]);
        } },
        series: [{ type: "heatmap", data: points, itemStyle: { borderColor: look.card, borderWidth: 2, borderRadius: 4 }, emphasis: { itemStyle: { borderColor: look.ink, borderWidth: 1 } } }]
      });
    },
    cohort: function (data, look) {
      var points = [];
      data.values.forEach(function (row, y) {
        row.forEach(function (value, x) { if (value !== null) { points.push([x, y, value]); } });
      });
      var roomy = data.x.length <= 14;
      var later = points.filter(function (point) { return point[0] > 0; }).map(function (point) { return point[2]; });
      var top = Math.max.apply(null, later.concat([0.1]));
      return merge(common(look), {
        grid: { left: 4, right: 4, top: 4, bottom: 24, containLabel: true },
        xAxis: axis(look, { type: "category", data: data.x, name: data.unit, nameLocation: "middle", nameGap: 24, splitLine: { show: false }, axisLine: { show: false } }),
        yAxis: axis(look, { type: "category", data: data.y.map(function (name, index) { return name + "  (" + short(data.sizes[index]) + ")"; }), inverse: true, splitLine: { show: false }, axisLine: { show: false } }),
        visualMap: { show: false, min: 0, max: top, dimension: 2, inRange: { color: look.ramp.slice(0, 5) } },
        tooltip: { trigger: "item", formatter: function (point) {
          var v = point.value;
          return tip(data.y[v[1]], [{ name: data.x[v[0]] + (data.unit ? " " + data.unit : ""), value: percent(v[2]) }]);
        } },
        series: [{ type: "heatmap", data: points.map(function (point) {
          var onStrong = Math.min(1, point[2] / top) > look.ramp_turn;
          return { value: point, label: { color: onStrong === look.dark ? "#000000" : "#ffffff" } };
        }), label: { show: roomy, fontSize: 11, formatter: function (point) { return Math.round(point.value[2] * 100); } }, itemStyle: { borderColor: look.card, borderWidth: 2, borderRadius: 4 } }]
      });
    },
    lorenz: function (data, look) {
      var line = data.x.map(function (x, index) { return [x, data.y[index]]; });
      return merge(common(look), {
        grid: { left: 4, right: 16, top: 12, bottom: 4, containLabel: true },
        xAxis: axis(look, { type: "value", min: 0, max: 1, axisLabel: { color: look.soft, formatter: percent } }),
        yAxis: axis(look, { type: "value", min: 0, max: 1, axisLine: { show: false }, axisLabel: { color: look.soft, formatter: percent } }),
        tooltip: { trigger: "axis", axisPointer: { type: "line", lineStyle: { color: look.soft, type: "dashed" } }, formatter: function (points) {
          var point = points[0].value;
          return tip(data.title, [{ name: percent(point[0]), value: percent(point[1]) }]);
        } },
        series: [
          { type: "line", data: line, color: look.roles.people, showSymbol: false, lineStyle: { width: 2 }, areaStyle: { color: look.roles.people, opacity: 0.1 } },
          { type: "line", data: [[0, 0], [1, 1]], color: look.roles.before, showSymbol: false, silent: true, lineStyle: { width: 1.5, type: "dashed" }, tooltip: { show: false } }
        ]
      });
    },
    graph: function (data, look) {
      var narrow = look.narrow;
      var top = Math.max.apply(null, data.nodes.map(function (node) { return node.value; }).concat([1]));
      var most = Math.max.apply(null, data.edges.map(function (edge) { return edge.value; }).concat([1]));
      var names = {};
      var colours = {};
      data.nodes.forEach(function (node) { names[node.id] = node.name; colours[node.id] = look.circles[node.circle % 8]; });
      var named = data.nodes.slice().sort(function (a, b) { return b.value - a.value; }).slice(0, 18).map(function (node) { return node.id; });
      var nodes = data.placed ? stretched(data.nodes, look) : data.nodes;
      return merge(common(look), {
        tooltip: { trigger: "item", formatter: function (point) {
          if (point.dataType === "edge") { return tip(point.data.from + " → " + point.data.to, [{ name: data.unit, value: number(point.data.value) }]); }
          return tip(point.data.name, [{ name: data.unit, value: number(point.data.value) }].concat(point.data.note ? [{ name: point.data.note, value: "" }] : []));
        } },
        series: [{
          type: "graph", layout: data.placed ? "none" : "force", roam: "move", draggable: true, cursor: "pointer",
          force: { repulsion: narrow ? 90 : 220, edgeLength: narrow ? [24, 80] : [50, 140], gravity: narrow ? 0.2 : 0.12, layoutAnimation: look.motion && data.nodes.length < 120, friction: 0.25 },
          edgeSymbol: ["none", "arrow"], edgeSymbolSize: 6, labelLayout: { hideOverlap: true },
          emphasis: { focus: "adjacency", label: { show: true } }, blur: { itemStyle: { opacity: 0.15 }, lineStyle: { opacity: 0.05 } },
          data: nodes.map(function (node) {
            return Object.assign({}, node, {
              symbolSize: 8 + (narrow ? 20 : 34) * Math.sqrt(node.value / top), itemStyle: { color: look.circles[node.circle % 8], borderColor: look.card, borderWidth: 1.5 },
              label: { show: named.indexOf(node.id) >= 0, position: "right", color: look.ink, fontSize: 12, textBorderColor: look.card, textBorderWidth: 3, width: 120, overflow: "truncate" }
            });
          }),
          links: data.edges.map(function (edge) {
            return { source: edge.source, target: edge.target, value: edge.value, from: names[edge.source], to: names[edge.target], lineStyle: { width: 1 + 3 * edge.value / most, color: colours[edge.source], opacity: 0.4, curveness: 0.12 } };
          })
        }]
      });
    }
  };

  /* In no space at all ECharts fails on a graph: what is folded away, or only on paper, waits. */
  function hasRoom(box) { return box.clientWidth > 0 && box.clientHeight > 0; }

  function draw(box, isStill) {
    var source = document.getElementById(box.dataset.source);
    if (!source || !builders[box.dataset.chart]) { return; }
    var data = JSON.parse(source.textContent);
    var chart = drawn.get(box) || begin(box, data);
    var look = window.weiluChartTheme();
    look.wide = box.clientWidth;
    look.high = box.clientHeight;
    look.narrow = look.wide < 560;
    var option = builders[box.dataset.chart](data, look);
    delete option.tooltip.appendTo;
    if (isStill) { option.animation = false; }
    chart.setOption(option, true);
  }

  /* A new chart in a box: clicks open rows, it follows the size of the box, arrows walk its values. */
  function begin(box, data) {
    var chart = window.echarts.init(box, null, { renderer: "canvas" });
    drawn.set(box, chart);
    chart.on("click", function (point) {
      var href = point.data && point.data.href;
      if (!href && data.links) { href = data.links[point.dataIndex]; }
      if (href) { window.location.assign(href); }
    });
    new ResizeObserver(function () { if (hasRoom(box)) { chart.resize(); } }).observe(box);
    var at = -1;
    box.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      var first = chart.getOption().series[0];
      var count = first && first.data ? first.data.length : 0;
      if (step && count) {
        event.preventDefault();
        at = (at + step + count) % count;
        chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: at });
      } else if (event.key === "Escape") {
        chart.dispatchAction({ type: "hideTip" });
      } else if (event.key === "Enter" && at >= 0) {
        var href = data.links ? data.links[at] : (data.nodes ? data.nodes[at].href : "");
        if (href) { window.location.assign(href); }
      }
    });
    box.addEventListener("blur", function () { chart.dispatchAction({ type: "hideTip" }); });
    return chart;
  }

  /* A chart is drawn when it comes near the screen; those farther off one by one, when nothing else
     is to do. What is folded away waits until it is opened. */
  var near = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (entry.isIntersecting && hasRoom(entry.target)) { near.unobserve(entry.target); draw(entry.target); }
    });
  }, { rootMargin: "300px 0px" });
  var idle = window.requestIdleCallback || function (work) { window.setTimeout(work, 50); };  /* Safari */
  var later = [];
  function drawNext() {
    var box = later.shift();
    if (later.length) { idle(drawNext, { timeout: 200 }); }
    if (box.isConnected && hasRoom(box) && !drawn.has(box)) { near.unobserve(box); draw(box, true); }
  }
  function all(scope) {
    var found = scope.querySelectorAll("[data-chart]");
    found.forEach(function (box) { near.observe(box); });
    if (found.length && !later.length) { idle(drawNext, { timeout: 200 }); }
    later.push.apply(later, found);
  }
  all(document);
  document.addEventListener("weilu:theme", function () {
    drawn.forEach(function (chart, box) { if (hasRoom(box)) { draw(box); } else { near.observe(box); } });
  });
  /* What another view has replaced is let go. */
  document.addEventListener("htmx:afterSettle", function () {
    drawn.forEach(function (chart, box) { if (!box.isConnected) { chart.dispose(); drawn.delete(box); } });
  });
  document.addEventListener("htmx:load", function (event) { all(event.detail.elt); });
  /* Paper takes what stands there at once, and a drawing on a canvas takes a few frames: the charts
     are drawn again as pictures, as wide as paper, in the colours of the light theme. */
  function plain(text) {
    /* The content policy refuses style attributes: each becomes attributes of their own. */
    var bare = text.replace(/<style[\s\S]*?<\/style>/g, "").replace(/ style="([^"]*)"/g, function (whole, css) {
      return css.split(";").map(function (pair) {
        var found = /^\s*((?:font|dominant|text|paint|fill|stroke)[a-z-]*):(.*)$/.exec(pair);
        return found ? " " + found[1] + '="' + found[2].trim() + '"' : "";
      }).join("");
    });
    var picture = new DOMParser().parseFromString(bare, "image/svg+xml").documentElement;
    picture.setAttribute("viewBox", "0 0 " + picture.getAttribute("width") + " " + picture.getAttribute("height"));
    picture.setAttribute("class", "drawing-paper");
    picture.setAttribute("aria-hidden", "true");
    return picture;
  }
  function picture(box) {
    var source = document.getElementById(box.dataset.source);
    var old = box.parentNode.querySelector(".drawing-paper");
    if (old) { old.remove(); }
    if (!source || !builders[box.dataset.chart]) { return; }
    var size = { width: PAPER, height: box.clientHeight || 280 };
    var look = window.weiluChartTheme();
    look.font = look.font.replace(/"/g, "'");
    look.wide = size.width;
    look.high = size.height;
    var option = builders[box.dataset.chart](JSON.parse(source.textContent), look);
    option.animation = false;
    option.series.forEach(function (one) { if (one.force) { one.force.layoutAnimation = false; } });
    delete option.tooltip;
    var chart = window.echarts.init(null, null, { renderer: "svg", ssr: true, width: size.width, height: size.height });
    chart.setOption(option);
    var image = document.importNode(plain(chart.renderToSVGString()), true);
    chart.dispose();
    box.insertAdjacentElement("afterend", image);
  }
  window.addEventListener("beforeprint", function () { document.querySelectorAll("[data-chart]").forEach(picture); });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll(".drawing-paper").forEach(function (image) { image.remove(); });
  });
})();
