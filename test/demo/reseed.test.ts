// Programs that read a dump as the real client does; the real one reads it in test/e2e.
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startReseed } from '../../src/demo/reseed.js';
import type { Program } from '../../src/lab/program.js';

const DUMP_BYTES = 64 * 1024;
const COUNT =
  'let n = 0; process.stdin.on("data", (piece) => { n += piece.length; });' +
  'process.stdin.on("end", () => console.log("read", n));';

let folder: string;
let dumpFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-reseed-'));
  dumpFile = join(folder, 'shop.sql');
  await writeFile(dumpFile, Buffer.alloc(DUMP_BYTES, 'x'));
});
afterEach(() => rm(folder, { recursive: true }));

function program(source: string): Program {
  return { command: execPath, args: ['-e', source], env: {} };
}

describe('a reseed', () => {
  it('gives the client the whole dump, and what it said and its exit code back', async () => {
    const client = program(`${COUNT} process.exitCode = 3;`);
    const { ended } = startReseed({ client, args: [], dumpFile });
    expect(await ended).toEqual({ exitCode: 3, said: `read ${DUMP_BYTES}\n` });
  });

  it('gives it the dump over a slow line, whole all the same', async () => {
    const client = program(COUNT);
    const { ended } = startReseed({ client, args: [], dumpFile, bytesPerSecond: 4 * 1024 * 1024 });
    expect((await ended).said).toBe(`read ${DUMP_BYTES}\n`);
  });

  it('hands the arguments on', async () => {
    const client = program('console.log(process.argv.slice(1).join());');
    const { ended } = startReseed({ client, args: ['--', '--port=3307'], dumpFile });
    expect((await ended).said).toBe('--port=3307\n');
  });

  it('ends when Ctrl-C is pressed, long before the dump has arrived', async () => {
    const client = program(`console.log('ready'); ${COUNT}`);
    const reseed = startReseed({ client, args: [], dumpFile, bytesPerSecond: 64 });
    reseed.interrupt();
    const { exitCode, said } = await reseed.ended;
    expect(exitCode).toBeUndefined();
    expect(said).not.toContain('read');
  });

  it('ends a client that Ctrl-C does not', async () => {
    const ready = join(folder, 'ready');
    const client = program(
      `process.on('SIGINT', () => undefined); setInterval(() => undefined, 1000);
      require('node:fs').writeFileSync(${JSON.stringify(ready)}, '');`,
    );
    const slow = { bytesPerSecond: 64, patienceMs: 50 };
    const reseed = startReseed({ client, args: [], dumpFile, ...slow });
    await expect.poll(() => existsSync(ready)).toBe(true);
    reseed.interrupt();
    expect((await reseed.ended).exitCode).toBeUndefined();
  });

  it('survives a client that stops reading at an error', async () => {
    const client = program('console.error("ERROR 1644"); process.exit(1);');
    const { ended } = startReseed({ client, args: [], dumpFile });
    expect(await ended).toEqual({ exitCode: 1, said: 'ERROR 1644\n' });
  });

  it('fails when there is no such client', async () => {
    const client = { command: join(folder, 'none'), args: [], env: {} };
    await expect(startReseed({ client, args: [], dumpFile }).ended).rejects.toThrow(/ENOENT/);
  });
});
