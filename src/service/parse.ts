/** Text of `mlserve.yaml` → the service as written, every problem with its line and column, and where each value stands. */
import type { Issue } from '../issue.ts';
import type { ConfigPath } from './config-path.ts';
import { readYaml, type YamlText } from './read-yaml.ts';
import { findSchemaIssues } from './schema-issues.ts';
import type { WrittenService } from './written.ts';

export interface ParsedService {
  /** What is valid in the file; what is not was left out, so that the other checks can go on. */
  readonly written: WrittenService;
  readonly issues: readonly Issue[];
  /** `file:line:column` of a value (or its key), or of the nearest thing around it. */
  readonly locate: YamlText['locate'];
}

/** After these the rest of a file cannot be told from what was meant. */
const FATAL = ['config.syntax', 'config.too-large'];

/** Never throws, whatever the text. `file` is how messages name it. */
export function parseService(text: string, file: string): ParsedService {
  const { value, issues, locate } = readYaml(text, file);
  if (value === undefined || issues.some(({ rule }) => FATAL.includes(rule))) {
    return { written: {}, issues, locate };
  }
  const findings = findSchemaIssues(value ?? {});
  for (const { path, isInvalid } of findings) if (isInvalid) removeAt(value, path);
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return {
    written: isMapping ? (value as WrittenService) : {},
    issues: [
      ...issues,
      ...findings.map(({ path, isKey, issue }) => ({ ...issue, where: locate(path, isKey ? 'key' : 'value') })),
    ],
    locate,
  };
}

/** Takes out what is not valid. Members of lists of mappings keep their position as `{}`; any other list goes as a whole. */
function removeAt(root: unknown, path: ConfigPath): void {
  if (path.length === 0) return;
  let parent = root;
  for (const part of path.slice(0, -1)) parent = (parent as Record<string | number, unknown> | undefined)?.[part];
  const last = path.at(-1) as string | number;
  if (typeof parent !== 'object' || parent === null) return;
  if (!Array.isArray(parent)) delete (parent as Record<string, unknown>)[last];
  else if (['models', 'columns', 'outputs'].includes(String(path.at(-2)))) parent[last as number] = {};
  else removeAt(root, path.slice(0, -1));
}
