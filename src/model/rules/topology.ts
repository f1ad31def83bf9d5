/** Rule MSV014: every value is made before it is read. Subgraphs see the values of the graphs around them. */
import type { Issue } from '../../issue.ts';
import type { GraphRecord, NodeRecord } from '../structure.ts';
import { at, type ModelFacts, nodePlace, type RuleContext } from './context.ts';
import { MAX_DEPTH } from './nesting.ts';
import { quote } from './quote.ts';
import { finding } from './table.ts';

/** Names in sight: those of one graph, then those of the graph around it at that point. */
interface Scope {
  readonly names: Set<string>;
  readonly outer: Scope | undefined;
}

export function checkTopology({ structure, facts }: RuleContext): readonly Issue[] {
  const issues: Issue[] = [];
  walkGraph(structure.graph, undefined, { facts, issues, depth: 1 });
  for (const each of structure.functions) {
    const scope: Scope = { names: new Set(each.inputs), outer: undefined };
    walkNodes(each.nodes, scope, { facts, issues, depth: 1 });
    reportOutputs(each.outputs, scope, { facts, issues, depth: 1 });
  }
  return issues;
}

interface Walk {
  readonly facts: ModelFacts;
  readonly issues: Issue[];
  readonly depth: number;
}

function walkGraph(graph: GraphRecord, outer: Scope | undefined, walk: Walk): void {
  // Deeper graphs are MSV015's finding; following them could exhaust the stack.
  if (walk.depth > MAX_DEPTH) return;
  const names = new Set([...graph.inputs, ...graph.initializers].map((each) => each.name));
  const scope: Scope = { names, outer };
  walkNodes(graph.nodes, scope, walk);
  reportOutputs(
    graph.outputs.map((each) => each.name),
    scope,
    walk,
  );
}

function walkNodes(nodes: readonly NodeRecord[], scope: Scope, walk: Walk): void {
  for (const node of nodes) {
    for (const input of node.inputs) {
      if (input === '' || isKnown(input, scope)) continue;
      const message = `reads ${quote(input)}, which nothing before it produces`;
      walk.issues.push(finding('MSV014', nodePlace(walk.facts, node), message));
    }
    for (const attribute of node.attributes) {
      for (const graph of attribute.graphs) walkGraph(graph, scope, { ...walk, depth: walk.depth + 1 });
    }
    for (const output of node.outputs) scope.names.add(output);
  }
}

function reportOutputs(outputs: readonly string[], scope: Scope, { facts, issues }: Walk): void {
  for (const name of outputs) {
    if (!isKnown(name, scope))
      issues.push(finding('MSV014', at(facts, 'output', name), 'nothing in the graph produces it'));
  }
}

function isKnown(name: string, scope: Scope): boolean {
  for (let each: Scope | undefined = scope; each !== undefined; each = each.outer) {
    if (each.names.has(name)) return true;
  }
  return false;
}
