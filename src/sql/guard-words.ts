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
  // And the bodies of events and triggers, where it may stand alone (measured).
  ...['schedule', 'each'],
  // Of a routine whose body is not SQL.
  'language',
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
  return mayMeanCode(database) && foundEnd(CODE_TABLES, text) > 0;
}

function mayMeanCode(database: string | undefined): boolean {
  return database === undefined || database.toLowerCase() === 'mysql';
}

/** No word, with the bytes around it that it hangs on, is as long as this. */
const LONGEST_WORD = 24;

/** Looks for a vocabulary in a text that comes in chunks. */
class WordScan {
  readonly #vocabulary: Vocabulary;
  #tail: Uint8Array = new Uint8Array();
  /** Where to look in the tail: its first byte only says what stands before the second. */
  #from = 0;
  #seen = false;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** `ends`: at the very end, where the next byte may make it part of a longer word. */
  push(chunk: Uint8Array): 'none' | 'ends' | 'seen' {
    if (this.#seen) return 'seen';
    const joined = Buffer.concat([this.#tail, chunk]);
    const end = foundEnd(this.#vocabulary, joined, this.#from);
    this.#seen = end > 0 && end < joined.length;
    this.#tail = joined.subarray(-LONGEST_WORD);
    this.#from = joined.length > LONGEST_WORD ? 1 : this.#from;
    if (this.#seen) return 'seen';
    return end < 0 ? 'none' : 'ends';
  }
}

/**
 * Asks whether anything guarded may stand in a text that comes in chunks and is never held as a
 * whole: after each `push` the answer is what `hasGuardWord` and `mayNameCode` say of all that was
 * pushed so far. A true answer can turn false once more (`drop`, then `ped`); a false one about the
 * whole text proves it harmless.
 */
export class GuardWordScan {
  readonly #guard = new WordScan(GUARD);
  readonly #set = new WordScan(SET);
  readonly #code: WordScan | undefined;
  #sawBeyondAscii = false;

  /** `database`: the default schema, for bare names; undefined: not known. */
  constructor(database: string | undefined) {
    this.#code = mayMeanCode(database) ? new WordScan(CODE_TABLES) : undefined;
  }

  push(chunk: Uint8Array): boolean {
    const guard = this.#guard.push(chunk);
    const set = this.#set.push(chunk);
    const code = this.#code?.push(chunk) ?? 'none';
    this.#sawBeyondAscii ||= !isAscii(chunk);
    return guard !== 'none' || code !== 'none' || (set !== 'none' && this.#sawBeyondAscii);
  }
}
