// An address that is not one server's: the monitor's connection stays on the old one while sessions
// reach the new one. What the monitor sees there says nothing of where the statement would run.
import { afterAll, expect, it } from 'vitest';
import { addAccounts, RunningInterlock } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { WirePath } from '../support/wire-cut.js';
import { rowsIn, unloggedTable } from './residue-scene.js';
import { refusal } from './states-scene.js';

describeOnEveryLine('an address that moves', (line) => {
  const stage = labWith({ line, servers: ['db1', 'db2'] });
  let running: RunningInterlock | undefined;
  let address: WirePath | undefined;
  afterAll(async () => {
    await running?.stop();
    address?.close();
  });

  it('is unknown to sessions that are on another server than the monitor', async () => {
    const [db1, db2] = [stage.server('db1'), stage.server('db2')];
    await addAccounts([db1, db2]);
    for (const server of [db1, db2]) await unloggedTable(server, 'app.t');
    await unloggedTable(db1, 'app.u');
    address = await WirePath.open(db1.port);
    const shared = { name: 'db1', host: '127.0.0.1', port: address.port };
    const watched = { name: 'db3', host: '127.0.0.1', port: db2.port };
    running = await RunningInterlock.start({
      guarded: [shared],
      watched: [watched],
      more: ['links: { freshness: 1s, deadline: 5s }'],
    });
    const session = await running.connect('db1');
    await session.query('DROP TABLE app.u');
    address.turnTo(db2.port);
    const message = await refusal(running, 'db1', 'DROP TABLE app.t');
    expect(message).toMatch(/db3 \(unknown\b/);
    expect([await rowsIn(db1, 'app.t'), await rowsIn(db2, 'app.t')]).toEqual([1, 1]);
    // The session that was there before is where the monitor is.
    await session.query('DROP TABLE app.t');
    expect([await rowsIn(db1, 'app.t'), await rowsIn(db2, 'app.t')]).toEqual([-1, 1]);
  });
});
