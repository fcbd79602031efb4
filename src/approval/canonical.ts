// A statement as approvals are bound to it: the tokens the server would read, so that white space,
// plain comments, the case of keywords and the quotes of names do not count, and literals, names and
// comments that some server runs do. Secret literals are hashed with the store's key, never kept.
import { BYTE } from '../sql/byte-classes.js';
import type { ReadContext } from '../sql/dialect.js';
import { advance, createLexer, TOKEN } from '../sql/lexer.js';
import type { Reading } from '../sql/reading.js';
import { readingsFor, Traps } from '../sql/readings.js';
import { gapParts } from './canonical-gap.js';
import { type Rendered, renderToken } from './canonical-token.js';
import { Secrets } from './secrets.js';

/** Nobody could judge a longer one; a dump is another kind of request. */
export const APPROVABLE_BYTES = 32 * 1024;

export interface CanonicalStatement {
  /** One for each meaning the text may have; one alone for almost every text. Secrets are `***`. */
  readonly forms: readonly string[];
  /** Keyed hashes of what stands behind each `***`, in order. */
  readonly secrets: readonly string[];
}

export type Canonical =
  | ({ readonly kind: 'canonical' } & CanonicalStatement)
  | { readonly kind: 'unapprovable'; readonly reason: string };

export type KeyedHash = (secret: Uint8Array) => string;

export function canonicalStatement(
  text: Uint8Array,
  context: ReadContext,
  keyedHash: KeyedHash,
): Canonical {
  if (text.length > APPROVABLE_BYTES) {
    return unapprovable(
      `it is longer than the ${APPROVABLE_BYTES / 1024} KiB one person can judge`,
    );
  }
  const readings = readingsFor(text, new Traps(text), context);
  if (readings === undefined) return unapprovable('it can be read in too many ways');
  const forms = new Map<string, readonly string[]>();
  for (const reading of readings) {
    const form = formOf(text, reading, keyedHash);
    if (typeof form === 'string') return unapprovable(form);
    forms.set(`${form.text}\0${form.secrets.join(' ')}`, form.secrets);
  }
  return {
    kind: 'canonical',
    forms: [...forms.keys()].map((key) => key.slice(0, key.indexOf('\0'))),
    secrets: [...forms.values()].flat(),
  };
}

function unapprovable(reason: string): Canonical {
  return { kind: 'unapprovable', reason };
}

/** The text under one reading, or why nobody can approve it. */
function formOf(
  text: Uint8Array,
  reading: Reading,
  keyedHash: KeyedHash,
): { readonly text: string; readonly secrets: readonly string[] } | string {
  const lexer = createLexer(text, reading);
  const secrets = new Secrets(keyedHash);
  const parts: string[] = [];
  let from = 0;
  let before: Rendered | undefined;
  for (;;) {
    const wasInComment = lexer.inComment;
    advance(lexer);
    parts.push(...gapParts(lexer, { from, to: lexer.start, inComment: wasInComment }));
    if (lexer.fault !== undefined) return lexer.fault.reason;
    if (lexer.kind === TOKEN.end) break;
    if (lexer.symbol === PARAMETER) return 'it has parameters, whose values are not in its text';
    if (lexer.symbol === BYTE.semicolon) secrets.statementEnds();
    const rendered = renderToken(lexer, before, secrets);
    if (!isEmptyStatement(rendered, before)) parts.push(rendered.text);
    before = rendered;
    from = lexer.end;
  }
  while (parts.at(-1) === ';') parts.pop();
  return { text: joined(parts), secrets: secrets.hashes };
}

/** As people write it; every token stays apart from its neighbours all the same. */
function joined(parts: readonly string[]): string {
  return parts
    .map((part, index) => {
      const isTight = ['.', ',', ';'].includes(part) || parts[index - 1] === '.';
      return index === 0 || isTight ? part : ` ${part}`;
    })
    .join('');
}

const PARAMETER = 0x3f;

function isEmptyStatement(now: Rendered, before: Rendered | undefined): boolean {
  return now.text === ';' && (before === undefined || before.text === ';');
}
