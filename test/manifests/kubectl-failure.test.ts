import { describe, expect, it } from 'vitest';
import { kubectlFailure } from '../../src/manifests/kubectl-failure.ts';

/** What kubectl 1.36 printed, word for word. */
const UNREACHABLE = {
  'a port that nobody listens on':
    'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n',
  'a host that no name server knows':
    'Unable to connect to the server: dial tcp: lookup api.example.invalid on 10.0.0.2:53: no such host\n',
  'a server that is gone in the middle': 'error: Get "http://127.0.0.1:44913/api?timeout=30s": EOF\n',
  'a certificate of somebody else':
    'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority\n',
  'a kubeconfig that is no YAML':
    'error: error loading config file "/tmp/kubeconfig": yaml: line 1: did not find expected node content\n',
  'a token that has expired': 'error: You must be logged in to the server (Unauthorized)\n',
  'a plugin for the login that is missing':
    'Unable to connect to the server: getting credentials: exec: executable aws-iam-authenticator not found\n',
  'a machine without diff': 'error: failed to run "diff": executable file not found in $PATH\n',
  'an answer that never comes':
    'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers): context deadline exceeded\n',
};

const REFUSED = {
  'exceeded quota':
    'Error from server (Forbidden): deployments.apps "iris" is forbidden: exceeded quota: objects, requested: count/deployments.apps=1, used: count/deployments.apps=3, limited: count/deployments.apps=3\n',
  'cannot patch resource':
    'Error from server (Forbidden): deployments.apps "iris" is forbidden: User "ci" cannot patch resource "deployments" in API group "apps" in the namespace "iris"\n',
  'field is immutable':
    'The Deployment "iris" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable\n',
  'unknown field':
    'Error from server (BadRequest): failed to create typed patch object (shop/iris; apps/v1, Kind=Deployment): strict decoding error: unknown field "spec.replica"\n',
};

describe('what kubectl prints when it fails', () => {
  it.each(Object.entries(UNREACHABLE))('is a cluster that cannot be reached: %s', (_, text) => {
    const error = kubectlFailure(text, 'prod (https://api.example)');
    expect([error.code, error.where]).toEqual(['CLUSTER_UNREACHABLE', 'prod (https://api.example)']);
    expect(error.hint).not.toContain('undefined');
  });

  it.each(Object.entries(REFUSED))('is a cluster that says no: %s', (part, text) => {
    const error = kubectlFailure(text, '');
    expect(error.code).toBe('CLUSTER_REFUSED');
    expect(error.message).toContain(part);
    expect(error.message).not.toMatch(/^(error|Error from server)/);
  });

  it('has another hint for each reason', () => {
    const hints = [...Object.values(UNREACHABLE).slice(3, 6), ...Object.values(REFUSED).slice(0, 3)].map(
      (text) => kubectlFailure(text, '').hint,
    );
    expect(new Set(hints).size).toBe(hints.length);
  });

  it('is said once, without its own log, its warnings, and its advice about flags of its own', () => {
    const text = [
      'E1130 12:00:19.561638    6996 memcache.go:265] "Unhandled Error"',
      'Warning: resource is deprecated',
      'error: Apply failed with 2 conflicts: conflicts with "helm" using apps/v1:',
      '- .spec.replicas',
      '- .spec.paused',
      'Please review the fields above--they currently have other managers. Here',
      'are the ways you can resolve this warning:',
      '* If you intend to manage all of these fields, please re-run the apply',
      '  command with the `--force-conflicts` flag.',
    ].join('\n');
    expect(kubectlFailure(text, '').message).toBe(
      'Apply failed with 2 conflicts: conflicts with "helm" using apps/v1: .spec.replicas, .spec.paused',
    );
    expect(kubectlFailure(text, '').hint).toContain('--force-conflicts');
    expect(kubectlFailure('', '').message).toBe('kubectl failed and did not say why');
    expect(kubectlFailure('error: the moon is in the way\n', '')).toMatchObject({
      code: 'CLUSTER_REFUSED',
      message: 'the moon is in the way',
      hint: expect.stringContaining('the words of the cluster'),
    });
  });
});
