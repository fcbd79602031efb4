// The format of rule files: every field, what it must look like and what it is for. The same source
// makes rules/schema.json for editors and the tables of docs/rules.md. What rules mean together is
// rules.ts's.
import { z } from 'zod';
import { fields, flag, oneOrMany, parsed, text, whole, word } from '../config/fields.js';
import { EFFECTS } from '../sql/effect.js';
import { parseBytesComparison, parseRowsComparison } from './comparison.js';
import { endOfDayMs } from './expiry.js';

export const VERDICTS = ['deny', 'require-approval', 'permit'] as const;
export const LINK_WORDS = ['live', 'armed', 'unknown', 'severed', 'linked', 'any'] as const;
export type LinkWord = (typeof LINK_WORDS)[number];
export const RESIDUE_WORDS = ['any', 'none', 'unknown'] as const;
export type ResidueWord = (typeof RESIDUE_WORDS)[number];

const RULE_ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const ID_EXAMPLE =
  'lower-case words joined by "-", such as no-drop-while-linked (at most 64 letters)';
const LIST_NAME = /^[a-z0-9][a-z0-9-]*$/;

const ruleId = z
  .string({ error: ID_EXAMPLE })
  .regex(RULE_ID, { error: ID_EXAMPLE })
  .refine((id) => id !== 'none' && !id.startsWith('built-in-'), {
    error: 'another id: "none" and those that begin with "built-in-" are reserved',
  });

const globs = (what: string) =>
  oneOrMany(text(`${what}; * and ? are wildcards`), `${what}, or a list of these`);

const logins = oneOrMany(
  text('a login name').refine((name) => !/[*?]/.test(name), {
    error: 'one whole login name: users are compared exactly, without wildcards',
  }),
  'a login name, or a list of these',
);

const networks = oneOrMany(
  text('a network such as 10.1.0.0/16 or an address'),
  'a network such as 10.1.0.0/16, or a list of these',
);

const rows = parsed('a comparison such as ">1000"', parseRowsComparison);
const bytes = parsed('a comparison such as ">1GiB"', parseBytesComparison);
const effects = oneOrMany(word(EFFECTS), 'an effect, or a list of effects');

const conditionFields = {
  effect: effects.optional().describe('One of the effects; any if left out'),
  server: globs('a guarded server').optional().describe('The guarded server (glob)'),
  schema: globs('a schema')
    .optional()
    .describe('The schema of an object of the effect (glob), as the server compares names'),
  table: globs('a table or other object')
    .optional()
    .describe(
      'The name of an object of the effect (glob): a table, view, index, routine, trigger or account',
    ),
  user: logins.optional().describe('The login name without host, exactly'),
  client: networks
    .optional()
    .describe(
      'Where the client comes from: networks such as 10.1.0.0/16 or 2001:db8::/32, or addresses. ' +
        'A client on a Unix socket is in none',
    ),
  deferred: flag()
    .optional()
    .describe('true: in code kept for later (a routine, trigger or event); false: not'),
  logged: flag()
    .optional()
    .describe(
      'true: it would be written to the binary log, or applied by a Galera cluster; what is not logged reaches nobody',
    ),
  rows: rows
    .optional()
    .describe(
      'Rows of an object as its server estimates them, such as ">1000"; of a schema, all of its tables\'',
    ),
  bytes: bytes
    .optional()
    .describe('Bytes of an object with its indexes, such as ">=1GiB" or "<64KiB"'),
};

const match = fields({
  ...conditionFields,
  program: globs('the client’s own name for itself')
    .optional()
    .describe(
      'What the client calls itself (glob), "" if it says nothing: a claim, so it is no field of exceptions',
    ),
});

const when = fields({
  links: oneOrMany(word(LINK_WORDS), `one of ${LINK_WORDS.join(', ')}, or a list`)
    .optional()
    .describe(
      'It would reach a server whose link is live, armed or unknown; linked: any of the three; ' +
        'severed: it would reach nobody; any: always',
    ),
  reaches: oneOrMany(text('writable, or a server'), 'writable, or the names of servers')
    .optional()
    .describe(
      'writable: it would reach a server that takes writes of its own, is guarded, or could not be ' +
        'asked; or names of servers (globs)',
    ),
  residue: oneOrMany(word(RESIDUE_WORDS), `one of ${RESIDUE_WORDS.join(', ')}, or a list`)
    .optional()
    .describe(
      'Of relink only, what it would replay: any (at least one destructive event), none, or unknown',
    ),
});

const expires = z
  .string({ error: 'a day such as "2027-06-30"' })
  .refine((day) => endOfDayMs(day) !== undefined, { error: 'a day such as 2027-06-30' });

const exception = fields(
  {
    name: z
      .string({ error: ID_EXAMPLE })
      .regex(RULE_ID, { error: ID_EXAMPLE })
      .describe('What the record says when it lifted the rule'),
    expires: expires.optional().describe('Its last day, UTC'),
    owner: text('who answers for it').optional().describe('Who answers for it'),
    ...conditionFields,
  },
  {
    program:
      'what a client calls itself is its own claim: it may make a rule stricter, never lift one',
  },
);

const approvals = fields({
  count: whole({ min: 1, max: 20 }).default(1).describe('How many people must sign; 1 if left out'),
  from: oneOrMany(text('a group of approvers'), 'a group of approvers, or a list')
    .optional()
    .describe('The groups they may be of; any if left out'),
  onePerGroup: flag().default(false).describe('Each group of from must be among those who sign'),
  requester: word(['known', 'any'])
    .default('known')
    .describe('known: the one who asks must be known, so that nobody signs for himself'),
});

const ruleFields = {
  title: text('one line for people').optional().describe('One line for people; the id if left out'),
  owner: text('who answers for it').optional().describe('Who answers for it; nobody is a warning'),
  match: match.describe('What must hold of the statement; {} is all that is guarded'),
  when: when.optional().describe('What must hold of the links; always if left out'),
  verdict: word(VERDICTS).describe('permit only records it, by a name'),
  approvals: approvals.optional().describe('Who must sign; only with require-approval'),
  // biome-ignore lint/suspicious/noThenProperty: the rule format's word; a schema is never awaited.
  then: word(['latch', 'close'])
    .optional()
    .describe('After a denial: latch, the session takes no more writes; close, it ends'),
  mode: word(['enforce', 'shadow', 'off'])
    .optional()
    .describe('shadow only records, off does nothing; enforce if left out'),
  except: z
    .array(exception, { error: 'a list of exceptions' })
    .optional()
    .describe('Named exceptions, each of which lifts this rule alone'),
};

const rule = fields({
  id: ruleId.describe(
    'What the user sees in the error: lower-case words joined by -, at most 64 letters',
  ),
  ...ruleFields,
});
const override = fields({
  override: ruleId.describe('The rule of another file whose fields these replace'),
  ...ruleFields,
  match: match.optional(),
  verdict: word(VERDICTS).optional(),
});

const version = z.union([z.string(), z.number()], { error: 'a version such as 10.11' });

const test = fields({
  sql: text('a statement').optional().describe('The statement'),
  effect: word(EFFECTS).optional().describe('In its place: the effect itself, on app.t'),
  links: oneOrMany(word(['live', 'armed', 'unknown', 'severed']), 'a link state')
    .optional()
    .describe('The state of a link, or a list, one server for each; severed if left out'),
  expect: word(VERDICTS).describe('What the rules must say, as if all were enforced'),
  rule: text('the id of a rule')
    .optional()
    .describe('The rule that says so; with permit, the rule that must not stop it'),
  server: text('a server').optional().describe('The guarded server; db2 if left out'),
  user: text('a login name').optional().describe('The login name; app if left out'),
  client: text('an address').optional().describe('The client’s address; 127.0.0.1 if left out'),
  program: text('a program').optional().describe('What the client calls itself'),
  database: text('a schema').optional().describe('The default schema'),
  flavour: word(['mariadb', 'mysql']).optional().describe('Whose words; mariadb if left out'),
  version: version.optional().describe('Of the server; 10.11 or 9.0 if left out'),
  sql_mode: z
    .string({ error: 'a value of sql_mode' })
    .optional()
    .describe('The session’s; empty if left out'),
  charset: text('a character set').optional().describe('The client’s; utf8mb4 if left out'),
  logged: z
    .union([z.boolean(), z.literal('unknown')], { error: 'true, false or unknown' })
    .optional()
    .describe('Whether it would be logged; unknown if left out'),
  writable: flag()
    .optional()
    .describe('Whether the servers it reaches take writes; true if left out'),
  residue: word(RESIDUE_WORDS).optional().describe('What a relink would replay; none if left out'),
  rows: whole({ min: 0, max: Number.MAX_SAFE_INTEGER })
    .optional()
    .describe('Rows of every object; unknown if left out'),
  bytes: whole({ min: 0, max: Number.MAX_SAFE_INTEGER })
    .optional()
    .describe('Bytes of every object; unknown if left out'),
}).refine((given) => (given.sql === undefined) !== (given.effect === undefined), {
  error: 'a test of either sql or effect',
});

const listName = z.string().regex(LIST_NAME, { error: 'lower-case words joined by "-"' });

/** A rule or an override, told apart by which of the two names it has. */
const entry = z.union([rule, override], { error: 'a rule with an id, or an override' });

export const ruleFileSchema = fields({
  lists: z
    .record(listName, z.array(text('a name'), { error: 'a list of names' }), {
      error: 'a mapping from names to lists',
    })
    .optional()
    .describe('Lists that rules refer to as $name'),
  rules: z.array(entry, { error: 'a list of rules' }).default([]),
  tests: z.array(test, { error: 'a list of tests' }).default([]),
});

/** What the reference page has a table of, by the name of the table. */
export const REFERENCE = { rule, match, when, except: exception, approvals, tests: test } as const;

export type RuleFields = z.output<typeof rule>;
export type OverrideFields = z.output<typeof override>;
export type ConditionFields = z.output<typeof match>;
export type ExceptionFields = z.output<typeof exception>;
export type TestFields = z.output<typeof test>;
export type RuleFileFields = z.output<typeof ruleFileSchema>;
