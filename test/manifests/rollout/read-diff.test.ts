import { describe, expect, it } from 'vitest';
import { readDiff } from '../../../src/manifests/rollout/read-diff.ts';

/** Of kubectl 1.36. */
const PRINTED = `diff -u -N /tmp/LIVE-2419/v1.ConfigMap.shop.new /tmp/MERGED-7/v1.ConfigMap.shop.new
--- /tmp/LIVE-2419/v1.ConfigMap.shop.new	2026-11-30 12:00:00.000000000 +0000
+++ /tmp/MERGED-7/v1.ConfigMap.shop.new	2026-11-30 12:00:00.000000000 +0000
@@ -0,0 +1,5 @@
+apiVersion: v1
+kind: ConfigMap
+metadata:
+  name: new
+  namespace: shop
diff -u -N /tmp/LIVE-2419/apps.v1.Deployment.shop.iris /tmp/MERGED-7/apps.v1.Deployment.shop.iris
--- /tmp/LIVE-2419/apps.v1.Deployment.shop.iris	2026-11-30 12:00:00.000000000 +0000
+++ /tmp/MERGED-7/apps.v1.Deployment.shop.iris	2026-11-30 12:00:00.000000000 +0000
@@ -3,7 +3,7 @@
   creationTimestamp: "2026-11-30T12:00:00Z"
-  generation: 1
+  generation: 2
@@ -21,5 +21,5 @@
       containers:
-      - image: a
+      - image: b
         name: server
diff -u -N /tmp/LIVE-2419/v1.Service.shop.counted /tmp/MERGED-7/v1.Service.shop.counted
--- /tmp/LIVE-2419/v1.Service.shop.counted	2026-11-30 12:00:00.000000000 +0000
+++ /tmp/MERGED-7/v1.Service.shop.counted	2026-11-30 12:00:00.000000000 +0000
@@ -3,3 +3,3 @@
-  generation: 1
+  generation: 2
`;

const object = (apiVersion: string, kind: string, name: string) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
});

describe('what kubectl prints of differences', () => {
  const objects = [
    object('v1', 'ConfigMap', 'new'),
    object('apps/v1', 'Deployment', 'iris'),
    object('v1', 'Service', 'counted'),
    object('v1', 'Service', 'iris'),
  ];

  it('is told by object: new, changed with its lines, or the same', () => {
    const [created, changed, ...same] = readDiff(PRINTED, objects);
    expect(created).toEqual({ name: 'ConfigMap/new', change: 'new', lines: [] });
    expect([changed?.name, changed?.change]).toEqual(['Deployment/iris', 'changed']);
    expect(changed?.lines.filter((line) => /^[-+]/.test(line))).toEqual(['-      - image: a', '+      - image: b']);
    expect(same.map(({ change }) => change)).toEqual(['same', 'same']);
  });

  it('is the same for all when nothing is printed', () => {
    expect(new Set(readDiff('', objects).map(({ change }) => change))).toEqual(new Set(['same']));
  });
});
