// The clock of a scripted day: each act happens at an hour that is chosen, and what Interlock then
// exposes is kept as that hour's scrape, once it shows what must be true by then. However slow the
// machine is, the day is the same.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { RunningInterlock } from '../support/interlock.js';
import { type Scrape, seconds } from '../support/scrapes.js';

/** What must be so: `db1 → db2`: the link's state; `around db1`, `residue db1 → db2` … */
export type Shown = Readonly<Record<string, string | number>>;

const DEADLINE_MS = 120_000;

export class Day {
  readonly scrapes: Scrape[] = [];
  /** The heads of the audit chain that Prometheus would have kept. */
  readonly heads = new Set<string>();
  readonly #running: RunningInterlock;

  constructor(running: RunningInterlock) {
    this.#running = running;
  }

  /** Runs the act, waits until all of this is shown, and scrapes. */
  async at(time: string, shown: Shown, act: () => Promise<unknown> = async () => {}) {
    await act();
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const { body } = await this.#running.get('/metrics');
      const now = shownBy(body);
      const wrong = Object.keys(shown).filter((key) => now[key] !== shown[key]);
      if (wrong.length === 0) return this.#keep(time, body);
      if (performance.now() > deadline) {
        expect({ time, ...pick(now, wrong) }).toEqual({ time, ...pick(shown, wrong) });
      }
      await sleep(50);
    }
  }

  /** The same for an act after which nobody answers. */
  async away(time: string, act: () => Promise<unknown>): Promise<void> {
    await act();
    expect((await this.#running.readyz()).status).toBe(0);
    this.scrapes.push({ atSeconds: seconds(time), text: undefined });
  }

  #keep(time: string, text: string): void {
    this.scrapes.push({ atSeconds: seconds(time), text });
    // As docs/audit.md makes a head of them: printf '%d:%013x'.
    const record = sampleOf(text, 'interlock_audit_head_record');
    const hash = sampleOf(text, 'interlock_audit_head_hash');
    if (record > 0) this.heads.add(`${record}:${hash.toString(16).padStart(13, '0')}`);
  }
}

function sampleOf(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** The gauges that alerts go by, in words. */
function shownBy(text: string): Shown {
  const samples = text.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value = ''] =
      /^interlock_(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const label = (of: string): string => new RegExp(`${of}="([^"]*)"`).exec(labels)?.[1] ?? '';
    return name === '' ? [] : [wordsOf(name, label, value)];
  });
  return Object.assign({}, ...samples);
}

function wordsOf(name: string, label: (of: string) => string, value: string): Shown {
  const pair = `${label('server')} → ${label('peer')}`;
  switch (name) {
    case 'link_state':
      return value === '1' ? { [pair]: label('state') } : {};
    case 'residue_destructive_events':
      return { [`residue ${pair}`]: Number(value) };
    case 'sessions_around':
      return { [`around ${label('server')}`]: Number(value) };
    case 'rules_last_reload_successful':
      return { reloaded: Number(value) };
    case 'approval_store_usable':
      return { approvals: value === '1' ? 'usable' : 'unusable' };
    case 'audit_write_failures_total':
      return { unwritten: value === '0' ? 'nothing' : 'something' };
    default:
      return {};
  }
}

function pick(shown: Shown, keys: readonly string[]): Shown {
  return Object.fromEntries(keys.map((key) => [key, shown[key] ?? 'nothing']));
}
