/** What a service said of itself → lines for people. Pure. */
import type { StatusResult } from './status.ts';
import { textTable } from './text-table.ts';

export function renderStatus({ url, state, service, models }: StatusResult): string {
  const lines = textTable(models.map(({ name, version, state: own, digest }) => [name, version, own, digest]));
  const rows = models.map(({ reason }, at) => `  ${lines[at]}\n${reason === undefined ? '' : `    ${reason}\n`}`);
  return `${service.name} ${service.version} is ${state} at ${url}\n${rows.join('')}`;
}
