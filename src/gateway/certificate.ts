// The certificate that clients see: the configured one, or one made at start and kept in memory,
// as the servers do themselves. Reads files once; never writes a key anywhere.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cryptoProvider, PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import type { Config } from '../config/config.js';
import { InterlockError, messageOf } from '../errors.js';

export interface Certificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly isSelfSigned: boolean;
}

const VALID_YEARS = 10;
const KEY_ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** Throws TLS_FAILED, naming the file, when a configured one cannot be read. */
export async function loadCertificate(tls: Config['tls'], nowMs: number): Promise<Certificate> {
  if (tls.certificateFile === undefined || tls.keyFile === undefined) return selfSigned(nowMs);
  return {
    certificatePem: await readPem(tls.certificateFile, 'tls.certificate'),
    keyPem: await readPem(tls.keyFile, 'tls.key'),
    isSelfSigned: false,
  };
}

async function readPem(file: string, field: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw unreadable(`${field}: cannot read ${file}`, thrown);
  }
}

export function unreadable(what: string, cause: unknown): InterlockError {
  return new InterlockError('TLS_FAILED', `${what}: ${messageOf(cause)}`, { cause });
}

async function selfSigned(nowMs: number): Promise<Certificate> {
  cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const notAfter = new Date(nowMs);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + VALID_YEARS);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Interlock self-signed certificate',
    // An hour back, for clients whose clocks lag.
    notBefore: new Date(nowMs - 3_600_000),
    notAfter,
    keys,
    signingAlgorithm: KEY_ALGORITHM,
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificatePem: certificate.toString('pem'),
    keyPem: PemConverter.encode(key, 'PRIVATE KEY'),
    isSelfSigned: true,
  };
}
