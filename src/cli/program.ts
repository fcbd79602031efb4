// The command line: names, options and exit codes, and which file does each command.
// Numbers of arguments and unknown options are usage errors (exit code 2).
import { Command, CommanderError, Option } from 'commander';
import { LINK_STATES } from '../topology/snapshot.js';
import { type CommonOptions, EXIT, type ExitCode, type Terminal } from './terminal.js';

const DEFAULT_CONFIG = 'interlock.yaml';

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
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err });

  command(program, 'run', 'Guard the servers of the configuration until SIGTERM').action(
    async (options) => {
      const { runCommand } = await import('./run.js');
      answer(await runCommand({ ...common(options), version }, terminal));
    },
  );
  command(program, 'check', 'Validate configuration and rules, and run the rules’ tests')
    .option('--offline', 'do not ask the servers', false)
    .action(async (options: RawOptions & { offline: boolean }) => {
      const { checkCommand } = await import('./check.js');
      answer(await checkCommand({ ...common(options), offline: options.offline }, terminal));
    });
  command(program, 'links', 'Show who replicates from whom, and what a DROP would reach').action(
    async (options) => {
      const { linksCommand } = await import('./links.js');
      answer(await linksCommand(common(options), terminal));
    },
  );
  explain(program, terminal, answer);
  program
    .command('demo')
    .description('Replay the outage of 2016 on real servers, and watch it be stopped')
    .option('--keep', 'leave everything running and print how to connect', false)
    .option('--json', 'print the checked claims as JSON', false)
    .action(async (options: { keep: boolean; json: boolean }) => {
      const { demoCommand } = await import('./demo.js');
      answer(await demoCommand({ ...options, version, pid: terminal.pid }, terminal));
    });
  return program;
}

function explain(program: Command, terminal: Terminal, answer: (code: ExitCode) => void): void {
  command(program, 'explain', 'Show what a statement would do, and what the rules say of it')
    .argument('<sql>', 'the text, as a client would send it; - reads standard input')
    .option('--server <name>', 'ask this configured server and judge by its links as of now')
    .addOption(new Option('--links <state>', 'judge as if its link were so').choices(LINK_STATES))
    .addOption(new Option('--flavour <name>', 'which family').choices(['mariadb', 'mysql']))
    .option('--version <x.y>', 'of the server: 10.11, 9.7, 5.6.24')
    .option('--sql-mode <modes>', 'as in @@sql_mode; every mode if left out')
    .option('--charset <name>', 'as in @@character_set_client; every one if left out')
    .option('--database <name>', 'the default schema')
    .option('--user <name>', 'the login name', 'somebody')
    .action(async (sql: string, options) => {
      const { explainCommand } = await import('./explain.js');
      answer(await explainCommand(sql, { ...options, ...common(options) }, terminal));
    });
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
    .option('--json', 'machine-readable output', false);
}

function common(options: RawOptions): CommonOptions {
  return {
    config: options.config ?? DEFAULT_CONFIG,
    configGiven: options.config !== undefined,
    json: options.json ?? false,
  };
}
