/** Rules on nesting: MSV015 subgraphs too deep, MSV016 recursive functions. */
import type { Issue } from '../../issue.ts';
import type { FunctionRecord, NodeRecord } from '../structure.ts';
import { at, type RuleContext } from './context.ts';
import { finding } from './table.ts';

/** Levels of graphs inside graphs, the main graph being the first. */
export const MAX_DEPTH = 16;

export function checkDepth({ graphs, facts }: RuleContext): readonly Issue[] {
  const depth = graphs.reduce((deepest, each) => Math.max(deepest, each.depth), 0);
  if (depth <= MAX_DEPTH) return [];
  return [finding('MSV015', facts.file, `subgraphs are nested ${depth} levels deep; at most ${MAX_DEPTH} are allowed`)];
}

const keyOf = (each: { domain: string; name: string }): string => `${each.domain}:${each.name}`;

export function checkRecursion({ structure, facts }: RuleContext): readonly Issue[] {
  const functions = new Map(structure.functions.map((each) => [keyOf(each), each]));
  const calls = new Map(
    [...functions].map(([key, each]) => [key, calledBy(each).filter((name) => functions.has(name))]),
  );
  const recursive = [...functions].filter(([key]) => reaches(key, calls));
  return recursive.map(([, each]) =>
    finding('MSV016', at(facts, 'function', each.name), 'calls itself, directly or through others'),
  );
}

/** Whether following calls from `start` leads back to it. Iterative, each function at most once. */
function reaches(start: string, calls: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const open = [...(calls.get(start) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === start) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(calls.get(next) ?? []));
  }
  return false;
}

function calledBy(each: FunctionRecord): readonly string[] {
  const names = new Set<string>();
  const open: NodeRecord[][] = [[...each.nodes]];
  for (let nodes = open.pop(); nodes !== undefined; nodes = open.pop()) {
    for (const node of nodes) {
      names.add(keyOf({ domain: node.domain, name: node.opType }));
      for (const graph of node.attributes.flatMap((attribute) => attribute.graphs)) open.push([...graph.nodes]);
    }
  }
  return [...names];
}
