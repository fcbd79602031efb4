// What a worker's sessions count, until the primary takes it: the numbers themselves are the
// primary's, so that they outlive a worker and never go back.
import type { AskedWhy, SessionMetrics } from '../session/session-options.js';
import type { CommandName } from '../wire/commands.js';
import type { Counts } from './messages.js';

interface Tally {
  readonly commands: Map<CommandName, number>;
  readonly asked: Map<AskedWhy, number>;
  unguarded: number;
}

export class SessionCounts implements SessionMetrics {
  #tallies = new Map<string, Tally>();

  command(server: string, command: CommandName): void {
    const { commands } = this.#tally(server);
    commands.set(command, (commands.get(command) ?? 0) + 1);
  }

  unguarded(server: string): void {
    this.#tally(server).unguarded += 1;
  }

  asked(server: string, why: AskedWhy): void {
    const { asked } = this.#tally(server);
    asked.set(why, (asked.get(why) ?? 0) + 1);
  }

  /** Everything since the last time. */
  take(): readonly Counts[] {
    const taken = [...this.#tallies].map(([server, { commands, unguarded, asked }]) => ({
      server,
      commands: [...commands],
      unguarded,
      asked: [...asked],
    }));
    this.#tallies = new Map();
    return taken;
  }

  #tally(server: string): Tally {
    const known = this.#tallies.get(server);
    if (known !== undefined) return known;
    const fresh = {
      commands: new Map<CommandName, number>(),
      asked: new Map<AskedWhy, number>(),
      unguarded: 0,
    };
    this.#tallies.set(server, fresh);
    return fresh;
  }
}
