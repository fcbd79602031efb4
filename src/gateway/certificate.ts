// The certificate that clients see: the configured one, or one made at the first start and kept
// with the audit file, as the servers keep theirs with their data. The key's file is its owner's.
import 'reflect-metadata';
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { cryptoProvider, PemConverter, X509CertificateGenerator } from '@peculiar/x509';
import type { Config } from '../config/config.js';
import { fileTroubleOf, InterlockError, messageOf } from '../errors.js';

export interface Certificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly isSelfSigned: boolean;
}

/** Where a self-signed one is kept, and who is told when it cannot be. */
export interface Keeping {
  readonly file: string;
  readonly warn: (message: string) => void;
}

const VALID_YEARS = 10;
/** One that ends sooner than this is made anew. */
const LEAST_LEFT_MS = 30 * 24 * 3_600_000;
const KEY_ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** Which files, and what their mapping is called in messages. */
export type CertificateFiles = Partial<Config['tls']> & {
  readonly field?: 'admin.tls';
};

/** Throws TLS_FAILED, naming the file, when a configured one cannot be read or used. */
export async function loadCertificate(
  tls: CertificateFiles,
  nowMs: number,
  keeping?: Keeping,
): Promise<Certificate> {
  if (tls.certificateFile !== undefined && tls.keyFile !== undefined) {
    const field = tls.field ?? 'tls';
    const certificatePem = await readPem(tls.certificateFile, `${field}.certificate`);
    const keyPem = await readPem(tls.keyFile, `${field}.key`);
    const configured = { certificatePem, keyPem, isSelfSigned: false };
    const fault = faultOf(configured);
    if (fault === undefined) return configured;
    const files = `${field}.certificate (${tls.certificateFile}) and ${field}.key (${tls.keyFile})`;
    throw new InterlockError('TLS_FAILED', `${files} cannot be used: ${fault}`);
  }
  return keeping === undefined ? selfSigned(nowMs) : keptOrMade(keeping, nowMs);
}

async function readPem(file: string, field: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw unusable(`${field}: cannot read ${file}`, thrown);
  }
}

function unusable(what: string, cause: unknown): InterlockError {
  return new InterlockError('TLS_FAILED', `${what}: ${fileTroubleOf(cause)}`, { cause });
}

function faultOf({ certificatePem, keyPem }: Certificate): string | undefined {
  try {
    const certificate = new X509Certificate(certificatePem);
    const isPair = certificate.checkPrivateKey(createPrivateKey(keyPem));
    return isPair ? undefined : 'they do not belong together';
  } catch (thrown) {
    return messageOf(thrown);
  }
}

async function keptOrMade({ file, warn }: Keeping, nowMs: number): Promise<Certificate> {
  const kept = await readKept(file);
  if (kept.kind === 'read' && endsAtMs(kept.certificate) - nowMs > LEAST_LEFT_MS) {
    return kept.certificate;
  }
  const made = await selfSigned(nowMs);
  if (kept.kind === 'unusable') {
    // Somebody else's file, or a damaged one: not ours to overwrite.
    warn(`${file} is no certificate with its key (${kept.why}): another is used until we stop`);
    return made;
  }
  await keep(file, made).catch((thrown: unknown) => {
    const why = messageOf(thrown);
    warn(
      `the self-signed certificate cannot be kept in ${file} (${why}): each start makes another`,
    );
  });
  return made;
}

type Kept =
  | { readonly kind: 'read'; readonly certificate: Certificate }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unusable'; readonly why: string };

async function readKept(file: string): Promise<Kept> {
  try {
    const text = await readFile(file, 'utf8');
    const [certificatePem = '', keyPem = ''] = text.split(/(?=-----BEGIN PRIVATE KEY-----)/);
    const certificate = { certificatePem, keyPem, isSelfSigned: true };
    const why = faultOf(certificate);
    return why === undefined ? { kind: 'read', certificate } : { kind: 'unusable', why };
  } catch (thrown) {
    const isAbsent = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    return isAbsent ? { kind: 'absent' } : { kind: 'unusable', why: messageOf(thrown) };
  }
}

function endsAtMs({ certificatePem }: Certificate): number {
  return Date.parse(new X509Certificate(certificatePem).validTo);
}

/** Whole or not at all, and never readable for others, not for a moment. */
async function keep(file: string, { certificatePem, keyPem }: Certificate): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${certificatePem.trimEnd()}\n${keyPem.trimEnd()}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
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
