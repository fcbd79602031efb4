// `interlock audit …`: names and options of what looks at the audit file.
import { type Command, InvalidArgumentError } from 'commander';
import { parseHead } from '../audit/chain.js';
import { systemClock } from '../clock.js';
import { parseMoment } from './moment.js';
import type { CommonOptions, ExitCode, Terminal } from './terminal.js';

const VERDICTS: readonly string[] = ['permit', 'deny', 'require-approval'];

export interface AuditWays {
  /** A command of this name with the options that all commands have. */
  readonly command: (program: Command, name: string, description: string) => Command;
  readonly common: (options: object) => CommonOptions;
  readonly answer: (code: ExitCode) => void;
}

export function auditCommands(program: Command, terminal: Terminal, ways: AuditWays): void {
  const { command, common, answer } = ways;
  const audit = program.command('audit').description('Look at the audit file, and prove it');
  command(audit, 'show', 'Show what was judged, and what became of it')
    .argument('[id]', 'one record, by the id that the error message ends with')
    .option('--since <time>', 'not before: 2026-11-27T22:30, 22:30, or 90m, 2h, 3d ago', moment)
    .option('--until <time>', 'not after', moment)
    .option('--server <name>', 'only of this guarded server')
    .option('--user <name>', 'only of this login name')
    .option('--rule <id>', 'only what this rule decided; * and ? match')
    .option('--verdict <verdict>', 'only with this verdict; may be given again', verdicts)
    .option(
      '--limit <number>',
      'the last so many; 0: all (default: 50; with --json all)',
      wholeNumber,
    )
    .option('--file <path...>', 'look into these files, not into that of the configuration')
    .action(async (id: string | undefined, options) => {
      const { auditShowCommand } = await import('./audit-show.js');
      const wanted = id === undefined ? {} : { id };
      answer(await auditShowCommand({ ...options, ...common(options), ...wanted }, terminal));
    });
  command(audit, 'verify', 'Find every change, gap and cut in the audit file')
    .argument('[files...]', 'instead of the configured file and what rotation made of it')
    .option('--head <head>', 'a head from the log or the metrics that must be there', heads, [])
    .option('--key <file>', 'the public key (PEM) that has to have signed', several, [])
    .option('--whole', 'nothing may be missing before the first record here', false)
    .action(async (files: string[], options) => {
      const { auditVerifyCommand } = await import('./audit-verify.js');
      answer(await auditVerifyCommand({ ...options, ...common(options), files }, terminal));
    });
  command(audit, 'head', 'Print the head of the chain, to keep it elsewhere').action(
    async (options) => {
      const { auditHeadCommand } = await import('./audit-head.js');
      answer(await auditHeadCommand(common(options), terminal));
    },
  );
}

function moment(text: string): number {
  const parsed = parseMoment(text, systemClock.now());
  if (parsed === undefined) {
    throw new InvalidArgumentError('Expected 2026-11-27T22:30, 22:30, 90m, 2h or 3d.');
  }
  return parsed;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

function heads(text: string, before: readonly unknown[]): readonly unknown[] {
  const head = parseHead(text);
  if (head !== undefined) return [...before, head];
  throw new InvalidArgumentError('Expected NUMBER:HASH, as `interlock audit head` prints it.');
}

function verdicts(text: string, before: readonly string[] = []): readonly string[] {
  if (VERDICTS.includes(text)) return [...before, text];
  throw new InvalidArgumentError(`Expected ${VERDICTS.join(', ')}.`);
}

function several(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
