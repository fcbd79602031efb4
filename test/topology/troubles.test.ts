import { describe, expect, it } from 'vitest';
import { troublesOf } from '../../src/topology/troubles.js';
import { answered, mariadb, pictureWith, silent } from './views.js';

describe('troubles', () => {
  it('are none where every server answered, with every right, and can be told apart', () => {
    expect(troublesOf(pictureWith([], [answered('db1'), mariadb('db2')]))).toEqual([]);
  });

  it('warn of a server that did not answer, and say what that means', () => {
    const views = [answered('db1'), silent('db2', { reason: 'refused', message: 'down.' })];
    const [trouble, ...more] = troublesOf(pictureWith([], views));
    expect(more).toEqual([]);
    expect(trouble).toMatchObject({ severity: 'warning' });
    expect(trouble?.message).toBe('db2 could not be asked (refused): down.');
    expect(trouble?.hint).toContain('nothing destructive passes');
  });

  it('are errors where the monitor account lacks a right, whether it answered or not', () => {
    const views = [
      answered('db1', { missingRights: ['PROCESS', 'REPLICATION SLAVE'] }),
      silent('db2', { reason: 'missing-rights', message: 'may not look.' }),
    ];
    const troubles = troublesOf(pictureWith([], views));
    expect(troubles.map(({ severity }) => severity)).toEqual(['error', 'error']);
    expect(troubles[0]?.message).toContain('lacks PROCESS, REPLICATION SLAVE on db1');
    expect(troubles[0]?.hint).toBe('GRANT PROCESS, REPLICATION SLAVE ON *.* TO that account');
  });

  it('are errors where two servers have one identity, by UUID or by server_id', () => {
    const copied = { serverId: 7, serverUuid: 'one-and-the-same' };
    const byUuid = [answered('db1', { identity: copied }), answered('db2', { identity: copied })];
    expect(troublesOf(pictureWith([], byUuid))).toMatchObject([
      { severity: 'error', message: expect.stringContaining('db1 and db2 have one identity') },
    ]);
    const byId = [
      mariadb('db1', { identity: { serverId: 1 } }),
      mariadb('db2', { identity: { serverId: 1 } }),
      mariadb('replica1'),
    ];
    expect(troublesOf(pictureWith([], byId)).map(({ message }) => message)).toEqual([
      'db1 and db2 have one identity (server_id 1) and cannot be told apart',
    ]);
  });

  it('do not confuse servers whose UUIDs differ and whose server_id is the same', () => {
    const views = [
      answered('db1', { identity: { serverId: 1, serverUuid: 'a' } }),
      answered('db2', { identity: { serverId: 1, serverUuid: 'b' } }),
    ];
    expect(troublesOf(pictureWith([], views))).toEqual([]);
  });
});
