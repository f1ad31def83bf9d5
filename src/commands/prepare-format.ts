/** Facts of a service × a format → the files of that format, ready to be written, and what there is to say of them. */
import type { ServiceFacts } from '../manifests/deployment-facts.ts';
import { FORMATS, type Format } from '../manifests/formats/formats.ts';
import type { Io } from '../ports.ts';
import type { Environment } from '../service/deploy-spec.ts';
import { type EnvironmentOptions, planEnvironments } from './deploy-environments.ts';
import { type OutputChange, type OutputTarget, type PreparedOutput, prepareOutput } from './prepare-output.ts';

export interface FormatOptions extends EnvironmentOptions, OutputTarget {
  readonly format: Format;
}

export interface FormatResult {
  readonly format: Format;
  readonly dir: string;
  readonly environments: readonly {
    readonly name: Environment;
    readonly namespace: string;
    /** `Deployment/fraud` */
    readonly objects: readonly string[];
    /** The command that gives them to a cluster. */
    readonly next: string;
  }[];
  readonly files: readonly OutputChange[];
  /** What of the service the format does not use. */
  readonly notes: readonly string[];
}

export interface PreparedFormat extends Pick<PreparedOutput, 'write'> {
  readonly result: FormatResult;
}

/** Nothing is written yet. Throws CONFIG_INVALID, FILE_EXISTS. */
export async function prepareFormat(facts: ServiceFacts, options: FormatOptions, io: Io): Promise<PreparedFormat> {
  const { format, target } = options;
  const { platform, files, next } = FORMATS[format];
  const { base, environments, notes } = planEnvironments(facts, { ...options, platform });
  const { changes, write } = await prepareOutput(files({ base, environments }), options, io);
  const planned = environments.map((objects) => ({
    name: objects.facts.environment,
    namespace: objects.facts.namespace,
    objects: objects.manifests.map(({ object }) => `${object.kind}/${object.metadata?.name}`),
    next: next(target, objects),
  }));
  return { write, result: { format, dir: target, environments: planned, files: changes, notes } };
}
