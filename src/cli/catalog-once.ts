// One look at what a server keeps, for a subcommand that is not the running Interlock.
import { Catalogs } from '../catalog/catalogs.js';
import { systemClock } from '../clock.js';
import { readCertificates } from '../config/certificates.js';
import type { Config } from '../config/config.js';
import type { Dialect } from '../sql/dialect.js';
import type { Terminal } from './terminal.js';

/** Lists what fires at this server, and opens its catalog for as long as `use` takes. */
export async function withCatalog<T>(
  asked: {
    readonly config: Config;
    readonly terminal: Pick<Terminal, 'env' | 'err'>;
    readonly server: string;
    readonly dialect?: Dialect;
  },
  use: (catalogs: Catalogs) => Promise<T>,
): Promise<T> {
  const { config, terminal, server, dialect } = asked;
  const catalogs = new Catalogs({
    config,
    env: terminal.env,
    certificates: await readCertificates(config),
    clock: systemClock,
    dialect: () => dialect,
    warn: (name, message) => terminal.err(`${name}: ${message}\n`),
  });
  try {
    await catalogs.list(server);
    return await use(catalogs);
  } finally {
    catalogs.stop();
  }
}
