import { useId } from "preact/hooks";
import type { ProgressSample, Resend } from "../../api/types";
import { formatDuration, formatNumber, formatShort, ownZone } from "../../i18n/format";
import { t } from "../../i18n/messages";
import { chartLayers, LAYERS, spread, thinned } from "./chart_points";

const SIZE = { width: 520, height: 200 };
const LABELS = 150;
const LEFT = 48;
const LINE = 17;

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
      <Picture samples={samples} top={top} label={label} />
      <details>
        <summary>{t("resend.as_table")}</summary>
        <Figures samples={samples} />
      </details>
    </section>
  );
}

function Picture({
  samples,
  top,
  label,
}: {
  samples: ProgressSample[];
  top: number;
  label: string;
}) {
  const id = useId();
  const layers = chartLayers(samples, top, SIZE);
  const heights = spread(
    layers.map(layer => layer.middle),
    LINE,
    SIZE.height,
  );
  const width = LEFT + SIZE.width + LABELS;
  const [begin, end] = [samples[0]?.at ?? "", samples.at(-1)?.at ?? ""];
  return (
    <div class="scrolls resend-chart-frame" role="img" aria-label={label}>
      <svg viewBox={`0 -8 ${width} ${SIZE.height + 40}`} class="resend-chart" aria-hidden="true">
        <Patterns id={id} />
        <g transform={`translate(${LEFT} 0)`}>
          {[0, 0.5, 1].map(share => {
            const y = SIZE.height * (1 - share);
            return (
              <g key={share}>
                <line x1="0" x2={SIZE.width} y1={y} y2={y} class="chart-line" />
                <text x="-6" y={y + 4} class="chart-axis end">
                  {formatNumber(Math.round(top * share))}
                </text>
              </g>
            );
          })}
          {layers.map(({ layer, points }) => (
            <g key={layer} class={`chart-layer ${layer}`}>
              <polygon points={points} class="chart-fill" />
              <polygon points={points} fill={`url(#${id}-${layer})`} class="chart-edge" />
            </g>
          ))}
          {layers.map(({ layer, last, middle }, index) => (
            <g key={layer}>
              <line
                x1={SIZE.width}
                x2={SIZE.width + 10}
                y1={middle}
                y2={heights[index] ?? middle}
                class="chart-line"
              />
              <text x={SIZE.width + 14} y={(heights[index] ?? middle) + 4} class="chart-label">
                {`${t(`resend.layer.${layer}`)} ${formatNumber(last)}`}
              </text>
            </g>
          ))}
          <text x="0" y={SIZE.height + 22} class="chart-axis">
            {formatShort(begin, ownZone())}
          </text>
          <text x={SIZE.width} y={SIZE.height + 22} class="chart-axis end">
            {formatShort(end, ownZone())}
          </text>
        </g>
      </svg>
    </div>
  );
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

function Figures({ samples }: { samples: ProgressSample[] }) {
  return (
    <div class="table-frame">
      <table class="table">
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
              <th scope="row">{formatShort(sample.at, ownZone())}</th>
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
