// The root session outlives the server it spoke to.
import { expect, it } from 'vitest';
import { RootSession, rowsOf } from '../../src/lab/root-session.js';
import { labWith } from '../support/lab.js';

const { server } = labWith({ line: 'mariadb-10.11', servers: ['db1'] });

it('is one session while the server runs, and a new one after it was killed from outside', async () => {
  let opened = 0;
  const session = new RootSession(() => {
    opened += 1;
    return server('db1').connect();
  });
  const [first] = await session.query('SELECT CONNECTION_ID() AS id', []);
  expect(await session.query('SELECT CONNECTION_ID() AS id', [])).toEqual([first]);
  await server('db1').query(`KILL ${Number(first?.id)}`);
  await session.query('SELECT 1', []).catch(() => undefined);
  expect(await session.query('SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
  expect(opened).toBe(2);
  await session.close();
});

it('keeps its session after an ordinary error', async () => {
  const session = new RootSession(() => server('db1').connect());
  const [before] = await session.query('SELECT CONNECTION_ID() AS id', []);
  await expect(session.query('SELECT * FROM nowhere.nothing', [])).rejects.toThrow(/nowhere/);
  expect(await session.query('SELECT CONNECTION_ID() AS id', [])).toEqual([before]);
  await session.close();
});

it('gives no rows for a statement that returns none', async () => {
  const connection = await server('db1').connect();
  expect(await rowsOf(connection, 'SET @a = 1', [])).toEqual([]);
  expect(await rowsOf(connection, 'SELECT ? AS v', [5])).toEqual([{ v: 5 }]);
  await connection.end();
});
