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
  const endless = neverReturning(calls);
  const message = 'calls itself, or a function that does';
  return structure.functions
    .filter((each) => endless.has(keyOf(each)))
    .map((each) => finding('MSV016', at(facts, 'function', each.name), message));
}

/** What is left when functions that only call functions already taken away are taken away. Linear in the number of calls. */
function neverReturning(calls: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const callers = new Map<string, string[]>();
  const waiting = new Map<string, number>();
  for (const [caller, called] of calls) {
    waiting.set(caller, called.length);
    for (const name of called) {
      const list = callers.get(name);
      if (list === undefined) callers.set(name, [caller]);
      else list.push(caller);
    }
  }
  const open = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    waiting.delete(next);
    for (const caller of callers.get(next) ?? []) {
      const count = (waiting.get(caller) ?? 0) - 1;
      waiting.set(caller, count);
      if (count === 0) open.push(caller);
    }
  }
  return new Set(waiting.keys());
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
