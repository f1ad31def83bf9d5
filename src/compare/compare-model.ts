/** A model before and after → every change, the kind that they make together, and the step that they demand. */
import { quote } from '../model/rules/quote.ts';
import { type Change, type ChangeKind, changesOf, largestStep, type Step } from './change.ts';
import { compareFeatures } from './compare-features.ts';
import { compareOutputs } from './compare-outputs.ts';
import { compareValues } from './compare-values.ts';
import type { ComparedModel } from './side.ts';

export interface ModelDifference {
  readonly kind: ChangeKind;
  readonly step: Step;
  readonly changes: readonly Change[];
}

export function compareModel(was: ComparedModel, is: ComparedModel): ModelDifference {
  const changes = [...interfaceChanges(was, is), ...declaredChanges(was, is), ...digestChanges(was, is)];
  const step = largestStep(changes.map((change) => change.step));
  return { kind: kindOf(was, is, step), step, changes };
}

function kindOf({ digests: was }: ComparedModel, { digests: is }: ComparedModel, step: Step): ChangeKind {
  if (step === 'major') return 'breaking';
  if (step === 'minor') return 'compatible';
  if (was.graph !== is.graph) return 'graph';
  if (was.weights !== is.weights) return 'weights';
  return step === 'none' ? 'identical' : 'metadata';
}

function interfaceChanges(was: ComparedModel, is: ComparedModel): readonly Change[] {
  const labels = labelChanges(was, is);
  if (was.digests.signature === is.digests.signature) return labels;
  if (was.signature === undefined || is.signature === undefined) {
    const message = 'the inputs or outputs differ; which ones is not recorded, so the worst is supposed';
    return [changesOf('signature', 'signature')('unknown', 'major', message)];
  }
  const inputs = compareValues({ subject: 'input', was: was.signature.inputs, is: is.signature.inputs });
  const outputs = compareValues({ subject: 'output', was: was.signature.outputs, is: is.signature.outputs });
  const found = [...inputs, ...outputs, ...defaultChanges(was.signature, is.signature), ...labels];
  if (found.length > 0) return found;
  return [
    changesOf('signature', 'signature')('defaults', 'patch', 'inputs that have a default differ in type or shape'),
  ];
}

type Signatures = NonNullable<ComparedModel['signature']>;

/** No request can give them: the runtime always uses the default. Those that became or were ordinary inputs are told of there. */
function defaultChanges(was: Signatures, is: Signatures): readonly Change[] {
  const names = ({ defaultedInputs }: Signatures): readonly string[] => defaultedInputs.map(({ name }) => name);
  const [old, now] = [names(was), names(is)];
  const say = (name: string, message: string): Change =>
    changesOf('input', `input ${quote(name)}`)('default', 'patch', `${message}; requests cannot give it`);
  return [
    ...old.filter((name) => !now.includes(name)).map((name) => say(name, 'no longer has a default')),
    ...now.filter((name) => !old.includes(name)).map((name) => say(name, 'has a default')),
  ];
}

function labelChanges({ labels: was }: ComparedModel, { labels: is }: ComparedModel): readonly Change[] {
  if (was === undefined || is === undefined || was.join('\n') === is.join('\n')) return [];
  const text = (labels: readonly string[]): string => labels.map(quote).join(', ');
  const message = `the classifier knew ${text(was)}, and knows ${text(is)}`;
  return [changesOf('labels', 'class labels')('changed', 'major', message)];
}

/** Only where both sides say something. */
function declaredChanges(was: ComparedModel, is: ComparedModel): readonly Change[] {
  const [old, now] = [was.declared, is.declared];
  if (old === undefined || now === undefined || was.signature === undefined || is.signature === undefined) return [];
  return [
    ...compareFeatures(old.features, now.features),
    ...compareOutputs({ ...old, signature: was.signature }, { ...now, signature: is.signature }),
  ];
}

/** Other bytes are another model: at least a patch, so that no two go by one version. */
function digestChanges(old: ComparedModel, now: ComparedModel): readonly Change[] {
  const [was, is] = [old.digests, now.digests];
  if (was.model === is.model) return [];
  const differs = (kind: 'graph' | 'weights', message: string): readonly Change[] =>
    was[kind] === is[kind] ? [] : [changesOf(kind, kind)('changed', 'patch', message)];
  const found = [
    ...opsetChanges(old.opsets, now.opsets),
    ...differs('graph', graphText(old.operators, now.operators)),
    ...differs('weights', 'the weights differ'),
  ];
  if (found.length > 0 || was.signature !== is.signature) return found;
  const message = 'the bytes differ, but neither operators, weights, inputs nor outputs do';
  return [changesOf('metadata', 'metadata')('changed', 'patch', message)];
}

/** Trees and linear models of scikit-learn are retrained without a change of operators, yet the digest of the graph is another one. */
function graphText(was: ComparedModel['operators'], is: ComparedModel['operators']): string {
  const isSame =
    was !== undefined &&
    is !== undefined &&
    was.size === is.size &&
    [...was].every(([name, count]) => is.get(name) === count);
  return isSame
    ? 'the operators are the same, but their attributes or connections differ: coefficients and trees may be attributes'
    : 'the operators, their attributes or connections differ';
}

function opsetChanges(was: ComparedModel['opsets'], is: ComparedModel['opsets']): readonly Change[] {
  if (was === undefined || is === undefined) return [];
  const text = (version: bigint | undefined): string => (version === undefined ? 'not imported' : `version ${version}`);
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((domain) => was.get(domain) !== is.get(domain))
    .map((domain) => {
      const where = `opset ${domain === '' ? 'ai.onnx' : quote(domain)}`;
      const message = `was ${text(was.get(domain))}, and is ${text(is.get(domain))}`;
      return changesOf('opset', where)('changed', 'patch', message);
    });
}
