/** Two columns of numbers → Spearman's rank correlation: how far they put the same rows in the same order. */

/** Equal values share their mean rank. Null where it has no value: fewer than two rows, or a column of one value. */
export function rankCorrelation(a: Float64Array, b: Float64Array): number | null {
  if (a.length < 2) return null;
  const [x, y] = [ranks(a), ranks(b)];
  // The mean of ranks is known, however they are tied.
  const mean = (a.length + 1) / 2;
  let [both, one, other] = [0, 0, 0];
  for (let at = 0; at < x.length; at++) {
    const [dx, dy] = [(x[at] as number) - mean, (y[at] as number) - mean];
    both += dx * dy;
    one += dx * dx;
    other += dy * dy;
  }
  if (one === 0 || other === 0) return null;
  return Math.max(-1, Math.min(1, both / Math.sqrt(one * other)));
}

/** From 1; finite values. */
function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const found = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    const value = values[order[from] as number];
    let to = from + 1;
    while (to < order.length && values[order[to] as number] === value) to++;
    for (let at = from; at < to; at++) found[order[at] as number] = (from + 1 + to) / 2;
    from = to;
  }
  return found;
}
