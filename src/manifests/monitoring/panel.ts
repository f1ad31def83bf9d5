/** Parts of a Grafana dashboard as data → the panels of its JSON model. */

export interface Target {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** For the (i) of the panel. */
  readonly description: string;
  readonly kind: 'timeseries' | 'heatmap' | 'table';
  /** Of Grafana: `reqps`, `s`, `percentunit`, `short`. */
  readonly unit: string;
  /** Of 24. */
  readonly width: number;
  readonly isStacked?: boolean;
  readonly targets: readonly Target[];
}

const HEIGHT = 8;
const COLUMNS = 24;
const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` } as const;

/** Left to right, top to bottom. */
export function layOut(panels: readonly Panel[]): readonly object[] {
  let x = 0;
  let y = 0;
  return panels.map((panel, at) => {
    if (x + panel.width > COLUMNS) {
      x = 0;
      y += HEIGHT;
    }
    const gridPos = { x, y, w: panel.width, h: HEIGHT };
    x += panel.width;
    return { id: at + 1, gridPos, ...panelModel(panel) };
  });
}

function panelModel({ title, description, kind, unit, isStacked, targets }: Panel): object {
  const custom = kind === 'timeseries' ? { custom: customOf(isStacked === true) } : {};
  return {
    type: kind,
    title,
    description,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0, ...custom }, overrides: [] },
    options: optionsOf(kind),
    targets: targets.map(({ expr, legend }, at) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + at),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      ...(kind === 'heatmap' ? { format: 'heatmap' } : {}),
      ...(kind === 'table' ? { format: 'table', instant: true } : {}),
    })),
  };
}

function customOf(isStacked: boolean): object {
  return {
    drawStyle: 'line',
    fillOpacity: isStacked ? 30 : 0,
    lineWidth: 1,
    showPoints: 'never',
    stacking: { mode: isStacked ? 'normal' : 'none', group: 'A' },
  };
}

function optionsOf(kind: Panel['kind']): object {
  if (kind === 'timeseries') {
    return {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    };
  }
  return kind === 'heatmap' ? { calculate: false, yAxis: { unit: 'short' } } : { showHeader: true };
}
