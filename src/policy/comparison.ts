// `rows: ">1000"`, `bytes: ">1GiB"`: a comparison with a number that may not be known. Pure.
import { parseSizeBytes } from '../config/units.js';

const OPERATORS = ['>=', '<=', '>', '<'] as const;

export interface Comparison {
  readonly operator: (typeof OPERATORS)[number];
  readonly value: number;
  readonly text: string;
}

export function parseRowsComparison(text: string): Comparison | undefined {
  return parseComparison(text, (rest) => (/^\d{1,15}$/.test(rest) ? Number(rest) : undefined));
}

export function parseBytesComparison(text: string): Comparison | undefined {
  return parseComparison(text, parseSizeBytes);
}

export function isSatisfied(comparison: Comparison, value: number): boolean {
  switch (comparison.operator) {
    case '>=':
      return value >= comparison.value;
    case '<=':
      return value <= comparison.value;
    case '>':
      return value > comparison.value;
    case '<':
      return value < comparison.value;
  }
}

/** Whether every number that the first allows is one that the second allows. */
export function implies(narrow: Comparison | undefined, wide: Comparison): boolean {
  if (narrow === undefined) return false;
  const direction = (one: Comparison) => one.operator.charAt(0);
  if (direction(narrow) !== direction(wide)) return false;
  if (narrow.value === wide.value) {
    return narrow.operator === wide.operator || wide.operator.endsWith('=');
  }
  return direction(wide) === '>' ? narrow.value > wide.value : narrow.value < wide.value;
}

function parseComparison(
  text: string,
  read: (rest: string) => number | undefined,
): Comparison | undefined {
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate));
  if (operator === undefined) return undefined;
  const value = read(text.slice(operator.length).trim());
  return value === undefined ? undefined : { operator, value, text };
}
