// SET: the variables whose change is an effect of its own, those that change how the rest of the
// text is read, and MariaDB's SET STATEMENT … FOR <statement>.
import { BYTE } from '../byte-classes.js';
import type { Effect } from '../effect.js';
import { advance, TOKEN } from '../lexer.js';
import { variableMeant } from '../variable-names.js';
import { nameAt, stringAt, wordAt } from '../words.js';
import { noteSwitch } from './switches.js';
import { add, emit, isOver, isSymbol, markOf, returnTo, took, type Walk } from './walk.js';

/** Variables by the effect of setting them. */
const GUARDED: ReadonlyMap<string, Effect> = new Map([
  ['sql_log_bin', 'unlog'],
  ['wsrep_on', 'unlog'],
  ['wsrep_osu_method', 'unlog'],
  ['gtid_slave_pos', 'relink'],
  ['gtid_purged', 'destroy-history'],
  ['gtid_binlog_state', 'destroy-history'],
  ['binlog_format', 'destroy-history'],
  ['expire_logs_days', 'destroy-history'],
  ['max_binlog_total_size', 'destroy-history'],
  ['binlog_space_limit', 'destroy-history'],
  ['slave_skip_counter', 'relink'],
  ['sql_slave_skip_counter', 'relink'],
  ['sql_replica_skip_counter', 'relink'],
  ['wsrep_cluster_address', 'relink'],
]);

/** The same by what their names begin with. */
const GUARDED_FAMILIES: readonly (readonly [string, Effect])[] = [
  ['binlog_expire_logs_', 'destroy-history'],
  ['replicate_', 'relink'],
];

/** It may be any variable's name to the server. */
const BEYOND_ASCII = /[^\0-\x7f]/;

const KEPT_CODE: ReadonlySet<string> = new Set(['init_connect', 'init_slave', 'init_replica']);

/** At SET. `readStatement` reads what follows SET STATEMENT … FOR. */
export function readSet(walk: Walk, readStatement: (walk: Walk) => void): void {
  const { lexer } = walk;
  advance(lexer);
  const isWrapper = took(lexer, 'statement');
  let parens = 0;
  // Inside a body the value is set when the body runs, which the text does not tell.
  walk.scopeIsOdd = isWrapper || walk.inBody;
  while (!isOver(lexer)) {
    if (isSymbol(lexer, BYTE.openParen)) parens += 1;
    if (isSymbol(lexer, BYTE.closeParen)) parens -= 1;
    if (isWrapper && parens <= 0 && took(lexer, 'for')) {
      readStatement(walk);
      return;
    }
    readVariable(walk);
    if (!isOver(lexer)) advance(lexer);
  }
}

function readVariable(walk: Walk): void {
  const { lexer } = walk;
  if (lexer.kind !== TOKEN.word && lexer.kind !== TOKEN.name) return;
  // A bare word in ASCII is no other name's likeness, and most are known without making a string.
  const word = wordAt(lexer);
  const written = word === '' || BEYOND_ASCII.test(word) ? nameAt(lexer) : word;
  const name = written === word ? word : variableMeant(written);
  noteSwitch(walk, name);
  if (KEPT_CODE.has(name)) {
    readKeptCode(walk, name);
    return;
  }
  const effect = guardedVariable(name);
  if (BEYOND_ASCII.test(written)) walk.isLoggingOpen = true;
  if (effect !== undefined && isAssigned(walk)) {
    emit(walk, { effect, verb: `SET ${name.toUpperCase()}`, objects: [{ name }] });
    if (effect === 'unlog') walk.isLoggingOpen = true;
  }
}

function guardedVariable(name: string): Effect | undefined {
  const known = GUARDED.get(name);
  if (known !== undefined) return known;
  return GUARDED_FAMILIES.find(([start]) => name.startsWith(start))?.[1];
}

/** An assignment follows: a variable's value is read with a bare name, which `=` cannot follow. */
function isAssigned(walk: Walk): boolean {
  const { lexer } = walk;
  const mark = markOf(lexer);
  advance(lexer);
  const assigned = isSymbol(lexer, BYTE.equals) || isSymbol(lexer, BYTE.colon);
  returnTo(lexer, mark);
  return assigned;
}

/** Under ANSI_QUOTES `"…"` is a name, and SET takes a variable's new value from a name too. */
function quotedName({ lexer, inBody, deferred }: Walk): Uint8Array | undefined {
  if (lexer.kind !== TOKEN.name || lexer.text[lexer.start] !== BYTE.doubleQuote) return undefined;
  return inBody || deferred ? undefined : Buffer.from(nameAt(lexer), 'utf8');
}

/** init_connect = '…': text that every later login runs. */
function readKeptCode(walk: Walk, name: string): void {
  const { lexer } = walk;
  advance(lexer);
  while (isSymbol(lexer, BYTE.colon) || isSymbol(lexer, BYTE.equals)) advance(lexer);
  const literal = stringAt(lexer) ?? quotedName(walk);
  if (literal !== undefined) {
    advance(lexer);
    // Another literal right behind it is its second half, and an operator computes with it.
    if (isOver(lexer) || isSymbol(lexer, BYTE.comma)) {
      // Which schema they log into is not known.
      const as = { database: undefined, deferred: true };
      for (const effect of walk.readNested(literal, as)) add(walk, effect);
      return;
    }
  }
  if (literal === undefined && wordAt(lexer) === 'default') return;
  const reason = `the value of ${name} is computed, and later sessions run it`;
  const wasDeferred = walk.deferred;
  walk.deferred = true;
  emit(walk, { effect: 'run-opaque', verb: `SET ${name.toUpperCase()}`, reason });
  walk.deferred = wasDeferred;
}
