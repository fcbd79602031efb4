// The words without which no statement has an effect. Keywords are contiguous ASCII bytes to every
// server (no comment, no escape and no character set can split one), so text in which none of
// them occurs is harmless under every reading, and that is known without reading it.

import { isAscii } from 'node:buffer';
import { foundEnd, type Vocabulary, vocabularyOf } from './word-search.js';

/** Keywords that begin an effect, that one cannot do without, or that change the default schema. */
const WORDS = [
  ...['drop', 'truncate', 'alter', 'rename', 'delete', 'update', 'replace', 'use'],
  ...['prepare', 'execute', 'call', 'binlog'],
  ...[
    'purge',
    'master',
    'slave',
    'slaves',
    'replica',
    'replicas',
    'replication',
    'group_replication',
    'logs',
  ],
  ...['shutdown', 'restart', 'clone', 'import'],
  // Blocks, in which ORACLE mode calls procedures without a word.
  ...['begin', 'then', 'loop', 'until'],
];

/** Parts of the names of variables whose change is an effect. */
const PARTS = [
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

const GUARD = vocabularyOf(WORDS, PARTS);

/**
 * MySQL takes `ínit_connect` for init_connect (variable-names.ts), so where SET stands and any byte
 * beyond ASCII does, the names of variables tell nothing.
 */
const SET = vocabularyOf(['set']);

export function hasGuardWord(text: Uint8Array): boolean {
  return foundEnd(GUARD, text) > 0 || (!isAscii(text) && foundEnd(SET, text) > 0);
}

/** The bare names of those tables, for sessions whose default schema may be mysql. */
const CODE_TABLES = vocabularyOf(['event', 'proc', 'func']);

/** Whether a bare name in it may be a table of code. `database` undefined: not known. */
export function mayNameCode(text: Uint8Array, database: string | undefined): boolean {
  if (database !== undefined && database.toLowerCase() !== 'mysql') return false;
  return foundEnd(CODE_TABLES, text) > 0;
}

/** No guard word, with the bytes around it that it hangs on, is as long as this. */
const LONGEST_GUARDED = 24;

/**
 * Asks the same of a text that comes in chunks and is never held as a whole: after each `push` the
 * answer is what `hasGuardWord` says of all that was pushed so far. A true answer can turn false
 * once more (`drop`, then `ped`); a false one about the whole text proves it harmless.
 */
export class GuardWordScan {
  #tail: Uint8Array = new Uint8Array();
  /** Where to look in the tail: its first byte only says what stands before the second. */
  #from = 0;
  #seen = false;
  #sawSet = false;
  #sawBeyondAscii = false;

  push(chunk: Uint8Array): boolean {
    if (this.#seen) return true;
    const joined = Buffer.concat([this.#tail, chunk]);
    const guard = this.#find(GUARD, joined);
    const set = this.#sawSet ? 'seen' : this.#find(SET, joined);
    this.#sawSet = set === 'seen';
    this.#sawBeyondAscii ||= !isAscii(joined);
    this.#seen = guard === 'seen' || (this.#sawSet && this.#sawBeyondAscii);
    this.#tail = joined.subarray(-LONGEST_GUARDED);
    this.#from = joined.length > LONGEST_GUARDED ? 1 : this.#from;
    return guard !== 'none' || (set !== 'none' && this.#sawBeyondAscii);
  }

  /** `ends`: at the very end, where the next byte may make it part of a longer word. */
  #find(vocabulary: Vocabulary, joined: Uint8Array): 'none' | 'ends' | 'seen' {
    const end = foundEnd(vocabulary, joined, this.#from);
    if (end < 0) return 'none';
    return end < joined.length ? 'seen' : 'ends';
  }
}
