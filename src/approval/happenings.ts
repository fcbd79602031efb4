// What becomes of requests and signatures, told where it is counted and where it is recorded. The
// decision record is what a statement waits for; these tell of approvals besides, and a missing one
// holds nothing up.
import type { ApprovalResult } from '../admin/metrics.js';
import type { ApprovalRecord } from '../audit/approval-record.js';
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { ApprovalRequest } from './request.js';

export interface HappeningsParts {
  readonly clock: Clock;
  readonly count: (result: ApprovalResult) => void;
  readonly record: (record: ApprovalRecord) => Promise<void>;
  /** A sealed key let a statement pass at this server. */
  readonly glassBroken: (server: string) => void;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Happening {
  readonly event: ApprovalRecord['event'];
  readonly request: Pick<ApprovalRequest, 'id'> & Partial<ApprovalRequest>;
  readonly record?: string;
  readonly person?: string;
  readonly tokens?: readonly string[];
  readonly reason?: string;
  /** A sealed key signed, or was enough. */
  readonly isSealed?: true;
}

export class Happenings {
  readonly #parts: HappeningsParts;

  constructor(parts: HappeningsParts) {
    this.#parts = parts;
  }

  count(result: ApprovalResult): void {
    this.#parts.count(result);
  }

  /** Meant to be loud: a metric, and a line for whoever reads the log. */
  glassBroken({ id, server, requester }: ApprovalRequest, key: string, record: string): void {
    this.#parts.glassBroken(server.name);
    const who = { user: requester.user, address: requester.address };
    const fields = { server: server.name, request: id, record, key, ...who };
    this.#parts.warn('BREAK-GLASS: a sealed key alone lets a statement pass', fields);
  }

  /** Resolves once it is written, or could not be. */
  async tell({ request, event, ...more }: Happening): Promise<void> {
    if (event !== 'refused') this.count(event);
    const { server, requester } = request;
    const record: ApprovalRecord = {
      v: 1,
      kind: 'approval',
      id: request.id,
      time: new Date(this.#parts.clock.now()).toISOString(),
      event,
      ...(server === undefined ? {} : { server: server.name }),
      ...(requester === undefined ? {} : { user: requester.user, address: requester.address }),
      ...more,
    };
    try {
      await this.#parts.record(record);
    } catch (thrown) {
      const fields = { request: request.id, event, reason: messageOf(thrown) };
      this.#parts.warn('what became of a request could not be recorded', fields);
    }
  }
}
