/** Parts of the result of `inspect` → aligned lines. Pure. */
import { plain } from '../model/rules/quote.ts';
import { countText, plural } from '../plural.ts';
import type { InspectResult } from './inspect.ts';
import { sizeText, textTable } from './text-table.ts';

/** Operators shown one by one; the rest is a number. */
const SHOWN = 20;

/** What the model asks of the runtime, and whether it is there. */
export function needsLines({ ir, opsets }: InspectResult): readonly string[] {
  const verdict = (isSupported: boolean): string => (isSupported ? 'ok' : 'NOT SUPPORTED');
  const rows = opsets.map(({ domain, version, supported, isUsed, isSupported }) => [
    plain(domain, 60),
    String(version),
    supported !== undefined
      ? `supports ${supported.min} to ${supported.max}`
      : isUsed
        ? 'unknown domain'
        : 'asks nothing of it',
    verdict(isSupported),
  ]);
  return textTable([['IR', String(ir.version), `supports up to ${ir.max}`, verdict(ir.isSupported)], ...rows], [1]);
}

/** Initializers by type, and the bytes of attributes, where trees and vocabularies live. */
export function weightLines({
  weights: { byType, tensors, elements, bytes },
  attributeBytes,
}: InspectResult): readonly string[] {
  const row = (type: string, count: number, values: bigint, size: bigint) => [
    type,
    plural(count, 'tensor'),
    plural(values, 'value'),
    sizeText(size),
  ];
  const rows = byType.map((each) => row(each.type, each.tensors, each.elements, each.bytes));
  if (byType.length > 1) rows.push(row('all', tensors, elements, bytes));
  const rest = attributeBytes === 0 ? [] : [['in node attributes', '', '', sizeText(attributeBytes)]];
  return textTable([...rows, ...rest], [1, 2, 3]);
}

/** Operators by frequency. */
export function operatorLines({ operators: list, nodes, subgraphs }: InspectResult): readonly string[] {
  const rows = list.slice(0, SHOWN).map(({ name, count }) => [countText(count), plain(name, 80)]);
  const rest = list.slice(SHOWN).reduce((sum, { count }) => sum + count, 0);
  if (rest > 0) rows.push([countText(rest), `of ${plural(list.length - SHOWN, 'other operator')}`]);
  const inside = subgraphs === 0 ? '' : ` in the graph and ${plural(subgraphs, 'nested graph')}`;
  return [...textTable(rows, [0]), `${plural(nodes, 'node')}${inside}`];
}
