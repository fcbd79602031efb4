import { expect, it } from 'vitest';
import { ControlStore } from '../../src/approval/control-store.js';
import { EmbeddedStore } from '../../src/approval/embedded-store.js';
import { openStore } from '../../src/approval/open-store.js';

const around = { env: {}, warn: () => undefined };

it('opens a file’s store without touching the disk', () => {
  const store = openStore({ kind: 'file', file: '/nowhere/store.db' }, around);
  expect(store).toBeInstanceOf(EmbeddedStore);
});

it('opens a control database’s store without connecting', async () => {
  const place = {
    kind: 'server',
    addresses: [{ host: '127.0.0.1', port: 1 }],
    ...{ database: 'd', user: 'u', passwordEnv: 'NOT_SET', deadlineMs: 1000 },
    tls: { verify: 'none' },
    marksFile: '/nowhere/marks',
  } as const;
  const store = openStore(place, around);
  expect(store).toBeInstanceOf(ControlStore);
  await expect(store.find('A1')).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining(
      'the control database d cannot be used; mend it, or sever the links: 127.0.0.1:1: ' +
        'the password of approvals.store should be in the environment variable NOT_SET',
    ),
  });
});
