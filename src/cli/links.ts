// `interlock links`: who replicates from whom, and what a DROP would reach. Asks the running
// Interlock, which knows since when; without one it asks the servers itself, and says so.
import { messageOf } from '../errors.js';
import { configurationOf } from './configuration.js';
import { type Look, lookAtRunning, openOwnLooks } from './links-look.js';
import { watchLinks } from './links-watch.js';
import { LOOK_DEADLINE_MS } from './residue-once.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface LinksOptions extends CommonOptions {
  /** Look again and again, this far apart. */
  readonly watchMs?: number;
}

export async function linksCommand(options: LinksOptions, terminal: Terminal): Promise<ExitCode> {
  const config = configurationOf(options, terminal);
  if (config === undefined) return EXIT.usage;
  if (options.watchMs !== undefined) {
    const { json, watchMs: everyMs } = options;
    return await watchLinks(config, { json, everyMs }, terminal);
  }
  const running = await lookAtRunning(config, terminal.color);
  if (!('why' in running)) return shown(running, options, terminal);
  const { why } = running;
  terminal.err(`${why}; asking the servers directly, so since when is not known\n`);
  try {
    const own = await openOwnLooks(config, terminal);
    try {
      return shown(await own.look(LOOK_DEADLINE_MS), options, terminal);
    } finally {
      own.stop();
    }
  } catch (thrown) {
    terminal.err(`${messageOf(thrown)}\n`);
    return EXIT.usage;
  }
}

function shown({ data, text, exit }: Look, { json }: CommonOptions, terminal: Terminal): ExitCode {
  if (json) printJson(terminal, data);
  else terminal.out(text);
  return exit;
}
