// One rule file: what is wrong in it, and where.
import { describe, expect, it } from 'vitest';
import { parseRuleFile } from '../../src/policy/rule-file.js';

function errors(text: string) {
  const read = parseRuleFile({ file: 'r.yaml', text, isShipped: false });
  return read.kind === 'broken' ? read.errors : [];
}
const rule = (fields: string) => `rules:\n  - { id: a, match: {}, verdict: deny, ${fields} }`;

describe('parseRuleFile', () => {
  it('takes a file with nothing in it', () => {
    expect(errors('# nothing yet\n')).toEqual([]);
  });

  it.each<[string, number, number, string, string?]>([
    [
      'rules:\n  - { id: a, match: { effekt: x }, verdict: deny }',
      2,
      23,
      'unknown field "effekt"',
      'did you mean "effect"?',
    ],
    [
      'rules:\n  - { id: a, match: { effect: drop-tabel }, verdict: deny }',
      2,
      31,
      expect.stringMatching(
        /^rules\[0\]\.match\.effect must be drop-database, /,
      ) as unknown as string,
      'did you mean "drop-table"?',
    ],
    [
      'rules:\n  - { id: a, match: {}, verdict: deni }',
      2,
      34,
      'rules[0].verdict must be deny, require-approval or permit',
      'did you mean "deny"?',
    ],
    [
      'rules:\n  - { id: a, match: {} }',
      2,
      5,
      'rules[0].verdict is missing: expected deny, require-approval or permit',
    ],
    [
      'rules:\n  - { id: A_b, match: {}, verdict: deny }',
      2,
      11,
      'rules[0].id must be lower-case words joined by "-", such as no-drop-while-linked (at most 64 letters)',
    ],
    [
      'rules:\n  - { id: none, match: {}, verdict: deny }',
      2,
      11,
      'rules[0].id must be another id: "none" and those that begin with "built-in-" are reserved',
    ],
    [
      'rules:\n  - { override: a, verdct: deny }',
      2,
      20,
      'unknown field "verdct"',
      'did you mean "verdict"?',
    ],
    ['rule: []', 1, 1, 'unknown field "rule"', 'did you mean "rules"?'],
    [
      rule('when: { links: linkd }'),
      2,
      55,
      'rules[0].when.links must be live, armed, unknown, severed, linked or any',
      'did you mean "linked"?',
    ],
    [rule('match: {}'), 2, 40, 'this key is already there in the same mapping'],
    [
      rule('except: [{ name: x, user: "*" }]'),
      2,
      66,
      'rules[0].except[0].user must be one whole login name: users are compared exactly, without wildcards',
    ],
    [
      rule('except: [{ name: x, user: a, expires: 2027-02-30 }]'),
      2,
      78,
      'rules[0].except[0].expires must be a day such as 2027-06-30',
    ],
    [
      'rules:\n  - { id: a, match: { rows: 1000 }, verdict: deny }',
      2,
      29,
      'rules[0].match.rows must be a comparison such as ">1000"',
    ],
    [
      'rules:\n  - { id: a, match: { bytes: ">1" }, verdict: deny }',
      2,
      30,
      'rules[0].match.bytes must be a comparison such as ">1GiB"',
    ],
    [
      rule('except: [{ name: x, program: gh-ost }]'),
      2,
      60,
      'unknown field "program"',
      'what a client calls itself is its own claim: it may make a rule stricter, never lift one',
    ],
    ['tests: [{ expect: deny }]', 1, 9, 'tests[0] must be a test of either sql or effect'],
  ])('points at what is wrong in case %#', (text, line, column, message, hint) => {
    expect(errors(text)).toMatchObject([{ line, column, message, ...(hint && { hint }) }]);
  });
});
