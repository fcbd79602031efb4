import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { CertificateNames } from '../../src/admin/certificate-names.js';
import { Authority } from '../support/authority.js';

it('knows the names of its certificate and of the configuration, and no others', async () => {
  const authority = await Authority.make('our own');
  const first = { ...(await authority.sign('*.db.example')), isSelfSigned: false };
  const names = new CertificateNames(first, ['Guard.Example']);
  expect(names.fingerprint).toBe(new X509Certificate(first.certificatePem).fingerprint256);
  expect(['x.db.example', 'guard.example'].map((name) => names.has(name))).toEqual([true, true]);
  for (const other of ['db.example', 'x.y.db.example', 'evil.example', '..', '']) {
    expect(names.has(other), other).toBe(false);
  }
  names.use({ ...(await authority.sign('other.example')), isSelfSigned: false });
  expect(['x.db.example', 'other.example'].map((name) => names.has(name))).toEqual([false, true]);
});
