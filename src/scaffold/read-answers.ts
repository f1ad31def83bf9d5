/** What a person typed, as a flag or an answer → the value, or a USAGE error that names the flag. */
import { MlserveError } from '../errors.ts';
import { plural } from '../plural.ts';
import { NAME, serviceName } from './service-name.ts';

export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new MlserveError('USAGE', `"${name}" cannot be the name of a service`, {
    where: '--name',
    hint: `use at most 63 lower-case letters, digits and dashes, a letter first: ${serviceName(name)}`,
  });
}

export function readRowCount(text: string): number {
  const rows = Number(text);
  if (Number.isInteger(rows) && rows > 0 && rows <= 1_000_000) return rows;
  throw new MlserveError('USAGE', `"${text}" is no number of rows`, {
    where: '--max-rows',
    hint: 'give a whole number from 1 to 1000000',
  });
}

/** Labels separated by commas, one for each class; `classes` is undefined when the model has no scores by class. */
export function readLabels(text: string, classes: number | undefined): readonly string[] {
  const labels = text.split(',').map((label) => label.trim());
  if (labels.length === classes && !labels.includes('') && new Set(labels).size === classes) return labels;
  const message =
    classes === undefined
      ? 'the model has no output with a score for each class, so labels have no place'
      : `the model has ${plural(classes, 'class', 'classes')}, so it takes ${plural(classes, 'different label')}`;
  const hint = classes === undefined ? 'leave --labels out' : `${labels.length} were given; separate them by commas`;
  throw new MlserveError('USAGE', message, { where: '--labels', hint });
}
