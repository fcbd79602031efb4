// `interlock run`: guards until SIGTERM or SIGINT, then drains. SIGHUP reads the rules again.
import { createLogger, type Logger } from '../admin/log.js';
import { compose, type Interlock } from '../compose.js';
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import { startWarnings } from '../start-warnings.js';
import { configurationOf } from './configuration.js';
import { dryRun } from './dry-run.js';
import { type CommonOptions, EXIT, type ExitCode, type Terminal } from './terminal.js';

export async function runCommand(
  options: CommonOptions & { readonly version: string; readonly dryRun?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const config = configurationOf(options, terminal);
  if (config === undefined) return EXIT.notOk;
  let log: Logger;
  try {
    const level = terminal.env.LOG_LEVEL;
    log = createLogger({
      ...(level === undefined ? {} : { level }),
      pretty: terminal.color && !options.json,
    });
  } catch (thrown) {
    terminal.err(`${messageOf(thrown)}\n`);
    return EXIT.usage;
  }
  if (options.dryRun === true) return dryRun(config, terminal, options.json);
  return serve({ config, log, version: options.version }, terminal);
}

async function serve(
  how: { readonly config: Config; readonly log: Logger; readonly version: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const { config, log, version } = how;
  const stopped = terminal.stopRequested();
  const starting = compose({ config, env: terminal.env, log, version, pid: terminal.pid });
  // From the first moment on: a SIGHUP that nobody waits for ends the process.
  terminal.onReload(() => {
    starting
      .then((started) => started.reload())
      .catch((thrown: unknown) => log.error(`reloading failed: ${messageOf(thrown)}`));
  });
  for (const warning of startWarnings(config, { isRoot: terminal.isRoot ?? false })) {
    log.warn(warning);
  }
  let interlock: Interlock;
  try {
    interlock = await starting;
  } catch (thrown) {
    log.fatal(`Interlock could not start: ${messageOf(thrown)}`);
    return EXIT.notOk;
  }
  for (const listener of interlock.listening) {
    if (listener.kind === 'listening') log.info({ address: listener.address }, 'listening');
  }
  log.info({ version, config: config.file, mode: config.mode }, 'Interlock is guarding');
  const signal = await stopped;
  log.info({ signal }, 'draining: no new sessions; commands under way may end');
  await interlock.drain();
  log.info('stopped');
  return EXIT.ok;
}
