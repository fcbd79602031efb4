// What one field of interlock.yaml cannot know of another: names that must exist, addresses that
// must differ, passwords that must come from one place. Pure.
import { addressLabel } from './address.js';
import type { Diagnostic, HostPort, ListenAddress } from './config.js';
import type { ConfigFields } from './schema.js';
import { didYouMean } from './spelling.js';
import type { YamlPath, YamlSource } from './yaml-source.js';

/** Names that rules and metrics use for something else. */
const RESERVED_SERVER_NAMES = ['stranger', 'writable'];

/** Every fault, and warnings among them. */
export function checkConfig(config: ConfigFields, source: YamlSource): readonly Diagnostic[] {
  return [
    ...serverFaults(config, source),
    ...sharedAddresses(config, source),
    ...monitorFaults(config, source),
    ...readerFaults(config, source),
    ...tlsFaults(config, source),
    ...approvalFaults(config, source),
    ...adminFaults(config, source),
  ];
}

function serverFaults(config: ConfigFields, source: YamlSource): readonly Diagnostic[] {
  const servers = Object.entries(config.servers);
  if (servers.length === 0) {
    const hint = 'servers: { db1: { address: 10.0.0.1:3306, listen: 0.0.0.0:3307 } }';
    return [source.complain(['servers'], { message: 'no server is configured', hint })];
  }
  const found = servers
    .filter(([name]) => RESERVED_SERVER_NAMES.includes(name))
    .map(([name]) =>
      source.complain(['servers', name], {
        message: `"${name}" means something else in rules: give the server another name`,
        atKey: true,
      }),
    );
  if (servers.every(([, { listen }]) => listen === undefined)) {
    const message = 'no server has "listen": all are only watched, and nothing is guarded';
    const hint = 'give the servers that clients should reach through Interlock a listen address';
    found.push(source.complain(['servers'], { severity: 'warning', message, hint, atKey: true }));
  }
  for (const [name, server] of servers) {
    if (config.mode !== 'shadow' || server.mode !== 'enforce') continue;
    const message = `${name} says "enforce", but the whole process is in shadow: nothing is enforced`;
    found.push(source.complain(['servers', name, 'mode'], { severity: 'warning', message }));
  }
  return found;
}

function sharedAddresses(config: ConfigFields, source: YamlSource): readonly Diagnostic[] {
  const owners = new Map<string, string>();
  const found: Diagnostic[] = [];
  const claim = (label: string, owner: string, path: YamlPath): void => {
    const other = owners.get(label);
    if (other === undefined) owners.set(label, owner);
    else found.push(source.complain(path, { message: `${owner} and ${other} share ${label}` }));
  };
  for (const [name, server] of Object.entries(config.servers)) {
    claim(`the address ${addressLabel(server.address)}`, name, ['servers', name, 'address']);
    for (const [index, listen] of (server.listen ?? []).entries()) {
      // Port 0 is any free port, each time another.
      if (listen.kind === 'tcp' && listen.port === 0) continue;
      const path = ['servers', name, 'listen', index];
      claim(`the listen address ${addressLabel(listen)}`, name, path);
    }
  }
  const metrics = config.metrics?.listen;
  if (metrics !== undefined && !(metrics.kind === 'tcp' && metrics.port === 0)) {
    claim(`the listen address ${addressLabel(metrics)}`, 'metrics', ['metrics', 'listen']);
  }
  const { socket, listen } = config.admin ?? {};
  if (socket !== undefined) claim(`the listen address ${socket}`, 'admin', ['admin', 'socket']);
  if (listen !== undefined && listen.port !== 0) {
    claim(`the listen address ${addressLabel(listen)}`, 'admin', ['admin', 'listen']);
  }
  return found;
}

function monitorFaults(config: ConfigFields, source: YamlSource): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  if (config.monitor !== undefined)
    found.push(...passwordFaults(config.monitor, ['monitor'], source));
  for (const [name, { monitor }] of Object.entries(config.servers)) {
    if (monitor !== undefined) {
      found.push(...passwordFaults(monitor, ['servers', name, 'monitor'], source));
    } else if (config.monitor === undefined) {
      const message = `no monitor account for ${name}: its replication could not be asked about`;
      const hint = 'monitor: { user: interlock, passwordEnv: INTERLOCK_MONITOR_PASSWORD }';
      found.push(source.complain(['servers', name], { message, hint, atKey: true }));
    }
  }
  return found;
}

interface PasswordFields {
  readonly passwordEnv?: string | undefined;
  readonly passwordFile?: string | undefined;
}

function passwordFaults(
  from: PasswordFields,
  path: YamlPath,
  source: YamlSource,
): readonly Diagnostic[] {
  const given = [from.passwordEnv, from.passwordFile].filter((value) => value !== undefined);
  if (given.length === 1) return [];
  const label = path.join('.');
  const message =
    given.length === 0
      ? `${label} has no password: it needs passwordEnv or passwordFile`
      : `${label} has both passwordEnv and passwordFile: which one counts?`;
  const hint = 'keep one: passwordEnv names a variable, passwordFile a file';
  return [source.complain(path, { message, hint })];
}

function readerFaults(config: ConfigFields, source: YamlSource): readonly Diagnostic[] {
  const names = Object.keys(config.servers);
  return config.readers.flatMap((reader, index) => {
    const found: Diagnostic[] = [];
    if (!names.includes(reader.server)) {
      const hint = didYouMean(reader.server, names) ?? `the servers are ${names.join(', ')}`;
      const message = `no server named "${reader.server}"`;
      found.push(source.complain(['readers', index, 'server'], { message, hint }));
    }
    if (reader.serverId === undefined && reader.user === undefined) {
      const message = 'a reader is told by its serverId, its user, or both: this one has neither';
      found.push(source.complain(['readers', index], { message }));
    }
    return found;
  });
}

function tlsFaults(config: ConfigFields, source: YamlSource): readonly Diagnostic[] {
  const { certificate, key, require: required } = config.tls;
  const found: Diagnostic[] = [];
  if ((certificate === undefined) !== (key === undefined)) {
    found.push(source.complain(['tls'], { message: 'tls needs both certificate and key' }));
  }
  if (required && certificate === undefined) {
    const message = 'tls.require needs a certificate and a key';
    found.push(source.complain(['tls', 'require'], { message }));
  }
  for (const [name, { tls }] of Object.entries(config.servers)) {
    if (tls?.ca !== undefined || tls?.verify === undefined || tls.verify === 'none') continue;
    const message = `${name} asks for tls.verify: ${tls.verify}, but names no ca to verify with`;
    found.push(source.complain(['servers', name, 'tls', 'verify'], { message }));
  }
  return found;
}

function approvalFaults(config: ConfigFields, source: YamlSource): readonly Diagnostic[] {
  const store = config.approvals?.store;
  if (store === undefined || typeof store === 'string') return [];
  const path = ['approvals', 'store'];
  const { ca, verify } = store.tls ?? {};
  const found = [
    ...passwordFaults(store, path, source),
    ...storeLoops(config, source),
    ...storeOnGuarded(config, source),
  ];
  if (ca === undefined && verify !== undefined && verify !== 'none') {
    const message = `approvals.store asks for tls.verify: ${verify}, but names no ca to verify with`;
    found.push(source.complain([...path, 'tls', 'verify'], { message }));
  }
  return found;
}

const WILDCARDS = ['0.0.0.0', '::'];
const LOOPBACKS = ['127.0.0.1', '::1', 'localhost'];

/** A store that is reached through Interlock would wait for Interlock, which waits for the store. */
function storeLoops(config: ConfigFields, source: YamlSource): readonly Diagnostic[] {
  const store = config.approvals?.store;
  if (store === undefined || typeof store === 'string') return [];
  const listeners = Object.entries(config.servers).flatMap(([name, { listen }]) =>
    (listen ?? []).map((address) => ({ name, address })),
  );
  return store.address.flatMap((address) => {
    const own = listeners.find(({ address: listen }) => isReachedBy(address, listen));
    if (own === undefined) return [];
    const message = `approvals.store leads through Interlock: ${addressLabel(address)} is where it listens for ${own.name}`;
    const hint = 'name the address of the control database itself';
    return [source.complain(['approvals', 'store', 'address'], { message, hint })];
  });
}

function storeOnGuarded(config: ConfigFields, source: YamlSource): readonly Diagnostic[] {
  const store = config.approvals?.store;
  if (store === undefined || typeof store === 'string') return [];
  const labels = store.address.map(addressLabel);
  return Object.entries(config.servers)
    .filter(([, { address, listen }]) => listen && labels.includes(addressLabel(address)))
    .map(([name]) => {
      const message = `approvals.store is on ${name}, which Interlock guards: whoever may write its tables there may use an approval twice`;
      const hint = 'keep approvals on a server of their own';
      const at = ['approvals', 'store', 'address'];
      return source.complain(at, { severity: 'warning', message, hint });
    });
}

/** As far as names tell; what they do not tell is asked when the store is opened. */
function isReachedBy({ host, port }: HostPort, listen: ListenAddress): boolean {
  if (listen.kind === 'unix' || listen.port !== port) return false;
  const isAnywhere = WILDCARDS.includes(listen.host);
  const isLocal = LOOPBACKS.includes(host);
  return host === listen.host || (isLocal && (isAnywhere || LOOPBACKS.includes(listen.host)));
}

function adminFaults(config: ConfigFields, source: YamlSource): readonly Diagnostic[] {
  const { admin } = config;
  if (admin === undefined) return [];
  const { listen, tls, hosts } = admin;
  if (listen === undefined) {
    if (tls === undefined && hosts.length === 0) return [];
    const message = 'admin.tls and admin.hosts are for admin.listen, which is not there';
    return [source.complain(['admin'], { severity: 'warning', message, atKey: true })];
  }
  const found: Diagnostic[] = [];
  if (config.approvals === undefined) {
    const message = 'admin.listen answers approvers only, and approvals.approvers names none';
    found.push(source.complain(['admin', 'listen'], { message }));
  }
  const hasCertificate = tls !== undefined || config.tls.certificate !== undefined;
  if (!hasCertificate && !isLoopback(listen.host)) {
    const message =
      'admin.listen is open to other machines, and no certificate says to them who this is';
    const hint = 'admin.tls: { certificate, key }, or tls; 127.0.0.1 needs none';
    found.push(source.complain(['admin', 'listen'], { message, hint }));
  }
  return found;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}
