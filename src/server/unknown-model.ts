/** A model that does not answer × the style of the route → the sentence that clients of the protocol know. */
import type { ErrorStyle } from './routes.ts';

/** A client may ask for a name of any length; this much of it is enough to see the mistake. */
const LONGEST_NAME = 100;

/** `version`: given when the model is known and only its version is not. */
export function unknownModelText(style: ErrorStyle, model: string, version: string | undefined): string {
  const name = model.slice(0, LONGEST_NAME);
  if (style === 'v1') return `Model with name ${name} does not exist.`;
  const which = version === undefined ? '' : ` version ${version.slice(0, LONGEST_NAME)}`;
  return `Request for unknown model: '${name}'${which} is not found`;
}

/** Undefined: the style has no sentence of its own. */
export function notReadyText(style: ErrorStyle, model: string, version: string): string | undefined {
  if (style === 'problem') return undefined;
  return style === 'v1'
    ? `Model with name ${model} is not ready.`
    : `Request for unknown model: '${model}' version ${version} is not at ready state`;
}
