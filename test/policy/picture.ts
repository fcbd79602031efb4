// A picture of replication in which db1 consumes from db2, for tests of words and names.
import type { Flavour } from '../../src/sql/dialect.js';
import type { Picture } from '../../src/topology/snapshot.js';

export function pictureOf(db1: {
  readonly flavour: Flavour;
  readonly version: number;
  readonly channel?: string;
}): Picture {
  const channel = {
    name: db1.channel ?? '',
    sourceHost: 'db2',
    sourcePort: 3306,
    receiving: true,
    connected: true,
    applying: true,
    delaySeconds: 0,
    filters: [],
  };
  return {
    askedAtMs: 0,
    askedAtMonotonicMs: 0,
    entries: [],
    views: new Map([
      [
        'db1',
        {
          kind: 'answered',
          server: 'db1',
          askedAtMs: 0,
          askedAtMonotonicMs: 0,
          answeredAtMs: 0,
          identity: { serverId: 1 },
          flavour: db1.flavour,
          version: db1.version,
          versionText: '',
          logBin: true,
          passesOn: true,
          readOnly: false,
          lowerCaseTableNames: 0,
          channels: [channel],
          failoverSources: [],
          dumpThreads: [],
          groups: [],
          reportedAddresses: [],
          warnings: [],
          missingRights: [],
        },
      ],
    ]),
    links: [
      {
        source: 'db2',
        consumer: 'db1',
        state: 'live',
        reason: '',
        threads: [],
        reader: false,
        channel,
      },
    ],
  };
}
