/** The models that are served at one moment, by name. Replaced as a whole when one is loaded again. */
import type { ModelEntry } from './model-entry.ts';

export interface ModelTable {
  /** In the order of the spec. */
  readonly entries: readonly ModelEntry[];
  /** The first: what `/predict` means, and whose identity answers carry where no model is addressed. */
  readonly defaultModel: ModelEntry;
  /** The versions of each model, the one first that a request without a version means. */
  readonly byName: ReadonlyMap<string, readonly ModelEntry[]>;
}

/** At least one entry. */
export function modelTable(entries: readonly ModelEntry[]): ModelTable {
  const [defaultModel] = entries;
  if (defaultModel === undefined) throw new Error('a server needs a model');
  const byName = new Map<string, readonly ModelEntry[]>();
  for (const entry of entries) {
    const { name } = entry.identity;
    byName.set(name, [...(byName.get(name) ?? []), entry]);
  }
  return { entries, defaultModel, byName };
}

/** Undefined when there is no such model, or no such version of it. */
export function findModel({ byName }: ModelTable, name: string, version?: string): ModelEntry | undefined {
  const versions = byName.get(name);
  return version === undefined ? versions?.[0] : versions?.find(({ identity }) => identity.version === version);
}
