// `interlock worker`: one of the processes that `run` starts when the configuration says `workers`.
// Signals are the primary's business: it is told to stop, and tells its workers.
import { createLogger } from '../admin/log.js';
import { runWorker } from '../workers/worker.js';
import { EXIT, type ExitCode, type Terminal } from './terminal.js';

export async function workerCommand(number: string, terminal: Terminal): Promise<ExitCode> {
  const { primary, env, color } = terminal;
  if (primary === undefined) {
    terminal.err('interlock run starts its workers itself: see "workers" in the configuration\n');
    return EXIT.usage;
  }
  void terminal.stopRequested();
  terminal.onReload(() => undefined);
  const level = env.LOG_LEVEL;
  const log = createLogger({ ...(level === undefined ? {} : { level }), pretty: color });
  await runWorker(primary, log.child({ worker: Number(number) }));
  return EXIT.ok;
}
