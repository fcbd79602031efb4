// The words without which no statement has an effect. Keywords are contiguous ASCII bytes to every
// server (no comment, no escape and no character set can split one), so text in which none of
// them occurs is harmless under every reading, and that is known without reading it.

/** Keywords that begin an effect, that one cannot do without, or that change the default schema. */
const VERBS = [
  ...['drop', 'truncate', 'alter', 'rename', 'delete', 'update', 'replace', 'use'],
  ...['prepare', 'execute', 'call', 'binlog'],
  ...['purge', 'master', 'slaves?', 'replicas?', 'replication', 'group_replication', 'logs'],
  ...['shutdown', 'restart', 'clone', 'import'],
  // Blocks, in which ORACLE mode calls procedures without a word.
  ...['begin', 'then', 'loop', 'until'],
];

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
  // Its tables hold code that runs later (effects/code-tables.ts).
  'mysql',
];

/**
 * A verb counts unless it is part of a longer ASCII word. Digits may stand right before it (the
 * version in a comment, a number), and so may `\N`.
 */
const GUARD = new RegExp(
  `(?:(?<![a-z_$])|\\\\n)(?:${VERBS.join('|')})(?![a-z0-9_$])|${VARIABLES.join('|')}`,
  'i',
);

/**
 * MySQL takes `ínit_connect` for init_connect (variable-names.ts), so where SET stands and any byte
 * beyond ASCII does, the names of variables tell nothing.
 */
const SET = /(?<![a-z_$])set(?![a-z0-9_$])/i;
const BEYOND_ASCII = /[^\0-\x7f]/;

export function hasGuardWord(text: Uint8Array): boolean {
  const latin1 = asLatin1(text);
  return GUARD.test(latin1) || (BEYOND_ASCII.test(latin1) && SET.test(latin1));
}

/** The bare names of those tables, for sessions whose default schema may be mysql. */
const CODE_TABLE = /(?<![a-z_$])(?:event|proc|func)(?![a-z0-9_$])/i;

/** Whether a bare name in it may be a table of code. `database` undefined: not known. */
export function mayNameCode(text: Uint8Array, database: string | undefined): boolean {
  if (database !== undefined && database.toLowerCase() !== 'mysql') return false;
  return CODE_TABLE.test(asLatin1(text));
}

function asLatin1(text: Uint8Array): string {
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1');
}

/** No guard word, with the bytes around it that it hangs on, is as long as this. */
const LONGEST_GUARDED = 24;

/**
 * Asks the same of a text that comes in chunks and is never held as a whole: after each `push` the
 * answer is what `hasGuardWord` says of all that was pushed so far. A true answer can turn false
 * once more (`drop`, then `ped`); a false one about the whole text proves it harmless.
 */
export class GuardWordScan {
  readonly #guard = new RegExp(GUARD, 'gi');
  readonly #set = new RegExp(SET, 'gi');
  #tail = '';
  /** Where to look in the tail: its first byte only says what stands before the second. */
  #from = 0;
  #seen = false;
  #sawSet = false;
  #sawBeyondAscii = false;

  push(chunk: Uint8Array): boolean {
    if (this.#seen) return true;
    const joined = this.#tail + asLatin1(chunk);
    const guard = this.#find(this.#guard, joined);
    const set = this.#sawSet ? 'seen' : this.#find(this.#set, joined);
    this.#sawSet = set === 'seen';
    this.#sawBeyondAscii ||= BEYOND_ASCII.test(joined);
    this.#seen = guard === 'seen' || (this.#sawSet && this.#sawBeyondAscii);
    this.#tail = joined.slice(-LONGEST_GUARDED);
    this.#from = joined.length > LONGEST_GUARDED ? 1 : this.#from;
    return guard !== 'none' || (set !== 'none' && this.#sawBeyondAscii);
  }

  /** `ends`: at the very end, where the next byte may make it part of a longer word. */
  #find(pattern: RegExp, joined: string): 'none' | 'ends' | 'seen' {
    pattern.lastIndex = this.#from;
    if (!pattern.test(joined)) return 'none';
    return pattern.lastIndex < joined.length ? 'seen' : 'ends';
  }
}
