// Curves that grow while a job works. uPlot draws them in the colours of the page.

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const percent = (share) => `${(share * 100).toFixed(1)} %`;

const HEIGHT = 240;
const AXIS = { stroke: () => colour("--muted"), grid: { stroke: () => colour("--line"), width: 1 }, ticks: { show: false } };
const MOST_DOTS = 60;
const DOTS = { show: (plot) => plot.data[0].length <= MOST_DOTS, size: 6, fill: () => colour("--card") };
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
const SHARE = { ...AXIS, size: 64, values: (_, ticks) => ticks.map((tick) => `${+(tick * 100).toFixed(1)} %`) };

export function pruningCurve(figure) {
  return new Curve(figure, "channels pruned", [
    { label: "accuracy on select images", stroke: () => colour("--after"), width: 2, value: (_, share) => share == null ? "–" : percent(share) },
  ], (point) => [String(point[0]), percent(point[1])]);
}

export function trainingCurve(figure) {
  return new Curve(figure, "epoch", [
    { label: "accuracy on select images", stroke: () => colour("--after"), width: 2, points: DOTS, value: (_, share) => share == null ? "–" : percent(share) },
    { label: "training loss", scale: "loss", stroke: () => colour("--before"), width: 2, dash: [6, 4], points: DOTS, value: (_, loss) => loss == null ? "–" : loss.toPrecision(3) },
  ], (point) => [String(point[0]), percent(point[1]), point[2] == null ? "" : point[2].toPrecision(3)]);
}

class Curve {
  constructor(figure, along, series, words) {
    this.figure = figure;
    this.words = words;
    this.points = new Map();
    this.along = along;
    this.series = series;
  }

  // A point that comes twice replaces the first: a job that starts again draws its curve again.
  add(point) {
    if (point[0] < Math.max(...this.points.keys(), -Infinity)) this.points.clear();
    this.points.set(point[0], point);
    this.isStale = true;
  }

  draw() {
    if (!this.isStale) return;
    this.isStale = false;
    this.figure.hidden = false;
    const points = [...this.points.values()];
    const columns = [0, ...this.series.map((_, index) => index + 1)].map((index) => points.map((point) => point[index]));
    this.plot ??= this.make();
    this.plot.setData(columns);
    this.tell(points);
  }

  make() {
    const place = this.figure.querySelector(".plot");
    const hasLoss = this.series.length > 1;
    const width = () => Math.max(place.clientWidth, 200);
    const plot = new uPlot({
      width: width(), height: HEIGHT, legend: { live: true }, cursor: { drag: { x: false, y: false } },
      scales: { x: { time: false }, y: { range: (_, low, high) => [Math.max(0, low - 0.02), Math.min(1, high + 0.02)] } },
      axes: [{ ...AXIS, label: this.along, labelSize: 20, size: 34, incrs: WHOLE }, SHARE, ...(hasLoss ? [{ ...AXIS, scale: "loss", side: 1, size: 54, grid: { show: false } }] : [])],
      series: [{ label: this.along }, ...this.series],
    }, [[], ...this.series.map(() => [])], place);
    new ResizeObserver(() => plot.setSize({ width: width(), height: HEIGHT })).observe(place);
    const redraw = () => plot.redraw(false);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return plot;
  }

  // The same for those who cannot see the curve: the latest point in the sentence, all in the table.
  tell(points) {
    const [first, ...rest] = this.words(points.at(-1));
    this.figure.querySelector("[data-latest]").textContent = `The latest: ${first} ${this.along.replace(/^epoch$/, "epochs")}, ${rest.filter(Boolean).join(", loss ")}.`;
    const rows = points.map((point) => {
      const row = document.createElement("tr");
      row.append(...this.words(point).map((text, index) => {
        const cell = document.createElement(index ? "td" : "th");
        if (!index) cell.scope = "row";
        cell.textContent = text;
        return cell;
      }));
      return row;
    });
    this.figure.querySelector("details tbody").replaceChildren(...rows);
  }
}
