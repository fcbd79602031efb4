// Knows at sight the plainest of what applications and dumps send although a guarded word stands in
// it: FOR UPDATE, ON DUPLICATE KEY UPDATE, a word in a string, an UPDATE or DELETE by columns compared
// with constants. Reading those costs ten times more. Every byte of them means the same under every
// reading, and what the reader would say of them is nothing; whatever else stands there is read.

import { NO_COLUMNS } from './effects/columns.js';
import { HARMLESS_VERBS } from './effects/statement.js';

const SPACE = '[ \\t\\r\\n]';
const GAP = `${SPACE}+`;
const SOME = `${SPACE}*`;
/** Ends a bare word or a number, and no literal is glued to it: `x'41'`, `1.e5`. */
const ENDS = "(?![\\w.$'])";

/** A pattern for any of the words that looks at each letter once, not at each word. */
function anyOf(words: readonly string[]): string {
  const firsts = new Set(words.map((word) => word.charAt(0)));
  const branches = [...firsts].map((first) => {
    const rests = words.filter((word) => word.startsWith(first)).map((word) => word.slice(1));
    return first === '' ? '' : first + anyOf(rests);
  });
  return branches.length === 1 ? (branches[0] ?? '') : `(?:${branches.sort().reverse().join('|')})`;
}

/** What no bare name here may be: it would be an operand, begin a clause, or join tables. */
const NO_NAME = anyOf([
  ...NO_COLUMNS,
  ...['event', 'proc', 'func', 'nextval', 'currval', 'rownum', 'sysdate', 'current_role', 'row'],
  ...['set', 'partition', 'lateral', 'low_priority', 'high_priority', 'delayed', 'ignore', 'quick'],
  ...['history', 'use', 'force', 'returning', 'join', 'inner', 'cross', 'left', 'right', 'outer'],
  ...['natural', 'full', 'straight_join', 'wait', 'nowait', 'into', 'replace', 'concurrent', 'any'],
]);
const NAME = `(?:\`(?!(?:event|proc|func|nextval|currval)\`)[a-z_][a-z0-9_]*\`|(?!${NO_NAME}(?![a-z0-9_]))[a-z_][a-z0-9_]*)`;
/** With the names before its dots. */
const BEHIND_DOT =
  '\\.(?!`?(?:event|proc|func|nextval|currval)(?![a-z0-9_]))(?:[a-z_]\\w*|`[a-z_]\\w*`)';
const TABLE = `${NAME}(?:${BEHIND_DOT})?`;
const COLUMN = `${NAME}(?:${BEHIND_DOT}){0,2}`;
const ALIASED = `${TABLE}(?:${GAP}(?:as${GAP})?${NAME})?`;

const STRING = "'(?:[^'\\\\]|'')*'(?!')";
const NUMBER = `\\d{1,18}(?:\\.\\d{1,18})?${ENDS}`;
const QUOTED = '`[a-z0-9_ -]+`(?!`)';
const CHAIN = `(?:[a-z_]\\w*|${QUOTED})(?:\\.(?:[a-z_]\\w*|${QUOTED}|\\*))*${ENDS}`;
const MARK = '[=<>!,?%*@]|-(?!-)|/(?!\\*)';
/** Any token that is what it looks like to every server, but for parentheses. */
const tokens = (unless: string, marks: string) =>
  `(?:${SPACE}|${STRING}|${NUMBER}|${unless}${CHAIN}|${marks})`;
const INNER = tokens('', `${MARK}|[+|&]`);
const GROUP = `\\((?:${INNER}|\\((?:${INNER}|\\(${INNER}*\\))*\\))*\\)`;
const ANYTHING = `(?:${INNER}|[()])*`;
/** Up to WHERE. */
const ASSIGNMENTS = `(?:${tokens('(?!where(?!\\w))', `${MARK}|[+|&]`)}|${GROUP})+`;
/** Without OR outside parentheses, in any of its forms. */
const REST = `(?:${tokens('(?!x?or(?!\\w))', MARK)}|${GROUP})*`;

const UNIT = '(?:second|minute|hour|day|week|month|year)';
const NOW = `now\\(\\)(?:${SOME}[-+]${SOME}interval${GAP}\\d{1,9}${GAP}${UNIT}${ENDS})?`;
const CONSTANT = `(?:-?${NUMBER}|\\?|${STRING}|${NOW})`;
const LIST = `\\(${SOME}${CONSTANT}(?:${SOME},${SOME}${CONSTANT})*${SOME}\\)`;
const SIMPLE = [
  `${SOME}(?:=|<|>)${SOME}${CONSTANT}`,
  `${GAP}in${SOME}${LIST}`,
  `${GAP}is${GAP}null${ENDS}`,
  `${GAP}like${GAP}(?='[%_]*[a-z0-9])${STRING}`,
  `${GAP}between${GAP}${CONSTANT}${GAP}and${GAP}${CONSTANT}`,
];
/** The opposite of one of the others: two of them behind OR may take every row. */
const OPPOSITE = [
  `${SOME}(?:<=|>=|<>|!=|<=>)${SOME}${CONSTANT}`,
  `${GAP}not${GAP}in${SOME}${LIST}`,
  `${GAP}is${GAP}not${GAP}null${ENDS}`,
];
const EITHER = `${COLUMN}(?:${SIMPLE.join('|')})`;
const EITHERS = `${EITHER}(?:${GAP}(?:and|or)${GAP}${EITHER})*`;
const GROUPED = `\\(${SOME}${EITHERS}${SOME}\\)`;
const TERM = `(?:${COLUMN}(?:${[...SIMPLE, ...OPPOSITE].join('|')})|${GROUPED})`;
/** Nothing before it may end in white space that is optional: a flood of that would be tried in pairs. */
const CLOSE = `(?:;${SOME})?$`;
const TAIL = `(?:${GAP}(?:order${GAP}by|limit)${SPACE}${ANYTHING}|${SOME})`;
const WHERE = [
  `${TERM}(?:${GAP}and${SPACE}${REST}|${TAIL})${CLOSE}`,
  `(?:${EITHER}|${GROUPED})(?:${GAP}(?:and|or)${GAP}(?:${EITHER}|${GROUPED}))*${TAIL}${CLOSE}`,
];

const TO_WHERE = [
  `update${GAP}${ALIASED}${GAP}set${SPACE}${ASSIGNMENTS}`,
  `delete${GAP}from${GAP}${ALIASED}${GAP}`,
];
const INSERT = `(?:insert|replace)${GAP}(?:(?:ignore|low_priority|delayed)${GAP})?(?:into${GAP})?${TABLE}${ENDS}${ANYTHING}`;
const KEYS = `alter${GAP}table${GAP}${TABLE}${GAP}(?:dis|en)able${GAP}keys`;
const OTHER = [
  `${anyOf([...HARMLESS_VERBS])}(?=[^\\w.$'])${ANYTHING}`,
  INSERT,
  `create${GAP}table${SPACE}${ANYTHING}`,
  `(?:begin(?:${GAP}work)?|${KEYS}|/\\*!40000${GAP}${KEYS}${GAP}\\*/)${SOME}`,
];

// Apart, because the engine does not make much of longer expressions.
const ROWS_TO_WHERE = new RegExp(`(?:${TO_WHERE.join('|')})where${SPACE}${SOME}`, 'iy');
const PLAIN_WHERE = new RegExp(WHERE.join('|'), 'iy');
const PLAIN_OTHER = new RegExp(`^(?:${OTHER.join('|')})${CLOSE}`, 'i');

const LONGEST_PLAIN_BYTES = 1_024;
const SMALL_U = 0x75;
const SMALL_D = 0x64;

/** An UPDATE or a DELETE may be plain, and has a guarded word anyhow. */
export function mayBeRowChange(text: Uint8Array): boolean {
  const first = (text[0] ?? 0) | 0x20;
  return first === SMALL_U || first === SMALL_D;
}

/** True only of one statement that has no effect under any reading. */
export function isPlainStatement(text: Uint8Array): boolean {
  if (text.length > LONGEST_PLAIN_BYTES) return false;
  const latin1 = Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1');
  return mayBeRowChange(text) ? isPlainRowChange(latin1) : PLAIN_OTHER.test(latin1);
}

function isPlainRowChange(latin1: string): boolean {
  ROWS_TO_WHERE.lastIndex = 0;
  if (!ROWS_TO_WHERE.test(latin1)) return false;
  PLAIN_WHERE.lastIndex = ROWS_TO_WHERE.lastIndex;
  return PLAIN_WHERE.test(latin1);
}
