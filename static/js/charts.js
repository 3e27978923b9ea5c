// Charts drawn from the JSON beside them; without this script the table twin tells the same.
/* global echarts */
const COLOURS = ["#0f5c6e", "#b85c00", "#5b7a2f", "#6b4c9a", "#8795a1"];
const INK = "#1b2733";
const MUTED = "#51606f";
const HAIR = { lineStyle: { color: "#e6ebef" } };
const LABELLED_AT_MOST = 3;
const PAPER_WIDTH = 600;
const drawn = new Map();
let printing = false;

addEventListener("beforeprint", () => {
  printing = true;
  for (const [box, chart] of drawn) {
    chart.setOption({ aria: { enabled: true, decal: { show: true } } });
    chart.resize({ width: Math.min(PAPER_WIDTH, box.clientWidth) });
    chart.getZr().flush();
    openTwin(box);
  }
});
addEventListener("afterprint", () => {
  printing = false;
  for (const chart of drawn.values()) {
    chart.setOption({ aria: { enabled: false, decal: { show: false } } });
    chart.resize({ width: "auto" });
  }
});

/** Draw every chart under `root` that is not drawn yet. @param {ParentNode} root */
export function drawCharts(root) {
  for (const box of root.querySelectorAll("[data-chart]:not([data-drawn])")) {
    if (typeof echarts === "undefined") {
      box.hidden = true;
      openTwin(box);
      continue;
    }
    box.dataset.drawn = "yes";
    const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const chart = echarts.init(box, null, { renderer: "svg" });
    chart.setOption(option(data));
    drawn.set(box, chart);
    new ResizeObserver(() => printing || chart.resize()).observe(box);
  }
}

/** @param {Element} box */
function openTwin(box) {
  const twin = box.parentElement.querySelector("details.twin");
  if (twin) twin.open = true;
}

/** @param {object} data @returns {object} what ECharts wants */
function option(data) {
  const base = {
    animation: false,
    color: COLOURS,
    textStyle: { color: INK, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 },
    aria: { enabled: false },
    tooltip: { trigger: data.kind === "heat" ? "item" : "axis", borderColor: "#d9e0e6", textStyle: { color: INK } },
  };
  return { ...base, ...{ line, bar, heat }[data.kind](data) };
}

function line(data) {
  const labelled = data.series.length <= LABELLED_AT_MOST;
  return {
    grid: { left: 40, right: labelled ? 96 : 16, top: data.unit ? 28 : 12, bottom: labelled ? 28 : 52 },
    legend: labelled ? undefined : { bottom: 0, icon: "rect", itemHeight: 4 },
    xAxis: { type: "category", data: data.labels, boundaryGap: false, axisTick: { show: false }, axisLabel: { color: MUTED }, axisLine: { lineStyle: { color: "#c3ccd4" } } },
    yAxis: { type: "value", min: data.low ?? undefined, name: data.unit, nameTextStyle: { color: MUTED }, splitLine: HAIR, axisLabel: { color: MUTED } },
    series: data.series.map((one) => ({
      type: "line",
      name: one.name,
      data: one.values,
      symbol: "circle",
      symbolSize: 5,
      showSymbol: one.values.length < 2,
      lineStyle: { width: 2 },
      labelLayout: { moveOverlap: "shiftY" },
      endLabel: { show: labelled, color: "inherit", formatter: ({ seriesName, value }) => `${seriesName} ${value}` },
    })),
  };
}

function bar(data) {
  const lying = data.labels.some((label) => label.length > 4);
  const names = { type: "category", data: data.labels, inverse: lying, axisTick: { show: false }, axisLine: { lineStyle: { color: "#c3ccd4" } }, axisLabel: { color: MUTED, width: 120, overflow: "break" } };
  const numbers = { type: "value", min: 0, splitLine: HAIR, axisLabel: { color: MUTED } };
  return {
    grid: { left: lying ? 132 : 40, right: 40, top: 12, bottom: data.series.length > 1 ? 52 : 28 },
    legend: data.series.length > 1 ? { bottom: 0, icon: "rect", itemHeight: 8 } : undefined,
    xAxis: lying ? numbers : names,
    yAxis: lying ? names : numbers,
    series: data.series.map((one) => ({
      type: "bar",
      name: one.name,
      data: one.values,
      barMaxWidth: 20,
      label: { show: data.series.length === 1, position: lying ? "right" : "top", color: INK },
    })),
  };
}

function heat(data) {
  const cells = data.series.flatMap((one, row) => one.values.map((value, column) => [column, row, value ?? "-"]));
  const most = Math.max(1, ...cells.map((cell) => (typeof cell[2] === "number" ? cell[2] : 0)));
  return {
    grid: { left: 72, right: 12, top: 8, bottom: 60 },
    xAxis: { type: "category", data: data.labels, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: MUTED } },
    yAxis: { type: "category", data: data.series.map((one) => one.name), inverse: true, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: MUTED } },
    visualMap: { min: 0, max: most, orient: "horizontal", left: "center", bottom: 0, calculable: false, text: [String(most), "0"], inRange: { color: ["#eef4f5", "#0f5c6e"] }, textStyle: { color: MUTED } },
    series: [{ type: "heatmap", data: cells, label: { show: true, color: INK, textBorderColor: "#fff", textBorderWidth: 2 }, itemStyle: { borderColor: "#fff", borderWidth: 2 } }],
  };
}
