/** Flags of `init`, and questions where a person is there to answer them → the answers. */
import { basename, resolve } from 'node:path';
import { MlserveError } from '../errors.ts';
import type { Io } from '../ports.ts';
import type { Answers } from '../scaffold/project-model.ts';
import { NAME, serviceName } from '../scaffold/service-name.ts';

export interface InitFlags {
  /** The folder to fill. */
  readonly dir?: string | undefined;
  readonly model?: string | undefined;
  readonly name?: string | undefined;
  /** Class labels, separated by commas. */
  readonly labels?: string | undefined;
  readonly maxRows?: number | undefined;
}

export interface InitAnswers extends Answers {
  /** Relative to `io.cwd`, as the two below are shown to people. */
  readonly dir: string;
  readonly modelFile: string;
  /** Names for the classes: those given, those found in the graph, or the answer to a question about unnamed ones. */
  readonly labels: (found: readonly string[] | undefined, unnamed: number | undefined) => Promise<Labels>;
}

export interface Labels {
  readonly names: readonly string[] | undefined;
  /** Whether a person gave the names, and did not find them in the graph. */
  readonly given: boolean;
}

/** Questions are asked when the model is not named on the command line; `--model` alone has an answer for all others. */
export async function askAnswers(flags: InitFlags, io: Pick<Io, 'cwd' | 'prompt'>): Promise<InitAnswers> {
  const asks = flags.model === undefined;
  const modelFile = flags.model ?? (await io.prompt.text({ message: 'Model file (.onnx)', flag: '--model FILE' }));
  const initial = serviceName(basename(flags.dir === undefined ? modelFile : resolve(io.cwd, flags.dir)));
  const name = flags.name ?? (asks ? await askName(initial, io) : initial);
  if (!NAME.test(name)) {
    throw new MlserveError('USAGE', `"${name}" cannot be the name of a service`, {
      where: '--name',
      hint: `use at most 63 lower-case letters, digits and dashes, a letter first: ${serviceName(name)}`,
    });
  }
  const maxRows = flags.maxRows ?? (asks ? await askMaxRows(io) : undefined);
  return {
    dir: flags.dir ?? name,
    modelFile,
    name,
    version: '1.0.0',
    maxRows,
    labels: async (found, unnamed) => {
      if (flags.labels !== undefined) {
        return { names: checkLabels(splitLabels(flags.labels), found?.length ?? unnamed), given: true };
      }
      if (found !== undefined || unnamed === undefined || !asks) return { names: found, given: false };
      const message = `Names of the ${unnamed} classes, separated by commas (empty for none)`;
      const labels = splitLabels(await io.prompt.text({ message, flag: '--labels A,B,…', initial: '' }));
      return labels.length === 0
        ? { names: undefined, given: false }
        : { names: checkLabels(labels, unnamed), given: true };
    },
  };
}

function askName(initial: string, io: Pick<Io, 'prompt'>): Promise<string> {
  return io.prompt.text({ message: 'Name of the service', flag: '--name NAME', initial });
}

async function askMaxRows(io: Pick<Io, 'prompt'>): Promise<number | undefined> {
  const message = 'Most rows in one run of the model (empty for the default)';
  const text = (await io.prompt.text({ message, flag: '--max-rows N', initial: '' })).trim();
  if (text === '') return undefined;
  const rows = Number(text);
  if (Number.isInteger(rows) && rows > 0) return rows;
  throw new MlserveError('USAGE', `"${text}" is no number of rows`, {
    where: '--max-rows',
    hint: 'give a whole number',
  });
}

const splitLabels = (text: string): readonly string[] =>
  text.trim() === '' ? [] : text.split(',').map((label) => label.trim());

function checkLabels(labels: readonly string[], classes: number | undefined): readonly string[] {
  if (labels.length === classes && !labels.includes('') && new Set(labels).size === classes) return labels;
  const message =
    classes === undefined
      ? 'the model has no output with a score for each class, so labels have no place'
      : `the model has ${classes} classes, so it takes ${classes} different labels`;
  const hint = classes === undefined ? 'leave --labels out' : `${labels.length} were given; separate them by commas`;
  throw new MlserveError('USAGE', message, { where: '--labels', hint });
}
