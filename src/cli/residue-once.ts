// One look at residue for a subcommand that is not the running Interlock: the logs are read from
// where somebody needs them, until a deadline; what was not read by then is said of each pair.
import { systemClock } from '../clock.js';
import { readCertificates } from '../config/certificates.js';
import type { Config } from '../config/config.js';
import { openResidues } from '../residue/open-residues.js';
import type { Residues } from '../residue/residues.js';
import type { Terminal } from './terminal.js';

/** How long people wait for a command. */
export const LOOK_DEADLINE_MS = 10_000;

/** Opens residues for as long as `use` takes. */
export async function withResidues<T>(
  config: Config,
  env: Terminal['env'],
  use: (residues: Residues) => Promise<T>,
): Promise<T> {
  const certificates = await readCertificates(config);
  const residues = openResidues({ config, env, certificates, clock: systemClock });
  try {
    return await use(residues);
  } finally {
    residues.stop();
  }
}
