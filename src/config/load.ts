// From the path of interlock.yaml to a Config: reads the file, then checks what one field cannot
// know of another. Every fault is reported at its place, all at once.
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileTroubleOf } from '../errors.js';
import type {
  AdminConfig,
  ApprovalsConfig,
  Config,
  Diagnostic,
  ListenAddress,
  Loaded,
  MonitorConfig,
  ServerConfig,
  StorePlace,
} from './config.js';
import { readFields } from './fields.js';
import {
  ADMIN_SOCKET,
  type ConfigFields,
  configSchema,
  type MonitorFields,
  type ServerFields,
} from './schema.js';
import { checkConfig } from './semantics.js';
import { readYaml } from './yaml-source.js';

export const SHIPPED_RULE_SETS = ['default', 'peers', 'strict'] as const;

const CONFIG_BYTES_MAX = 1024 * 1024;
const HINT_UNREADABLE = 'check the path (--config FILE names another configuration) and its rights';
const METRICS_DEFAULT: ListenAddress = { kind: 'tcp', host: '127.0.0.1', port: 9707 };

export function loadConfig(path: string): Loaded<Config> {
  const file = resolve(path);
  const text = readCapped(file, CONFIG_BYTES_MAX);
  return text.kind === 'broken' ? text : readConfig(file, text.value);
}

/** The same for text in hand; `file` is an absolute path, which relative ones start from. */
export function readConfig(file: string, text: string): Loaded<Config> {
  const source = readYaml(file, text);
  if (source.kind === 'broken') return source;
  const read = readFields(configSchema, source.value);
  if (read.kind === 'broken') return read;
  const found = checkConfig(read.value, source.value);
  const errors = found.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { kind: 'broken', errors };
  return { kind: 'loaded', value: resolveConfig(read.value, file), warnings: found };
}

/** A file's text, or why there is none, as a diagnostic. Also reads rule files. */
export function readCapped(file: string, bytesMax: number): Loaded<string> {
  const broken = (message: string, hint: string): Loaded<string> => {
    const error: Diagnostic = { severity: 'error', file, message, hint };
    return { kind: 'broken', errors: [error] };
  };
  try {
    const { size } = statSync(file);
    if (size > bytesMax) {
      return broken(`the file has ${size} bytes, more than the ${bytesMax} allowed`, 'split it');
    }
    return { kind: 'loaded', value: readFileSync(file, 'utf8'), warnings: [] };
  } catch (thrown) {
    return broken(`cannot read the file: ${fileTroubleOf(thrown)}`, HINT_UNREADABLE);
  }
}

function resolveConfig(read: ConfigFields, file: string): Config {
  const at = (path: string): string => resolve(dirname(file), path);
  return {
    file,
    servers: Object.entries(read.servers).map(([name, server]) =>
      resolveServer({ name, server, read, at }),
    ),
    rules: read.rules.map((entry) =>
      isShipped(entry) ? { kind: 'shipped', name: entry } : { kind: 'path', path: at(entry) },
    ),
    mode: read.mode,
    links: { freshnessMs: read.links.freshness, deadlineMs: read.links.deadline },
    around: read.around,
    readers: read.readers.map(({ server, serverId, user }) => ({
      server,
      ...(serverId === undefined ? {} : { serverId }),
      ...(user === undefined ? {} : { user }),
    })),
    metrics: {
      listen: resolveListen(read.metrics?.listen ?? METRICS_DEFAULT, at),
      isDefault: read.metrics === undefined,
    },
    admin: resolveAdmin(read.admin, at),
    audit: {
      file: at(read.audit.file),
      ...(read.audit.literals === 'shown' ? { literals: 'shown' } : {}),
    },
    ...(read.approvals === undefined
      ? {}
      : { approvals: resolveApprovals(read.approvals, { at, auditFile: at(read.audit.file) }) }),
    tls: {
      ...(read.tls.certificate === undefined ? {} : { certificateFile: at(read.tls.certificate) }),
      ...(read.tls.key === undefined ? {} : { keyFile: at(read.tls.key) }),
      require: read.tls.require,
    },
    workers: read.workers,
    limits: {
      connections: read.limits.connections,
      unauthenticated: read.limits.unauthenticated,
      unauthenticatedPerAddress:
        read.limits.unauthenticatedPerAddress ?? mostOf(read.limits.unauthenticated),
      handshakeTimeoutMs: read.limits.handshake,
      statementBytes: read.limits.statement,
    },
  };
}

/** Unless said otherwise, one address leaves a fifth of the places to the others. */
function mostOf(places: number): number {
  return Math.max(1, Math.floor(places * 0.8));
}

type AbsolutePath = (path: string) => string;

function resolveServer(from: {
  readonly name: string;
  readonly server: ServerFields;
  readonly read: ConfigFields;
  readonly at: AbsolutePath;
}): ServerConfig {
  const { name, server, read, at } = from;
  // Shadow anywhere is shadow: a server is enforced only where nothing says otherwise.
  const shadow = read.mode === 'shadow' || server.mode === 'shadow';
  return {
    name,
    host: server.address.host,
    port: server.address.port,
    listen: (server.listen ?? []).map((listen) => resolveListen(listen, at)),
    mode: shadow ? 'shadow' : 'enforce',
    monitor: resolveMonitor(server.monitor ?? read.monitor ?? { user: '' }, at),
    tls: resolveServerTls(server.tls, at),
    ...(server.proxyProtocol === undefined ? {} : { proxyProtocol: server.proxyProtocol }),
    binlogDump: server.binlogDump,
  };
}

function resolveServerTls(tls: ServerFields['tls'], at: AbsolutePath): ServerConfig['tls'] {
  const { ca, verify } = tls ?? {};
  return {
    ...(ca === undefined ? {} : { caFile: at(ca) }),
    verify: verify ?? (ca === undefined ? 'none' : 'full'),
  };
}

function resolveMonitor(monitor: MonitorFields, at: AbsolutePath): MonitorConfig {
  return { user: monitor.user, ...resolvePassword(monitor, at) };
}

function resolvePassword(
  from: { readonly passwordEnv?: string | undefined; readonly passwordFile?: string | undefined },
  at: AbsolutePath,
): { readonly passwordEnv?: string; readonly passwordFile?: string } {
  return {
    ...(from.passwordEnv === undefined ? {} : { passwordEnv: from.passwordEnv }),
    ...(from.passwordFile === undefined ? {} : { passwordFile: at(from.passwordFile) }),
  };
}

function resolveListen(listen: ListenAddress, at: AbsolutePath): ListenAddress {
  return listen.kind === 'unix' ? { kind: 'unix', path: at(listen.path) } : listen;
}

function resolveAdmin(admin: ConfigFields['admin'], at: AbsolutePath): AdminConfig {
  if (admin === undefined) return { socket: ADMIN_SOCKET, isDefault: true };
  const { listen, hosts, tls } = admin;
  const own = tls && { certificateFile: at(tls.certificate), keyFile: at(tls.key) };
  return {
    socket: at(admin.socket),
    isDefault: false,
    ...(listen && {
      network: {
        listen: { host: listen.host, port: listen.port },
        hosts,
        ...(own && { tls: own }),
      },
    }),
  };
}

function resolveApprovals(
  approvals: NonNullable<ConfigFields['approvals']>,
  around: { readonly at: AbsolutePath; readonly auditFile: string },
): ApprovalsConfig {
  const { openRequests, openRequestsPerAccount } = approvals;
  return {
    approversPath: around.at(approvals.approvers),
    store: resolveStore(approvals.store, around),
    gatherMs: approvals.gather,
    executeMs: approvals.execute,
    batchMs: approvals.batch,
    breakGlassMs: approvals.breakGlass,
    openRequests,
    openRequestsPerAccount,
  };
}

function resolveStore(
  store: NonNullable<ConfigFields['approvals']>['store'],
  { at, auditFile }: { readonly at: AbsolutePath; readonly auditFile: string },
): StorePlace {
  if (typeof store === 'string') return { kind: 'file', file: at(store) };
  const { address, database, user, deadline } = store;
  return {
    kind: 'server',
    addresses: address,
    ...{ database, user, ...resolvePassword(store, at) },
    tls: resolveServerTls(store.tls, at),
    deadlineMs: deadline,
    // Beside the audit record: what this machine must not forget.
    marksFile: `${auditFile}.store`,
  };
}

/** A shipped set's name; a folder of that name beside the file is written `./default`. */
function isShipped(entry: string): boolean {
  return SHIPPED_RULE_SETS.some((name) => name === entry);
}
