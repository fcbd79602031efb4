// A certificate authority for one test: it signs certificates for servers, by name and address.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  cryptoProvider,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};
const HOUR_MS = 3_600_000;

export interface PemPair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export class Authority {
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #certificate: X509Certificate;

  private constructor(keys: webcrypto.CryptoKeyPair, certificate: X509Certificate) {
    this.#keys = keys;
    this.#certificate = certificate;
  }

  static async make(name: string): Promise<Authority> {
    cryptoProvider.set(webcrypto);
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      ...validity(),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [new BasicConstraintsExtension(true, 1, true)],
    });
    return new Authority(keys, certificate);
  }

  get pem(): string {
    return this.#certificate.toString('pem');
  }

  /** For a host name or an IPv4 address. */
  async sign(host: string): Promise<PemPair> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const type = /^[\d.]+$/.test(host) ? 'ip' : 'dns';
    const certificate = await X509CertificateGenerator.create({
      subject: `CN=${host}`,
      issuer: this.#certificate.subject,
      ...validity(),
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [new SubjectAlternativeNameExtension([{ type, value: host }])],
    });
    const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return {
      certificatePem: certificate.toString('pem'),
      keyPem: PemConverter.encode(key, 'PRIVATE KEY'),
    };
  }

  /** Writes what a server is started with, and answers the options that name it. */
  async serverOptions(folder: string, host: string): Promise<readonly string[]> {
    const { certificatePem, keyPem } = await this.sign(host);
    const files = { ca: this.pem, cert: certificatePem, key: keyPem };
    for (const [name, pem] of Object.entries(files)) {
      await writeFile(join(folder, `server-${name}.pem`), `${pem}\n`);
    }
    return Object.keys(files).map((name) => `--ssl-${name}=${join(folder, `server-${name}.pem`)}`);
  }
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - HOUR_MS), notAfter: new Date(now + 24 * HOUR_MS) };
}
