/** The name of a file or folder → a name a service may have. */

/** What names of services and models look like: a DNS label, for it becomes the name of Kubernetes objects and images. */
export const NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** `My Model_v2.onnx` → `my-model-v2`; `model` where nothing usable is left. */
export function serviceName(text: string): string {
  const name = text
    .replace(/\.onnx$/i, '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return NAME.test(name) ? name : 'model';
}
