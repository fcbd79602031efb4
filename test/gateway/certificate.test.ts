import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { loadCertificate } from '../../src/gateway/certificate.js';

const now = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 24 * 3_600_000;
const NONE = { require: false };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-certificate-'));
  ends.push(() => rm(folder, { recursive: true }));
  return folder;
}

describe('a certificate of our own', () => {
  it('is one that TLS takes, valid for ten years', async () => {
    const made = await loadCertificate(NONE, now);
    expect(made.isSelfSigned).toBe(true);
    const read = new X509Certificate(made.certificatePem);
    expect(new Date(read.validFrom).getTime()).toBeLessThan(now);
    expect(new Date(read.validTo).getUTCFullYear()).toBe(2036);
    const pair = { cert: made.certificatePem, key: made.keyPem };
    expect(() => createSecureContext(pair)).not.toThrow();
  });

  it('is made at the first start, kept for its owner alone, and made anew before it ends', async () => {
    const file = join(await temporaryFolder(), 'self-signed.pem');
    const warnings: string[] = [];
    const keeping = { file, warn: (message: string) => warnings.push(message) };
    const first = await loadCertificate(NONE, now, keeping);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const second = await loadCertificate(NONE, now + YEAR_MS, keeping);
    expect(second.certificatePem.trim()).toBe(first.certificatePem.trim());
    const third = await loadCertificate(NONE, now + 10 * YEAR_MS, keeping);
    expect(third.certificatePem.trim()).not.toBe(first.certificatePem.trim());
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(warnings).toEqual([]);
  });

  it('is held in memory, with a warning, where it cannot be kept', async () => {
    const warnings: string[] = [];
    const keeping = { file: '/nowhere/x.pem', warn: (message: string) => warnings.push(message) };
    expect((await loadCertificate(NONE, now, keeping)).isSelfSigned).toBe(true);
    expect(warnings[0]).toMatch(/cannot be kept in \/nowhere\/x\.pem .*: each start makes another/);
  });

  it("never overwrites somebody else's file", async () => {
    const file = join(await temporaryFolder(), 'self-signed.pem');
    await writeFile(file, 'precious');
    const warnings: string[] = [];
    const keeping = { file, warn: (message: string) => warnings.push(message) };
    expect((await loadCertificate(NONE, now, keeping)).isSelfSigned).toBe(true);
    expect(await readFile(file, 'utf8')).toBe('precious');
    expect(warnings[0]).toContain(`${file} is no certificate with its key`);
  });
});

describe('a configured certificate', () => {
  it('names the file and the field that cannot be read', async () => {
    const files = {
      certificateFile: '/nowhere/cert.pem',
      keyFile: '/nowhere/key.pem',
      require: true,
    };
    await expect(loadCertificate(files, now)).rejects.toMatchObject({
      code: 'TLS_FAILED',
      message: expect.stringContaining('tls.certificate: cannot read /nowhere/cert.pem'),
    });
  });

  it('is used with its own key, and refused with another', async () => {
    const folder = await temporaryFolder();
    const [one, other] = [await loadCertificate(NONE, now), await loadCertificate(NONE, now)];
    const certificateFile = join(folder, 'cert.pem');
    const keyFile = join(folder, 'key.pem');
    await writeFile(certificateFile, one.certificatePem);
    await writeFile(keyFile, one.keyPem);
    const files = { certificateFile, keyFile, require: false };
    expect(await loadCertificate(files, now)).toEqual({ ...one, isSelfSigned: false });
    await writeFile(keyFile, other.keyPem);
    await chmod(keyFile, 0o600);
    await expect(loadCertificate(files, now)).rejects.toMatchObject({
      code: 'TLS_FAILED',
      message: expect.stringContaining('they do not belong together'),
    });
  });
});
