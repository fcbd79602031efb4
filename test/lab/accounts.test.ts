// The monitor account has exactly the rights it is said to need, and none of it replicates.
import { expect, it } from 'vitest';
import { createMonitorAccount, monitorRights } from '../../src/lab/accounts.js';
import { untilCaughtUp } from '../../src/lab/replication.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';

describeOnEveryLine('accounts', (line) => {
  const { server } = labWith({
    line,
    servers: ['db1', 'db2'],
    links: [['db2', 'db1']],
  });

  it('log in over TCP with the rights of the monitor', async () => {
    await createMonitorAccount(server('db1'), { user: 'watcher', password: 'w-1' });
    const connection = await server('db1').connect({ user: 'watcher', password: 'w-1' });
    const [rows] = await connection.query('SHOW GRANTS');
    await connection.end();
    // MariaDB shows REPLICA MONITOR under its older name.
    const grants = JSON.stringify(rows).replace('SLAVE MONITOR', 'REPLICA MONITOR');
    for (const right of monitorRights(line)) expect(grants).toContain(right);
    expect(grants).not.toMatch(/DROP|INSERT|ALL PRIVILEGES/);
  });

  it('can be made without one of them, but not without one that there is not', async () => {
    const account = { user: 'blind', password: 'b-1' };
    await createMonitorAccount(server('db1'), { ...account, without: ['PROCESS'] });
    const grants = await server('db1').query("SHOW GRANTS FOR blind@'127.0.0.%'");
    expect(JSON.stringify(grants)).not.toContain('PROCESS');
    const mistaken = createMonitorAccount(server('db1'), { ...account, without: ['PROCES'] });
    await expect(mistaken).rejects.toThrow('no such right: PROCES.');
  });

  it('are not logged', async () => {
    await untilCaughtUp({ consumer: server('db2'), source: server('db1') });
    const found = await server('db2').query("SELECT User FROM mysql.user WHERE User = 'watcher'");
    expect(found).toEqual([]);
  });
});
