import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCertificates } from '../../src/config/certificates.js';
import type { ServerConfig } from '../../src/config/config.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-certificates-'));
});
afterEach(() => rm(folder, { recursive: true }));

function server(name: string, caFile?: string): ServerConfig {
  return {
    name,
    host: '127.0.0.1',
    port: 3306,
    listen: [],
    mode: 'enforce',
    monitor: { user: 'interlock' },
    tls: { verify: 'none', ...(caFile === undefined ? {} : { caFile }) },
    binlogDump: 'deny',
  };
}

describe('certificates of the configuration', () => {
  it('are read for the servers that name some, by server name', async () => {
    const file = join(folder, 'ca.pem');
    await writeFile(file, 'PEM');
    const read = await readCertificates({ servers: [server('db1', file), server('db2')] });
    expect([...read]).toEqual([['db1', 'PEM']]);
  });

  it('that are missing fail with the field that names them', async () => {
    const servers = [server('db2', join(folder, 'none.pem'))];
    await expect(readCertificates({ servers })).rejects.toMatchObject({
      code: 'TLS_FAILED',
      message: expect.stringMatching(
        /^servers\.db2\.tls\.ca cannot be read: .*none\.pem: there is no such file/,
      ),
    });
  });
});
