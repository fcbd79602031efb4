import { describe, expect, it } from 'vitest';
import { objectLabel } from '../../../src/sql/effect.js';
import { readText } from '../../../src/sql/statement-facts.js';
import { FIRES, HARMLESS, LATER, NAMES } from '../fired-cases.js';

const CONTEXT = {
  dialect: { flavour: 'mariadb', version: 101_119 },
  sqlMode: '',
  charset: 'utf8mb4',
  database: 'app',
  ...(NAMES === undefined ? {} : { firing: NAMES }),
} as const;

const said = (sql: string) => [
  ...new Set(
    readText(Buffer.from(sql), CONTEXT)
      .effects.filter(({ effect }) => effect === 'delete-unbounded')
      .map(({ objects, deferred }) => `${deferred ? 'later ' : ''}${objects.map(objectLabel)}`),
  ),
];

describe('what a statement fires', () => {
  it.each(FIRES)('%s', (sql, what) => {
    expect(said(sql)).toEqual([`app.${what}`]);
    // Without a default schema the worst counts.
    const { database: _, ...anywhere } = CONTEXT;
    expect(readText(Buffer.from(sql), anywhere).effects.length).toBeGreaterThan(0);
  });

  it.each(LATER)('later: %s', (sql, what) => {
    expect(said(sql)).toEqual([`later app.${what}`]);
  });

  it.each(HARMLESS)('nothing: %s', (sql) => {
    expect(said(sql)).toEqual([]);
  });

  it('fires as well under comments, other white space and other case', () => {
    for (const [sql, what] of FIRES.filter(([text]) => !/["'`]|\/\*/.test(text))) {
      for (const dressed of [
        sql.replaceAll(' ', '/**/ '),
        sql.replaceAll(' ', '\n'),
        sql.toUpperCase(),
      ]) {
        expect({ dressed, said: said(dressed) }).toEqual({ dressed, said: [`app.${what}`] });
      }
    }
  });

  it('costs a text nothing where no name stands in it', () => {
    expect(readText(Buffer.from('UPDATE x SET a = 1 WHERE b = 2'), CONTEXT)).toEqual({
      effects: [],
      statements: [],
    });
  });
});
