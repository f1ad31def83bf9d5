/** Template files × values → finished texts. A placeholder that nobody declared, or that has no value, is an error. */

export interface TemplateFile {
  /** File of the template's folder. */
  readonly template: string;
  /** Where it goes, relative to the project; npm would drop a template named `.gitignore`. */
  readonly path: string;
}

export interface Template {
  readonly placeholders: readonly string[];
  readonly files: readonly (TemplateFile & { readonly text: string })[];
}

/** Not `${{ … }}`, which is GitHub's. */
const PLACEHOLDER = /(?<!\$)\{\{([^{}]*)\}\}/g;

/** `template.json` as text × the reader of the files it names. Throws for a file that uses what `template.json` does not declare. */
export async function readTemplate(json: string, readFile: (name: string) => Promise<string>): Promise<Template> {
  const { placeholders, files } = JSON.parse(json) as {
    readonly placeholders: Readonly<Record<string, string>>;
    readonly files: readonly TemplateFile[];
  };
  const names = Object.keys(placeholders);
  const texts = await Promise.all(files.map(async (file) => ({ ...file, text: await readFile(file.template) })));
  const used = new Set(texts.flatMap(({ text }) => [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '')));
  const unknown = [...used].filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`template.json does not declare the placeholders: ${unknown.join(', ')}`);
  return { placeholders: names, files: texts };
}

/** The text with every placeholder replaced once; values are not searched for placeholders again. */
export function fillTemplate(text: string, values: Readonly<Record<string, string>>): string {
  const filled = text.replace(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`no value for the placeholder {{${name}}}`);
    return value;
  });
  // Placeholders that may be empty stand on lines of their own.
  return `${filled.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
}
