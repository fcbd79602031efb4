// Commands and statements per server. Counting runs for every command of every session, so it only
// adds to a number; the numbers are folded into the metrics when somebody scrapes them.
import type { Counter, Registry } from 'prom-client';
import { ASKED_WHY, type AskedWhy } from '../session/session-options.js';
import { EFFECTS, type Effect } from '../sql/effect.js';
import { COMMANDS, type CommandName } from '../wire/commands.js';
import { counter } from './instruments.js';

const COMMAND_NAMES: readonly string[] = [...Object.keys(COMMANDS), 'unknown'];
const COMMAND_INDEX = new Map<string, number>(COMMAND_NAMES.map((name, index) => [name, index]));
/** `none` is an unguarded statement; it comes first. */
const EFFECT_NAMES: readonly string[] = ['none', ...EFFECTS];
const EFFECT_INDEX = new Map<string, number>(EFFECT_NAMES.map((name, index) => [name, index]));

export class CommandCounts {
  private readonly commands: Tally;
  private readonly statements: Tally;
  private readonly questions: Tally;

  constructor(registry: Registry, servers: readonly string[]) {
    const commands = counter(registry, 'commands_total', 'Commands clients sent.', [
      'server',
      'command',
    ]);
    this.commands = new Tally(servers, COMMAND_NAMES);
    this.commands.foldInto(commands, (server, command) => ({ server, command }));
    const help = 'Statements read, once per distinct effect; effect="none" for unguarded ones.';
    const statements = counter(registry, 'statements_total', help, ['server', 'effect']);
    this.statements = new Tally(servers, EFFECT_NAMES);
    this.statements.foldInto(statements, (server, effect) => ({ server, effect }));
    const asked = counter(
      registry,
      'session_questions_total',
      'Statements before which their session was asked what they would do.',
      ['server', 'why'],
    );
    this.questions = new Tally(servers, ASKED_WHY);
    this.questions.foldInto(asked, (server, why) => ({ server, why }));
  }

  command(server: string, command: CommandName, count = 1): void {
    this.commands.add(server, COMMAND_INDEX.get(command), count);
  }

  unguarded(server: string, count = 1): void {
    this.statements.add(server, 0, count);
  }

  asked(server: string, why: AskedWhy, count = 1): void {
    this.questions.add(server, ASKED_WHY.indexOf(why), count);
  }

  guarded(server: string, effects: readonly Effect[]): void {
    for (const effect of new Set(effects)) this.statements.add(server, EFFECT_INDEX.get(effect));
  }
}

/** A number for each server and name. What is neither is not counted: labels stay bounded. */
class Tally {
  private readonly rows: ReadonlyMap<string, Float64Array>;
  private readonly names: readonly string[];

  constructor(servers: readonly string[], names: readonly string[]) {
    this.names = names;
    this.rows = new Map(servers.map((server) => [server, new Float64Array(names.length)]));
  }

  add(server: string, index: number | undefined, count = 1): void {
    const row = this.rows.get(server);
    if (row === undefined || index === undefined) return;
    row[index] = (row[index] ?? 0) + count;
  }

  /** At every scrape, and once now so that every series is there. */
  foldInto<Label extends string>(
    metric: Counter<Label>,
    labels: (server: string, name: string) => Record<Label, string>,
  ): void {
    const collect = () => {
      for (const [server, row] of this.rows) {
        this.names.forEach((name, index) => {
          metric.inc(labels(server, name), row[index] ?? 0);
          row[index] = 0;
        });
      }
    };
    collect();
    Object.assign(metric, { collect });
  }
}
