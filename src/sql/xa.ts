// XA statements that end a session's part in a transaction or the transaction itself: XA PREPARE,
// XA COMMIT, XA ROLLBACK, and the xid that they name. Pure. Another session may finish what one has
// prepared, so the name is all that ties the two together.

/** Which transaction, and what becomes of it. An xid that is not written plainly is undefined. */
export interface XaStatement {
  readonly verb: 'prepare' | 'commit' | 'rollback';
  readonly xid: string | undefined;
}

const LITERAL = String.raw`(?:'[^'\\]*'|"[^"\\]*"|x'(?:[0-9a-f]{2})*'|0x(?:[0-9a-f]{2})+)`;
const XID = String.raw`(${LITERAL})(?:\s*,\s*(${LITERAL})(?:\s*,\s*(\d{1,10}|0x[0-9a-f]{1,8}))?)?`;
const PLAIN = new RegExp(
  String.raw`^\s*xa\s+(prepare|commit|rollback)\s+${XID}\s*(?:one\s+phase\s*)?;?\s*$`,
  'i',
);
const WORD = /(?<![a-z0-9_$])xa(?![a-z0-9_$])/i;
const VERB = /(?<![a-z0-9_$])(?:prepare|commit|rollback)(?![a-z0-9_$])/i;

/** Whether the text may hold such a statement. Wrong only in seeing one where there is none. */
export function mayFinishXa(text: Uint8Array): boolean {
  const latin1 = latin1Of(text);
  return WORD.test(latin1) && VERB.test(latin1);
}

/** The XA statement that the text is; one without a known xid where it may be several or none. */
export function xaStatement(text: Uint8Array): XaStatement | undefined {
  if (!mayFinishXa(text)) return undefined;
  const match = PLAIN.exec(latin1Of(text));
  if (match === null) return { verb: 'commit', xid: undefined };
  const [, verb, gtrid = "''", bqual = "''", format = '1'] = match;
  const xid = `${hexOf(gtrid)}.${hexOf(bqual)}.${Number(format)}`;
  return { verb: verbOf(verb), xid };
}

function verbOf(word = ''): XaStatement['verb'] {
  const lower = word.toLowerCase();
  return lower === 'prepare' || lower === 'rollback' ? lower : 'commit';
}

function hexOf(literal: string): string {
  const lower = literal.toLowerCase();
  if (lower.startsWith('0x')) return lower.slice(2);
  if (lower.startsWith('x')) return lower.slice(2, -1);
  return Buffer.from(literal.slice(1, -1), 'latin1').toString('hex');
}

function latin1Of(text: Uint8Array): string {
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1');
}
