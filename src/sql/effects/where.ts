// Whether a WHERE restricts anything. It judges shapes, not data: a condition that names no column,
// or compares one with itself, lets every row through; so does any condition OR one of these. What
// it cannot tell restricts, if a column stands in it; docs/effects.md lists what that leaves.
import { shadowedIn } from './columns.js';
import type { Condition, ConditionToken } from './condition.js';

/** `all`: every row may match; `none`: no row does; `some`: it hangs on the row. */
export type Restriction = 'all' | 'some' | 'none';

/** A part of a condition: [from, to) of its tokens, and how deep it lies in parentheses. */
interface Part {
  readonly condition: Condition;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

/** What lies deeper is not looked into: it may let every row through. */
const DEEPEST = 32;

export function restrictionOf(condition: Condition): Restriction {
  if (condition.isCut) return 'all';
  return anyOf({ condition, from: 0, to: condition.tokens.length, depth: 0 });
}

const OR: ReadonlySet<string> = new Set(['or', '||', 'xor']);
const AND: ReadonlySet<string> = new Set(['and', '&&']);

function anyOf(part: Part): Restriction {
  const parts = split(part, OR);
  const found = parts.map(allOf);
  if (parts.length === 1) return found[0] ?? 'all';
  if (holdsOpposites(parts)) return 'all';
  if (separators(part, OR).includes('xor')) return found.includes('some') ? 'some' : 'all';
  if (found.includes('all')) return 'all';
  return found.includes('some') ? 'some' : 'none';
}

function allOf(part: Part): Restriction {
  const found = split(part, AND).map(oneOf);
  if (found.includes('none')) return 'none';
  return found.includes('some') ? 'some' : 'all';
}

/** [NOT] … */
function oneOf(part: Part): Restriction {
  const first = part.condition.tokens[part.from];
  const negates = first !== undefined && isNot(first) && part.from < part.to;
  if (!negates) return primary(part);
  const inner = oneOf({ ...part, from: part.from + 1, depth: part.depth + 1 });
  return inner === 'some' ? 'some' : 'all';
}

function isNot({ kind, text }: ConditionToken): boolean {
  return (kind === 'word' && text === 'not') || (kind === 'symbol' && text === '!');
}

function primary(part: Part): Restriction {
  if (part.from >= part.to || part.depth > DEEPEST) return 'all';
  const group = leadingGroup(part);
  if (group !== undefined) {
    const { rest } = group;
    const inner = rest === '' || COMPARED_AS_TRUTH.test(rest) ? anyOf(group.inner) : undefined;
    if (inner !== undefined && (rest === '' || inner !== 'some')) {
      return rest === '' ? inner : 'all';
    }
  }
  return hangsOnRow(part) ? columnRestriction(part) : constantRestriction(part);
}

/** `(a OR b) IS TRUE`, `(a OR b) = 1`: as good as the condition alone. */
const COMPARED_AS_TRUTH = /^(is |= |< = > |! = |< > |> |> = )/;

interface Group {
  readonly inner: Part;
  /** What follows the group, its tokens joined by spaces. */
  readonly rest: string;
}

/** A part that begins with a parenthesis which holds a condition and no subquery or list. */
function leadingGroup(part: Part): Group | undefined {
  const { tokens } = part.condition;
  const opener = tokens[part.from];
  if (opener?.text !== '(' || opener.kind !== 'symbol') return undefined;
  if (startsQuery(tokens, part.from + 1) || opener.close > part.to) return undefined;
  const inner = { ...part, from: part.from + 1, to: opener.close, depth: part.depth + 1 };
  const rest = textOf(part.condition, opener.close + 1, part.to);
  return split(inner, COMMA).length > 1 ? undefined : { inner, rest };
}

const COMMA: ReadonlySet<string> = new Set([',']);
const QUERY: ReadonlySet<string> = new Set(['select', 'with', 'values', 'table']);

function startsQuery(tokens: Condition['tokens'], at: number): boolean {
  const token = tokens[at];
  if (token?.kind !== 'word' || !QUERY.has(token.text)) return false;
  const opener = tokens[at + 1];
  if (token.text !== 'values' || opener?.text !== '(') return true;
  const after = tokens[opener.close + 1];
  return after === undefined || AFTER_ROWS.has(after.text);
}

/** What follows the rows of VALUES (1, 2); anything else follows the function VALUES(a). */
const AFTER_ROWS: ReadonlySet<string> = new Set(
  [')', ','].concat('union except intersect minus order limit'.split(' ')),
);

/** The parts between separators that lie outside parentheses, CASE … END and BETWEEN … AND. */
function split(part: Part, at: ReadonlySet<string>): readonly Part[] {
  const parts: Part[] = [];
  let from = part.from;
  for (const index of places(part, at)) {
    parts.push({ ...part, from, to: index });
    from = index + 1;
  }
  return [...parts, { ...part, from }];
}

function separators(part: Part, at: ReadonlySet<string>): readonly string[] {
  return places(part, at).map((index) => part.condition.tokens[index]?.text ?? '');
}

function places(part: Part, at: ReadonlySet<string>): readonly number[] {
  const { tokens } = part.condition;
  const found: number[] = [];
  let betweens = 0;
  for (let index = part.from; index < part.to; index += 1) {
    const token = tokens[index];
    if (token === undefined || token.kind === 'value' || token.kind === 'column') continue;
    if (token.close >= 0) index = Math.max(index, token.close);
    else if (token.text === 'between') betweens += 1;
    else if (token.text === 'and' && betweens > 0) betweens -= 1;
    else if (at.has(token.text) || (at === OR && addsGroups(tokens, index))) found.push(index);
  }
  return found;
}

/** `(a = a) | (b = 1)` and with `+`: true wherever one of the two is. */
function addsGroups(tokens: Condition['tokens'], index: number): boolean {
  const [before, token, after] = tokens.slice(index - 1, index + 2);
  if (token?.kind !== 'symbol' || (token.text !== '|' && token.text !== '+')) return false;
  return before?.text === ')' && after?.text === '(' && after.kind === 'symbol';
}

/** A column stands in it: outside any subquery, or in one that speaks of the outer table. */
function hangsOnRow(part: Part): boolean {
  const { tokens, tables } = part.condition;
  let queryEnd = -1;
  let shadowed: ReadonlySet<string> = new Set();
  for (let index = part.from; index < part.to; index += 1) {
    const token = tokens[index];
    if (token === undefined) continue;
    if (index > queryEnd && token.close >= 0 && startsQuery(tokens, index + 1)) {
      queryEnd = token.close;
      shadowed = shadowedIn(part.condition, { from: index, to: queryEnd });
    }
    if (token.kind !== 'column') continue;
    const isOuter = tokens[index + 1]?.text === '.' && tables.has(token.text);
    if (index > queryEnd || (isOuter && !shadowed.has(token.text))) return true;
  }
  return false;
}

const TRUE_OF_ITSELF: ReadonlySet<string> = new Set(['=', '< = >', '> =', '< =', 'like']);
/** NOT (id <> id) lets every row through. */
const NEVER_OF_ITSELF: ReadonlySet<string> = new Set(['! =', '< >', '<', '>']);
/** `LIKE '%%'`, `REGEXP '^.*$'`, `RLIKE ''`. */
const EVERYTHING = /^(?:like '%+|(?:regexp|rlike) '(?:\^|\$|\^?(?:\.\*)+\$?)?)$/;

/** `id = id`, `id LIKE '%'`, `id BETWEEN id AND id`, `id IN (id)`. */
function columnRestriction(part: Part): Restriction {
  const { from, to, condition } = part;
  if (isPlainEquality(part)) return 'some';
  const comparison = comparisonIn(part);
  if (comparison === undefined) return uncompared(part);
  const left = textOf(condition, from, comparison.from);
  const right = textOf(condition, comparison.to, to);
  const operator = textOf(condition, comparison.from, comparison.to);
  if (EVERYTHING.test(`${operator} ${right}`)) return 'all';
  if (TRUE_OF_ITSELF.has(operator)) return bare(left) === bare(right) ? 'all' : 'some';
  if (NEVER_OF_ITSELF.has(operator)) return bare(left) === bare(right) ? 'none' : 'some';
  if (operator === 'between') return right === `${left} and ${left}` ? 'all' : 'some';
  if (operator !== 'in') return 'some';
  const items = right.replace(/^\( /, '').replace(/ \)$/, '').split(' , ');
  return items.includes(left) ? 'all' : 'some';
}

/** `a + 1`, `2 | a`: what stands alone and nobody means as a condition. */
function uncompared({ condition, from, to }: Part): Restriction {
  return NEVER_ZERO.test(textOf(condition, from, to)) ? 'all' : 'some';
}

const NEVER_ZERO = /^(?:[1-9]\d{0,14} [+|] [^ ()]+|[^ ()]+ [+|] [1-9]\d{0,14})$/;

/** `id = 5`: most are, and a text may hold a hundred thousand of them. */
function isPlainEquality({ condition: { tokens }, from, to }: Part): boolean {
  if (to - from !== 3 || tokens[from + 1]?.text !== '=') return false;
  const value = tokens[from + 2];
  return value?.kind === 'value' && value.text !== tokens[from]?.text;
}

/** Without the parentheses around it. */
function bare(text: string): string {
  return text.startsWith('( ') && text.endsWith(' )') ? bare(text.slice(2, -2)) : text;
}

const OPERATOR_WORDS: ReadonlySet<string> = new Set(['like', 'between', 'in', 'regexp', 'rlike']);
const OPERATOR_SYMBOLS: ReadonlySet<string> = new Set(['=', '<', '>', '!']);

function comparisonIn(part: Part): { readonly from: number; readonly to: number } | undefined {
  const { tokens } = part.condition;
  for (let index = part.from; index < part.to; index += 1) {
    const token = tokens[index];
    if (token === undefined) continue;
    if (token.close >= 0) index = Math.max(index, token.close);
    else if (token.kind === 'word' && OPERATOR_WORDS.has(token.text)) {
      return { from: index, to: index + 1 };
    } else if (isOperator(token)) {
      let to = index + 1;
      while (to < part.to && isOperator(tokens[to])) to += 1;
      return { from: index, to };
    }
  }
  return undefined;
}

function isOperator(token: ConditionToken | undefined): boolean {
  return token?.kind === 'symbol' && OPERATOR_SYMBOLS.has(token.text);
}

const SMALL_NUMBER = /^\d{1,15}(\.\d{1,6})?$/;

/** `WHERE 0` and `1 = 2` match no row; every other constant may be true. */
function constantRestriction({ condition, from, to }: Part): Restriction {
  const text = textOf(condition, from, to);
  if (text === 'false' || text === 'null') return 'none';
  const [left = '', operator, right = '', more] = text.split(' ');
  if (!SMALL_NUMBER.test(left) || more !== undefined) return 'all';
  if (operator === undefined) return Number(left) === 0 ? 'none' : 'all';
  if (!SMALL_NUMBER.test(right)) return 'all';
  const isFalse =
    (operator === '=' && Number(left) !== Number(right)) ||
    (operator === '<' && Number(left) >= Number(right)) ||
    (operator === '>' && Number(left) <= Number(right));
  return isFalse ? 'none' : 'all';
}

const OPPOSITES: readonly (readonly [string, string])[] = [
  [' is null', ' is not null'],
  [' = ', ' ! = '],
  [' = ', ' < > '],
  [' < ', ' > = '],
  [' > ', ' < = '],
  [' is true', ' is not true'],
  [' is false', ' is not false'],
  [' in ', ' not in '],
  [' like ', ' not like '],
  [' between ', ' not between '],
];

/** `a OR NOT a`, `a = 1 XOR a <> 1`, `a IS NULL OR a IS NOT NULL`. */
function holdsOpposites(parts: readonly Part[]): boolean {
  if (parts.length > DEEPEST) return false;
  const texts = new Set(parts.map((part) => bare(textOf(part.condition, part.from, part.to))));
  return [...texts].some((text) => {
    if (texts.has(`not ${text}`) || texts.has(`not ( ${text} )`)) return true;
    return OPPOSITES.some(([one, other]) => {
      return text.includes(one) && texts.has(text.replace(one, other));
    });
  });
}

/** The tokens joined by spaces; a single table's names before a column are left out. */
function textOf(condition: Condition, from: number, to: number): string {
  const { tokens, single } = condition;
  const texts: string[] = [];
  for (let index = from; index < to; index += 1) {
    if (single) index += qualifiersAt(condition, index, to);
    const token = tokens[index];
    if (token !== undefined) texts.push(token.text);
  }
  return texts.join(' ');
}

/** How many tokens stand before a column as `t.` or `app.t.`. */
function qualifiersAt({ tokens, tables }: Condition, index: number, to: number): number {
  const isTable = (at: number) =>
    at + 2 < to && tables.has(tokens[at]?.text ?? '') && tokens[at + 1]?.text === '.';
  if (tokens[index + 1]?.text === '.' && isTable(index + 2)) return 4;
  return isTable(index) ? 2 : 0;
}
