// Knows the plainest UPDATE and DELETE at sight: one table, constants, one row or few by columns
// compared with constants. They are what applications send most; reading them costs ten times more.
// Every byte of them means the same under every reading; whatever else stands there is read.

const SPACE = '[ \\t\\r\\n]';
/** No word that could be a constant, begin a clause, or name one of the server's tables of code. */
const NO_NAME =
  'true|false|null|unknown|not|binary|default|interval|case|exists|event|proc|func|current_date|' +
  'current_time|current_timestamp|current_user|current_role|sysdate|localtime|localtimestamp|utc_date|utc_time|' +
  'utc_timestamp|rownum|where|set|from|using|row|match|all|distinct|low_priority|ignore|quick|history';
const NAME = `(?:\`(?!(?:event|proc|func)\`)[a-z_][a-z0-9_]*\`|(?!(?:${NO_NAME})(?![a-z0-9_]))[a-z_][a-z0-9_]*)`;
const CONSTANT = "(?:-?\\d{1,18}|\\?|'[a-z0-9 _.,:@+-]*')";
const VALUE = `(?:${CONSTANT}|${NAME}(?:${SPACE}?[+-]${SPACE}?\\d{1,18})?)`;
const EQUALS = `${SPACE}*=${SPACE}*`;
const ASSIGNED = `${NAME}${EQUALS}${VALUE}`;
const WHERE = `where${SPACE}+${NAME}${EQUALS}${CONSTANT}(?:${SPACE}+and${SPACE}+${NAME}${EQUALS}${CONSTANT})*`;
const ASSIGNMENTS = `set${SPACE}+${ASSIGNED}(?:${SPACE}*,${SPACE}*${ASSIGNED})*`;
const UPDATE = `update${SPACE}+${NAME}${SPACE}+${ASSIGNMENTS}`;
const DELETE = `delete${SPACE}+from${SPACE}+${NAME}`;
const PLAIN = new RegExp(`^(?:${UPDATE}|${DELETE})${SPACE}+${WHERE}${SPACE}*;?$`, 'i');

const LONGEST_PLAIN_BYTES = 512;

/** True only of one statement that changes rows its WHERE restricts, and nothing else. */
export function isPlainRowChange(text: Uint8Array): boolean {
  const first = (text[0] ?? 0) | 0x20;
  // An u or a d.
  if ((first !== 0x75 && first !== 0x64) || text.length > LONGEST_PLAIN_BYTES) return false;
  return PLAIN.test(Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1'));
}
