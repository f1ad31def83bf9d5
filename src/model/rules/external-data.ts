/** Rules on external data: MSV007 missing, MSV008 outside the folder, MSV009 links, MSV010 sizes, MSV027 unknown keys. */
import type { Issue } from '../../issue.ts';
import { plural } from '../../plural.ts';
import type { ExternalData, TensorRecord } from '../structure.ts';
import { denseBytes } from '../tensor-size.ts';
import { at, type ExternalFile, type ModelFacts, type RuleContext } from './context.ts';
import { plain, quote } from './quote.ts';
import { finding } from './table.ts';

type External = TensorRecord & { readonly external: ExternalData };

const UNUSABLE = {
  missing: ['MSV007', 'does not exist'],
  escapes: ['MSV008', 'lies outside the folder of the model'],
  symlink: ['MSV009', 'is a symbolic link, or lies behind one'],
  hardlink: ['MSV009', 'is a hard link: the same bytes have another name somewhere'],
  'not-regular': ['MSV009', 'is not a regular file'],
} as const;

/** Why a location must not even be looked at; undefined when it stays below the model's folder. Lexical: links are found later. */
export function escapesFolder(location: string): boolean {
  if (location.includes('\\') || location.includes('\0') || location.startsWith('/') || /^[A-Za-z]:/.test(location))
    return true;
  return location.split('/').includes('..');
}

export function checkExternalData({ tensors, facts }: RuleContext): readonly Issue[] {
  const external = tensors.filter((tensor): tensor is External => tensor.external !== undefined && !tensor.sparse);
  const places = [...new Set(external.map((tensor) => tensor.external.location))];
  return [
    ...places.flatMap((location) => checkFile(location, facts)),
    ...external.flatMap((tensor) => checkReference(tensor, facts)),
  ];
}

function checkFile(location: string, facts: ModelFacts): readonly Issue[] {
  const where = at(facts, 'external data', location);
  if (location === '') return [finding('MSV010', where, 'the tensor names no data file')];
  const { status } = fileAt(location, facts);
  if (status === 'file') return [];
  const [rule, message] = UNUSABLE[status];
  return [finding(rule, where, message)];
}

function fileAt(location: string, facts: ModelFacts): ExternalFile {
  if (escapesFolder(location)) return { status: 'escapes', size: 0 };
  return facts.externalFiles.get(location) ?? { status: 'missing', size: 0 };
}

function checkReference(tensor: External, facts: ModelFacts): readonly Issue[] {
  const { external } = tensor;
  const where = at(facts, 'tensor', tensor.name);
  const issues: Issue[] = [];
  const wrong = (message: string): void => {
    issues.push(finding('MSV010', where, message));
  };
  for (const text of external.invalid) wrong(plain(text));
  if (external.unknownKeys.length > 0) {
    issues.push(finding('MSV027', where, `keys ${external.unknownKeys.slice(0, 5).map(quote).join(', ')}`));
  }
  const offset = external.offset ?? 0n;
  if (offset < 0n) wrong(`offset ${offset} is negative`);
  if (external.length !== undefined && external.length < 0n) wrong(`length ${external.length} is negative`);
  if (issues.some((issue) => issue.rule === 'MSV010')) return issues;

  const stored = denseBytes(tensor);
  const needed = stored === undefined ? undefined : BigInt(stored);
  const file = fileAt(external.location, facts);
  const size = BigInt(file.size);
  if (file.status === 'file' && offset + (external.length ?? 0n) > size) {
    const wanted = external.length === undefined ? `from ${offset}` : `${external.length} from ${offset}`;
    wrong(`wants bytes ${wanted} of ${quote(external.location)}, which has ${size}`);
    return issues;
  }
  const given = external.length ?? (file.status === 'file' ? size - offset : undefined);
  if (needed === undefined || given === undefined || given === needed) return issues;
  // Without a length the tensor takes what it needs from the rest of the file.
  if (external.length === undefined && given > needed) return issues;
  wrong(`has ${plural(given, 'byte')} of ${quote(external.location)}; its type and dimensions need ${needed}`);
  return issues;
}
