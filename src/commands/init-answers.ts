/** Flags of `init`, and questions where a person is there to answer them → the answers. */
import { basename, resolve } from 'node:path';
import type { Io } from '../ports.ts';
import type { Classes } from '../scaffold/describe-model.ts';
import type { Answers } from '../scaffold/project-model.ts';
import { checkName, readLabels } from '../scaffold/read-answers.ts';
import { serviceName } from '../scaffold/service-name.ts';
import { askLabels, askMaxRows, askModel, askName } from './init-questions.ts';

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
  /** Names for the classes, from a flag or a person; undefined leaves those of the graph. */
  readonly labels: (classes: Classes) => Promise<readonly string[] | undefined>;
}

/** Questions are asked when the model is not named on the command line; `--model` alone has an answer for all others. */
export async function askAnswers(flags: InitFlags, io: Pick<Io, 'cwd' | 'files' | 'prompt'>): Promise<InitAnswers> {
  const asks = flags.model === undefined;
  const modelFile = flags.model ?? (await askModel(io));
  const initial = serviceName(basename(flags.dir === undefined ? modelFile : resolve(io.cwd, flags.dir)));
  const name = flags.name ?? (asks ? await askName(initial, io) : initial);
  checkName(name);
  const maxRows = flags.maxRows ?? (asks ? await askMaxRows(io) : undefined);
  return {
    dir: flags.dir ?? name,
    modelFile,
    name,
    version: '1.0.0',
    maxRows,
    labels: async ({ found, unnamed }) => {
      if (flags.labels !== undefined) return readLabels(flags.labels, found?.length ?? unnamed);
      return unnamed === undefined || !asks ? undefined : await askLabels(unnamed, io);
    },
  };
}
