// What one statement fires of the code that the server keeps, by the names that stand in it: a call
// of a stored function, a view over one, a table with triggers that something is done to. Reads
// tokens, not grammar: a name that only might be one of those counts.
import { BYTE } from '../byte-classes.js';
import type { StatementEffect } from '../effect.js';
import {
  entriesNamed,
  type FiringEntry,
  type FiringNames,
  type RowEvent,
} from '../firing-names.js';
import { advance, createLexer, type Lexer, TOKEN } from '../lexer.js';
import type { Reading } from '../reading.js';
import { isNameToken, nameAt, wordAt } from '../words.js';

export interface Statement {
  readonly text: Uint8Array;
  readonly reading: Reading;
  readonly from: number;
  /** It begins inside a comment that the server runs. */
  readonly inComment: boolean;
  readonly to: number;
  /** The default schema; undefined while it is unknown. */
  readonly database: string | undefined;
  readonly deferred: boolean;
  readonly names: FiringNames;
}

/** A name as it stands in the statement, and what stands around it. */
interface Mention {
  readonly name: string;
  readonly schema: string | undefined;
  /** The bare word right before it and its schema; '' if none is there. */
  readonly after: string;
  /** `(` or `.` right behind it. */
  readonly before: number;
}

interface Scan {
  readonly mentions: readonly Mention[];
  readonly words: ReadonlySet<string>;
  /** The first words, as far as they may say what is created. */
  readonly head: readonly string[];
}

/** The effects of everything that the statement would fire. */
export function firedIn(statement: Statement): readonly StatementEffect[] {
  const scan = scanned(statement);
  const first = scan.head[0] ?? '';
  const keepsCode = isKeptCode(scan.head);
  const events = eventsOf(scan.words);
  return scan.mentions.flatMap((mention) =>
    entriesNamed(statement.names, mention.name)
      .filter((entry) => isMeant(entry, mention, statement.database))
      .filter((entry) => fires(entry, mention, { first, words: scan.words, events }))
      .flatMap(({ effects }) => effects)
      .map((effect) => ({ ...effect, deferred: statement.deferred || keepsCode })),
  );
}

const MOST_HEAD_WORDS = 16;
/** Reserved by every server: a dot behind one is `.t`, a table of the default schema. */
const BEFORE_TABLE: ReadonlySet<string> = new Set(
  `from join straight_join using update into insert replace table low_priority delayed
  high_priority ignore`.split(/\s+/),
);
/** Verbs of row events, and those that make a view be read. */
const TELLING: ReadonlySet<string> = new Set(
  'insert replace load update delete select table with values upsert'.split(' '),
);
/** In definitions and grants these words announce what is no statement. */
const DEFINITIONS: ReadonlySet<string> = new Set('create alter grant revoke'.split(' '));
const NO_VERB_AFTER: ReadonlySet<string> = new Set('on before after or grant'.split(' '));
/** A query in these ends with FOR UPDATE. MariaDB's SET STATEMENT … FOR UPDATE t is an UPDATE. */
const LOCKS_ROWS: ReadonlySet<string> = new Set(
  ' select with insert replace create values'.split(' '),
);

function scanned({ text, reading, from, to, inComment, names }: Statement): Scan {
  const lexer = createLexer(text, reading, from);
  lexer.inComment = inComment;
  const mentions: Mention[] = [];
  const words = new Set<string>();
  const head: string[] = [];
  let previous = '';
  advance(lexer);
  while (lexer.kind !== TOKEN.end && lexer.start < to) {
    const word = wordAt(lexer);
    if (word !== '' && head.length < MOST_HEAD_WORDS) head.push(word);
    noteWord(words, word, { previous, first: head[0] ?? '' });
    const isDot = lexer.kind === TOKEN.symbol && lexer.symbol === BYTE.dot;
    const isName = isNameToken(lexer) && !BEFORE_TABLE.has(word);
    if (isName) mentions.push(...mentionsAt(lexer, previous, names));
    else advance(lexer);
    if (!isDot) previous = word;
  }
  return { mentions, words, head };
}

function noteWord(
  words: Set<string>,
  word: string,
  { previous, first }: { readonly previous: string; readonly first: string },
): void {
  if (!TELLING.has(word)) return;
  const isAnnounced = DEFINITIONS.has(first) && NO_VERB_AFTER.has(previous);
  const isLock = word === 'update' && previous === 'for' && LOCKS_ROWS.has(first);
  if (word === 'update' && previous === 'key') words.add('upsert');
  else if (!isAnnounced && !isLock) words.add(word);
}

/** At a name: steps over it and the names after its dots. Each of them may be the one. */
function mentionsAt(lexer: Lexer, after: string, names: FiringNames): readonly Mention[] {
  const found: Mention[] = [];
  let schema: string | undefined;
  for (;;) {
    const name = nameAt(lexer);
    advance(lexer);
    if (entriesNamed(names, name).length > 0) {
      found.push({ name, schema, after, before: lexer.kind === TOKEN.symbol ? lexer.symbol : 0 });
    }
    if (lexer.kind !== TOKEN.symbol || lexer.symbol !== BYTE.dot) return found;
    advance(lexer);
    if (!isNameToken(lexer)) return found;
    schema = name;
  }
}

/** The names say that it is this one, or do not tell. */
function isMeant(
  { kind, schema }: FiringEntry,
  mention: Mention,
  database: string | undefined,
): boolean {
  // What stands before the name of a view or table may be an alias's dot in older servers' words.
  const stated = mention.schema ?? database;
  if (kind === 'package' || stated === undefined) return true;
  return stated.toLowerCase() === schema.toLowerCase() || !/^[\0-\x7f]*$/.test(stated + schema);
}

interface Verbs {
  readonly first: string;
  readonly words: ReadonlySet<string>;
  readonly events: ReadonlySet<RowEvent>;
}

const READS: readonly string[] = ['select', 'insert', 'update', 'delete', 'replace'];
/** Statements that name what they do not run. */
const ONLY_NAMES: ReadonlySet<string> = new Set(['grant', 'revoke']);
const BEFORE_TARGET: ReadonlySet<string> = new Set(
  `into insert replace table low_priority delayed high_priority ignore concurrent`.split(' '),
);
const DEFINES: ReadonlySet<string> = new Set(['function', 'procedure', 'exists', 'if']);

function fires(entry: FiringEntry, mention: Mention, verbs: Verbs): boolean {
  switch (entry.kind) {
    case 'function':
      if (verbs.first === 'create' && DEFINES.has(mention.after)) return false;
      return mention.before === BYTE.openParen;
    case 'package':
      return mention.before === BYTE.dot;
    case 'view':
      if (verbs.first === 'table') return true;
      // Behind AS stands an alias.
      if (ONLY_NAMES.has(verbs.first) || mention.after === 'as') return false;
      return READS.some((word) => verbs.words.has(word));
    case 'table':
      if (ONLY_NAMES.has(verbs.first)) return false;
      // The table of a trigger or an index that is created.
      if (verbs.first === 'create' && mention.after === 'on') return false;
      return (entry.events ?? []).some((event) => happens(event, mention, verbs));
  }
  entry.kind satisfies never;
}

/** Rows are inserted only into what stands where an INSERT names its table. */
function happens(event: RowEvent, mention: Mention, { words, events }: Verbs): boolean {
  if (!events.has(event)) return false;
  const isTarget = BEFORE_TARGET.has(mention.after);
  if (event === 'insert') return isTarget;
  return words.has(event) || isTarget;
}

function eventsOf(words: ReadonlySet<string>): ReadonlySet<RowEvent> {
  const events = new Set<RowEvent>();
  const inserts = words.has('insert') || words.has('load') || words.has('replace');
  if (inserts) events.add('insert');
  if (words.has('update') || words.has('upsert')) events.add('update');
  if (words.has('delete') || words.has('replace')) events.add('delete');
  return events;
}

const KEEPS: ReadonlySet<string> = new Set(
  'view procedure function trigger event package'.split(' '),
);
const HOLDS_ROWS: ReadonlySet<string> = new Set(['table', 'temporary', 'database', 'index']);

/** CREATE and ALTER of what is only run later; CREATE TABLE … SELECT runs at once. */
function isKeptCode([first, ...rest]: readonly string[]): boolean {
  if (first !== 'create' && first !== 'alter') return false;
  const kind = rest.find((word) => KEEPS.has(word) || HOLDS_ROWS.has(word));
  return kind !== undefined && KEEPS.has(kind);
}
