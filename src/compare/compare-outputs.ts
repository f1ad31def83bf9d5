/** The members of a prediction before and after → what was renamed, added, removed or relabelled. */
import { quote } from '../model/rules/quote.ts';
import type { Signature } from '../model/signature.ts';
import type { ModelSpec, OutputSpec } from '../service/spec.ts';
import { type Change, changesOf, type Step } from './change.ts';

export interface Members {
  readonly outputs: ModelSpec['outputs'];
  /** Whose outputs are the members where none are declared. */
  readonly signature: Signature;
}

export function compareOutputs(was: Members, is: Members): readonly Change[] {
  // The outputs of the model itself are compared with its signature.
  if (was.outputs.length === 0 && is.outputs.length === 0) return [];
  const [old, now] = [membersOf(was), membersOf(is)];
  const free = now.filter(({ name }) => !old.some((each) => each.name === name));
  const partner = (member: OutputSpec): OutputSpec | undefined =>
    now.find(({ name }) => name === member.name) ?? free.find((each) => isAlike(member, each));
  const partners = old.map(partner);
  return [
    ...old.flatMap((member, at) => compareMember(member, partners[at])),
    ...free
      .filter((member) => !partners.includes(member))
      .map((member) => changesOf('prediction', place(member))('added', 'minor', 'is new')),
  ];
}

function membersOf({ outputs, signature }: Members): readonly OutputSpec[] {
  if (outputs.length > 0) return outputs;
  return signature.outputs.map(({ name }) => ({ name, from: name, labels: undefined, argmax: false }));
}

function isAlike(was: OutputSpec, is: OutputSpec): boolean {
  return was.from === is.from && was.argmax === is.argmax && labelText(was) === labelText(is);
}

function compareMember(was: OutputSpec, is: OutputSpec | undefined): readonly Change[] {
  const make = changesOf('prediction', place(was));
  if (is === undefined) return [make('removed', 'major', 'is gone')];
  const change = (rule: string, step: Step, message: string, isOther: boolean): readonly Change[] =>
    isOther ? [make(rule, step, message)] : [];
  const form = ({ argmax }: OutputSpec): string => (argmax ? 'the label of the largest value' : 'every value');
  return [
    ...change('renamed', 'major', `is now called ${quote(is.name)}`, was.name !== is.name),
    ...change('labels', 'major', `had ${labelText(was)}, and has ${labelText(is)}`, labelText(was) !== labelText(is)),
    ...change('form', 'major', `was ${form(was)}, and is ${form(is)}`, was.argmax !== is.argmax),
    ...change(
      'source',
      'patch',
      `is read from ${quote(is.from)}, and was from ${quote(was.from)}`,
      was.from !== is.from,
    ),
  ];
}

function labelText({ labels }: OutputSpec): string {
  return labels === undefined ? 'no labels' : `the labels ${labels.map(quote).join(', ')}`;
}

function place({ name }: OutputSpec): string {
  return `prediction ${quote(name)}`;
}
