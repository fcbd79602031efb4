// What the monitor account does not see of the code that guarded servers keep, for `interlock check`:
// what such code destroys would pass, or be refused without need.
import type { Config, Diagnostic } from '../config/config.js';
import type { Picture } from '../topology/snapshot.js';
import { withCatalog } from './catalog-once.js';
import type { Terminal } from './terminal.js';

/** Asks each guarded server that answered; what the others may show is not known now. */
export async function unseenCode(
  config: Config,
  picture: Picture,
  env: Terminal['env'],
): Promise<readonly Diagnostic[]> {
  const servers = config.servers.filter(
    ({ name, listen }) => listen.length > 0 && picture.views.get(name)?.kind === 'answered',
  );
  const found = await Promise.all(
    servers.map(async ({ name }) => {
      const said: string[] = [];
      const terminal = { env, err: (line: string) => said.push(line.trimEnd()) };
      await withCatalog({ config, terminal, server: name }, () => Promise.resolve());
      return said.map((message) => warningOf(message, config.file));
    }),
  );
  return found.flat();
}

function warningOf(message: string, file: string): Diagnostic {
  const hint = 'docs/deploy.md has the GRANT, and docs/stored-code.md what it is for';
  return { severity: 'warning', file, message, hint };
}
