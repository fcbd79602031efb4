// Every metric of Interlock (prefix interlock_), with bounded labels: never SQL, tables, users or
// addresses. Every series exists at 0 from the start. docs/metrics.md lists them.

import type { VerdictKind } from '../policy/verdict.js';
import type { Effect } from '../sql/effect.js';
import type { Picture, ProbeFailureReason } from '../topology/snapshot.js';
import type { CommandName } from '../wire/commands.js';

/** What the rest of the code counts on. Hot calls (`command`, `unguarded`) only add to a number. */
export interface Metrics {
  command(server: string, command: CommandName): void;
  /** One unguarded statement (`effect="none"`). */
  unguarded(server: string): void;
  /** Once per distinct effect of a guarded statement. */
  guarded(server: string, effects: readonly Effect[]): void;
  decision(sample: {
    readonly server: string;
    readonly rule: string;
    readonly verdict: VerdictKind;
    readonly mode: 'enforce' | 'shadow';
  }): void;
  decisionTook(seconds: number): void;
  picture(picture: Picture): void;
  probeFailed(server: string, peer: string, reason: ProbeFailureReason): void;
  connections(server: string, delta: 1 | -1): void;
  rulesLoaded(rules: readonly { readonly id: string; readonly mode: string }[], atMs: number): void;
  rulesReloadFailed(): void;
  auditRecord(): void;
  auditWriteFailed(): void;
  /** The text exposition of all of them. */
  expose(): Promise<{ readonly contentType: string; readonly body: string }>;
}
