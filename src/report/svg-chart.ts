/** Lines of points × two axes → an SVG element to stand in HTML. Colours are those of the page's style sheet. Pure. */
import type { Scale } from './chart-scale.ts';
import { html } from './escape-html.ts';

export interface ChartLine {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Axis {
  readonly label: string;
  readonly scale: Scale;
  /** What is written at a tick. */
  text(value: number): string;
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly ChartLine[];
}

const [WIDTH, HEIGHT] = [720, 360];
const FRAME = { left: 76, right: 36, top: 34, bottom: 48 };
const [PLOT_WIDTH, PLOT_HEIGHT] = [WIDTH - FRAME.left - FRAME.right, HEIGHT - FRAME.top - FRAME.bottom];
const LEGEND_STEP = 130;

export function svgChart({ title, x, y, lines }: Chart): string {
  const across = (value: number): string => (FRAME.left + PLOT_WIDTH * x.scale.place(value)).toFixed(1);
  const up = (value: number): string => (FRAME.top + PLOT_HEIGHT * (1 - y.scale.place(value))).toFixed(1);
  const [bottom, right] = [FRAME.top + PLOT_HEIGHT, FRAME.left + PLOT_WIDTH];
  const text = (className: string, at: readonly [string | number, string | number], words: string): string =>
    `<text class="${className}" x="${at[0]}" y="${at[1]}">${html(words)}</text>`;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${html(title)}">`,
    ...y.scale.ticks.flatMap((tick) => [
      `<line class="grid" x1="${FRAME.left}" x2="${right}" y1="${up(tick)}" y2="${up(tick)}"/>`,
      text('left', [FRAME.left - 8, Number(up(tick)) + 4], y.text(tick)),
    ]),
    ...x.scale.ticks.map((tick) => text('below', [across(tick), bottom + 18], x.text(tick))),
    `<path class="axis" d="M${FRAME.left} ${FRAME.top}V${bottom}H${right}"/>`,
    text('below', [FRAME.left + PLOT_WIDTH / 2, HEIGHT - 8], x.label),
    text('above', [8, 16], y.label),
    ...lines.flatMap(({ name, points }, at) => {
      const colour = `c${at % 4}`;
      const path = points.map((point, index) => `${index === 0 ? 'M' : 'L'}${across(point.x)} ${up(point.y)}`).join('');
      const legend = FRAME.left + 150 + at * LEGEND_STEP;
      return [
        `<path class="line ${colour}" d="${path}"/>`,
        ...points.map((point) => {
          const said = `${name}: ${x.text(point.x)}, ${y.text(point.y)}`;
          return `<circle class="dot ${colour}" cx="${across(point.x)}" cy="${up(point.y)}" r="3.5"><title>${html(said)}</title></circle>`;
        }),
        `<path class="line ${colour}" d="M${legend} 12h22"/>`,
        text('above', [legend + 28, 16], name),
      ];
    }),
    '</svg>',
  ].join('\n');
}
