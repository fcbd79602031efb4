// admin.listen as the running Interlock has it: absent where it is not configured, with the certificate
// of Interlock or one of its own, which is read again when its files change.
import type { Approvals } from '../approval/approvals.js';
import { loadApprovers } from '../approval/approvers.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { InterlockError } from '../errors.js';
import type { Certificate } from '../gateway/certificate.js';
import { TlsKeeper } from '../gateway/tls-keeper.js';
import { createApproverServer } from './approver-server.js';
import { CertificateNames } from './certificate-names.js';
import type { Logger } from './log.js';
import type { Metrics } from './metrics.js';

export interface ApproverPortParts {
  readonly log: Logger;
  readonly clock: Clock;
  readonly approvals: Approvals | undefined;
  readonly metrics: Pick<Metrics, 'adminRequest'>;
  /** Of Interlock's own certificate. */
  readonly keeper: Pick<TlsKeeper, 'material'>;
}

export interface ApproverPort {
  /** Interlock's own is another one now; nothing to this port if it has one of its own. */
  useCertificate(certificate: Certificate): void;
  reload(): Promise<void>;
  close(): Promise<void>;
}

export async function openApproverPort(
  config: Config,
  parts: ApproverPortParts,
): Promise<ApproverPort | undefined> {
  const { network } = config.admin;
  if (network === undefined) return undefined;
  const { log, clock, approvals, metrics } = parts;
  if (approvals === undefined || config.approvals === undefined) {
    const text = 'admin.listen stays closed: there is no store of approvals to ask';
    throw new InterlockError('ADMIN_UNAVAILABLE', text);
  }
  const { approversPath } = config.approvals;
  const own = await ownKeeper(config, parts);
  const { certificate } = (own ?? parts.keeper).material;
  const server = await createApproverServer({
    ...{ listen: network.listen, hosts: network.hosts, certificate, approvals, log, clock },
    approvers: () => loadApprovers(approversPath),
    count: (result) => metrics.adminRequest(result),
  });
  const { fingerprint } = new CertificateNames(certificate, []);
  const { address } = server;
  log.info({ address, fingerprint }, 'approvers are answered over the network');
  own?.watch((material) => server.useCertificate(material.certificate));
  return {
    useCertificate: (next) => {
      if (own === undefined) server.useCertificate(next);
    },
    reload: async () => own?.reload(),
    close: async () => {
      own?.stop();
      await server.close();
    },
  };
}

async function ownKeeper(
  { admin, audit }: Config,
  { clock, log }: ApproverPortParts,
): Promise<TlsKeeper | undefined> {
  const files = admin.network?.tls;
  if (files === undefined) return undefined;
  const tls = { ...files, field: 'admin.tls' } as const;
  return await TlsKeeper.load({ servers: [], audit, tls }, { clock, log });
}
