// What it learns from servers is in test/e2e/links.test.ts; this is what stops it before it asks.
import { describe, expect, it } from 'vitest';
import { probeOnce } from '../../src/cli/probe-once.js';
import { loadConfig } from '../../src/config/load.js';
import { GOOD_CONFIG, optionsWith } from './recorded-terminal.js';

async function configFrom(text: string) {
  const loaded = loadConfig((await optionsWith(text)).config);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  return loaded.value;
}

describe('one look at the servers', () => {
  it('needs the monitor’s password, and says where it looked for it', async () => {
    await expect(probeOnce(await configFrom(GOOD_CONFIG), {})).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('MONITOR_PASSWORD'),
    });
  });

  it('needs the certificates that the configuration names', async () => {
    const text = GOOD_CONFIG.replace(':2 }', ':2, tls: { ca: ./none.pem } }');
    const probing = configFrom(text).then((config) => probeOnce(config, { MONITOR_PASSWORD: 'x' }));
    await expect(probing).rejects.toMatchObject({
      code: 'TLS_FAILED',
      message: expect.stringContaining('servers.db2.tls.ca'),
    });
  });
});
