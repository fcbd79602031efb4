// How the driver connects under an account of Interlock's own: what it may do for a server, and whom it
// takes for one. Whoever sends a client's bytes uses gateway/tls-upgrade.ts, never this.
import { isIP, connect as netConnect } from 'node:net';
import type { ConnectionOptions } from 'mysql2';
import type { TlsVerify } from '../config/config.js';

/** Where and as whom to connect. */
export interface Target {
  readonly server: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly tls: { readonly ca?: string; readonly verify: TlsVerify };
  readonly connectTimeoutMs: number;
}

export function connectionOptions(target: Target): ConnectionOptions {
  return {
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    connectTimeout: target.connectTimeoutMs,
    multipleStatements: true,
    supportBigNumbers: true,
    dateStrings: true,
    trace: false,
    // The server must not be able to ask for a file of this machine.
    flags: ['-LOCAL_FILES'],
    connectAttributes: { program_name: 'interlock' },
    ...tlsOptions(target),
  };
}

function tlsOptions(target: Target): ConnectionOptions {
  const { ca, verify } = target.tls;
  if (ca === undefined && verify === 'none') return {};
  return {
    ssl: {
      ...(ca === undefined ? {} : { ca }),
      rejectUnauthorized: verify !== 'none',
      verifyIdentity: verify === 'full',
    },
    ...(verify === 'full' && isIP(target.host) !== 0 ? verifiedAddress(target) : {}),
  };
}

/**
 * The driver (mysql2 3.24) has Node compare the certificate with `localhost` where `host` is an IP address.
 * With a dot behind it, it hands it on as a name, and Node takes the dot off before it compares; so the
 * name is not what is dialled.
 */
function verifiedAddress({ host, port }: Target): ConnectionOptions {
  const dialled = { host, port, noDelay: true, keepAlive: true };
  return { host: `${host}.`, stream: () => netConnect(dialled) };
}
