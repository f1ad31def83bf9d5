/** Text of `mlserve.yaml` × environment × flags → the service spec with the origin of its settings, and every finding with its place. */
import type { Issue } from '../issue.ts';
import { parsePath } from './config-path.ts';
import { type ParsedService, parseService } from './parse.ts';
import { type Resolved, resolve } from './resolve.ts';
import type { ResolveInput } from './resolve-settings.ts';
import { findRuleIssues } from './rules.ts';

export interface LoadInput extends Pick<ResolveInput, 'env' | 'flags'> {
  readonly text: string;
  /** The file as messages name it. */
  readonly file: string;
}

export interface LoadedService extends Resolved {
  readonly locate: ParsedService['locate'];
}

/** Never throws. With an error among the issues the spec is what could be understood, and must not be used. */
export function loadService({ text, file, env, flags }: LoadInput): LoadedService {
  const { written, issues, locate } = parseService(text, file);
  const found = findRuleIssues(written).map(({ path, ...finding }): Issue => ({ ...finding, where: locate(path) }));
  const { spec, origins, issues: resolving } = resolve({ written, env, flags });
  // A setting in the file that conflicts with another is at some line of it.
  const placed = resolving.map((issue) =>
    origins.get(issue.where) === 'file' ? { ...issue, where: locate(parsePath(issue.where)) } : issue,
  );
  return { spec, origins, issues: [...issues, ...found, ...placed], locate };
}
