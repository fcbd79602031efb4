// `interlock links --watch`: the picture kept current. On a terminal it is drawn over itself until
// Ctrl-C and left there; piped, it is printed whenever something has changed.
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../clock.js';
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import { type Look, lookAtRunning, type OwnLooks, openOwnLooks } from './links-look.js';
import { ENTER_SCREEN, frame, LEAVE_SCREEN } from './screen.js';
import { EXIT, type ExitCode, type Terminal } from './terminal.js';

export interface WatchOptions {
  readonly everyMs: number;
  readonly json: boolean;
}

/** What reading the logs may take of one look. */
const RESIDUE_MS = 1_000;

export async function watchLinks(
  config: Config,
  options: WatchOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const looks = new Looks(config, terminal);
  const show = shower(options, terminal);
  const stop = terminal.stopRequested().then(() => 'stop' as const);
  try {
    for (;;) {
      const look = await Promise.race([looks.next(), stop]);
      if (look === 'stop') break;
      show.look(look);
      if ((await Promise.race([sleep(options.everyMs, 'on' as const), stop])) === 'stop') break;
    }
    return show.last?.exit ?? EXIT.ok;
  } catch (thrown) {
    show.end();
    terminal.err(`${messageOf(thrown)}\n`);
    return EXIT.usage;
  } finally {
    show.end();
    looks.stop();
  }
}

/** Asks the running Interlock each time anew, so that one which starts or stops is noticed. */
class Looks {
  readonly #config: Config;
  readonly #terminal: Terminal;
  #own: OwnLooks | undefined;

  constructor(config: Config, terminal: Terminal) {
    this.#config = config;
    this.#terminal = terminal;
  }

  async next(): Promise<Look> {
    const look = await lookAtRunning(this.#config, this.#terminal.color);
    if (!('why' in look)) {
      this.stop();
      return look;
    }
    this.#own ??= await openOwnLooks(this.#config, this.#terminal);
    return await this.#own.look(RESIDUE_MS);
  }

  stop(): void {
    this.#own?.stop();
    this.#own = undefined;
  }
}

interface Shower {
  readonly last: Look | undefined;
  look(look: Look): void;
  /** Leaves the terminal as it was, with the last picture in it. Safe to call twice. */
  end(): void;
}

function shower({ everyMs, json }: WatchOptions, terminal: Terminal): Shower {
  const { screen, out } = terminal;
  let last: Look | undefined;
  let isOpen = false;
  const onScreen = (look: Look, at: NonNullable<Terminal['screen']>): void => {
    if (!isOpen) out(ENTER_SCREEN);
    isOpen = true;
    const lines = [header(look, everyMs), '', ...look.text.trimEnd().split('\n')];
    out(frame(lines, { rows: at.rows(), columns: at.columns() }));
  };
  return {
    get last() {
      return last;
    },
    look: (look) => {
      const isNews = last === undefined || withoutTimes(look) !== withoutTimes(last);
      last = look;
      if (json) {
        if (isNews) out(`${JSON.stringify(look.data)}\n`);
      } else if (screen !== undefined) onScreen(look, screen);
      else if (isNews) out(`${header(look, everyMs)}\n\n${look.text}\n`);
    },
    end: () => {
      if (!isOpen) return;
      isOpen = false;
      out(LEAVE_SCREEN);
      if (last !== undefined) out(last.text);
    },
  };
}

function header({ from }: Look, everyMs: number): string {
  const now = new Date(systemClock.now()).toISOString().replace('T', ' ').slice(0, 19);
  return `${now} UTC, asked of ${from}, every ${everyMs / 1000} s (Ctrl-C ends)`;
}

/** How long a link has been as it is changes by itself. */
function withoutTimes({ text }: Look): string {
  return text.replaceAll(/\bfor \d+ \w+ */g, '').replaceAll(/ +/g, ' ');
}
