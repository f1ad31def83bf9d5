/** What an apply changes → lines for people. Pure. */
import { plural } from '../plural.ts';
import type { ApplyPlan } from './plan-apply.ts';

/** `isLong`: with the lines that differ. */
export function changeLines({ changes, skipped }: Omit<ApplyPlan, 'objects'>, isLong: boolean): readonly string[] {
  const different = changes.filter(({ change }) => change !== 'same');
  const same = changes.length - different.length;
  return [
    ...different.flatMap(({ name, change, lines }) => [
      `  ${change.padEnd(7)}  ${name}`,
      ...(isLong ? lines.map((line) => `    ${line}`) : []),
    ]),
    ...(same > 0 ? [`  same     ${plural(same, 'object')}`] : []),
    ...skipped.map((text) => `  skipped  ${text}`),
  ];
}
