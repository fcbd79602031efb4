// Which names in a condition are columns, and which only look like one: units, types, character
// sets, functions, sequences. A name that is none must not count as one, or a constant would seem
// to restrict. What the tokens are is condition.ts's.
import type { Flavour } from '../dialect.js';
import type { Condition, ConditionToken } from './condition.js';

/** Reserved words that stand where an operand does. Behind them none can follow. */
const OPERANDS: ReadonlySet<string> = new Set(
  `true false null unknown default current_date current_time current_timestamp current_user localtime
  localtimestamp utc_date utc_time utc_timestamp`.split(/\s+/),
);

/** Words that may stand where an operand does and are none; most lead one in. */
export const NO_COLUMNS: ReadonlySet<string> = new Set([
  ...OPERANDS,
  ...`and or xor not is unknown in between like regexp rlike interval div mod collate binary case when
  then else exists all distinct select with values table match from where group having order by
  limit union join on using as into for both leading trailing`.split(/\s+/),
]);

/** After these a name is a type, a character set or a collation. */
const NAMES_NO_OPERAND: ReadonlySet<string> = new Set(['as', 'using', 'collate', '@']);

/** Functions without parentheses (measured), all but the first in ORACLE mode. */
const VALUES_ON_MARIADB: ReadonlySet<string> = new Set(['current_role', 'sysdate', 'rownum']);

/** What stands at the end of a name's dots and makes it a sequence. */
const OF_SEQUENCES: ReadonlySet<string> = new Set(['nextval', 'currval']);

/**
 * Functions whose arguments are no operands: a unit, a sequence, a type, a column whose value in the
 * row is not what is asked for. From one argument up to another.
 */
const NO_OPERANDS_IN: ReadonlyMap<string, { readonly from: number; readonly to: number }> = new Map(
  [
    ...['timestampdiff', 'timestampadd', 'get_format', 'nextval', 'lastval', 'setval'].map(
      (name) => [name, { from: 0, to: 0 }] as const,
    ),
    ...['values', 'value', 'default'].map((name) => [name, { from: 0, to: 0 }] as const),
    ['convert', { from: 1, to: 1 }],
  ],
);

/** Whether this word, where an operand stands, may name a column. */
export function mayBeColumn(word: string): boolean {
  return !NO_COLUMNS.has(word);
}

/** The function whose parentheses are open, and which of its arguments this is. */
interface Call {
  readonly name: string;
  argument: number;
}

/** Says of each word and name whether it is a column. */
export function markColumns(tokens: readonly ConditionToken[], flavour: Flavour): void {
  const calls: Call[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || token.kind === 'value') continue;
    if (token.kind === 'symbol') followCalls(calls, token, tokens[index - 1]);
    else token.kind = kindOf({ tokens, index, flavour, call: calls.at(-1) });
  }
}

function followCalls(calls: Call[], { text }: ConditionToken, before?: ConditionToken): void {
  if (text === '(') {
    const isCall = before?.kind === 'word' || before?.kind === 'value';
    calls.push({ name: isCall ? before.text : '', argument: 0 });
  } else if (text === ')') calls.pop();
  const call = calls.at(-1);
  if (text === ',' && call !== undefined) call.argument += 1;
}

interface Place {
  readonly tokens: readonly ConditionToken[];
  readonly index: number;
  readonly flavour: Flavour;
  readonly call: Call | undefined;
}

function kindOf(place: Place): ConditionToken['kind'] {
  const { tokens, index, flavour } = place;
  const token = tokens[index];
  if (token === undefined) return 'word';
  if (token.kind === 'word' && !mayBeColumn(token.text)) return 'word';
  if (token.kind === 'word' && flavour === 'mariadb' && isValueOnMariadb(tokens, index)) {
    return 'value';
  }
  if (isOperandPlace(tokens, index) && !isPartOfCall(place) && isRead(place)) return 'column';
  return token.kind === 'word' ? 'word' : 'value';
}

/** `SQL%ROWCOUNT` is one too (measured). */
function isValueOnMariadb(tokens: readonly ConditionToken[], index: number): boolean {
  const text = tokens[index]?.text ?? '';
  if (text === 'sql')
    return tokens[index + 1]?.text === '%' && tokens[index + 2]?.text === 'rowcount';
  if (text === 'rowcount')
    return tokens[index - 1]?.text === '%' && tokens[index - 2]?.text === 'sql';
  return VALUES_ON_MARIADB.has(text);
}

/** INTERVAL 1 DAY: what follows an operand directly is none. */
function isOperandPlace(tokens: readonly ConditionToken[], index: number): boolean {
  const before = tokens[index - 1];
  if (before === undefined) return true;
  if (before.kind === 'symbol') return !ENDS_OPERAND.has(before.text);
  if (before.kind !== 'word') return false;
  if (before.text === 'for' && tokens[index - 2]?.text === 'value') return false;
  return (
    NO_COLUMNS.has(before.text) && !OPERANDS.has(before.text) && !NAMES_NO_OPERAND.has(before.text)
  );
}

/** Behind a brace stands what ODBC calls a type: `{fn now()}`, `{x 1}`. */
const ENDS_OPERAND: ReadonlySet<string> = new Set([')', '.', '?', '{', '}']);

function isPartOfCall({ tokens, index, call }: Place): boolean {
  if (call === undefined) return false;
  if (call.name === 'extract') return tokens[index - 1]?.text === '(';
  const part = NO_OPERANDS_IN.get(call.name);
  return part !== undefined && call.argument >= part.from && call.argument <= part.to;
}

/** What follows says that it is a column's value: no call, no literal, no sequence. */
function isRead({ tokens, index, flavour }: Place): boolean {
  let at = index + 1;
  while (tokens[at]?.text === '.' && tokens[at]?.kind === 'symbol') at += 2;
  const last = tokens[at - 1];
  const after = tokens[at];
  if (after?.kind === 'symbol' && after.text === '(') return false;
  // DATE '2020-01-01', _utf8 'a', _utf8 0x61.
  if (after?.kind === 'value') return false;
  if (flavour !== 'mariadb') return true;
  if (at > index + 1 && OF_SEQUENCES.has(last?.text ?? '')) return false;
  return !(
    after?.kind === 'word' &&
    after.text === 'value' &&
    SEQUENCE_WORDS.has(last?.text ?? '')
  );
}

/** NEXT VALUE FOR s. */
const SEQUENCE_WORDS: ReadonlySet<string> = new Set(['next', 'previous']);

/** Of the tables around a subquery, those that it has others of the same name of. */
export function shadowedIn(
  { tokens, tables }: Pick<Condition, 'tokens' | 'tables'>,
  { from, to }: { readonly from: number; readonly to: number },
): ReadonlySet<string> {
  const found = new Set<string>();
  for (let index = from; index < to; index += 1) {
    const text = tokens[index]?.text ?? '';
    if (tables.has(text) && isListed(tokens, index) && !isRenamed(tokens, index)) found.add(text);
  }
  return found;
}

const BEFORE_TABLE: ReadonlySet<string> = new Set(['(', ')', ',', 'from', 'join', 'as', 'table']);

/** A table or an alias, and no operand. */
function isListed(tokens: readonly ConditionToken[], index: number): boolean {
  if (tokens[index + 1]?.text === '.') return false;
  const isQualified = tokens[index - 1]?.text === '.';
  const before = tokens[index - (isQualified ? 3 : 1)];
  if (before === undefined || BEFORE_TABLE.has(before.text)) return true;
  // The name of the table that this is an alias of.
  return before.kind !== 'symbol' && mayBeColumn(before.text);
}

/** An alias follows: the subquery knows it by that. */
function isRenamed(tokens: readonly ConditionToken[], index: number): boolean {
  const after = tokens[index + 1];
  if (after === undefined || after.kind === 'symbol') return false;
  if (after.text !== 'as') return mayBeColumn(after.text) && !AFTER_TABLE.has(after.text);
  return tokens[index + 2]?.text !== tokens[index]?.text;
}

/** Words that follow a table and are no alias. */
const AFTER_TABLE: ReadonlySet<string> = new Set(
  `inner cross left right natural straight_join partition use ignore force window procedure lock
  intersect except minus fetch offset returning end`.split(/\s+/),
);
