// Servers in the topology that take writes and that nobody guards, from a picture of all links. Pure.
import { type Picture, STRANGER } from '../topology/snapshot.js';
import type { Finding } from './finding.js';

export function topologyFindings(picture: Picture): readonly Finding[] {
  return [...unguardedWriters(picture), ...strangers(picture)];
}

/** One that others follow and that takes writes: a DROP there reaches them as well. */
function unguardedWriters(picture: Picture): readonly Finding[] {
  return picture.entries.flatMap((entry) => {
    if (entry.guarded) return [];
    const view = picture.views.get(entry.name);
    if (view?.kind !== 'answered' || view.readOnly) return [];
    const followers = picture.links
      .filter((link) => link.source === entry.name && link.state !== 'severed' && !link.reader)
      .map(({ consumer }) => consumer);
    if (followers.length === 0) return [];
    return [
      {
        server: entry.name,
        id: 'unguarded-peer' as const,
        severity: 'error' as const,
        message: `it takes writes, ${followers.join(', ')} would follow it, and nobody guards it`,
        mend: `listen: … for ${entry.name} in the configuration, or read_only=ON there`,
      },
    ];
  });
}

function strangers(picture: Picture): readonly Finding[] {
  return picture.links
    .filter(
      ({ consumer, state, reader }) => consumer === STRANGER && state !== 'severed' && !reader,
    )
    .map((link) => ({
      server: link.source,
      id: 'unguarded-peer',
      severity: 'error',
      message: `somebody who is not in the configuration follows it: ${link.reason}`,
      mend: 'name that server in the configuration, or declare it under readers if it applies nothing',
    }));
}
