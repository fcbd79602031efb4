// After a denial that says `then: latch` a session takes no more writes. What is certainly none is
// a single statement that begins with one of a few words; everything else is refused.

const READ_ONLY_WORDS: ReadonlySet<string> = new Set([
  'SELECT',
  'SHOW',
  'SET',
  'USE',
  'DESC',
  'DESCRIBE',
  'COMMIT',
  'ROLLBACK',
  'BEGIN',
  'START TRANSACTION',
]);

const FIRST_WORDS = /^\s*(START\s+TRANSACTION|[A-Z]+)\b/i;
/** More than one statement, or text that only some servers run. */
const NOT_PLAIN = /;\s*[^\s]|\/\*[!M]|\bINTO\b|\bGLOBAL\b|\bPERSIST/i;
/** Statements that begin like SET and write accounts, or run another one; what writes a sequence. */
const WRITES = /^\s*SET\b[\s\S]*\b(STATEMENT|PASSWORD|ROLE)\b|\b(NEXT\s+VALUE|NEXTVAL|SETVAL)\b/i;
/** A text this long is not looked at: it is refused. */
const PLAIN_BYTES = 65_536;

export const LATCHED_MESSAGE =
  'Interlock refused: an earlier statement of this session was refused, and by that rule the ' +
  'session takes no more writes. Reconnect to go on.';

export function isReadOnly(text: Buffer): boolean {
  if (text.length > PLAIN_BYTES) return false;
  const plain = text.toString('latin1');
  if (NOT_PLAIN.test(plain) || WRITES.test(plain)) return false;
  const words = FIRST_WORDS.exec(plain)?.[1]?.toUpperCase().replace(/\s+/g, ' ');
  return words !== undefined && READ_ONLY_WORDS.has(words);
}
