// The monitor's connection to a real server whose certificate names its address: whom it takes for the
// server, and that what it has learned comes over that connection.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMonitorAccount } from '../../src/lab/accounts.js';
import { Lab } from '../../src/lab/lab.js';
import type { Target } from '../../src/topology/driver-options.js';
import { openMonitorConnection } from '../../src/topology/monitor-connection.js';
import { Authority } from '../support/authority.js';
import { startPlanned } from '../support/lab.js';

const MONITOR = { user: 'interlock', password: 'monitor-password' };

describe('the monitor’s connection with tls.verify: full', () => {
  let lab: Lab | undefined;
  let target: Target;

  beforeAll(async () => {
    const authority = await Authority.make('the right authority');
    lab = await Lab.open();
    const options = await authority.serverOptions(lab.folder, '127.0.0.1');
    await startPlanned(lab, { line: 'mariadb-10.11', servers: ['db1'], options });
    const db1 = lab.server('db1');
    await createMonitorAccount(db1, MONITOR);
    target = {
      ...{ server: 'db1', host: '127.0.0.1', port: db1.port, ...MONITOR },
      tls: { verify: 'full', ca: authority.pem },
      connectTimeoutMs: 10_000,
    };
  });
  afterAll(() => lab?.close());

  it('is made by the IP address that the certificate names', async () => {
    const session = await openMonitorConnection(target).session;
    expect(session.learned.dialect).toMatchObject({ flavour: 'mariadb' });
    expect(session.missingRights).toEqual([]);
    expect((await session.ask()).variables).not.toEqual([]);
    session.destroy();
  });

  it('is refused by a name that the certificate does not name, before a password is sent', async () => {
    const { session } = openMonitorConnection({ ...target, host: 'localhost', password: 'wrong' });
    await expect(session).rejects.toThrow(/localhost.*cert/);
  });

  it('is refused to an authority that did not sign it', async () => {
    const ca = (await Authority.make('another authority')).pem;
    const tls: Target['tls'] = { verify: 'full', ca };
    const { session } = openMonitorConnection({ ...target, tls });
    await expect(session).rejects.toThrow(/certificate/);
  });
});
