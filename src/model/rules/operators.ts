/** Rules on operators: MSV005 unknown domain, MSV006 unknown or removed operator. One finding an operator, however often used. */
import type { Issue } from '../../issue.ts';
import { operatorStatus } from '../operators.ts';
import { importedVersion, type RuleContext } from './context.ts';
import { quote } from './quote.ts';
import { finding } from './table.ts';

const EXTENSIONS = 'export without onnxruntime-extensions: do that step (tokenizing, decoding) before the model';

export function checkOperators({ structure, facts, nodes }: RuleContext): readonly Issue[] {
  const local = new Set(structure.functions.map((each) => `${each.domain}:${each.name}`));
  const seen = new Map<string, { count: number; make: (times: string) => Issue }>();
  for (const { node, opsets } of nodes) {
    const { domain, opType } = node;
    const version = importedVersion(opsets, domain);
    const key = `${domain}:${opType}:${version}`;
    const known = seen.get(key);
    if (known !== undefined) {
      known.count++;
      continue;
    }
    if (local.has(`${domain}:${opType}`)) continue;
    const label = domain === '' ? opType : `${domain}.${opType}`;
    if (!facts.limits.opsets.has(domain)) {
      const hint = domain === 'ai.onnx.contrib' ? EXTENSIONS : undefined;
      const where = `${facts.file}, operator ${quote(label)}`;
      const message = `domain ${quote(domain)} is not one that ${facts.limits.runtime} carries`;
      seen.set(key, { count: 1, make: (times) => finding('MSV005', where, message + times, hint) });
      continue;
    }
    const problem = version === undefined ? notImported(domain) : outdated(domain, opType, version);
    if (problem === undefined) continue;
    const where = `${facts.file}, operator ${quote(label)}`;
    seen.set(key, { count: 1, make: (times) => finding('MSV006', where, problem + times) });
  }
  return [...seen.values()].map(({ count, make }) => make(count === 1 ? '' : ` (${count} nodes)`));
}

function notImported(domain: string): string | undefined {
  // A missing ai.onnx import is MSV004's or MSV002's finding, once for the file.
  return domain === '' ? undefined : `the file imports no version of ${quote(domain)}`;
}

function outdated(domain: string, opType: string, version: bigint): string | undefined {
  const name = domain === '' ? 'ai.onnx' : domain;
  const status = operatorStatus(domain, opType, Number(version));
  if (status === 'unknown') return `no operator of this name in ${name} ${version}`;
  if (status === 'removed') return `the operator was removed before ${name} ${version}`;
  if (typeof status === 'object')
    return `the operator exists from ${name} ${status.since}; the model imports ${version}`;
  return undefined;
}
