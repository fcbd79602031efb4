import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { expect, it } from 'vitest';
import { loadCertificate } from '../../src/gateway/certificate.js';

const now = Date.UTC(2026, 0, 1);

it('makes a certificate that TLS takes, valid for ten years', async () => {
  const made = await loadCertificate({ require: false }, now);
  expect(made.isSelfSigned).toBe(true);
  const read = new X509Certificate(made.certificatePem);
  expect(new Date(read.validFrom).getTime()).toBeLessThan(now);
  expect(new Date(read.validTo).getUTCFullYear()).toBe(2036);
  expect(() => createSecureContext({ cert: made.certificatePem, key: made.keyPem })).not.toThrow();
});

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
