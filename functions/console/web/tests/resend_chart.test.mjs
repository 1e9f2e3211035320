// The chart of a resend, as numbers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./support/load.mjs";

const chart = await load("src/screens/resend/chart_points.ts");

const SIZE = { width: 100, height: 100 };
const sample = (second, values = {}) => ({
  at: new Date(Date.UTC(2026, 11, 1, 0, 0, second)).toISOString(),
  sent: 0,
  delivered: 0,
  failed: 0,
  skipped: 0,
  ...values,
});
const pointsOf = layer => layer.points.split(" ").map(point => point.split(",").map(Number));

test("layers lie on top of one another, and an empty one is left out", () => {
  const samples = [sample(0), sample(5, { sent: 10 }), sample(10, { sent: 10, delivered: 30 })];
  const layers = chart.chartLayers(samples, 40, SIZE);
  assert.deepEqual(
    layers.map(layer => layer.layer),
    ["delivered", "sent"],
  );
  assert.equal(layers[0].points, "0,100 50,100 100,25 100,100 50,100 0,100");
  assert.equal(layers[1].points, "0,100 50,75 100,0 100,25 50,100 0,100");
  assert.equal(layers[1].middle, 12.5);
  assert.equal(layers[1].last, 10);
});

test("samples stand at their times, not at equal distances", () => {
  const samples = [sample(0), sample(1, { sent: 1 }), sample(10, { sent: 2 })];
  const [layer] = chart.chartLayers(samples, 2, SIZE);
  assert.deepEqual(
    pointsOf(layer)
      .slice(0, 3)
      .map(([x]) => x),
    [0, 10, 100],
  );
});

test("every point is within the chart, with the most samples", () => {
  const samples = Array.from({ length: 120 }, (_, index) =>
    sample(index, { sent: 119 - index, delivered: index, failed: index % 7, skipped: 3 }),
  );
  for (const layer of chart.chartLayers(samples, 130, SIZE)) {
    for (const [x, y] of pointsOf(layer)) {
      assert.ok(x >= 0 && x <= 100 && y >= 0 && y <= 100, `${layer.layer} ${x},${y}`);
    }
  }
});

test("there is no chart of one sample, or of nobody", () => {
  assert.deepEqual(chart.chartLayers([], 5, SIZE), []);
  assert.deepEqual(chart.chartLayers([sample(0, { sent: 1 })], 5, SIZE), []);
  assert.deepEqual(chart.chartLayers([sample(0), sample(1)], 0, SIZE), []);
});

test("the numbers at the axis are whole, distinct and at equal distances, whatever the most is", () => {
  const tops = Array.from({ length: 3000 }, (_, index) => index + 1);
  for (const top of [...tops, 10_000, 99_999, 123_456, 30_000_000]) {
    const ticks = chart.ticks(top);
    assert.equal(ticks[0], 0, `${top}`);
    assert.ok(ticks.length >= 2 && ticks.length <= 5, `${top}: ${ticks}`);
    assert.ok(ticks.every(Number.isInteger) && ticks.at(-1) <= top, `${top}: ${ticks}`);
    const distances = new Set(ticks.slice(1).map((tick, index) => tick - ticks[index]));
    assert.equal(distances.size, 1, `${top}: ${ticks}`);
    assert.ok(!distances.has(0), `${top}: ${ticks}`);
  }
  assert.deepEqual(chart.ticks(1), [0, 1]);
  assert.deepEqual(chart.ticks(3), [0, 1, 2, 3]);
  assert.deepEqual(chart.ticks(125), [0, 50, 100]);
});

test("labels keep their distance and their order, and stay within the chart", () => {
  for (const heights of [[50, 52, 48], [100, 99, 98, 97], [0, 1, 2, 3], [10, 90], []]) {
    const placed = chart.spread(heights, 10, 100);
    const order = [...heights.keys()].sort((a, b) => heights[a] - heights[b]);
    for (const [place, index] of order.entries()) {
      assert.ok(placed[index] >= 0 && placed[index] <= 100, `${heights}: ${placed}`);
      if (place === 0) continue;
      const distance = placed[index] - placed[order[place - 1]];
      assert.ok(distance >= 10, `${heights}: ${placed}`);
    }
  }
});

test("a table has the first and the last sample", () => {
  const samples = Array.from({ length: 120 }, (_, index) => sample(index));
  const rows = chart.thinned(samples, 24);
  assert.equal(rows.length, 24);
  assert.equal(rows[0], samples[0]);
  assert.equal(rows.at(-1), samples.at(-1));
  assert.deepEqual(chart.thinned(samples.slice(0, 3), 24), samples.slice(0, 3));
});
