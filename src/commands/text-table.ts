/** Rows of cells → lines with aligned columns. Pure; used by the renderers. */

/** Columns are left-aligned, those in `right` right-aligned, two spaces apart. Empty columns take no room. */
export function textTable(rows: readonly (readonly string[])[], right: readonly number[] = []): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, at) => (right.includes(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .filter((_, at) => (widths[at] ?? 0) > 0)
      .join('  ')
      .trimEnd(),
  );
}

/** `1.4 MB`: units of 1000, as file managers and disks count. */
export function sizeText(bytes: number | bigint): string {
  let value = Number(bytes);
  if (value < 1000) return `${value} B`;
  let unit = 'kB';
  value /= 1000;
  for (const next of ['MB', 'GB', 'TB']) {
    if (value < 999.95) break;
    value /= 1000;
    unit = next;
  }
  return `${value.toFixed(1)} ${unit}`;
}
