// The PromQL of the dashboard and of the rules, and which series it asks for.
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

export interface Selector {
  readonly name: string;
  /** The labels it chooses by. */
  readonly labels: readonly string[];
}

export function dashboardQueries(): readonly string[] {
  const { panels } = JSON.parse(readFileSync('deploy/grafana/interlock.json', 'utf8'));
  return panels.flatMap((panel: { targets?: readonly { expr: string }[] }) =>
    (panel.targets ?? []).map(({ expr }) => expr),
  );
}

export interface PromRule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function promRules(): readonly PromRule[] {
  const { groups } = yamlOf<{
    readonly groups: readonly { readonly rules: readonly PromRule[] }[];
  }>('deploy/prometheus/interlock.rules.yaml');
  return groups.flatMap((group) => group.rules);
}

/** Every `interlock_…{…}` of an expression. */
export function asked(expression: string): readonly Selector[] {
  return [...expression.matchAll(/\b(interlock_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', chosen = '']) => ({
      name,
      labels: [...chosen.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label),
    }),
  );
}

export function yamlOf<T>(file: string): T {
  return load(readFileSync(file, 'utf8')) as T;
}
