/** The name of an image → a side of a comparison, by its labels. */
import type { ComparedModel, Side } from '../compare/side.ts';
import { MlserveError } from '../errors.ts';
import type { LabelledImage } from '../image/labels.ts';
import type { Fingerprint } from '../model/fingerprint.ts';
import type { Signature } from '../model/signature.ts';
import type { Io } from '../ports.ts';
import { inspectImage } from './inspect-image.ts';

/** `name` is that of one of its models; all of them when absent. Throws IMAGE_NOT_FOUND, REGISTRY_REFUSED, and USAGE for what mlserve did not make. */
export async function imageSide(image: string, name: string | undefined, io: Io): Promise<Side> {
  const { made } = await inspectImage(image, io);
  if (made === null) {
    const message = 'mlserve did not make this image: its labels do not say which models it holds';
    throw new MlserveError('USAGE', message, { where: image });
  }
  const isDefault = (model: LabelledImage['models'][number]): boolean =>
    model.name === made.defaultModel.name && model.version === made.defaultModel.version;
  const sorted = [...made.models].sort((a, b) => Number(isDefault(b)) - Number(isDefault(a)));
  const wanted = sorted.filter(
    (each) => name === undefined || [each.name, `${each.name}@${each.version}`].includes(name),
  );
  if (wanted.length === 0) {
    const hint = `it has: ${sorted.map((each) => each.name).join(', ')}`;
    throw new MlserveError('USAGE', `there is no model "${name}" in the image`, { where: image, hint });
  }
  const known = sorted.find(isDefault)?.digests.signature;
  const models = wanted.map((model) => comparedModel(model, model.digests.signature === known ? made.signature : null));
  return { given: image, kind: 'image', commit: null, service: made.service, models };
}

function comparedModel(
  { name, version, digests }: LabelledImage['models'][number],
  signature: LabelledImage['signature'],
): ComparedModel {
  return {
    name,
    version,
    digests: digests as unknown as Fingerprint,
    // Written by `imageLabels` from the lock.
    signature: (signature ?? undefined) as unknown as Signature | undefined,
    opsets: undefined,
    operators: undefined,
    labels: undefined,
    declared: undefined,
  };
}
