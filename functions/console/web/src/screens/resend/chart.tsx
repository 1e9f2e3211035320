import { useId } from "preact/hooks";
import type { ProgressSample, Resend } from "../../api/types";
import { formatDuration, formatInTable, formatNumber } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { NARROW as NARROW_SCREEN, useMedia } from "../../parts/media";
import { TimesIn } from "../../parts/times_in";
import {
  type ChartLayer,
  chartLayers,
  LAYERS,
  type Layer,
  type Size,
  spread,
  thinned,
  ticks,
} from "./chart_points";

/** Beside the picture there is room for labels on a wide screen only; on a narrow one they stand below. */
const WIDE = { size: { width: 470, height: 200 }, labels: 200 };
const NARROW = { size: { width: 270, height: 150 }, labels: 4 };

/** The two times at the foot stand below one another, so that they do not meet on a narrow screen. */
const FOOT = 54;
const LEFT = 48;
const LINE = 17;
/** The name of the upright axis stands above it. */
const HEAD = 24;

/** The states over time: as a picture, and the same figures as a table. */
export function Chart({ resend }: { resend: Resend }) {
  const id = useId();
  const samples = resend.progress ?? [];
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || samples.length < 2) return null;

  const top = resend.counts.eligible;
  const seconds = (new Date(last.at).getTime() - new Date(first.at).getTime()) / 1000;
  const label = t("resend.chart_label", {
    duration: formatDuration(seconds),
    sent: last.sent,
    delivered: last.delivered,
    failed: last.failed,
    skipped: last.skipped,
  });
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{t("resend.chart")}</h2>
      <TimesIn zone={resend.timeZone} />
      <Picture samples={samples} top={top} label={label} timeZone={resend.timeZone} />
      <details>
        <summary>{t("resend.as_table")}</summary>
        <Figures samples={samples} timeZone={resend.timeZone} />
      </details>
    </section>
  );
}

interface PictureProps {
  samples: ProgressSample[];
  top: number;
  label: string;
  timeZone: string;
}

function Picture({ samples, top, label, timeZone }: PictureProps) {
  const id = useId();
  const isNarrow = useMedia(NARROW_SCREEN);
  const { size, labels } = isNarrow ? NARROW : WIDE;
  const layers = chartLayers(samples, top, size);
  const box = `0 ${-HEAD} ${LEFT + size.width + labels} ${HEAD + size.height + FOOT}`;
  return (
    <>
      <div role="img" aria-label={label}>
        <svg viewBox={box} class="resend-chart" aria-hidden="true">
          <Patterns id={id} />
          <g transform={`translate(${LEFT} 0)`}>
            <Axes samples={samples} top={top} size={size} timeZone={timeZone} />
            {layers.map(({ layer, points }) => (
              <g key={layer} class={`chart-layer ${layer}`}>
                <polygon points={points} class="chart-fill" />
                <polygon points={points} fill={`url(#${id}-${layer})`} class="chart-edge" />
              </g>
            ))}
            {!isNarrow && <Labels layers={layers} size={size} />}
          </g>
        </svg>
      </div>
      {isNarrow && <Legend id={id} layers={layers} />}
    </>
  );
}

type AxesProps = Omit<PictureProps, "label"> & { size: Size };

function Axes({ samples, top, size, timeZone }: AxesProps) {
  const [begin, end] = [samples[0]?.at ?? "", samples.at(-1)?.at ?? ""];
  const below = size.height + 22;
  return (
    <>
      <text x={-LEFT} y={12 - HEAD} class="chart-axis">
        {t("resend.chart_recipients")}
      </text>
      {ticks(top).map(count => {
        const y = size.height * (1 - count / top);
        return (
          <g key={count}>
            <line x1="0" x2={size.width} y1={y} y2={y} class="chart-line" />
            <text x="-6" y={y + 4} class="chart-axis end">
              {formatNumber(count)}
            </text>
          </g>
        );
      })}
      <text x="0" y={below} class="chart-axis">
        {formatInTable(begin, timeZone)}
      </text>
      <text x={size.width} y={below + 16} class="chart-axis end">
        {formatInTable(end, timeZone)}
      </text>
    </>
  );
}

/** The name and the last figure of each layer, at its right end. */
function Labels({ layers, size }: { layers: ChartLayer[]; size: Size }) {
  const middles = layers.map(layer => layer.middle);
  const heights = spread(middles, LINE, size.height);
  return (
    <>
      {layers.map(({ layer, last, middle }, index) => {
        const height = heights[index] ?? middle;
        return (
          <g key={layer}>
            <line x1={size.width} x2={size.width + 10} y1={middle} y2={height} class="chart-line" />
            <text x={size.width + 14} y={height + 4} class="chart-label">
              {layerText(layer, last)}
            </text>
          </g>
        );
      })}
    </>
  );
}

/** The same from the top down, below the picture. */
function Legend({ id, layers }: { id: string; layers: ChartLayer[] }) {
  return (
    <ul class="chart-legend" aria-hidden="true">
      {[...layers].reverse().map(({ layer, last }) => (
        <li key={layer}>
          <svg viewBox="0 0 24 16" width="24" height="16">
            <g class={`chart-layer ${layer}`}>
              <rect width="24" height="16" class="chart-fill" />
              <rect width="24" height="16" fill={`url(#${id}-${layer})`} class="chart-edge" />
            </g>
          </svg>
          {layerText(layer, last)}
        </li>
      ))}
    </ul>
  );
}

function layerText(layer: Layer, count: number): string {
  return t("resend.layer_count", { layer: t(`resend.layer.${layer}`), count });
}

/** A pattern for each layer, so that colours are not the only difference. */
function Patterns({ id }: { id: string }) {
  const box = { width: 8, height: 8, patternUnits: "userSpaceOnUse" };
  return (
    <defs>
      <pattern id={`${id}-delivered`} {...box}>
        <circle cx="4" cy="4" r="1.2" class="chart-mark dot" />
      </pattern>
      <pattern id={`${id}-sent`} {...box}>
        <path d="M0 8 8 0" class="chart-mark" />
      </pattern>
      <pattern id={`${id}-failed`} {...box}>
        <path d="M0 0 8 8 M0 8 8 0" class="chart-mark" />
      </pattern>
      <pattern id={`${id}-skipped`} {...box}>
        <path d="M0 4 H8" class="chart-mark" />
      </pattern>
    </defs>
  );
}

function Figures({ samples, timeZone }: Pick<PictureProps, "samples" | "timeZone">) {
  return (
    <div class="table-frame">
      <table class="table chart-figures">
        <caption class="visually-hidden">{t("resend.chart")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("resend.at")}</th>
            {LAYERS.map(layer => (
              <th key={layer} scope="col" class="number">
                {t(`resend.layer.${layer}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {thinned(samples, 24).map(sample => (
            <tr key={sample.at}>
              <th scope="row">{formatInTable(sample.at, timeZone)}</th>
              {LAYERS.map(layer => (
                <td key={layer} class="number">
                  {formatNumber(sample[layer])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
