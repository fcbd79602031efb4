// The words without which no statement has an effect. Keywords are contiguous ASCII bytes to every
// server (no comment, no escape and no character set can split one), so text in which none of
// them occurs is harmless under every reading, and that is known without reading it.

/** Keywords that begin an effect, or that change the default schema. */
const VERBS = ['drop', 'truncate', 'prepare', 'execute', 'call', 'binlog', 'replace', 'use'];

/** Parts of the names of variables whose change is an effect. */
const VARIABLES = [
  'sql_log_bin',
  'wsrep_',
  'gtid_',
  'init_',
  'replicate_',
  'skip_counter',
  'expire_logs',
  'binlog_',
];

/**
 * A verb counts unless it is part of a longer ASCII word. Digits may stand right before it (the
 * version in a comment, a number), and so may `\N`.
 */
const GUARD = new RegExp(
  `(?:(?<![a-z_$])|\\\\n)(?:${VERBS.join('|')})(?![a-z0-9_$])|${VARIABLES.join('|')}`,
  'i',
);

export function hasGuardWord(text: Uint8Array): boolean {
  return GUARD.test(Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1'));
}
