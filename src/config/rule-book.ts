// The rules in force: loaded at the start and again on request, all of them or none. A set that
// does not load leaves the old one in place; before any loaded there is none, and nothing guarded
// passes.
import type { RuleSet } from '../policy/rules.js';
import type { Config, Diagnostic } from './config.js';
import { readRules } from './rule-files.js';

export interface RuleBookEvents {
  loaded(ruleSet: RuleSet, warnings: readonly Diagnostic[]): void;
  /** `isKept`: an older set goes on judging. */
  broken(errors: readonly Diagnostic[], isKept: boolean): void;
}

/** What a reload came to, for whoever asked for it. */
export interface Reloaded {
  readonly result: 'loaded' | 'broken';
  /** Of the set that is in force now; absent while there is none. */
  readonly revision?: string;
  readonly rules: number;
  /** Why it could not be loaded, or what is worth a word. */
  readonly diagnostics: readonly Diagnostic[];
}

export class RuleBook {
  readonly #config: Pick<Config, 'rules'>;
  readonly #events: RuleBookEvents;
  #ruleSet: RuleSet | undefined;
  #stamp = '';

  constructor(config: Pick<Config, 'rules'>, events: RuleBookEvents) {
    this.#config = config;
    this.#events = events;
  }

  /** Absent until a set has loaded. */
  get ruleSet(): RuleSet | undefined {
    return this.#ruleSet;
  }

  /** The state of the files that was read last, whether it could be used or not. */
  get stamp(): string {
    return this.#stamp;
  }

  /** In one step: no statement is ever judged by half a set. */
  reload(): Reloaded {
    const { loaded, stamp } = readRules(this.#config);
    this.#stamp = stamp;
    if (loaded.kind === 'broken') {
      this.#events.broken(loaded.errors, this.#ruleSet !== undefined);
      return this.#reloaded('broken', loaded.errors);
    }
    // What it was made from is for lint and tests: the set in force need not keep it in memory.
    this.#ruleSet = { ...loaded.value, files: [], suites: [] };
    this.#events.loaded(loaded.value, loaded.warnings);
    return this.#reloaded('loaded', loaded.warnings);
  }

  #reloaded(result: Reloaded['result'], diagnostics: readonly Diagnostic[]): Reloaded {
    const revision = this.#ruleSet?.revision;
    return {
      result,
      ...(revision === undefined ? {} : { revision }),
      rules: this.#ruleSet?.rules.length ?? 0,
      diagnostics,
    };
  }
}
