import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from 'vitest';
import { renderSbom, type SbomFacts } from '../../src/image/sbom.ts';
import { sampleFacts, sampleSpec } from './facts.ts';

const facts = { ...sampleFacts(), runtimeFiles: sampleFacts().parts.runtimeDigests };

describe('the bill of materials', () => {
  it.each<readonly [string, SbomFacts]>([
    ['with everything known', facts],
    [
      'without time, base digest and licences',
      { ...facts, createdAt: undefined, base: { ...facts.base, digest: undefined } },
    ],
    ...['MIT', '(MIT OR Apache-2.0) AND ISC', 'LicenseRef-acme', 'UNLICENSED', 'as agreed with Acme'].map(
      (licenses) => [`with a model under ${licenses}`, { ...facts, spec: sampleSpec({ licenses }) }] as const,
    ),
  ])('is valid CycloneDX 1.6, %s', async (_, given) => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(renderSbom(given))).toBeNull();
  });

  it('has the packages, the native runtime, each model with its hashes, and the base', () => {
    const { components } = JSON.parse(renderSbom(facts));
    const named = (name: string) => components.find((each: { name: string }) => each.name === name);
    expect(named('@scope/part')).toMatchObject({
      purl: 'pkg:npm/%40scope/part@1.2.3',
      hashes: [{ alg: 'SHA-512', content: '07'.repeat(64) }],
    });
    expect(named('onnxruntime-node').components[0].hashes[0].content).toBe('d'.repeat(64));
    const [model] = facts.lock.models;
    expect(named('a')).toMatchObject({
      type: 'machine-learning-model',
      version: '1.0.0',
      hashes: [{ alg: 'SHA-256', content: model?.digests.model.slice('sha256:'.length) }],
    });
    expect(named('a').components).toHaveLength(2);
    expect(named('node:24-bookworm-slim')).toMatchObject({ type: 'container' });
  });

  it('is the same text for the same facts, with a serial number of its own for others', () => {
    const serial = (text: string): string => JSON.parse(text).serialNumber;
    expect(renderSbom(facts)).toBe(renderSbom(facts));
    expect(serial(renderSbom(facts))).not.toBe(serial(renderSbom({ ...facts, createdAt: 1 })));
  });
});
