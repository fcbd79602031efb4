// `interlock audit head`: the number and hash of the last record, for keeping where those who can
// write the audit file cannot. Asks the running Interlock, or reads what the last one left.
import { askAdmin, NobodyAnswers } from '../admin/client.js';
import { headPath } from '../audit/audit-chain.js';
import { headText, parseHead } from '../audit/chain.js';
import { readHead } from '../audit/head-file.js';
import { messageOf } from '../errors.js';
import { configurationOf } from './configuration.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export async function auditHeadCommand(
  options: CommonOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const config = configurationOf(options, terminal);
  if (config === undefined) return EXIT.usage;
  let head: string | undefined;
  try {
    head = String(await askAdmin(config.admin.socket, '/audit/head'));
  } catch (thrown) {
    if (!(thrown instanceof NobodyAnswers)) {
      terminal.err(`${messageOf(thrown)}\n`);
      return EXIT.unreachable;
    }
    const left = await readHead(headPath(config.audit.file));
    head = left === undefined ? undefined : headText(left.head);
  }
  const parsed = head === undefined ? undefined : parseHead(head);
  if (head === undefined || parsed === undefined) {
    terminal.err(`No record has been written to ${config.audit.file} yet.\n`);
    return EXIT.unreachable;
  }
  if (options.json) printJson(terminal, { ...parsed, head });
  else terminal.out(`${head}\n`);
  return EXIT.ok;
}
