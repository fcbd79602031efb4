// Sizes as real servers tell them: of tables and schemas, through an account that may see them and
// one that may not, and from a server that does not answer.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { createAccount, createMonitorAccount } from '../../src/lab/accounts.js';
import { openQuestionConnection } from '../../src/topology/question-connection.js';
import { SizeBook } from '../../src/topology/sizes.js';
import { MONITOR } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';

const ROWS = 3_000;
const PATIENCE_MS = 30_000;
const LARGE = { schema: 'app', name: 'large' };
const SMALL = { schema: 'app', name: 'small' };
const WHOLE = { schema: 'app' };
const GONE = { schema: 'app', name: 'gone' };
const VIEW = { schema: 'app', name: 'v' };

describeOnEveryLine('the size connection', (line) => {
  const stage = labWith({ line, servers: ['db1'] });
  const books: SizeBook[] = [];
  const bookFor = (account: { readonly user: string; readonly password: string }): SizeBook => {
    const { host, port } = stage.server('db1');
    const target = { server: 'db1', host, port, ...account, tls: { verify: 'none' as const } };
    const open = () => openQuestionConnection({ ...target, connectTimeoutMs: PATIENCE_MS });
    const book = new SizeBook({ clock: systemClock, open });
    books.push(book);
    return book;
  };
  const soon = () => systemClock.monotonic() + PATIENCE_MS;

  beforeAll(async () => {
    const db1 = stage.server('db1');
    await createMonitorAccount(db1, MONITOR);
    await createAccount(db1, { user: 'narrow', password: 'narrow', rights: ['SHOW VIEW'] });
    await createAccount(db1, { user: 'blind', password: 'blind', rights: ['PROCESS'] });
    await db1.execute(
      'CREATE DATABASE app',
      'CREATE TABLE app.small (id INT PRIMARY KEY)',
      'INSERT INTO app.small VALUES (1), (2), (3)',
      'CREATE TABLE app.large (id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(200))',
      'CREATE VIEW app.v AS SELECT 1 AS one',
    );
    const values = Array.from({ length: ROWS }, () => "('some text to fill a page or two')");
    await db1.query(`INSERT INTO app.large (v) VALUES ${values.join(', ')}`);
    await db1.query('ANALYZE TABLE app.small, app.large');
  });
  afterAll(() => {
    for (const book of books) book.stop();
  });

  it('tells tables and schemas, and nothing of what is not there or is a view', async () => {
    const asked = [LARGE, SMALL, WHOLE, GONE, VIEW];
    const sizes = await bookFor(MONITOR).of('db1', asked, soon());
    const [large, small, whole] = [LARGE, SMALL, WHOLE].map((object) => sizes.get(object));
    // Estimates, but of three rows and of three thousand.
    expect(Number(small?.rows)).toBeLessThan(100);
    expect(Number(large?.rows)).toBeGreaterThan(ROWS / 3);
    expect(Number(large?.rows)).toBeLessThan(ROWS * 3);
    expect(Number(large?.bytes)).toBeGreaterThan(Number(small?.bytes));
    expect(Number(whole?.rows)).toBe(Number(large?.rows) + Number(small?.rows));
    expect(sizes.get(GONE)).toBeUndefined();
    expect(sizes.get(VIEW)).toEqual({ rows: 'unknown', bytes: 'unknown' });
  });

  it('tells the same to an account that may look at views, and so at no row', async () => {
    const asked = [LARGE, SMALL, WHOLE];
    const narrow = await bookFor({ user: 'narrow', password: 'narrow' }).of('db1', asked, soon());
    const wide = await bookFor(MONITOR).of('db1', asked, soon());
    expect(narrow.size).toBe(3);
    expect([...narrow]).toEqual([...wide]);
  });

  it('knows of what came since', async () => {
    const book = bookFor(MONITOR);
    const db1 = stage.server('db1');
    await db1.query('CREATE TABLE app.later (id INT PRIMARY KEY)');
    const later = { schema: 'app', name: 'later' };
    await book.of('db1', [later], soon());
    const values = Array.from({ length: ROWS }, (_, id) => `(${id})`);
    await db1.query(`INSERT INTO app.later VALUES ${values.join(', ')}`);
    await db1.query('ANALYZE TABLE app.later');
    const sizes = await book.of('db1', [later], soon());
    expect(Number(sizes.get(later)?.rows)).toBeGreaterThan(ROWS / 3);
    await db1.query('DROP TABLE app.later');
  });

  it('tells an account that may not see the tables nothing, not even a sum', async () => {
    const blind = bookFor({ user: 'blind', password: 'blind' });
    const sizes = await blind.of('db1', [LARGE, WHOLE], soon());
    // 5.6 tells sizes to anybody who holds any right at all.
    if (line !== 'mysql-5.6') expect(sizes.get(LARGE)).toBeUndefined();
    expect(sizes.get(WHOLE) ?? { rows: 'unknown' }).toMatchObject({ rows: 'unknown' });
  });

  it('leaves it at that when the account cannot log in, or the server does not answer', async () => {
    const wrong = bookFor({ user: 'nobody', password: 'wrong' });
    expect((await wrong.of('db1', [LARGE], soon())).size).toBe(0);
    const book = bookFor(MONITOR);
    const db1 = stage.server('db1');
    await db1.kill('SIGSTOP');
    try {
      expect((await book.of('db1', [LARGE], systemClock.monotonic() + 300)).size).toBe(0);
    } finally {
      await db1.kill('SIGCONT');
    }
    expect((await book.of('db1', [LARGE], soon())).get(LARGE)).toBeDefined();
  });
});
