// One look at all configured servers, for a subcommand that is not the running Interlock.
import { systemClock } from '../clock.js';
import { readCertificates } from '../config/certificates.js';
import type { Config } from '../config/config.js';
import { monitorPasswords } from '../config/secrets.js';
import { InterlockError } from '../errors.js';
import type { Picture } from '../topology/snapshot.js';
import { Topology } from '../topology/topology.js';
import type { Terminal } from './terminal.js';

/**
 * Asks every server once, so since when a link is in its state is not known. Rejects with
 * CONFIG_INVALID when the monitor's password is missing.
 */
export async function probeOnce(config: Config, env: Terminal['env']): Promise<Picture> {
  const topology = await openTopology(config, env);
  try {
    return undated(await topology.fresh());
  } finally {
    topology.stop();
  }
}

/** One look cannot tell since when a link is as it is. */
function undated(picture: Picture): Picture {
  return { ...picture, links: picture.links.map(({ sinceMs: _, ...link }) => link) };
}

/** A topology for as long as its opener needs it. */
export async function openTopology(config: Config, env: Terminal['env']): Promise<Topology> {
  const passwords = monitorPasswords(config, env);
  if (passwords.kind === 'broken') {
    const text = passwords.errors
      .map(({ message, hint }) => (hint === undefined ? message : `${message}: ${hint}`))
      .join('\n');
    throw new InterlockError('CONFIG_INVALID', text);
  }
  const { servers, readers, links } = config;
  const certificates = await readCertificates(config);
  return new Topology({
    servers,
    readers,
    links,
    passwords: passwords.value,
    certificates,
    clock: systemClock,
  });
}
