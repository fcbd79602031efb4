// The shape of interlock.yaml: every field, what it must look like, its default and its limits.
// Names and units are settled here; what needs other fields or the disk is load.ts's.
import { z } from 'zod';
import { parseNetwork } from '../policy/network.js';
import { parseAddress, parseListenAddress } from './address.js';
import { duration, fields, flag, oneOrMany, parsed, size, text, whole, word } from './fields.js';

const MODES = ['enforce', 'shadow'] as const;
const HOUR_MS = 3_600_000;

export const ADDRESS_EXAMPLE = 'host:port, such as 10.0.0.1:3306 or [2001:db8::1]:3306';
export const ADMIN_SOCKET = '/run/interlock/admin.sock';
const LISTEN_EXAMPLE =
  'host:port or the path of a Unix socket, such as 0.0.0.0:3307 or /run/interlock/db1.sock';

const NETWORK_EXAMPLE = 'a network or one address, such as 10.0.9.0/24 or 2001:db8::7';

/** Also what metrics and rules call it, so without white space or glob characters. */
const serverName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, {
  error: 'a name of letters, digits, ".", "_" and "-", at most 64 of them',
});

const address = parsed(ADDRESS_EXAMPLE, parseAddress);
const listenAddress = parsed(LISTEN_EXAMPLE, parseListenAddress);
const networkAddress = parsed('host:port, such as 0.0.0.0:9708', (given) => {
  const parsedAddress = parseListenAddress(given);
  return parsedAddress?.kind === 'tcp' ? parsedAddress : undefined;
});
const path = text('the path of a file or folder');
const hostName = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, {
  error: 'the name of a host, such as interlock.example',
});

const passwordFields = {
  passwordEnv: z
    .string({ error: 'the name of an environment variable' })
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'the name of an environment variable' })
    .optional(),
  passwordFile: path.optional(),
};

const monitor = fields({ user: text('the name of an account'), ...passwordFields });

const networks = oneOrMany(
  parsed(NETWORK_EXAMPLE, (given) => (parseNetwork(given) === undefined ? undefined : given)),
  'a list of networks',
);

const serverTls = fields({
  ca: path.optional(),
  verify: word(['full', 'ca', 'none']).optional(),
});

const server = fields({
  address,
  listen: oneOrMany(listenAddress, `${LISTEN_EXAMPLE}, or a list of these`).optional(),
  mode: word(MODES).optional(),
  monitor: monitor.optional(),
  tls: serverTls.optional(),
  proxyProtocol: fields({
    from: networks.default([]),
    send: flag().default(false),
  }).optional(),
  binlogDump: word(['deny', 'allow']).default('deny'),
});

const reader = fields({
  server: text('the name of a server'),
  serverId: whole({ min: 1, max: 4_294_967_295 }).optional(),
  user: text('the name of an account').optional(),
});

const approvalStore = z.union(
  [
    path,
    fields({
      address: oneOrMany(address, `${ADDRESS_EXAMPLE}, or a list of these`),
      database: text('the name of a database'),
      user: text('the name of an account'),
      ...passwordFields,
      tls: serverTls.optional(),
      deadline: duration({ minMs: 100, maxMs: 120_000 }).default(10_000),
    }),
  ],
  { error: 'the path of a file, or a mapping with address, database, user and passwordFile' },
);

/** Everything but `servers` and `monitor` has a default: docs/configuration.md lists them. */
export const configSchema = fields({
  servers: z.record(serverName, server, { error: 'a mapping from names to servers' }),
  monitor: monitor.optional(),
  rules: oneOrMany(
    text('the name of a shipped set, or a path'),
    'a list of shipped sets (default, peers, strict), files and folders',
  ).default(['default']),
  mode: word(MODES).default('enforce'),
  links: fields({
    freshness: duration({ minMs: 0, maxMs: HOUR_MS }).default(1000),
    deadline: duration({ minMs: 10, maxMs: HOUR_MS }).default(2000),
  }).prefault({}),
  readers: z.array(reader, { error: 'a list of readers' }).default([]),
  around: fields({ expected: networks.default([]) }).prefault({}),
  metrics: fields({ listen: listenAddress }).optional(),
  admin: fields({
    socket: path.default(ADMIN_SOCKET),
    listen: networkAddress.optional(),
    hosts: oneOrMany(hostName, 'a list of names').default([]),
    tls: fields({ certificate: path, key: path }).optional(),
  }).optional(),
  audit: fields({
    file: path.default('/var/lib/interlock/audit.jsonl'),
    literals: word(['masked', 'shown']).default('masked'),
  }).prefault({}),
  approvals: fields({
    approvers: path,
    store: approvalStore.default('/var/lib/interlock/store.db'),
    gather: duration({ minMs: 1000, maxMs: 7 * 24 * HOUR_MS }).default(2 * HOUR_MS),
    execute: duration({ minMs: 1000, maxMs: 24 * HOUR_MS }).default(10 * 60_000),
    batch: duration({ minMs: 1000, maxMs: 48 * HOUR_MS }).default(6 * HOUR_MS),
    breakGlass: duration({ minMs: 1000, maxMs: 15 * 60_000 }).default(5 * 60_000),
    openRequests: whole({ min: 1, max: 10_000 }).default(200),
    openRequestsPerAccount: whole({ min: 1, max: 10_000 }).default(20),
  }).optional(),
  tls: fields({
    certificate: path.optional(),
    key: path.optional(),
    require: flag().default(false),
  }).prefault({}),
  workers: whole({ min: 1, max: 256 }).default(1),
  limits: fields({
    connections: whole({ min: 1, max: 1_000_000 }).default(2000),
    unauthenticated: whole({ min: 1, max: 1_000_000 }).default(100),
    unauthenticatedPerAddress: whole({ min: 1, max: 1_000_000 }).optional(),
    handshake: duration({ minMs: 1, maxMs: HOUR_MS }).default(10_000),
    statement: size({ minBytes: 1024, maxBytes: 1024 ** 3 }).default(1024 ** 3),
  }).prefault({}),
});

/** interlock.yaml as written, with units read and defaults filled in. */
export type ConfigFields = z.output<typeof configSchema>;
export type ServerFields = ConfigFields['servers'][string];
export type MonitorFields = NonNullable<ConfigFields['monitor']>;
