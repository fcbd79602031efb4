// Sizes of the configured servers' objects, each asked under that server's monitor account.
import type { Clock } from '../clock.js';
import { type MonitorTargets, monitorTargets } from './monitor-target.js';
import { openQuestionConnection } from './question-connection.js';
import { SizeBook } from './sizes.js';

/** Opens no connection before something is asked. */
export function openSizes(options: MonitorTargets & { readonly clock: Clock }): SizeBook {
  const targetOf = monitorTargets(options);
  const { clock } = options;
  return new SizeBook({ clock, open: (name) => openQuestionConnection(targetOf(name)) });
}
