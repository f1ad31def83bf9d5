/** Structure × facts → every finding of every rule that needs no run. Pure; the order is that of the rule ids. */
import type { Issue } from '../../issue.ts';
import type { ModelStructure } from '../structure.ts';
import { type ModelFacts, makeContext, type RuleContext } from './context.ts';
import { checkExternalData } from './external-data.ts';
import { checkInterface } from './interface.ts';
import { checkMemory } from './memory.ts';
import { checkFile, checkMetadata } from './metadata.ts';
import { checkNames } from './names.ts';
import { checkDepth, checkRecursion } from './nesting.ts';
import { checkOperators } from './operators.ts';
import { checkDimensions, checkPayloads } from './tensors.ts';
import { checkTopology } from './topology.ts';
import { checkCompleteness, checkIrVersion, checkOpsets } from './versions.ts';

const CHECKS: readonly ((context: RuleContext) => readonly Issue[])[] = [
  checkCompleteness,
  checkIrVersion,
  checkOpsets,
  checkOperators,
  checkExternalData,
  checkPayloads,
  checkDimensions,
  checkNames,
  checkTopology,
  checkDepth,
  checkRecursion,
  checkInterface,
  checkMemory,
  checkMetadata,
  checkFile,
];

/** Findings of one rule that are listed one by one; a damaged file can have a million. */
const LISTED = 20;

export function judge(structure: ModelStructure, facts: ModelFacts): readonly Issue[] {
  const context = makeContext(structure, facts);
  const issues = CHECKS.flatMap((check) => check(context));
  const byRule = new Map<string, Issue[]>();
  for (const issue of issues) {
    const list = byRule.get(issue.rule);
    if (list === undefined) byRule.set(issue.rule, [issue]);
    else list.push(issue);
  }
  return [...byRule].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, list]) => shorten(list, facts.file));
}

function shorten(list: readonly Issue[], file: string): readonly Issue[] {
  const last = list[LISTED - 1];
  if (list.length <= LISTED || last === undefined) return list;
  const rest = { ...last, where: file, message: `and ${list.length - LISTED + 1} more of this kind` };
  return [...list.slice(0, LISTED - 1), rest];
}
