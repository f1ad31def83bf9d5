/** An expression of a GitHub workflow × contexts → its value: names with dots, 'text', ==, !=, &&, ||, always() and !cancelled(), which is all that our workflow uses. */

export type Contexts = Readonly<Record<string, unknown>>;

/** Every `${{ … }}` of a text. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, inner: string) => String(evaluate(inner, contexts) ?? ''));
}

/** Throws for what it does not understand: a workflow that says more than the runner knows would pass unseen. */
export function evaluate(written: string, contexts: Contexts): unknown {
  // Where YAML would read the first letter otherwise, the braces are written.
  const text = /^\$\{\{(.*)\}\}$/.exec(written.trim())?.[1] ?? written;
  const parts = (operator: string): readonly string[] => text.split(operator).map((part) => part.trim());
  const or = parts('||');
  if (or.length > 1) return or.map((part) => evaluate(part, contexts)).find(Boolean) ?? false;
  const and = parts('&&');
  if (and.length > 1) return and.every((part) => Boolean(evaluate(part, contexts)));
  const [, left, operator, right] = /^(.*?)(==|!=)(.*)$/.exec(text) ?? [];
  if (left !== undefined && right !== undefined) {
    const isSame = evaluate(left, contexts) === evaluate(right, contexts);
    return operator === '==' ? isSame : !isSame;
  }
  return valueFor(text.trim(), contexts);
}

function valueFor(word: string, contexts: Contexts): unknown {
  // Nobody cancels here.
  if (word === 'always()' || word === '!cancelled()') return true;
  const [, quoted] = /^'([^']*)'$/.exec(word) ?? [];
  if (quoted !== undefined) return quoted;
  const [context = '', ...path] = word.split('.');
  if (!/^[a-z]+$/.test(context) || !(context in contexts)) throw new Error(`no such context: ${word}`);
  // What is not there is the empty text, as GitHub has it.
  return path.reduce<unknown>((value, key) => (value as Contexts | undefined)?.[key], contexts[context]) ?? '';
}
