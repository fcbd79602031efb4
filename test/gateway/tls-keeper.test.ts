import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { type Certificate, loadCertificate } from '../../src/gateway/certificate.js';
import { TlsKeeper } from '../../src/gateway/tls-keeper.js';

const NONE = { require: false };
let folder = '';
let certificateFile = '';
let keyFile = '';
let said: string[] = [];
const ends: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-keeper-'));
  certificateFile = join(folder, 'cert.pem');
  keyFile = join(folder, 'key.pem');
  said = [];
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await rm(folder, { recursive: true });
});

async function writePair({ certificatePem, keyPem }: Certificate): Promise<void> {
  await writeFile(certificateFile, certificatePem);
  await writeFile(keyFile, keyPem);
}

async function keeperOf(tls: { certificateFile?: string; keyFile?: string }) {
  const say = (message: string): void => void said.push(message);
  const config = {
    servers: [],
    tls: { ...NONE, ...tls },
    audit: { file: join(folder, 'audit.jsonl') },
  };
  const log = { info: say, warn: say, error: say };
  const keeper = await TlsKeeper.load(config, { clock: systemClock, log });
  ends.push(() => keeper.stop());
  return keeper;
}

describe('TlsKeeper', () => {
  it('keeps one certificate of our own over restarts, and at a reload', async () => {
    const first = await keeperOf({});
    await first.reload();
    const again = await keeperOf({});
    const pem = first.material.certificate.certificatePem.trim();
    expect(again.material.certificate.certificatePem.trim()).toBe(pem);
    expect(said).toEqual([]);
  });

  it('takes a new pair when its files have changed, and tells once', async () => {
    const [one, other] = [await loadCertificate(NONE, 0), await loadCertificate(NONE, 0)];
    await writePair(one);
    const keeper = await keeperOf({ certificateFile, keyFile });
    const given: string[] = [];
    keeper.watch(({ certificate }) => given.push(certificate.keyPem), 5);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await writePair(other);
    await expect.poll(() => given).toEqual([other.keyPem]);
    expect(keeper.material.certificate.certificatePem).toBe(other.certificatePem);
    await keeper.reload();
    expect(given).toHaveLength(1);
  });

  it('says of a configured one that it has ended, at the start and with the next', async () => {
    await writePair(await loadCertificate(NONE, 0));
    const keeper = await keeperOf({ certificateFile, keyFile });
    expect(said).toEqual([expect.stringMatching(/cert\.pem\) ended on .*: clients that verify/)]);
    await writePair(await loadCertificate(NONE, systemClock.now()));
    await keeper.reload();
    expect(said).toHaveLength(2);
    expect(said[1]).toContain('were read again');
  });

  it('goes on with what it has when the new files cannot be used', async () => {
    const one = await loadCertificate(NONE, 0);
    await writePair(one);
    const keeper = await keeperOf({ certificateFile, keyFile });
    const given: unknown[] = [];
    keeper.watch((material) => given.push(material), 60_000);
    await writeFile(keyFile, 'half a key');
    await keeper.reload();
    expect(said.at(-1)).toMatch(/^the TLS certificates in use stay: .*tls\.key/);
    expect(given).toEqual([]);
    expect(keeper.material.certificate.keyPem).toBe(one.keyPem);
  });
});
