/** Items × work that waits → what each gave, in order, with so many of them under way together. */
export async function inGroups<From, To>(
  size: number,
  items: readonly From[],
  work: (item: From) => Promise<To>,
): Promise<readonly To[]> {
  const done: To[] = [];
  for (let at = 0; at < items.length; at += size)
    done.push(...(await Promise.all(items.slice(at, at + size).map(work))));
  return done;
}
