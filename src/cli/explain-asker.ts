// What `interlock explain` is told of who asks and of what, beside the text: address, program,
// logging, sizes. Sizes that nobody gave are looked up where a real server is asked, and only if a
// rule hangs on them.
import { isIP } from 'node:net';
import { systemClock } from '../clock.js';
import { readCertificates } from '../config/certificates.js';
import type { Config } from '../config/config.js';
import type { JudgingRules } from '../policy/decide.js';
import { objectsToSize, withSizes } from '../policy/size-ask.js';
import type { Facts, Requester } from '../policy/verdict.js';
import { openSizes } from '../topology/open-sizes.js';
import { LOOK_DEADLINE_MS } from './residue-once.js';
import type { Terminal } from './terminal.js';

/** As the command line has them. */
export interface AskerOptions {
  readonly user: string;
  readonly client?: string;
  readonly program?: string;
  readonly logged?: 'yes' | 'no';
  readonly rows?: string;
  readonly bytes?: string;
  readonly database?: string;
}

export function askerUsage({ rows, bytes, client }: AskerOptions): string | undefined {
  // Whoever comes by a Unix socket has no address.
  if (client !== undefined && client !== 'localhost' && isIP(client) === 0) {
    return `--client ${client}: expected an IP address, or localhost for a Unix socket`;
  }
  for (const [name, text] of Object.entries({ rows, bytes })) {
    if (text !== undefined && !/^\d{1,15}$/.test(text)) {
      return `--${name} ${text}: expected a whole number`;
    }
  }
  return undefined;
}

export function requesterOf(options: AskerOptions, server: string): Requester {
  const { user, client = '127.0.0.1', program, database } = options;
  return {
    server,
    session: 0,
    threadId: 0,
    user,
    address: client,
    port: 0,
    ...(program === undefined ? {} : { program }),
    ...(database === undefined ? {} : { database }),
  };
}

/** What is not logged gets onto no link. */
export function loggedAs({ logged }: AskerOptions): Pick<Facts, 'logged' | 'travelsTo'> {
  if (logged === undefined) return { logged: 'unknown' };
  return logged === 'yes' ? { logged: true } : { logged: false, travelsTo: [] };
}

/** With the sizes that were given, or that the server tells. */
export async function withGivenSizes(
  facts: Facts,
  options: AskerOptions,
  ask: {
    readonly rules: JudgingRules;
    readonly config: Partial<Config>;
    readonly env: Terminal['env'];
  },
): Promise<Facts> {
  const { rows, bytes } = options;
  if (rows !== undefined || bytes !== undefined) {
    const all = facts.effects.flatMap(({ objects }) => objects);
    const size = { rows: numberOf(rows), bytes: numberOf(bytes) };
    return withSizes(facts, all, new Map(all.map((object) => [object, size])));
  }
  const asked = objectsToSize(facts, ask.rules);
  if (asked.length === 0 || facts.picture === undefined || !isWhole(ask.config)) return facts;
  const certificates = await readCertificates(ask.config);
  const sizes = openSizes({ config: ask.config, env: ask.env, certificates, clock: systemClock });
  try {
    const deadlineAtMs = systemClock.monotonic() + LOOK_DEADLINE_MS;
    return withSizes(facts, asked, await sizes.of(facts.requester.server, asked, deadlineAtMs));
  } finally {
    sizes.stop();
  }
}

function isWhole(config: Partial<Config>): config is Config {
  return config.servers !== undefined;
}

function numberOf(text: string | undefined): number | 'unknown' {
  return text === undefined ? 'unknown' : Number(text);
}
