// Every field of a rule with statements that it must stop and others that it must not, for the test
// that sends them to real servers. db1 → db2; T is the case's own table, in app and in other; in app
// it is large where the case says so.

/** A statement, and who sends it where. */
export interface Said {
  readonly sql: string;
  /** Sent first, in the same session. */
  readonly before?: string;
  readonly on?: 'db1' | 'db2';
  readonly user?: 'dba' | 'ghost';
  readonly from?: string;
  readonly program?: string;
}

export interface FieldCase {
  readonly field: string;
  /** What the rule has besides id, verdict and `table: T`. */
  readonly rule: { readonly match?: object; readonly [field: string]: unknown };
  readonly isLarge?: true;
  readonly fires: readonly Said[];
  readonly passes: readonly Said[];
}

export function tableOf({ field }: Pick<FieldCase, 'field'>): string {
  return `t_${field.replaceAll('-', '_')}`;
}

type Given = Omit<FieldCase, 'fires' | 'passes'> & {
  readonly fires: readonly (string | Said)[];
  readonly passes: readonly (string | Said)[];
};

/** Texts with T for the table. */
function cased(given: Given): FieldCase {
  const table = tableOf(given);
  const said = (one: string | Said): Said => {
    const whole = typeof one === 'string' ? { sql: one } : one;
    return { ...whole, sql: whole.sql.replaceAll(/\bT(?=\b|_b)/g, table) };
  };
  return { ...given, fires: given.fires.map(said), passes: given.passes.map(said) };
}

const DROP = 'DROP TABLE app.T';
const exception = (fields: object) => ({ except: [{ name: 'x', owner: 'dba', ...fields }] });

export const FIELD_CASES: readonly FieldCase[] = [
  {
    field: 'effect',
    rule: { match: { effect: ['drop-table', 'drop-column'] } },
    fires: [DROP, 'DROP /* c */ TABLE IF EXISTS `app`.`T`', 'ALTER TABLE app.T DROP COLUMN id'],
    passes: ['TRUNCATE app.T', 'DELETE FROM app.T', 'DROP TEMPORARY TABLE IF EXISTS app.T'],
  },
  {
    field: 'server',
    rule: { match: { server: 'db1' } },
    fires: [DROP],
    passes: [{ sql: DROP, on: 'db2' }],
  },
  {
    field: 'schema',
    rule: { match: { schema: ['a?p', 'nowhere'] } },
    fires: [DROP, 'DROP TABLE T'],
    passes: ['DROP TABLE other.T', 'USE other; DROP TABLE T'],
  },
  {
    field: 'table',
    rule: {},
    fires: [DROP, 'DROP TABLE app.T_b, app.T'],
    passes: ['DROP TABLE app.T_b'],
  },
  {
    field: 'user',
    rule: { match: { user: ['ghost'] } },
    fires: [{ sql: DROP, user: 'ghost' }],
    passes: [DROP],
  },
  {
    field: 'client',
    rule: { match: { client: ['127.0.0.2/31', '::1'] } },
    fires: [{ sql: DROP, from: '127.0.0.3' }],
    passes: [{ sql: DROP, from: '127.0.0.1' }],
  },
  {
    field: 'program',
    rule: { match: { program: 'batch-*' } },
    fires: [{ sql: DROP, program: 'batch-7' }],
    passes: [{ sql: DROP, program: 'a batch-7' }, DROP],
  },
  {
    field: 'deferred',
    rule: { match: { deferred: true } },
    fires: ['CREATE PROCEDURE app.p() DROP TABLE app.T'],
    passes: [DROP],
  },
  {
    field: 'not-deferred',
    rule: { match: { deferred: false } },
    fires: [DROP],
    passes: ['CREATE PROCEDURE app.p() DROP TABLE app.T'],
  },
  {
    field: 'logged',
    rule: { match: { logged: true } },
    fires: [DROP, `SET sql_log_bin = 1; ${DROP}`],
    passes: [{ sql: DROP, before: 'SET sql_log_bin = 0' }],
  },
  {
    field: 'not-logged',
    rule: { match: { logged: false } },
    fires: [{ sql: DROP, before: 'SET sql_log_bin = 0' }],
    passes: [DROP],
  },
  {
    field: 'rows',
    rule: { match: { rows: '>1000' } },
    isLarge: true,
    fires: [DROP, 'DROP TABLE other.T, app.T', 'DROP TABLE IF EXISTS nowhere.T'],
    passes: ['DROP TABLE other.T', 'TRUNCATE other.T'],
  },
  {
    field: 'few-rows',
    rule: { match: { rows: '<1000' } },
    isLarge: true,
    fires: ['DROP TABLE other.T'],
    passes: [DROP],
  },
  {
    field: 'bytes',
    rule: { match: { bytes: '>32KiB' } },
    isLarge: true,
    fires: [DROP],
    passes: ['DROP TABLE other.T'],
  },
  {
    field: 'links-live',
    rule: { when: { links: ['live'] } },
    fires: [DROP],
    passes: [{ sql: DROP, on: 'db2' }],
  },
  {
    field: 'links-severed',
    rule: { when: { links: 'severed' } },
    fires: [{ sql: DROP, on: 'db2' }],
    passes: [DROP],
  },
  {
    field: 'links-any',
    rule: { when: { links: 'any' } },
    fires: [DROP, { sql: DROP, on: 'db2' }],
    passes: ['SELECT 1'],
  },
  {
    field: 'reaches',
    rule: { when: { links: 'linked', reaches: 'writable' } },
    fires: [DROP],
    passes: [{ sql: DROP, on: 'db2' }],
  },
  {
    field: 'reaches-by-name',
    rule: { when: { reaches: ['db?'] } },
    fires: [DROP],
    passes: [{ sql: DROP, on: 'db2' }],
  },
  {
    field: 'reaches-another',
    rule: { when: { reaches: ['replica*'] } },
    fires: [],
    passes: [DROP],
  },
  {
    field: 'except',
    rule: exception({ table: 't_exc*', schema: 'app', user: 'ghost', client: '127.0.0.1' }),
    fires: [
      DROP,
      { sql: DROP, user: 'ghost', from: '127.0.0.2' },
      { sql: 'DROP TABLE app.T, other.T', user: 'ghost' },
    ],
    passes: [{ sql: DROP, user: 'ghost', from: '127.0.0.1' }],
  },
  {
    field: 'except-small',
    rule: exception({ rows: '<1000' }),
    isLarge: true,
    fires: [DROP, 'DROP TABLE other.T, app.T', 'DROP TABLE IF EXISTS nowhere.T'],
    passes: ['DROP TABLE other.T'],
  },
  {
    field: 'expired',
    rule: exception({ user: 'dba', expires: '2001-01-01' }),
    fires: [DROP],
    passes: [],
  },
  {
    field: 'not-expired',
    rule: exception({ user: 'dba', expires: '2999-12-31' }),
    fires: [{ sql: DROP, user: 'ghost' }],
    passes: [DROP],
  },
  { field: 'shadow', rule: { mode: 'shadow' }, fires: [], passes: [DROP] },
  { field: 'off', rule: { mode: 'off' }, fires: [], passes: [DROP] },
  {
    field: 'verdict',
    rule: { verdict: 'require-approval' },
    fires: [DROP],
    passes: ['DROP TABLE app.T_b'],
  },
].map((given) => cased(given as Given));
