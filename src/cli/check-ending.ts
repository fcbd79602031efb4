// Whether the monitor account may end what is in flight at each guarded server, for `interlock check`.
import { readCertificates } from '../config/certificates.js';
import type { Config, Diagnostic } from '../config/config.js';
import { endingWords, rightsToEnd } from '../doctor/ending-rights.js';
import { messageOf } from '../errors.js';
import type { Target } from '../topology/driver-options.js';
import { holdsRoles, rightsIn } from '../topology/grants.js';
import { monitorTargets } from '../topology/monitor-target.js';
import { openQuestionConnection } from '../topology/question-connection.js';
import type { Picture, ServerAnswer } from '../topology/snapshot.js';
import type { Terminal } from './terminal.js';

/** Asks each guarded server that answered; the others are told of by those who asked first. */
export async function endingTroubles(
  config: Config,
  picture: Picture,
  env: Terminal['env'],
): Promise<readonly Diagnostic[]> {
  const targetOf = monitorTargets({ config, env, certificates: await readCertificates(config) });
  const found = await Promise.all(
    config.servers.map(async ({ name, listen }): Promise<readonly Diagnostic[]> => {
      const view = picture.views.get(name);
      if (listen.length === 0 || view?.kind !== 'answered') return [];
      const trouble = await troubleAt(targetOf(name), view);
      return trouble === undefined ? [] : [{ ...trouble, severity: 'warning', file: config.file }];
    }),
  );
  return found.flat();
}

async function troubleAt(
  target: Target,
  { flavour, version }: ServerAnswer,
): Promise<Pick<Diagnostic, 'message' | 'hint'> | undefined> {
  const connection = openQuestionConnection(target);
  const ask = (sql: string) => connection.ask(sql, [], target.connectTimeoutMs);
  try {
    const grants = await ask('SHOW GRANTS');
    const lacking = rightsToEnd({ flavour, version }, rightsIn(grants), holdsRoles(grants));
    if (lacking.length === 0) return undefined;
    const [own] = await ask('SELECT CURRENT_USER() AS account');
    const { message, mend } = endingWords(target.user, lacking, accountIn(own?.account));
    return { message: `${target.server}: ${message}`, hint: mend };
  } catch (thrown) {
    return { message: `${target.server}: its grants could not be read: ${messageOf(thrown)}` };
  } finally {
    connection.destroy();
  }
}

/** `interlock@%` as GRANT takes it. */
function accountIn(account: unknown): string {
  const text = String(account);
  const at = text.lastIndexOf('@');
  return `'${text.slice(0, at)}'@'${text.slice(at + 1)}'`;
}
