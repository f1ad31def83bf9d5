/** What `init` asks a person, each answer checked while the question stands. */
import { MlserveError } from '../errors.ts';
import { readModel } from '../model/read-model.ts';
import { plural } from '../plural.ts';
import type { Io } from '../ports.ts';
import { checkName, readLabels, readRowCount } from '../scaffold/read-answers.ts';

type Asking = Pick<Io, 'prompt'>;

export function askModel({ prompt, files }: Pick<Io, 'files' | 'prompt'>): Promise<string> {
  const open = async (path: string): Promise<void> => {
    const source = await files.open(path);
    try {
      readModel(source, path);
    } finally {
      source.close();
    }
  };
  return prompt.text({ message: 'Model file (.onnx)', flag: '--model FILE', check: complaintOf(open) });
}

export function askName(initial: string, { prompt }: Asking): Promise<string> {
  return prompt.text({ message: 'Name of the service', flag: '--name NAME', initial, check: complaintOf(checkName) });
}

export async function askMaxRows({ prompt }: Asking): Promise<number | undefined> {
  const message = 'Most rows in one run of the model (empty for the default)';
  const read = optional(readRowCount);
  return read(await prompt.text({ message, flag: '--max-rows N', initial: '', check: complaintOf(read) }));
}

export async function askLabels(classes: number, { prompt }: Asking): Promise<readonly string[] | undefined> {
  const message = `Names of the ${plural(classes, 'class', 'classes')}, separated by commas (empty for none)`;
  const read = optional((text) => readLabels(text, classes));
  return read(await prompt.text({ message, flag: '--labels A,B,…', initial: '', check: complaintOf(read) }));
}

/** The reader of an answer that may be empty. */
function optional<T>(read: (text: string) => T): (text: string) => T | undefined {
  return (text) => (text.trim() === '' ? undefined : read(text.trim()));
}

/** The reader of an answer → what it objects to, as a question says it. */
function complaintOf(read: (answer: string) => unknown): (answer: string) => Promise<string | undefined> {
  return async (answer) => {
    try {
      await read(answer);
      return undefined;
    } catch (error) {
      if (!(error instanceof MlserveError)) throw error;
      return error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
    }
  };
}
