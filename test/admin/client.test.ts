// Asking: an answer, nobody there, or an answer that is an error.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAdminServer } from '../../src/admin/admin-server.js';
import { askAdmin, NobodyAnswers } from '../../src/admin/client.js';
import { temporaryFolder } from '../audit/temporary-folder.js';

const fresh = () => join(temporaryFolder(), 'admin.sock');

describe('askAdmin', () => {
  it('tells that nobody answers', async () => {
    const socket = fresh();
    await expect(askAdmin(socket, '/links')).rejects.toBeInstanceOf(NobodyAnswers);
    await expect(askAdmin(socket, '/links')).rejects.toThrow(/No Interlock answers at .*run/);
  });

  it('does not take an error for nobody', async () => {
    const socket = fresh();
    const boom = () => {
      throw new Error('no picture yet');
    };
    const server = await createAdminServer({ socket, routes: { '/links': boom } });
    onTestFinished(() => server.close());
    const asked = askAdmin(socket, '/links');
    await expect(asked).rejects.not.toBeInstanceOf(NobodyAnswers);
    await expect(asked).rejects.toThrow(/\(500\): no picture yet/);
    await expect(askAdmin(socket, '/other')).rejects.toThrow(/\(404\): .*knows no GET \/other/);
  });

  it('gives back null and false as they are', async () => {
    const socket = fresh();
    const routes = { '/null': () => null, '/false': () => false };
    const server = await createAdminServer({ socket, routes });
    onTestFinished(() => server.close());
    expect(await askAdmin(socket, '/null')).toBe(null);
    expect(await askAdmin(socket, '/false')).toBe(false);
  });

  it('does not take a stranger’s answer for Interlock’s', async () => {
    const socket = fresh();
    const other = createServer((connection) => connection.end('220 ready\r\n')).listen(socket);
    onTestFinished(() => void other.close());
    await expect(askAdmin(socket, '/links')).rejects.toThrow(/could not be asked/);
  });

  it('says so when what is there is no socket', async () => {
    const socket = fresh();
    writeFileSync(socket, '');
    await expect(askAdmin(socket, '/links')).rejects.toMatchObject({ code: 'ADMIN_UNAVAILABLE' });
  });
});
