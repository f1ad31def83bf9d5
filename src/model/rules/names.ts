/** Rule MSV013: names that must be unique in a graph are. */
import type { Issue } from '../../issue.ts';
import { at, type RuleContext } from './context.ts';
import { finding } from './table.ts';

export function checkNames({ graphs, structure, facts }: RuleContext): readonly Issue[] {
  const issues: Issue[] = [];
  const duplicates = (kind: string, names: Iterable<string>, taken: Iterable<string> = []): void => {
    const seen = new Set(taken);
    const told = new Set<string>();
    for (const name of names) {
      if (name !== '' && seen.has(name) && !told.has(name)) {
        told.add(name);
        issues.push(finding('MSV013', at(facts, kind, name), 'the name is used more than once'));
      }
      seen.add(name);
    }
  };
  for (const { graph } of graphs) {
    const inputs = graph.inputs.map((each) => each.name);
    const initializers = graph.initializers.map((each) => each.name);
    duplicates('input', inputs);
    // An initializer with the name of an input is that input's default.
    duplicates('initializer', initializers);
    duplicates(
      'node output',
      graph.nodes.flatMap((node) => node.outputs),
      [...inputs, ...initializers],
    );
    duplicates(
      'output',
      graph.outputs.map((each) => each.name),
    );
  }
  for (const each of structure.functions) {
    duplicates(
      'function output',
      each.nodes.flatMap((node) => node.outputs),
      each.inputs,
    );
  }
  duplicates(
    'function',
    structure.functions.map((each) => `${each.domain}:${each.name}:${each.overload}`),
  );
  return issues;
}
