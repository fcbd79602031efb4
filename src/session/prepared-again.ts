// A text that was prepared when other code fired than does now: a function or a trigger that was
// harmless then, or was not there. It is read once more before it runs, and does what it reads to
// now and what it read to before. Judges nothing.
import type { StatementEffect } from '../sql/effect.js';
import type { TextFacts } from '../sql/statement-facts.js';
import type { JudgedSession } from './judged-commands.js';
import type { PreparedStatement } from './prepared-statements.js';
import { PreparedText } from './prepared-text.js';

/** The statement as of now; the same object where nothing that it may fire has changed. */
export function preparedAsOfNow(
  statement: PreparedStatement,
  { options, state }: JudgedSession,
): PreparedStatement {
  const firing = options.firing?.();
  const { source } = statement;
  if (source === undefined || firing === undefined || source.firing === firing) return statement;
  const { text, database } = source;
  const known = { ...statement, source: { ...source, firing } };
  if (text === undefined) return { ...known, facts: withAll(statement.facts, [UNKNOWN]) };
  const now = readAsPrepared(text, database, { options, state });
  const facts = withAll(now, statement.facts.effects);
  if (facts.effects.length === 0) return known;
  const prepared = new PreparedText(text, { worst: facts, database, firing });
  return { ...known, facts, prepared, text };
}

/** The same of a text that was prepared by name. */
export function namedAsOfNow(prepared: PreparedText, session: JudgedSession): PreparedText {
  const firing = session.options.firing?.();
  if (firing === undefined || prepared.firing === firing) return prepared;
  const { text, database, worst } = prepared;
  const now = readAsPrepared(text, database, session);
  return new PreparedText(text, { worst: withAll(now, worst.effects), database, firing });
}

/** Bare names keep the schema that they had when it was prepared. */
function readAsPrepared(
  text: Buffer,
  database: string | undefined,
  { options }: JudgedSession,
): TextFacts {
  const dialect = options.dialect();
  return options.readText(text, {
    ...(dialect === undefined ? {} : { dialect }),
    ...(database === undefined ? {} : { database }),
  });
}

function withAll(facts: TextFacts, others: readonly StatementEffect[]): TextFacts {
  const all = [...others, ...facts.effects].map(
    (effect) => [JSON.stringify(effect), effect] as const,
  );
  return { ...facts, effects: [...new Map(all).values()] };
}

const UNKNOWN: StatementEffect = {
  effect: 'run-opaque',
  verb: 'EXECUTE',
  objects: [],
  deferred: false,
  reason:
    'it was prepared before what fires code on this server had changed, and is too long to be kept',
};
