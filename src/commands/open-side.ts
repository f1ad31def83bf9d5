/** What `mlserve diff` was given, a file, project, image or git revision → a side of the comparison, and the project to run where there is one. */
import { resolve } from 'node:path';
import type { Side } from '../compare/side.ts';
import { MlserveError } from '../errors.ts';
import { readReference } from '../image/reference.ts';
import type { Io } from '../ports.ts';
import { type AtEnd, checkedOut } from './checked-out.ts';
import { chooseModel } from './choose-model.ts';
import { comparedModel } from './compared-model.ts';
import { imageSide } from './image-side.ts';
import { openTarget, type Target } from './open-target.ts';

export interface OpenSide {
  readonly side: Side;
  /** Undefined for an image: its models are not on this machine's disk. */
  readonly target: Target | undefined;
}

export interface SideOptions {
  readonly given: string;
  /** The one to compare alone. */
  readonly model: string | undefined;
  readonly atEnd: AtEnd;
}

/** What is on disk comes first, then what git knows. Throws FILE_NOT_FOUND and what opening does. */
export async function openSide({ given, model, atEnd }: SideOptions, io: Io): Promise<OpenSide> {
  if ((await io.files.stat(resolve(io.cwd, given))) !== undefined) return diskSide({ given, path: given, model }, io);
  const found = await checkedOut(given, io, atEnd);
  if (found !== undefined) {
    return diskSide({ given, model, ...found }, io).catch((error: unknown) => Promise.reject(found.ofCommit(error)));
  }
  // A word alone is more likely a file that is missing, and a registry is not asked for what nobody named in full.
  const isImage = /[:@]/.test(given) && !/\.onnx$|^[./~\\]|\\/i.test(given) && readReference(given) !== undefined;
  if (isImage) {
    return { side: await imageSide(given, model, io), target: undefined };
  }
  throw new MlserveError('FILE_NOT_FOUND', 'this is neither a file, a project folder, a git revision nor an image', {
    where: given,
    hint:
      (await io.checkoutTrouble()) ??
      'name a model file, a folder with mlserve.yaml, "HEAD~1", "HEAD~1:models/fraud.onnx" or "fraud:1.4.0"',
  });
}

interface OnDisk {
  readonly given: string;
  readonly path: string;
  readonly model: string | undefined;
  readonly commit?: string;
}

async function diskSide({ given, path, model, commit }: OnDisk, io: Io): Promise<OpenSide> {
  const opened = await openTarget(path, {}, io);
  // A bare file has one model, which goes by the name of the file.
  const target = model === undefined || opened.isBare ? opened : chooseModel(opened, model);
  const { spec, isBare } = target;
  const models = [];
  for (const each of spec.models) models.push(await comparedModel(target, each, io));
  const side: Side = {
    given,
    kind: isBare ? 'file' : 'project',
    commit: commit ?? null,
    service: isBare ? null : { name: spec.name, version: spec.version },
    models,
  };
  return { side, target };
}
