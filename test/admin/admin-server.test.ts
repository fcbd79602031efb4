// The admin socket: for its owner only, one Interlock at a time.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAdminServer } from '../../src/admin/admin-server.js';
import { askAdmin } from '../../src/admin/client.js';
import { temporaryFolder } from '../audit/temporary-folder.js';

const fresh = () => join(temporaryFolder(), 'run/admin.sock');

async function start(socket: string, routes: Record<string, () => unknown> = {}) {
  const server = await createAdminServer({ socket, routes });
  onTestFinished(() => server.close());
  return server;
}

const refused = (text: RegExp) =>
  expect.objectContaining({
    code: 'ADMIN_UNAVAILABLE',
    message: expect.stringMatching(text),
  });

/** A socket file whose process is gone without having removed it. */
function leaveDeadSocket(socket: string): void {
  const script = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
  try {
    execFileSync(process.execPath, ['-e', script], { stdio: 'ignore' });
  } catch {
    // It was killed, as it had to be.
  }
  if (!existsSync(socket)) throw new Error('the dead process left no socket');
}

function statusOf(options: RequestOptions, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

describe('the admin socket', () => {
  it('answers what its routes say', async () => {
    const socket = fresh();
    await start(socket, { '/links': async () => [{ source: 'db1' }] });
    expect(await askAdmin(socket, '/links')).toEqual([{ source: 'db1' }]);
  });

  it('does by POST what its actions say, and nothing by GET', async () => {
    const socket = fresh();
    let done = 0;
    const act = () => {
      done += 1;
      return { done };
    };
    const server = await createAdminServer({ socket, routes: {}, actions: { '/act': act } });
    onTestFinished(() => server.close());
    await expect(askAdmin(socket, '/act')).rejects.toThrow(refused(/404/));
    expect(await askAdmin(socket, '/act', 'POST')).toEqual({ done: 1 });
    await expect(askAdmin(socket, '/other', 'POST')).rejects.toThrow(refused(/404/));
  });

  it('takes no page of a browser, no other name and no long body, whoever forwards a port to it', async () => {
    const socket = fresh();
    const seen: unknown[] = [];
    const act = (body: unknown) => void seen.push(body);
    const server = await createAdminServer({
      socket,
      routes: { '/links': () => 1 },
      actions: { '/act': act },
    });
    onTestFinished(() => server.close());
    const json = { 'content-type': 'application/json' };
    const cases: readonly (readonly [string, string, Record<string, string>, string, number])[] = [
      ['GET', '/links', { host: 'localhost' }, '', 200],
      ['GET', '/links', { host: '127.0.0.1:8080' }, '', 200],
      ['GET', '/links', { host: 'evil.example' }, '', 421],
      ['GET', '/links', { origin: 'http://localhost' }, '', 403],
      ['GET', '/links', { 'sec-fetch-site': 'same-origin' }, '', 403],
      ['POST', '/act', { 'content-type': 'text/plain' }, '{}', 415],
      ['POST', '/act', json, 'x'.repeat(16_385), 413],
      ['POST', '/act', json, '{', 400],
      ['POST', '/act', json, '{"__proto__":{"x":1}}', 400],
      ['POST', '/act', { ...json, 'transfer-encoding': 'chunked' }, '{}', 400],
      ['POST', '/act', json, '{}', 200],
    ];
    for (const [method, path, headers, body, status] of cases) {
      expect(await statusOf({ socketPath: socket, method, path, headers }, body), path).toBe(
        status,
      );
    }
    expect(seen).toEqual([{}]);
  });

  it('is open to its owner only, in a folder that is too', async () => {
    const socket = fresh();
    await start(socket);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(join(socket, '..')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(socket, '..'))).toEqual(['admin.sock']);
  });

  it('takes the place of a dead process’s socket', async () => {
    const socket = join(temporaryFolder(), 'admin.sock');
    leaveDeadSocket(socket);
    await start(socket, { '/links': () => 1 });
    expect(await askAdmin(socket, '/links')).toBe(1);
  });

  it('leaves a living one alone', async () => {
    const socket = fresh();
    await start(socket, { '/links': () => 'first' });
    await expect(createAdminServer({ socket, routes: {} })).rejects.toEqual(
      refused(/another Interlock answers.*admin\.socket/),
    );
    expect(await askAdmin(socket, '/links')).toBe('first');
  });

  it('overwrites no file that is not a socket', async () => {
    const socket = join(temporaryFolder(), 'admin.sock');
    writeFileSync(socket, 'mine');
    await expect(createAdminServer({ socket, routes: {} })).rejects.toEqual(refused(/no socket/));
  });

  it('says that a path is too long', async () => {
    const socket = `/tmp/${'x'.repeat(120)}/admin.sock`;
    await expect(createAdminServer({ socket, routes: {} })).rejects.toEqual(
      refused(/longer than 107 bytes/),
    );
  });

  it('removes its name when closed, but not a successor’s', async () => {
    const socket = fresh();
    const first = await createAdminServer({ socket, routes: {} });
    await first.close();
    expect(existsSync(socket)).toBe(false);
    const second = await createAdminServer({ socket, routes: {} });
    execFileSync('rm', [socket]);
    await start(socket, { '/links': () => 'third' });
    await second.close();
    expect(await askAdmin(socket, '/links')).toBe('third');
  });
});
