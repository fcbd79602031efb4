// The format of rule files: every field, what it must look like and what it is for. The same
// source makes rules/schema.json for editors. What rules mean together is rules.ts's.
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
  oneOrMany(text(`${what}; * and ? are wildcards`), `${what}, or a list of these`).describe(
    `${what}; * and ? match the whole name, $name is a list of this set`,
  );

const logins = oneOrMany(
  text('a login name').refine((name) => !/[*?]/.test(name), {
    error: 'one whole login name: users are compared exactly, without wildcards',
  }),
  'a login name, or a list of these',
).describe('The login name, without host, compared exactly');

const networks = oneOrMany(
  text('a network such as 10.1.0.0/16 or an address'),
  'a network such as 10.1.0.0/16, or a list of these',
).describe('Networks (CIDR) or addresses the client connects from');

const rows = parsed('a comparison such as ">1000"', parseRowsComparison);
const bytes = parsed('a comparison such as ">1GiB"', parseBytesComparison);
const effects = oneOrMany(word(EFFECTS), 'an effect, or a list of effects');

const conditionFields = {
  effect: effects.optional().describe('What the statement would do; any effect if left out'),
  server: globs('a guarded server').optional(),
  schema: globs('a schema').optional(),
  table: globs('a table or other object').optional(),
  user: logins.optional(),
  client: networks.optional(),
  deferred: flag().optional().describe('In code kept for later: routine, trigger, event'),
  logged: flag().optional().describe('Whether it would be written to the binary log'),
  rows: rows.optional().describe('Rows of the largest object, as the server estimates them'),
  bytes: bytes.optional().describe('Size of the largest object'),
};

const match = fields({
  ...conditionFields,
  program: globs('the client’s own name for itself').optional(),
});

const when = fields({
  links: oneOrMany(word(LINK_WORDS), `one of ${LINK_WORDS.join(', ')}, or a list`).optional(),
  reaches: oneOrMany(text('writable, or a server'), 'writable, or the names of servers')
    .optional()
    .describe('writable, or servers (globs) that it would get to'),
  residue: oneOrMany(word(RESIDUE_WORDS), `one of ${RESIDUE_WORDS.join(', ')}, or a list`)
    .optional()
    .describe('Of relink: whether it would replay destructive events; any is at least one'),
});

const expires = z
  .string({ error: 'a day such as "2027-06-30"' })
  .refine((day) => endOfDayMs(day) !== undefined, { error: 'a day such as 2027-06-30' });

const exception = fields({
  name: z.string({ error: ID_EXAMPLE }).regex(RULE_ID, { error: ID_EXAMPLE }),
  expires: expires.optional().describe('It ends with this day, UTC'),
  owner: text('who answers for it').optional(),
  ...conditionFields,
});

const approvals = fields({
  count: whole({ min: 1, max: 20 }).default(1),
  from: oneOrMany(text('a group of approvers'), 'a group of approvers, or a list').optional(),
  requester: word(['known', 'any']).default('known'),
});

const ruleFields = {
  title: text('one line for people').optional(),
  owner: text('who answers for it').optional(),
  match,
  when: when.optional(),
  verdict: word(VERDICTS),
  approvals: approvals.optional(),
  // biome-ignore lint/suspicious/noThenProperty: the rule format's word; a schema is never awaited.
  then: word(['latch', 'close']).optional(),
  mode: word(['enforce', 'shadow', 'off']).optional(),
  except: z.array(exception, { error: 'a list of exceptions' }).optional(),
};

const rule = fields({ id: ruleId, ...ruleFields });
const override = fields({
  override: ruleId.describe('The rule of another file whose fields these replace'),
  ...ruleFields,
  match: match.optional(),
  verdict: word(VERDICTS).optional(),
});

const version = z.union([z.string(), z.number()], { error: 'a version such as 10.11' });

const test = fields({
  sql: text('a statement').optional(),
  effect: word(EFFECTS).optional().describe('In place of sql: the effect itself, on app.t'),
  links: oneOrMany(word(['live', 'armed', 'unknown', 'severed']), 'a link state').optional(),
  expect: word(VERDICTS),
  rule: text('the id of a rule').optional(),
  server: text('a server').optional(),
  user: text('a login name').optional(),
  client: text('an address').optional(),
  program: text('a program').optional(),
  database: text('a schema').optional(),
  flavour: word(['mariadb', 'mysql']).optional(),
  version: version.optional(),
  sql_mode: z.string({ error: 'a value of sql_mode' }).optional(),
  charset: text('a character set').optional(),
  logged: z
    .union([z.boolean(), z.literal('unknown')], { error: 'true, false or unknown' })
    .optional(),
  writable: flag()
    .optional()
    .describe('Whether the server it reaches takes writes; true if left out'),
  residue: word(RESIDUE_WORDS).optional().describe('What a relink would replay; none if left out'),
  rows: whole({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional(),
  bytes: whole({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional(),
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

export type RuleFields = z.output<typeof rule>;
export type OverrideFields = z.output<typeof override>;
export type ConditionFields = z.output<typeof match>;
export type ExceptionFields = z.output<typeof exception>;
export type TestFields = z.output<typeof test>;
export type RuleFileFields = z.output<typeof ruleFileSchema>;
