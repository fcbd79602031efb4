// A reader that knows one word and guards that say one thing, for tests that look at the way and
// not at the verdict. No sockets: the tests of the session core use it too.
import { permitDecided } from '../../src/policy/permit.js';
import type { Judgement, Question } from '../../src/policy/verdict.js';
import type { TextFacts } from '../../src/sql/statement-facts.js';

/** What the guard is to say; a promise may be held back as long as the test likes. */
export type Verdict = (question: Question) => Judgement | Promise<Judgement>;

export const REFUSED = 'Interlock refused DROP TABLE t: rule no-drop-while-linked. Request r1';

export const refuse: Verdict = () => ({ kind: 'refused', message: REFUSED, recordId: 'r1' });

export const permit: Verdict = (question) => ({
  kind: 'permitted',
  recordId: 'p1',
  permit: permitDecided(question.payload, {
    verdict: 'permit',
    rule: 'none',
    wouldBe: 'permit',
    mode: 'enforce',
    matches: [],
    revision: '',
  }),
});

/**
 * Knows DROP TABLE, anywhere in the text, and USE at its beginning. Nothing that the session could
 * tell counts, so that it is not asked: what asking does has its own tests.
 */
const NOT_ASKED = { deferred: false, isLoggingOpen: true } as const;

export function readWords(text: Uint8Array): TextFacts {
  const plain = Buffer.from(text).toString('latin1');
  const schema = /^USE `?(\w+)/i.exec(plain)?.[1];
  const effects = /DROP\s+TABLE/i.test(plain)
    ? [{ effect: 'drop-table' as const, verb: 'DROP TABLE', objects: [], ...NOT_ASKED }]
    : [];
  return { effects, statements: [], ...(schema === undefined ? {} : { movesTo: { schema } }) };
}
