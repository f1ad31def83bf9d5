/** Domain, operator and version → whether the operator exists there. `operators.json` is generated from the schemas of the onnx and onnxruntime packages. */
import { createRequire } from 'node:module';

/** Domain → operator → versions at which it was added or changed; negative where it was removed. Ascending by magnitude. */
type OperatorTable = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

// Not an import: Node 20 prints a warning for imported JSON.
const domains = createRequire(import.meta.url)('./operators.json') as OperatorTable;

/** `unchecked`: a domain without a table, whose operators the runtime alone knows. */
type OperatorStatus = 'known' | 'unchecked' | 'unknown' | 'removed' | { readonly since: number };

export function operatorStatus(domain: string, opType: string, version: number): OperatorStatus {
  const operators = entry(domains, domain);
  if (operators === undefined) return 'unchecked';
  const versions = entry(operators, opType);
  if (versions === undefined) return 'unknown';
  return statusAt(versions, version);
}

function statusAt(versions: readonly number[], version: number): OperatorStatus {
  const reached = versions.filter((each) => Math.abs(each) <= version);
  const last = reached.at(-1);
  if (last !== undefined) return last > 0 ? 'known' : 'removed';
  return { since: versions.find((each) => each > 0) ?? 0 };
}

/** Own members only: an operator may be called `constructor`. */
function entry<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
