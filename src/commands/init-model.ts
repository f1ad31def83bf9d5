/** A model file → a copy in the staging folder that can be served, and what was read off it. */
import { basename, dirname, join, posix } from 'node:path';
import { MlserveError } from '../errors.ts';
import { hasErrors, type Issue } from '../issue.ts';
import { readModel } from '../model/read-model.ts';
import { contentsOf, externalLocations } from '../model/walk.ts';
import { type FreedOutput, removeZipMap } from '../model/zipmap.ts';
import type { Io } from '../ports.ts';
import { classesOf, describeModel } from '../scaffold/describe-model.ts';
import type { ProjectModel } from '../scaffold/project-model.ts';
import { examineModel } from './examine-model.ts';
import type { InitAnswers } from './init-answers.ts';

export interface StagedModel {
  readonly model: ProjectModel;
  /** Findings below error. */
  readonly issues: readonly Issue[];
}

/** The rule that ZipMap breaks, and its removal mends. */
const NOT_A_TENSOR = 'MSV017';
/** The default of `batching.maxRows`: what the estimate of memory is made for. */
const DEFAULT_ROWS = 64;

/** Throws MODEL_INVALID with all findings when the model cannot be served. `folder` is the project as it is being made. */
export async function stageModel(answers: InitAnswers, folder: string, io: Io): Promise<StagedModel> {
  const { modelFile, name, maxRows = DEFAULT_ROWS } = answers;
  const path = `models/${name}.onnx`;
  const target = join(folder, path);
  const { freed, dataFiles } = await copyModel(modelFile, target, io);
  const { issues } = await examineModel({ path: target, name: modelFile, maxRows, run: true }, io);
  refuseErrors(modelFile, issues);
  const source = await io.files.open(target);
  try {
    const file = { path, structure: readModel(source, modelFile), source, freed, dataFiles };
    return { model: describeModel(file, await answers.labels(classesOf(file))), issues };
  } finally {
    source.close();
  }
}

interface CopiedModel {
  readonly freed: readonly FreedOutput[];
  /** Relative to the folder of the model. */
  readonly dataFiles: readonly string[];
}

/** Copies a model that no rule objects to, without ZipMap, together with its external data. */
async function copyModel(from: string, to: string, io: Io): Promise<CopiedModel> {
  const { structure, issues } = await examineModel({ path: from, maxRows: 1, run: false }, io);
  const source = await io.files.open(from);
  try {
    const removal = structure && removeZipMap(structure, source);
    refuseErrors(from, removal === undefined ? issues : issues.filter(({ rule }) => rule !== NOT_A_TENSOR));
    const dataFiles = structure ? externalLocations(contentsOf(structure)).map((each) => posix.normalize(each)) : [];
    refuseCollision(from, dataFiles, basename(to));
    if (removal === undefined) await io.files.copyAtomic(from, to);
    else await io.files.writeAtomic(to, removal.bytes);
    for (const file of dataFiles) await io.files.copyAtomic(join(dirname(from), file), join(dirname(to), file));
    return { freed: removal?.outputs ?? [], dataFiles };
  } finally {
    source.close();
  }
}

/** `copy`: what the model file will be called. On many disks names that differ in case alone are one. */
function refuseCollision(where: string, dataFiles: readonly string[], copy: string): void {
  const same = dataFiles.find((file) => file.split('/')[0]?.toLowerCase() === copy.toLowerCase());
  if (same === undefined) return;
  throw new MlserveError('USAGE', `the weights of this model are in ${same}, and its copy would be called ${copy}`, {
    where,
    hint: 'choose another name with --name',
  });
}

function refuseErrors(where: string, issues: readonly Issue[]): void {
  if (!hasErrors(issues)) return;
  throw new MlserveError('MODEL_INVALID', 'this model cannot be served, so no project was made', { where, issues });
}
