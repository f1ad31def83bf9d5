/** A model file × limits → its structure, the findings of every rule, and the result of loading and running it once. */
import { hasErrors, type Issue } from '../issue.ts';
import { findCategories, firstLabels } from '../model/categories.ts';
import { defaultLoadLimits, type LoadLimits } from '../model/load-limits.ts';
import { readModelOrIssue } from '../model/read-model.ts';
import { judge } from '../model/rules/judge.ts';
import { judgeProbe } from '../model/rules/probe.ts';
import { RUNTIME_LIMITS } from '../model/runtime-limits.ts';
import type { ModelStructure } from '../model/structure.ts';
import { contentsOf, externalLocations } from '../model/walk.ts';
import type { Io, ProbeResult } from '../ports.ts';
import { lookAtExternalFiles } from './external-files.ts';
import { tryModel } from './try-model.ts';

export interface ExamineOptions {
  /** Path relative to `io.cwd`. */
  readonly path: string;
  /** The model as messages name it; the path where absent. */
  readonly name?: string;
  /** Largest batch, for the estimate of memory. */
  readonly maxRows: number;
  /** Limits of the load and run; those that follow from the size of the model where absent. */
  readonly limits?: Partial<LoadLimits>;
  /** Inputs whose dimensions declared features fix. */
  readonly boundedInputs?: ReadonlySet<string>;
  /** Labels that declared features allow, by input name; those that the graph holds where absent. */
  readonly known?: ReadonlyMap<string, string>;
  /** False: rules alone, nothing is given to the runtime. */
  readonly run: boolean;
}

export interface ExaminedModel {
  /** Undefined when the file is no model. */
  readonly structure: ModelStructure | undefined;
  readonly issues: readonly Issue[];
  /** Undefined when a rule found an error, so that the runtime never saw the file, or when no run was wanted. */
  readonly probe: ProbeResult | undefined;
}

/** Never throws for a bad model; throws FILE_NOT_FOUND and the like. */
export async function examineModel(options: ExamineOptions, io: Io): Promise<ExaminedModel> {
  const { path, maxRows, name: file = path, boundedInputs = new Set<string>() } = options;
  const source = await io.files.open(path);
  let structure: ModelStructure;
  let issues: readonly Issue[];
  let limits: LoadLimits;
  let known: ReadonlyMap<string, string>;
  try {
    const read = readModelOrIssue(source, file);
    if ('rule' in read) return { structure: undefined, issues: [read], probe: undefined };
    structure = read;
    const externalFiles = await lookAtExternalFiles(path, externalLocations(contentsOf(structure)), io.files);
    const bytes = [...externalFiles.values()].reduce((sum, each) => sum + each.size, source.size);
    limits = { ...defaultLoadLimits(bytes), ...options.limits };
    const { memoryBytes } = limits;
    issues = judge(structure, {
      file,
      limits: RUNTIME_LIMITS,
      source,
      externalFiles,
      maxRows,
      memoryBytes,
      boundedInputs,
    });
    known = new Map([...firstLabels(findCategories(structure, source)), ...(options.known ?? [])]);
  } finally {
    source.close();
  }
  if (hasErrors(issues) || !options.run) return { structure, issues, probe: undefined };
  const probe = await tryModel({ ...limits, path, signature: structure.signature, known }, io);
  return { structure, issues: [...issues, ...judgeProbe(probe, file, structure.signature)], probe };
}
