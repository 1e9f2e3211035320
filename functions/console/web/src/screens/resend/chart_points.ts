/** The chart of a resend as numbers: layers on top of one another, over time. */

import type { ProgressSample } from "../../api/types";

/** The layers from the bottom up. */
export const LAYERS = ["delivered", "sent", "failed", "skipped"] as const;
export type Layer = (typeof LAYERS)[number];

export interface Size {
  width: number;
  height: number;
}

export interface ChartLayer {
  layer: Layer;
  /** The outline, as the points of a polygon. */
  points: string;
  /** The value at the end. */
  last: number;
  /** The height of the layer's middle at the end. */
  middle: number;
}

/** Layers that are empty from the beginning to the end are left out. */
export function chartLayers(samples: ProgressSample[], top: number, size: Size): ChartLayer[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || samples.length < 2 || top <= 0) return [];

  const begin = new Date(first.at).getTime();
  const span = Math.max(1, new Date(last.at).getTime() - begin);
  const x = (sample: ProgressSample) =>
    round(((new Date(sample.at).getTime() - begin) / span) * size.width);
  const y = (value: number) => round(size.height - (value / top) * size.height);

  const made: ChartLayer[] = [];
  let below = samples.map(() => 0);
  for (const layer of LAYERS) {
    const above = samples.map((sample, index) => (below[index] ?? 0) + sample[layer]);
    if (samples.some(sample => sample[layer] > 0)) {
      const upper = samples.map((sample, index) => `${x(sample)},${y(above[index] ?? 0)}`);
      const lower = samples.map((sample, index) => `${x(sample)},${y(below[index] ?? 0)}`);
      const middle = y(((above.at(-1) ?? 0) + (below.at(-1) ?? 0)) / 2);
      made.push({
        layer,
        points: [...upper, ...lower.reverse()].join(" "),
        last: last[layer],
        middle,
      });
    }
    below = above;
  }
  return made;
}

/** At most so many distances between the lines of the upright axis. */
const MAX_STEPS = 4;

/** The numbers at the upright axis: whole ones at equal distances, from 0 to at most `top`. */
export function ticks(top: number): number[] {
  let step = 1;
  for (let power = 1; top / step > MAX_STEPS; power *= 10) {
    step = [power, 2 * power, 5 * power].find(one => top / one <= MAX_STEPS) ?? step;
  }
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step);
}

/** Heights of labels that are at least `distance` apart, and stay within the chart, in the order of the heights. */
export function spread(heights: number[], distance: number, height: number): number[] {
  const order = heights.map((_, index) => index);
  order.sort((a, b) => (heights[b] ?? 0) - (heights[a] ?? 0));

  const placed: number[] = [...heights];
  let limit = height;
  for (const index of order) {
    placed[index] = Math.min(placed[index] ?? 0, limit);
    limit = (placed[index] ?? 0) - distance;
  }
  // What is above the upper edge moves down, and pushes the others.
  let least = distance / 2;
  for (const index of order.reverse()) {
    placed[index] = Math.max(placed[index] ?? 0, least);
    least = (placed[index] ?? 0) + distance;
  }
  return placed;
}

/** At most `most` samples, the first and the last among them: a table of 120 rows helps nobody. */
export function thinned(samples: ProgressSample[], most: number): ProgressSample[] {
  if (samples.length <= most) return samples;
  const step = (samples.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => samples[Math.round(index * step)]).filter(
    sample => sample !== undefined,
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
