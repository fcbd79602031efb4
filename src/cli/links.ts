// `interlock links`: who replicates from whom, and what a DROP would reach. Asks the running
// Interlock, which knows since when; without one it asks the servers itself, and says so.
import { askAdmin, NobodyAnswers } from '../admin/client.js';
import { systemClock } from '../clock.js';
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import type { PairResidue } from '../residue/pair.js';
import type { Picture } from '../topology/snapshot.js';
import { configurationOf } from './configuration.js';
import { linksJson, renderLinks } from './links-view.js';
import { probeOnce } from './probe-once.js';
import { residueOnce } from './residue-once.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export async function linksCommand(options: CommonOptions, terminal: Terminal): Promise<ExitCode> {
  const config = configurationOf(options, terminal);
  if (config === undefined) return EXIT.usage;
  const running = await askRunning(options, config, terminal);
  if (running !== undefined) return running;
  let picture: Picture;
  let residue: readonly PairResidue[];
  try {
    picture = await probeOnce(config, terminal.env);
    residue = await residueOnce(config, terminal.env, picture);
  } catch (thrown) {
    terminal.err(`${messageOf(thrown)}\n`);
    return EXIT.usage;
  }
  const nowMs = systemClock.now();
  if (options.json) printJson(terminal, linksJson(picture, nowMs, residue));
  else terminal.out(renderLinks(picture, nowMs, { ...terminal, residue }));
  const views = [...picture.views.values()];
  if (views.every(({ kind }) => kind === 'silent')) return EXIT.unreachable;
  return exitOf(picture.links.map(({ state }) => state));
}

/** Undefined when no Interlock runs on this configuration, after saying so. */
async function askRunning(
  options: CommonOptions,
  config: Config,
  terminal: Terminal,
): Promise<ExitCode | undefined> {
  try {
    const links = await askAdmin(config.admin.socket, '/links');
    if (options.json) printJson(terminal, links);
    else {
      const path = terminal.color ? '/links/colored' : '/links/plain';
      terminal.out(String(await askAdmin(config.admin.socket, path)));
    }
    return exitOf(statesIn(links));
  } catch (thrown) {
    const isAlone = thrown instanceof NobodyAnswers;
    const why = isAlone ? 'no Interlock runs on this configuration' : messageOf(thrown);
    terminal.err(`${why}; asking the servers directly, so since when is not known\n`);
    return undefined;
  }
}

function exitOf(states: readonly unknown[]): ExitCode {
  return states.includes('unknown') ? EXIT.notOk : EXIT.ok;
}

function statesIn(answer: unknown): readonly unknown[] {
  if (typeof answer !== 'object' || answer === null || !('links' in answer)) return ['unknown'];
  const { links } = answer;
  if (!Array.isArray(links)) return ['unknown'];
  return links.map((link: unknown) =>
    typeof link === 'object' && link !== null && 'state' in link ? link.state : 'unknown',
  );
}
