/** `--format` of `mlserve deploy`: one format, several with commas between them, or all. */
import { InvalidArgumentError, type Option } from 'commander';
import { choice } from './command-line.ts';

/** Those of `manifests/formats`, which is loaded when it is used. */
const FORMATS = ['kustomize', 'yaml', 'helm', 'kserve', 'knative'] as const;
const WORDS = [...FORMATS, 'all'];

export type DeployFormat = (typeof FORMATS)[number];

export function formatsOption(): Option {
  return choice('--format <formats>', 'what to write: one, several with commas between them, or all', WORDS)
    .argParser(readFormats)
    .default(['kustomize'], '"kustomize"');
}

/** Each once. */
function readFormats(text: string): readonly DeployFormat[] {
  const words = text.split(',').map((word) => word.trim());
  if (!words.every((word) => WORDS.includes(word))) {
    throw new InvalidArgumentError(`Allowed choices are ${WORDS.join(', ')}; commas between several.`);
  }
  return FORMATS.filter((format) => words.includes(format) || words.includes('all'));
}
