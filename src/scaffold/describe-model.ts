/** A model file that can be served × names for its classes → what a project says of it. */
import { findCategories } from '../model/categories.ts';
import type { ByteSource, ModelStructure } from '../model/structure.ts';
import type { FreedOutput } from '../model/zipmap.ts';
import { plural } from '../plural.ts';
import { findClassLabels } from './find-labels.ts';
import type { ProjectModel } from './project-model.ts';
import { suggestFeatures } from './suggest-features.ts';
import { suggestOutputs, unnamedClasses } from './suggest-outputs.ts';

export interface ModelFile {
  /** Relative to the project. */
  readonly path: string;
  readonly structure: ModelStructure;
  readonly source: ByteSource;
  /** Outputs that came out of a ZipMap node, which is gone. */
  readonly freed: readonly FreedOutput[];
  readonly dataFiles: readonly string[];
}

/** The names that the graph has for the classes, else the number of classes that have none. */
export interface Classes {
  readonly found: readonly string[] | undefined;
  readonly unnamed: number | undefined;
}

export function classesOf({ structure, source, freed }: ModelFile): Classes {
  const found = freed.length === 1 ? freed[0]?.labels : findClassLabels(structure, source);
  return { found, unnamed: found === undefined ? unnamedClasses(structure.signature) : undefined };
}

/** `given`: names from a person, which stand in for those of the graph. */
export function describeModel(file: ModelFile, given: readonly string[] | undefined): ProjectModel {
  const { path, structure, source, freed, dataFiles } = file;
  const { signature } = structure;
  const { found } = classesOf(file);
  const known = new Map(
    freed.map(({ from, labels }) => [from, given !== undefined && freed.length === 1 ? given : labels] as const),
  );
  // Class numbers that count from 0 are positions in the names given; any others mean what they mean.
  const codes = given !== undefined && (found?.every((label, at) => label === String(at)) ?? false);
  return {
    path,
    signature,
    features: suggestFeatures(structure, findCategories(structure, source)),
    outputs: suggestOutputs(signature, { labels: given ?? found, codes, known }),
    notes: [...freed.map(freedNote), ...defaultNotes(structure)],
    dataFiles,
  };
}

function freedNote({ from, renamedFrom, labels }: FreedOutput): string {
  return (
    `The ZipMap node at the end of the model was removed from this copy: it gave the output "${renamedFrom}" as a sequence of maps, ` +
    `which onnxruntime-node cannot return. The scores it was made of are now the output "${from}", one column for each of the ` +
    `${plural(labels.length, 'class', 'classes')}, and the labels are kept in mlserve.yaml. Nothing else in the file was changed.`
  );
}

function defaultNotes({ signature }: ModelStructure): readonly string[] {
  const names = signature.defaultedInputs.map(({ name }) => `"${name}"`);
  if (names.length === 0) return [];
  return [
    `Inputs with a default in the model are not asked for, and the runtime always uses the default: ${names.join(', ')}.`,
  ];
}
