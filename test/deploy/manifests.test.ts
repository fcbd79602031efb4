// The files in deploy/ fit together and fit Interlock: what can be told without an engine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { yamlOf } from './queries.js';

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly volumes?: readonly string[]; readonly ports?: readonly string[] }>
  >;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function errorsOf(configuration: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-deploy-'));
  folders.push(folder);
  const file = join(folder, 'interlock.yaml');
  writeFileSync(file, configuration);
  const loaded = loadConfig(file);
  return loaded.kind === 'broken' ? loaded.errors.map(({ message }) => message) : [];
}

describe('the Kubernetes manifests', () => {
  // biome-ignore lint/suspicious/noExplicitAny: manifests are looked into, not modelled.
  const documents = loadAll(readFileSync('deploy/kubernetes/interlock.yaml', 'utf8')) as any[];
  const byKind = (kind: string) => documents.find((each) => each.kind === kind);
  const pods = byKind('StatefulSet');
  const [container] = pods.spec.template.spec.containers;

  it('are all there, with the API each belongs to', () => {
    expect(documents.map(({ kind, apiVersion }) => `${apiVersion} ${kind}`)).toEqual([
      'v1 ConfigMap',
      'v1 ServiceAccount',
      'apps/v1 StatefulSet',
      'v1 Service',
      'policy/v1 PodDisruptionBudget',
      'networking.k8s.io/v1 NetworkPolicy',
      'networking.k8s.io/v1 NetworkPolicy',
      'monitoring.coreos.com/v1 ServiceMonitor',
    ]);
  });

  it('hold a configuration that Interlock takes', () => {
    expect(errorsOf(byKind('ConfigMap').data['interlock.yaml'])).toEqual([]);
  });

  it('choose the pods that they mean, by ports that these have', () => {
    const { labels } = pods.spec.template.metadata;
    expect(pods.spec.selector.matchLabels).toEqual(labels);
    expect(byKind('Service').spec.selector).toEqual(labels);
    expect(byKind('PodDisruptionBudget').spec.selector.matchLabels).toEqual(labels);
    expect(byKind('NetworkPolicy').spec.podSelector.matchLabels).toEqual(labels);
    const names = container.ports.map(({ name }: { name: string }) => name);
    for (const { targetPort } of byKind('Service').spec.ports) expect(names).toContain(targetPort);
    for (const { ports } of byKind('NetworkPolicy').spec.ingress) {
      for (const { port } of ports) expect(names).toContain(port);
    }
    for (const { port } of byKind('ServiceMonitor').spec.endpoints) expect(names).toContain(port);
  });

  it('ask Interlock what it answers', () => {
    const path = (probe: { httpGet: { path: string } }): string => probe.httpGet.path;
    expect(path(container.livenessProbe)).toBe('/healthz');
    expect(path(container.startupProbe)).toBe('/healthz');
    expect(path(container.readinessProbe)).toBe('/readyz');
  });

  it('keep each record apart, and leave nothing else writable', () => {
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    });
    expect(pods.spec.template.spec.securityContext.runAsNonRoot).toBe(true);
    const claim = pods.spec.volumeClaimTemplates[0].metadata.name;
    expect(container.volumeMounts).toContainEqual({ name: claim, mountPath: '/var/lib/interlock' });
  });
});

describe('the compose file', () => {
  const { services, secrets } = yamlOf<Compose>('deploy/compose/compose.yaml');

  it('mounts files that are there', () => {
    const mounted = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.flatMap((volume) => {
        const [path = ''] = volume.split(':');
        return path.startsWith('.') ? [join('deploy/compose', path)] : [];
      }),
    );
    expect(mounted.length).toBeGreaterThan(6);
    for (const file of mounted) expect(() => readFileSync(file)).not.toThrow();
  });

  it('keeps the databases behind Interlock, and secrets out of the repository', () => {
    const open = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
    expect(open.map(([name]) => name)).toEqual(['interlock', 'prometheus', 'grafana']);
    for (const port of open.flatMap(([, { ports = [] }]) => ports)) {
      expect(port).toMatch(/^127\.0\.0\.1:/);
    }
    const ignored = readFileSync('deploy/compose/.gitignore', 'utf8').split('\n');
    for (const { file } of Object.values(secrets)) {
      expect(ignored).toContain(file.replace('./', ''));
    }
  });

  it('holds a configuration that Interlock takes, with scripts that a shell does', () => {
    expect(errorsOf(readFileSync('deploy/compose/interlock.yaml', 'utf8'))).toEqual([]);
    for (const script of ['accounts.sh', 'link.sh']) {
      execFileSync('bash', ['-n', `deploy/compose/${script}`]);
    }
    for (const file of ['grafana-datasource.yaml', 'grafana-dashboards.yaml']) {
      expect(yamlOf(`deploy/compose/${file}`)).toMatchObject({ apiVersion: 1 });
    }
  });
});

describe('the HAProxy example', () => {
  it('asks /readyz, and says where the client came from', () => {
    const text = readFileSync('deploy/haproxy/haproxy.cfg', 'utf8');
    expect(text).toContain('http-check send meth GET uri /readyz');
    expect(text).toContain('send-proxy-v2');
  });
});
