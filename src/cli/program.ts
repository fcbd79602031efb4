// The command line: names, options and exit codes, and which file does each command.
// Numbers of arguments and unknown options are usage errors (exit code 2).
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { LINK_STATES } from '../topology/snapshot.js';
import { approvalCommands } from './approval-commands.js';
import { auditCommands } from './audit-commands.js';
import { optionHelp, unreadConfig } from './option-words.js';
import { type CommonOptions, EXIT, type ExitCode, type Terminal } from './terminal.js';

const DEFAULT_CONFIG = 'interlock.yaml';

const EXIT_CODES = `
Exit codes: 0 all is well; 1 what was checked is not (explain: deny or approval needed; links: some
unknown; run: could not start); 2 usage; 3 could not reach what it must ask.
First steps: interlock demo, then the README.
`;

/** Runs one command line (without node and script) and answers its exit code; never throws. */
export async function runProgram(
  argv: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = buildProgram(terminal, version, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    terminal.err(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : thrown}\n`);
    return EXIT.notOk;
  }
}

function buildProgram(
  terminal: Terminal,
  version: string,
  answer: (code: ExitCode) => void,
): Command {
  const program = new Command('interlock')
    .description('Stops the statements whose destruction would replicate to another server.')
    .version(version, '-V, --version')
    // So that `explain --version 10.11` is the server's version and not ours.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    // That a switch is off and a list empty, if they are not given, goes without saying.
    .configureHelp({ optionDescription: optionHelp })
    .showHelpAfterError('(--help shows what there is)')
    .addHelpText('after', EXIT_CODES);

  command(program, 'run', 'Guard the servers of the configuration until SIGTERM')
    .option('--dry-run', 'try everything a start needs, and listen nowhere', false)
    .action(async (options: RawOptions & { dryRun: boolean }) => {
      const { runCommand } = await import('./run.js');
      const { dryRun } = options;
      answer(await runCommand({ ...common(options), version, dryRun }, terminal));
    });
  command(program, 'check', 'Validate configuration and rules, and run the rules’ tests')
    .option('--offline', 'look at the files only: do not ask the servers')
    .action(async (options: RawOptions & { offline?: boolean }) => {
      const { checkCommand } = await import('./check.js');
      const offline = options.offline ?? false;
      answer(await checkCommand({ ...common(options), offline }, terminal));
    });
  command(program, 'reload', 'Have the running Interlock read its rules again').action(
    async (options) => {
      const { reloadCommand } = await import('./reload.js');
      answer(await reloadCommand(common(options), terminal));
    },
  );
  command(program, 'links', 'Show who replicates from whom, and what a DROP would reach')
    .option('-w, --watch [seconds]', 'look again and again, every 2 seconds if left out', seconds)
    .action(async (options: RawOptions & { watch?: number | true }) => {
      const { linksCommand } = await import('./links.js');
      const { watch } = options;
      const watchMs = (watch === true ? WATCH_SECONDS : (watch ?? 0)) * 1_000;
      const looks = watch === undefined ? {} : { watchMs };
      answer(await linksCommand({ ...common(options), ...looks }, terminal));
    });
  doctor(program, terminal, answer);
  explain(program, terminal, answer);
  replay(program, terminal, answer);
  reseedCheck(program, terminal, answer);
  auditCommands(program, terminal, { command, common, answer });
  approvalCommands(program, terminal, { command, common, answer });
  program
    .command('worker <number>', { hidden: true })
    .description('What `run` starts for each of its workers')
    .action(async (number: string) => {
      const { workerCommand } = await import('./worker.js');
      answer(await workerCommand(number, terminal));
    });
  program
    .command('demo')
    .description('Replay the outage of 2016 on real servers, and watch it be stopped')
    .option('--keep', 'leave everything running until Ctrl-C, and print how to connect')
    .option('--json', 'print the checked claims as JSON')
    .addOption(unreadConfig())
    .action(async ({ keep = false, json = false }: { keep?: boolean; json?: boolean }) => {
      const { demoCommand } = await import('./demo.js');
      answer(await demoCommand({ keep, json, version, pid: terminal.pid }, terminal));
    });
  return program;
}

function doctor(program: Command, terminal: Terminal, answer: (code: ExitCode) => void): void {
  command(
    program,
    'doctor',
    'Look at the servers for what leads past Interlock, and how to mend it',
  )
    .option('--user <name>', 'ask as this account; its password in INTERLOCK_DOCTOR_PASSWORD')
    .option('--backup-age <days>', 'how old the oldest backup in use may be', wholeDays)
    .action(async ({ backupAge, user, ...options }: RawOptions & DoctorWords) => {
      const { doctorCommand } = await import('./doctor.js');
      const more = {
        ...(user === undefined ? {} : { user }),
        ...(backupAge === undefined ? {} : { backupAgeDays: backupAge }),
      };
      answer(await doctorCommand({ ...common(options), ...more }, terminal));
    });
}

function explain(program: Command, terminal: Terminal, answer: (code: ExitCode) => void): void {
  command(program, 'explain', 'Show what a statement would do, and what the rules say of it')
    .argument('<sql>', 'the text, as a client would send it; - reads standard input')
    .option('--server <name>', 'judge by this server and its links as they are now')
    .addOption(
      new Option('--links <state>', 'judge as if one consumer were linked so').choices(LINK_STATES),
    )
    .addOption(
      new Option('--flavour <name>', 'of the server; both if left out').choices([
        'mariadb',
        'mysql',
      ]),
    )
    .option('--version <x.y>', 'of the server: 10.11, 9.7, 5.6.24; every one if left out')
    .option('--sql-mode <modes>', 'as in @@sql_mode; every mode if left out')
    .option('--charset <name>', 'as in @@character_set_client; every one if left out')
    .option('--database <name>', 'the default schema')
    .option('--user <name>', 'the login name', 'somebody')
    .option('--rule <id>', 'say everything about this rule: every field, every exception')
    .option('--client <address>', 'where it comes from', '127.0.0.1')
    .option('--program <name>', 'what the client calls itself')
    .addOption(
      new Option('--logged <answer>', 'whether it is logged; not known if left out').choices([
        'yes',
        'no',
      ]),
    )
    .option('--rows <number>', 'rows of every object; looked up with --server, else not known')
    .option('--bytes <number>', 'bytes of every object, likewise')
    .action(async (sql: string, options) => {
      const { explainCommand } = await import('./explain.js');
      answer(await explainCommand(sql, { ...options, ...common(options) }, terminal));
    });
}

function replay(program: Command, terminal: Terminal, answer: (code: ExitCode) => void): void {
  command(program, 'replay', 'Show what recorded statements would have got under other rules')
    .argument('<audit>', 'an audit file')
    .option(
      '--rules <path>',
      'a folder, a file or a shipped set; may be repeated; those of the configuration if left out',
      (path: string, before: readonly string[]) => [...before, path],
      [] as readonly string[],
    )
    .addOption(
      new Option('--mode <mode>', 'judge in this mode, whatever the configuration says').choices([
        'enforce',
        'shadow',
      ]),
    )
    .action(async (audit: string, options) => {
      const { replayCommand } = await import('./replay.js');
      answer(await replayCommand(audit, { ...options, ...common(options) }, terminal));
    });
}

function reseedCheck(program: Command, terminal: Terminal, answer: (code: ExitCode) => void): void {
  command(program, 'reseed-check', 'Show what is left to do before and after a reseed')
    .requiredOption('--server <name>', 'the server whose data is replaced')
    .option('--from <name>', 'whose data it gets; the only other one that takes writes if left out')
    .option('--after', 'the restore is done: where to begin, and in which order to link', false)
    .option('--dump <file>', 'the dump, for the GTIDs and coordinates in its head')
    .option('--one-way', 'it only follows: no link back', false)
    .action(async (options) => {
      const { reseedCheckCommand } = await import('./reseed-check.js');
      answer(await reseedCheckCommand({ ...options, ...common(options) }, terminal));
    });
}

interface DoctorWords {
  readonly user?: string;
  readonly backupAge?: number;
}

function wholeDays(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('a whole number of days, such as 7');
  return Number(text);
}

const WATCH_SECONDS = 2;

function seconds(text: string): number {
  const value = Number(text);
  if (value >= 0.2 && value <= 3_600) return value;
  throw new InvalidArgumentError('It is a number of seconds, 0.2 to 3600.');
}

interface RawOptions {
  readonly config?: string;
  readonly json?: boolean;
}

function command(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('-c, --config <file>', `the configuration (default: ${DEFAULT_CONFIG})`)
    .option('--json', 'print JSON for programs (run: log lines as JSON on a terminal too)');
}

function common(options: RawOptions): CommonOptions {
  return {
    config: options.config ?? DEFAULT_CONFIG,
    configGiven: options.config !== undefined,
    json: options.json ?? false,
  };
}
