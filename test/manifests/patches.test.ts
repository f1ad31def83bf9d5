import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/manifests/manifest.ts';
import { applyPatches } from '../../src/manifests/patches/apply-patches.ts';
import { difference } from '../../src/manifests/patches/difference.ts';
import { isSame, jsonPatch, PatchError } from '../../src/manifests/patches/json-patch.ts';
import { type Data, type DataObject, strategicMerge } from '../../src/manifests/patches/strategic-merge.ts';
import type { DeployPatch } from '../../src/service/deploy-spec.ts';

describe('a JSON patch', () => {
  /** Appendix A of RFC 6902. */
  const EXAMPLES: readonly (readonly [title: string, target: Data, patch: readonly DataObject[], result: Data])[] = [
    ['A.1', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    ['A.2', { foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    ['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    ['A.4', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    ['A.5', { baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
    [
      'A.6',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.10',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    ['A.11', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }], { foo: 'bar', baz: 'qux' }],
    ['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
  ];

  it.each(EXAMPLES)('does what RFC 6902 shows in %s', (_title, target, patch, result) => {
    expect(jsonPatch(target, patch)).toEqual(result);
  });

  it.each<readonly [string, Data, readonly DataObject[]]>([
    ['a test that fails (A.9)', { baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }]],
    ['a parent that is not there (A.12)', { foo: 'bar' }, [{ op: 'add', path: '/baz/bat', value: 'qux' }]],
    ['another type (A.15)', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: '10' }]],
    ['a position past the end', { foo: ['a'] }, [{ op: 'add', path: '/foo/2', value: 'b' }]],
    ['a position with a leading zero', { foo: ['a', 'b'] }, [{ op: 'remove', path: '/foo/01' }]],
    ['what cannot be replaced', {}, [{ op: 'replace', path: '/a', value: 1 }]],
    ['a move into itself', { a: { b: {} } }, [{ op: 'move', from: '/a', path: '/a/b/c' }]],
    ['an unknown operation', {}, [{ op: 'merge', path: '/a' }]],
    ['a path that is no pointer', {}, [{ op: 'add', path: 'a', value: 1 }]],
    ['a missing value', {}, [{ op: 'add', path: '/a' }]],
    ['members that every object has', {}, [{ op: 'add', path: '/__proto__/x', value: 1 }]],
  ])('refuses %s', (_title, target, patch) => {
    expect(() => jsonPatch(target, patch)).toThrow(PatchError);
  });
});

const POD: DataObject = {
  spec: {
    replicas: 2,
    containers: [
      { name: 'server', image: 'a', env: [{ name: 'A', value: '1' }], args: ['x'] },
      { name: 'side', image: 'b' },
    ],
  },
};

describe('a strategic merge patch', () => {
  it('merges mappings and named lists, replaces other lists, and takes away what is null', () => {
    const patch: DataObject = {
      spec: {
        replicas: null,
        containers: [
          {
            name: 'server',
            env: [
              { name: 'A', value: '2' },
              { name: 'B', value: '3' },
            ],
            args: ['y'],
          },
        ],
      },
    };
    expect(strategicMerge('Deployment', POD, patch)).toEqual({
      spec: {
        containers: [
          {
            name: 'server',
            image: 'a',
            env: [
              { name: 'B', value: '3' },
              { name: 'A', value: '2' },
            ],
            args: ['y'],
          },
          { name: 'side', image: 'b' },
        ],
      },
    });
  });

  it('knows the directives delete and replace', () => {
    const remove = { spec: { containers: [{ name: 'side', $patch: 'delete' }] } };
    expect(strategicMerge('Deployment', POD, remove)).toMatchObject({ spec: { containers: [{ name: 'server' }] } });
    expect(strategicMerge('Deployment', POD, { spec: { $patch: 'replace', replicas: 1 } })).toEqual({
      spec: { replicas: 1 },
    });
  });

  it('replaces the lists of kinds that Kubernetes has no merge keys for', () => {
    expect(strategicMerge('PodMonitor', POD, { spec: { containers: [{ name: 'server' }] } })).toMatchObject({
      spec: { containers: [{ name: 'server' }] },
    });
  });
});

describe('the difference of two objects', () => {
  const scalar = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('a', 'b'), fc.boolean());
  const entry = fc.record({
    name: fc.constantFrom('x', 'y', 'z'),
    value: scalar,
    args: fc.array(scalar, { maxLength: 2 }),
  });
  const object = fc.record({
    replicas: scalar,
    labels: fc.dictionary(fc.constantFrom('p', 'q', 'r'), scalar),
    containers: fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 3 }),
    nested: fc.record({ env: fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 3 }) }),
  });

  it('is a patch that leads from one to the other, or there is none', () => {
    let found = 0;
    fc.assert(
      fc.property(object, object, (from, to) => {
        const patch = difference('Deployment', from, to);
        if (patch === undefined) return;
        found++;
        expect(isSame(strategicMerge('Deployment', from, patch), to)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(found).toBeGreaterThan(100);
  });

  it('holds what differs alone', () => {
    const to = { spec: { ...(POD.spec as DataObject), replicas: 3 } };
    expect(difference('Deployment', POD, to)).toEqual({ spec: { replicas: 3 } });
    expect(difference('Deployment', POD, POD)).toBeUndefined();
  });
});

describe('the reason for a number', () => {
  const [server, side] = [
    { name: 'server', image: 'a', cpu: 1 },
    { name: 'side', image: 'b' },
  ];
  const spec = { replicas: 2, template: { spec: { containers: [server] } } };
  const manifest: Manifest = {
    file: 'deployment.yaml',
    object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'iris' }, ...{ spec } },
    notes: [{ path: ['spec', 'template', 'spec', 'containers', 0, 'cpu'], text: 'one core' }],
  };
  const notesAfter = (patch: DeployPatch['patch']) =>
    applyPatches(
      [manifest],
      [{ kind: 'Deployment', name: undefined, env: undefined, patch }],
      'prod',
    ).manifests.flatMap(({ notes }) => notes.map(({ path }) => path.join('.')));
  const containers = (...list: readonly object[]) => ({ spec: { template: { spec: { containers: list } } } });

  it('goes with it where a patch puts another container first, by name or by place', () => {
    const moved = ['spec.template.spec.containers.1.cpu'];
    expect(notesAfter(containers(side))).toEqual(moved);
    expect(notesAfter([{ op: 'add', path: '/spec/template/spec/containers/0', value: side }])).toEqual(moved);
  });

  it('is dropped where the number is another one now, or gone', () => {
    expect(notesAfter(containers({ name: 'server', cpu: 2 }))).toEqual([]);
    expect(notesAfter(containers({ name: 'server', $patch: 'delete' }, side))).toEqual([]);
  });
});

describe('a patch without a name', () => {
  const settings = (name: string): Manifest => ({
    file: `${name}.yaml`,
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
    notes: [],
  });
  const both = [settings('iris-config'), settings('iris-dashboard')];
  const patch = { kind: 'ConfigMap', env: undefined, patch: { data: { A: '1' } } };

  it('is refused where it could mean several objects, which are named', () => {
    const { manifests, issues } = applyPatches(both, [{ ...patch, name: undefined }], 'prod');
    expect(manifests).toEqual(both);
    expect(issues.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      'deploy.patches[0]: there are several of ConfigMap: name the one that is meant, iris-config or iris-dashboard',
    ]);
  });

  it('is not needed where there is one, and with a name it meets that one alone', () => {
    expect(applyPatches(both.slice(0, 1), [{ ...patch, name: undefined }], 'prod').issues).toEqual([]);
    const { manifests, issues } = applyPatches(both, [{ ...patch, name: 'iris-config' }], 'prod');
    expect(issues).toEqual([]);
    expect(manifests.map(({ object }) => 'data' in object)).toEqual([true, false]);
  });
});
