// `interlock keygen`, `requests`, `approve` and `deny`: names and options of what people sign with.
import { type Command, Option } from 'commander';
import type { AuditWays as CommandWays } from './audit-commands.js';
import { unreadConfig } from './option-words.js';
import type { Terminal } from './terminal.js';

export function approvalCommands(program: Command, terminal: Terminal, ways: CommandWays): void {
  const { command, common, answer } = ways;
  const words = (text: string): string[] => text.split(',').filter((word) => word !== '');
  program
    .command('keygen')
    .description('Make a key pair for one approver')
    .requiredOption('--person <name>', 'whose it is, as everybody calls them')
    .option('--groups <names>', 'the groups they approve for: dba,security', words, [])
    .option('--accounts <names>', 'every database account they use: alice,root', words, [])
    .option('--not-after <day>', 'the last day on which it counts: 2027-06-30')
    .addOption(new Option('--alg <name>').choices(['EdDSA', 'ES256']).default('EdDSA'))
    .option('--sealed', 'for emergencies: signs alone, for --accounts on --servers', false)
    .option('--servers <names>', 'with --sealed: the servers on which it counts', words, [])
    .option('--out <folder>', 'where to put both files', '.')
    .option('--json', 'print JSON for programs', false)
    .addOption(unreadConfig())
    .action(async ({ alg, config: _, ...options }) => {
      const { keygenCommand } = await import('./keygen.js');
      answer(await keygenCommand({ ...options, algorithm: alg }, terminal));
    });
  const requests = overNetwork(
    command(program, 'requests', 'Show the open requests for approval, or one of them'),
  )
    .argument('[id]', 'one request, with all that would be signed')
    .option('--export <file>', 'write it to a file, to be signed without a network')
    .option('--key <file>', 'with --admin: your private key (default: the file of INTERLOCK_KEY)')
    .action(async (id: string | undefined, options) => {
      const { requestsCommand } = await import('./requests.js');
      const what = { ...(id && { id }), ...(options.export && { exportTo: options.export }) };
      answer(await requestsCommand({ ...options, ...what, ...common(options) }, terminal));
    });
  // What stands behind `batch` is said to that.
  requests.enablePositionalOptions();
  batchCommand(requests, terminal, ways, words);
  for (const decision of ['approve', 'deny'] as const) {
    const says = decision === 'approve' ? 'Sign for a request' : 'Sign against a request; it ends';
    overNetwork(command(program, decision, `${says}, after showing what it says`))
      .argument('[id]', 'the request, as the error message gave it')
      .option('--key <file>', 'your private key (default: the file that INTERLOCK_KEY names)')
      .option('--reason <text>', 'why, in your words; a sealed key needs one')
      .option('--yes', 'do not ask', false)
      .option('--offline <file>', 'sign this exported request here; needs no Interlock')
      .option('--out <file>', 'with --offline: where to put the signature; printed if left out')
      .option('--token <file>', 'hand in a signature made elsewhere; - reads standard input')
      .action(async (id: string | undefined, options) => {
        const { approveCommand } = await import('./approve.js');
        const what = { ...options, ...(id && { id }), ...common(options), decision };
        answer(await approveCommand(what, terminal));
      });
  }
}

function batchCommand(
  requests: Command,
  terminal: Terminal,
  { command, common, answer }: CommandWays,
  words: (text: string) => string[],
): void {
  command(requests, 'batch', 'Ask for approval of a whole restore: reads the dump, lists it')
    .argument('<dump>', 'the dump as it will be restored, gzip or not; - reads standard input')
    .requiredOption('--server <name>', 'the guarded server that it will be restored on')
    .requiredOption('--user <name>', 'the account that will restore it')
    .option('--client <address>', 'the address it will come from; any if left out')
    .option('--database <name>', 'the default schema, where the dump does not USE one')
    .option(
      '--accept-reach <servers>',
      'accept that these follow meanwhile; none: it passes only while nobody does',
      words,
      [],
    )
    .option('--export <file>', 'write the request to a file too, to be signed without a network')
    .action(async (dump: string, { export: exportTo, ...options }) => {
      const { requestBatchCommand } = await import('./request-batch.js');
      const what = { ...options, ...common(options), dump, ...(exportTo && { exportTo }) };
      answer(await requestBatchCommand(what, terminal));
    });
}

function overNetwork(command: Command): Command {
  return command
    .option('--admin <url>', 'ask over the network: https://host:port (default: INTERLOCK_ADMIN)')
    .option('--admin-ca <file>', 'who signed its certificate (default: INTERLOCK_ADMIN_CA)')
    .option('--admin-fingerprint <sha256>', 'or: this very certificate, whoever signed it');
}
