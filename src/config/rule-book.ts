// The rules in force: loaded at the start and again on request, all of them or none. A set that
// does not load leaves the old one in place; before any loaded there is none, and nothing guarded
// passes.
import type { RuleSet } from '../policy/rules.js';
import type { Config, Diagnostic, Loaded } from './config.js';
import { loadRules } from './rule-files.js';

export interface RuleBookEvents {
  loaded(ruleSet: RuleSet, warnings: readonly Diagnostic[]): void;
  /** `isKept`: an older set goes on judging. */
  broken(errors: readonly Diagnostic[], isKept: boolean): void;
}

export class RuleBook {
  readonly #config: Pick<Config, 'rules'>;
  readonly #events: RuleBookEvents;
  #ruleSet: RuleSet | undefined;

  constructor(config: Pick<Config, 'rules'>, events: RuleBookEvents) {
    this.#config = config;
    this.#events = events;
  }

  /** Absent until a set has loaded. */
  get ruleSet(): RuleSet | undefined {
    return this.#ruleSet;
  }

  reload(): void {
    const loaded: Loaded<RuleSet> = loadRules(this.#config);
    if (loaded.kind === 'broken') {
      this.#events.broken(loaded.errors, this.#ruleSet !== undefined);
      return;
    }
    this.#ruleSet = loaded.value;
    this.#events.loaded(loaded.value, loaded.warnings);
  }
}
