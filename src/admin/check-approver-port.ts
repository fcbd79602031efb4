// What `interlock check` and a dry run say of admin.listen: a certificate that cannot be used, has
// ended or ends soon, or vouches for no name. An approver should not find it out on a Sunday night.
import { X509Certificate } from 'node:crypto';
import type { Config, Diagnostic } from '../config/config.js';
import { messageOf } from '../errors.js';
import { loadCertificate } from '../gateway/certificate.js';
import { datesOf } from '../gateway/certificate-dates.js';

const WHAT = 'the certificate that approvers see at admin.listen';

export async function checkApproverPort(
  { admin, tls, file }: Pick<Config, 'admin' | 'tls' | 'file'>,
  nowMs: number,
): Promise<readonly Diagnostic[]> {
  const { network } = admin;
  // Without a certificate of somebody's it is on a loopback address, and self-signed.
  if (network === undefined) return [];
  if (network.tls === undefined && tls.certificateFile === undefined) return [];
  const files = network.tls === undefined ? tls : { ...network.tls, field: 'admin.tls' as const };
  try {
    const { certificatePem } = await loadCertificate(files, nowMs);
    const certificate = new X509Certificate(certificatePem);
    return [
      ...datesOf(WHAT, certificatePem, nowMs).map((found) => ({ ...found, file })),
      ...nameless(certificate, network.hosts).map((found) => ({ ...found, file })),
    ];
  } catch (thrown) {
    return [{ severity: 'error', file, message: messageOf(thrown) }];
  }
}

type Found = Omit<Diagnostic, 'file'>;

function nameless({ subjectAltName }: X509Certificate, hosts: readonly string[]): readonly Found[] {
  if (subjectAltName !== undefined || hosts.length > 0) return [];
  const message = 'the certificate of admin.listen vouches for no name (subjectAltName)';
  const hint = 'approvers must give --admin-fingerprint, and reach it by an address or admin.hosts';
  return [{ severity: 'warning', message, hint }];
}
