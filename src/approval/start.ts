// Approvals as the running Interlock has them: absent where none are configured. A store that cannot
// be used is said at once, and tried again by whoever needs it.
import type { ApprovalRecord } from '../audit/approval-record.js';
import type { Clock } from '../clock.js';
import type { Config } from '../config/config.js';
import { Approvals, type ApprovalsParts } from './approvals.js';
import { openStore } from './open-store.js';
import { WatchedStore } from './watched-store.js';

interface Log {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface StartOptions {
  readonly config: Pick<Config, 'approvals'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly clock: Clock;
  readonly audit: { append(record: ApprovalRecord): Promise<void> };
  readonly metrics: {
    approval: ApprovalsParts['count'];
    breakGlass: ApprovalsParts['glassBroken'];
    approvalStoreUsable: (isUsable: boolean) => void;
  };
  readonly newRecordId: () => string;
  readonly sizes: ApprovalsParts['sizes'];
}

export function startApprovals(options: StartOptions): Approvals | undefined {
  const { log, clock, audit, metrics, newRecordId, sizes } = options;
  const { approvals } = options.config;
  if (approvals === undefined) return undefined;
  const warn: ApprovalsParts['warn'] = (message, fields) => log.error(fields, message);
  const opened = openStore(approvals.store, { env: options.env, warn });
  const usable = metrics.approvalStoreUsable;
  const store = new WatchedStore(opened, { log, usable });
  const { approversPath, gatherMs, executeMs, batchMs: runMs, breakGlassMs } = approvals;
  return new Approvals({
    ...{ store, approversPath, gatherMs, executeMs, runMs, breakGlassMs, clock, sizes, warn },
    process: newRecordId(),
    caps: { perAccount: approvals.openRequestsPerAccount, inAll: approvals.openRequests },
    // As record ids: in order of time, and easy to read aloud.
    newRequestId: () => `A${newRecordId().slice(1)}`,
    glassBroken: (server) => metrics.breakGlass(server),
    count: (result) => metrics.approval(result),
    record: (record) => audit.append(record),
  });
}
