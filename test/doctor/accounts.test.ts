import { expect, it } from 'vitest';
import { accountFindings } from '../../src/doctor/accounts.js';
import { factsWith } from './facts.js';

const account = (user: string, host: string, ...destroys: string[]) => ({ user, host, destroys });
const found = (...accounts: ReturnType<typeof account>[]) =>
  accountFindings(factsWith({ accounts }), 'interlock');

it('names an account that can destroy from elsewhere, and how to bind it to Interlock', () => {
  expect(found(account('dba', '%', 'DROP', 'SUPER'))).toMatchObject([
    {
      id: 'account-around',
      severity: 'error',
      message: "'dba'@'%' has DROP, SUPER and may log in from anywhere, so without Interlock",
      mend: expect.stringContaining("RENAME USER 'dba'@'%' TO 'dba'@'10.0.9.5'"),
    },
  ]);
  expect(found(account('ops', '10.0.%', 'DELETE'))[0]?.message).toContain('from 10.0.%');
});

it('says nothing of accounts that destroy nothing, or come from Interlock or the host alone', () => {
  expect(
    found(
      account('app', '%'),
      account('dba', '10.0.9.5', 'DROP'),
      account('backup', 'localhost', 'DROP'),
      account('mysql.sys', 'localhost', 'DROP'),
      account('mysql.session', '%', 'SUPER'),
      account('interlock', '%', 'SUPER'),
    ),
  ).toEqual([]);
});

it('warns of accounts that were limited to the host Interlock runs on', () => {
  const accounts = [account('root', 'localhost', 'DROP'), account('cron', '127.0.0.1')];
  const facts = factsWith({ accounts, seenAs: 'interlock@localhost' });
  const names = expect.stringContaining("'root'@'localhost', 'cron'@'127.0.0.1'");
  expect(accountFindings(facts, 'interlock')).toMatchObject([
    { id: 'account-opened', message: names },
  ]);
});

it('knows nothing where accounts may not be seen: that is said elsewhere', () => {
  expect(accountFindings(factsWith({ accounts: undefined }), 'interlock')).toEqual([]);
});
