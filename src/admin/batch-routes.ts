// What the running Interlock answers to whoever wants a restore approved: which server it is, to read
// the dump as that one would, and the request that was opened. For the socket of this machine only.
import { type BatchOpeningParts, openBatch } from '../approval/batch-opening.js';
import { type BatchAnswer, readBatchAsk } from '../approval/batch-schema.js';
import { InterlockError } from '../errors.js';
import type { Dialect } from '../sql/dialect.js';
import type { Query } from './admin-server.js';
import { viewOf } from './request-routes.js';

/** A list of thousands of objects. */
export const BATCH_BODY_BYTES = 32 * 1024 * 1024;

export interface BatchSourceParts extends Omit<BatchOpeningParts, 'approvals'> {
  readonly approvals: BatchOpeningParts['approvals'] | undefined;
  /** The guarded servers by name. */
  readonly guarded: readonly string[];
  readonly dialect: (server: string) => Dialect | undefined;
}

export function batchRoutes(parts: BatchSourceParts) {
  return { '/batches/dialect': ({ server }: Query) => parts.dialect(guardedName(parts, server)) };
}

export function batchActions(parts: BatchSourceParts) {
  return {
    '/batches': async (body: unknown): Promise<BatchAnswer> => {
      const { approvals } = parts;
      if (approvals === undefined) {
        throw new InterlockError(
          'ADMIN_UNAVAILABLE',
          'no approvals are configured here: name who may sign under approvals.approvers',
        );
      }
      const ask = readBatchAsk(body);
      guardedName(parts, ask.server);
      const opened = await openBatch({ ...parts, approvals }, ask);
      return opened.kind === 'opened'
        ? { kind: 'opened', view: viewOf(opened.assessment) }
        : opened;
    },
  };
}

function guardedName({ guarded }: BatchSourceParts, server: string | undefined): string {
  if (server !== undefined && guarded.includes(server)) return server;
  const text = `no guarded server is called ${server ?? ''}; there are ${guarded.join(', ')}`;
  throw new InterlockError('ADMIN_UNAVAILABLE', text);
}
