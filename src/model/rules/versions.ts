/** Rules on versions and completeness: MSV002 nothing to run, MSV003 IR version, MSV004 operator sets. */
import type { Issue } from '../../issue.ts';
import { importedVersion, type RuleContext } from './context.ts';
import { quote } from './quote.ts';
import { finding } from './table.ts';

export function checkCompleteness({ structure, facts }: RuleContext): readonly Issue[] {
  const issues: Issue[] = [];
  const lacks = (what: string): void => {
    issues.push(finding('MSV002', facts.file, what));
  };
  if (structure.irVersion <= 0n) lacks('the file states no IR version');
  // Before IR version 3 there were no imports; operator set 1 was meant, which is out of range as well.
  if (structure.opsetImports.length === 0) lacks('the file imports no operator set');
  if (structure.graph.outputs.length === 0) lacks('the graph has no outputs');
  return issues;
}

export function checkIrVersion({ structure, facts }: RuleContext): readonly Issue[] {
  const { maxIrVersion, runtime } = facts.limits;
  if (structure.irVersion <= BigInt(maxIrVersion)) return [];
  const message = `IR version ${structure.irVersion}; ${runtime} reads up to ${maxIrVersion}`;
  return [finding('MSV003', facts.file, message)];
}

export function checkOpsets({ structure, facts }: RuleContext): readonly Issue[] {
  const imports = [structure.opsetImports, ...structure.functions.map((each) => each.opsetImports)];
  const issues = new Map<string, Issue>();
  for (const { domain, version } of imports.flat()) {
    const range = facts.limits.opsets.get(domain);
    if (range === undefined || (version >= BigInt(range.min) && version <= BigInt(range.max))) continue;
    const name = domain === '' ? 'ai.onnx' : domain;
    const message = `operator set ${quote(name)} version ${version}; ${facts.limits.runtime} supports ${range.min} to ${range.max}`;
    issues.set(message, finding('MSV004', facts.file, message));
  }
  const usesDefault = structure.graph.nodes.some((node) => node.domain === '');
  if (usesDefault && structure.opsetImports.length > 0 && importedVersion(structure.opsetImports, '') === undefined) {
    issues.set(
      '',
      finding('MSV004', facts.file, 'the graph uses ai.onnx operators, but the file imports no version of ai.onnx'),
    );
  }
  return [...issues.values()];
}
