// Sessions around a running Interlock, on each line, counted on its metric and told to the doctor.
import { expect, it } from 'vitest';
import { askAdmin } from '../../src/admin/client.js';
import { addAccounts, DBA, RunningInterlock } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';

describeOnEveryLine('sessions around', (line) => {
  const lab = labWith({ line, servers: ['db1'] });

  it('are counted while they last, and those through Interlock are not', async () => {
    const db1 = lab.server('db1');
    await addAccounts([db1]);
    const running = await RunningInterlock.start({
      guarded: [db1],
      more: ['around: { expected: [192.0.2.0/24] }'],
    });
    try {
      const through = await running.connect('db1');
      await through.query('SELECT 1');
      const count = () => running.metric('sessions_around', { server: 'db1' });
      const direct = await db1.connect({ user: DBA.user, password: DBA.password });
      await direct.query('SELECT 1');
      await expect.poll(count, { timeout: 60_000 }).toBeGreaterThan(0);
      const told = await askAdmin(`${running.at.folder}/admin.sock`, '/around');
      expect(JSON.stringify(told)).toContain(`"user":"${DBA.user}"`);
      const [rows] = await through.query('SELECT CONNECTION_ID() AS id');
      expect(JSON.stringify(told)).not.toContain(`"id":${JSON.parse(JSON.stringify(rows))[0].id},`);
      await direct.end();
    } finally {
      await running.stop();
    }
  });
});
