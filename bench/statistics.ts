// What many short rounds say together: the median, and the interval that holds the true one with
// 95 % confidence, by order statistics: no assumption about how rounds scatter.

export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

export function estimate(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  const below = ranksBelow(sorted.length);
  return {
    median: median(sorted),
    low: sorted[below] ?? Number.NaN,
    high: sorted[sorted.length - 1 - below] ?? Number.NaN,
  };
}

/** How many of the smallest, and of the largest, lie outside the interval. */
function ranksBelow(count: number): number {
  let probability = 0.5 ** count;
  let cumulated = probability;
  let below = 0;
  while (cumulated <= 0.025) {
    below += 1;
    probability *= (count - below + 1) / below;
    cumulated += probability;
  }
  return Math.max(0, below - 1);
}

export function shown({ median, low, high }: Estimate): string {
  return `${median.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}
