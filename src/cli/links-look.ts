// One look at the links: as the running Interlock tells it, or, where none runs, by asking the
// servers. The latter keeps its connections for the next look; whoever opens it stops it.
import { askAdmin, NobodyAnswers } from '../admin/client.js';
import { systemClock } from '../clock.js';
import { readCertificates } from '../config/certificates.js';
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import { openResidues } from '../residue/open-residues.js';
import type { Picture } from '../topology/snapshot.js';
import { linksJson } from './links-json.js';
import { renderLinks } from './links-view.js';
import { openTopology } from './probe-once.js';
import { EXIT, type ExitCode, type Terminal } from './terminal.js';

export interface Look {
  readonly data: unknown;
  /** As people read it. */
  readonly text: string;
  readonly exit: ExitCode;
  readonly from: 'the running Interlock' | 'the servers';
}

/** Undefined, with a reason, when no Interlock answers for this configuration. */
export async function lookAtRunning(
  config: Config,
  color: boolean,
): Promise<Look | { readonly why: string }> {
  try {
    const data = await askAdmin(config.admin.socket, '/links');
    const path = color ? '/links/colored' : '/links/plain';
    const text = String(await askAdmin(config.admin.socket, path));
    return { data, text, exit: exitOf(statesIn(data)), from: 'the running Interlock' };
  } catch (thrown) {
    const isAlone = thrown instanceof NobodyAnswers;
    return { why: isAlone ? 'no Interlock runs on this configuration' : messageOf(thrown) };
  }
}

export interface OwnLooks {
  /** `waitMs`: how long reading the logs may take. */
  look(waitMs: number): Promise<Look>;
  stop(): void;
}

/** Rejects with CONFIG_INVALID when the monitor's password is missing. */
export async function openOwnLooks(
  config: Config,
  terminal: Pick<Terminal, 'env' | 'color' | 'width'>,
): Promise<OwnLooks> {
  const { env, color, width } = terminal;
  const topology = await openTopology(config, env);
  const certificates = await readCertificates(config);
  const residues = openResidues({ config, env, certificates, clock: systemClock });
  let firstMs: number | undefined;
  return {
    look: async (waitMs) => {
      const seen = await topology.fresh();
      firstMs ??= seen.askedAtMs;
      const picture = datedSince(seen, firstMs);
      const sources = picture.entries.map(({ name }) => name);
      await residues.catchUp(picture, sources, systemClock.monotonic() + waitMs);
      const residue = residues.all(picture);
      const nowMs = systemClock.now();
      const isDark = [...picture.views.values()].every(({ kind }) => kind === 'silent');
      const exit = isDark ? EXIT.unreachable : exitOf(picture.links.map(({ state }) => state));
      return {
        data: linksJson(picture, nowMs, residue),
        text: renderLinks(picture, nowMs, { color, width, residue }),
        exit,
        from: 'the servers',
      };
    },
    stop: () => {
      residues.stop();
      topology.stop();
    },
  };
}

/** Since when a link is as it was at the first look, nobody can tell. */
function datedSince(picture: Picture, firstMs: number): Picture {
  const links = picture.links.map(({ sinceMs, ...link }) =>
    sinceMs === undefined || sinceMs <= firstMs ? link : { ...link, sinceMs },
  );
  return { ...picture, links };
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
