// The certificate authorities that the configuration names, read once.
import { readFile } from 'node:fs/promises';
import { fileTroubleOf, InterlockError } from '../errors.js';
import type { Config } from './config.js';

/** By server name, the PEM text of tls.ca where there is one. TLS_FAILED says which is missing. */
export async function readCertificates(
  config: Pick<Config, 'servers'>,
): Promise<ReadonlyMap<string, string>> {
  const certificates = new Map<string, string>();
  for (const { name, tls } of config.servers) {
    if (tls.caFile === undefined) continue;
    try {
      certificates.set(name, await readFile(tls.caFile, 'utf8'));
    } catch (thrown) {
      throw unreadable(`servers.${name}.tls.ca cannot be read: ${tls.caFile}`, thrown);
    }
  }
  return certificates;
}

function unreadable(what: string, cause: unknown): InterlockError {
  const text = `${what}: ${fileTroubleOf(cause)}`;
  return new InterlockError('TLS_FAILED', text, { cause });
}
