// What `interlock check` and a dry run say of the certificates that the configuration names: one that
// is not there, cannot be used, has ended or ends soon. Nobody should find it out on a Sunday night.
import { readCertificates } from '../config/certificates.js';
import type { Config, Diagnostic } from '../config/config.js';
import { messageOf } from '../errors.js';
import { loadCertificate } from '../gateway/certificate.js';
import { datesOf } from '../gateway/certificate-dates.js';

const PEM = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

type Found = Omit<Diagnostic, 'file'>;

/** Of the clients' leg and of the servers'; check-approver-port.ts has the approvers'. */
export async function checkCertificates(
  config: Pick<Config, 'servers' | 'tls' | 'file'>,
  nowMs: number,
): Promise<readonly Diagnostic[]> {
  const found = [...(await ofClients(config, nowMs)), ...(await ofServers(config, nowMs))];
  return found.map((one) => ({ ...one, file: config.file }));
}

async function ofClients({ tls }: Pick<Config, 'tls'>, nowMs: number): Promise<readonly Found[]> {
  const { certificateFile } = tls;
  if (certificateFile === undefined) return [];
  try {
    const { certificatePem } = await loadCertificate(tls, nowMs);
    return datesOf(`tls.certificate (${certificateFile})`, certificatePem, nowMs);
  } catch (thrown) {
    return [{ severity: 'error', message: messageOf(thrown) }];
  }
}

async function ofServers(
  config: Pick<Config, 'servers'>,
  nowMs: number,
): Promise<readonly Found[]> {
  try {
    const authorities = await readCertificates(config);
    return [...authorities].flatMap(([name, pem]) => {
      return ofAuthority(`servers.${name}.tls.ca`, pem, nowMs);
    });
  } catch (thrown) {
    return [{ severity: 'error', message: messageOf(thrown) }];
  }
}

/** A bundle may hold some that have ended: one that has not is enough. */
function ofAuthority(what: string, text: string, nowMs: number): readonly Found[] {
  const pems = text.match(PEM) ?? [];
  if (pems.length === 0) {
    return [{ severity: 'error', message: `${what} holds no certificate (PEM)` }];
  }
  try {
    const each = pems.map((pem) => datesOf(what, pem, nowMs));
    return each.some((found) => found.length === 0) ? [] : (each[0] ?? []);
  } catch (thrown) {
    return [{ severity: 'error', message: `${what} cannot be used: ${messageOf(thrown)}` }];
  }
}
