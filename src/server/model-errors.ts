/** The sentences that clients of a protocol know about a model that a request names and that cannot answer it. */
import type { Identity } from './identity.ts';
import { findModel, type ModelTable } from './model-table.ts';
import { shortName } from './refusal.ts';
import type { ErrorStyle } from './routes.ts';

export interface Asked {
  readonly name: string;
  readonly version: string | undefined;
}

/** For a name, or a version of it, that is not in the table. */
export function notFoundText(models: ModelTable, { name, version }: Asked, style: ErrorStyle): string {
  if (style === 'v1') return `Model with name ${shortName(name)} does not exist.`;
  const what = `Request for unknown model: '${shortName(name)}'`;
  const isName = version === undefined || findModel(models, name) === undefined;
  return isName ? `${what} is not found` : `${what} version ${shortName(version)} is not found`;
}

/** Undefined: the style has no sentence of its own. */
export function notReadyText({ name, version }: Identity, style: 'error' | 'v1'): string;
export function notReadyText({ name, version }: Identity, style: ErrorStyle): string | undefined;
export function notReadyText({ name, version }: Identity, style: ErrorStyle): string | undefined {
  if (style === 'problem') return undefined;
  return style === 'v1'
    ? `Model with name ${name} is not ready.`
    : `Request for unknown model: '${name}' version ${version} is not at ready state`;
}
