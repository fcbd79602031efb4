// Approvals as the running Interlock has them: absent where none are configured. A store that cannot
// be opened is said at once, and tried again by whoever needs it.
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import { openStore } from './open-store.js';
import type { ApprovalStore } from './store.js';

interface Log {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export function startApprovals(
  { approvals }: Pick<Config, 'approvals'>,
  log: Log,
): ApprovalStore | undefined {
  if (approvals === undefined) return undefined;
  try {
    const store = openStore(approvals.store);
    store.identity().then(
      ({ id }) => log.info({ store: id }, 'the store of approvals is open'),
      (thrown: unknown) => unusable(log, thrown),
    );
    return store;
  } catch (thrown) {
    unusable(log, thrown);
    return undefined;
  }
}

function unusable(log: Log, thrown: unknown): void {
  log.error({ reason: messageOf(thrown) }, 'nothing can be approved until its store can be used');
}
