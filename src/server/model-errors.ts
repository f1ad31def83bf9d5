/** The protocol's texts about a model that a request names and that cannot answer it. */
import type { Identity } from './identity.ts';
import { findModel, type ModelTable } from './model-table.ts';
import { shortName } from './refusal.ts';

/** For a name, or a version of it, that is not in the table. */
export function notFoundText(models: ModelTable, name: string, version: string | undefined): string {
  const what = `Request for unknown model: '${shortName(name)}'`;
  const isName = version === undefined || findModel(models, name) === undefined;
  return isName ? `${what} is not found` : `${what} version ${shortName(version)} is not found`;
}

export function notReadyText({ name, version }: Identity): string {
  return `Request for unknown model: '${name}' version ${version} is not at ready state`;
}
