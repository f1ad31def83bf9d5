/** Outputs × signature → the members of a prediction whose numbers are integers: counts, labels, indices. */
import { type Signature, tensorsOf } from '../model/signature.ts';
import type { OutputSpec } from './spec.ts';

export function exactMembers(members: readonly OutputSpec[], signature: Signature): ReadonlySet<string> {
  const isInteger = ({ elementType }: { readonly elementType: string }): boolean => /^u?int\d+$/.test(elementType);
  const integers = new Set(
    tensorsOf(signature.outputs)
      .filter(isInteger)
      .map((output) => output.name),
  );
  return new Set(members.filter(({ from, argmax }) => argmax || integers.has(from)).map((member) => member.name));
}
