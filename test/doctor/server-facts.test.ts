// What real servers answer is test/e2e/doctor.test.ts's.
import { expect, it } from 'vitest';
import { serverFacts } from '../../src/doctor/server-facts.js';

it('keeps what may not be seen apart from what is not there', async () => {
  const connection = {
    ask: (sql: string) => {
      if (sql.includes('mysql.user')) return Promise.reject(new Error('denied'));
      if (sql.includes('VERSION()'))
        return Promise.resolve([{ version: '10.11-MariaDB', seen: 'm@h' }]);
      if (sql === 'SHOW GRANTS') return Promise.resolve([{ g: 'GRANT PROCESS ON *.* TO m' }]);
      return Promise.resolve([]);
    },
    destroy: () => undefined,
  };
  const facts = await serverFacts(connection, () => 0);
  expect(facts).toMatchObject({
    flavour: 'mariadb',
    seenAs: 'm@h',
    ownRights: ['PROCESS'],
    events: [],
  });
  expect(facts.accounts).toBeUndefined();
  expect(facts.unseen).toEqual([{ what: 'its accounts', why: 'denied' }]);
});
