// Sessions that go around the running Interlock, as it tells them. Pure.
import { type Finding, listed } from './finding.js';

/** What the admin socket's /around answers, by server; undefined: no Interlock runs here. */
export type Around =
  | ReadonlyMap<string, readonly { readonly user: string; readonly host: string }[]>
  | undefined;

/** The answer of /around as data, whatever came. */
export function aroundOf(answer: unknown): Around {
  if (typeof answer !== 'object' || answer === null) return undefined;
  return new Map(
    Object.entries(answer).map(([server, threads]) => [
      server,
      Array.isArray(threads) ? threads.flatMap((thread: unknown) => threadOf(thread) ?? []) : [],
    ]),
  );
}

function threadOf(value: unknown): { readonly user: string; readonly host: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('user' in value && 'host' in value)) return undefined;
  return { user: String(value.user), host: String(value.host) };
}

export function sessionFindings(around: Around): readonly Finding[] {
  if (around === undefined) {
    return [
      {
        id: 'cannot-see',
        severity: 'info',
        message: 'no Interlock runs on this configuration, so who goes around it cannot be told',
      },
    ];
  }
  return [...around].flatMap(([server, threads]) => {
    if (threads.length === 0) return [];
    const who = [...new Set(threads.map(({ user, host }) => `${user}@${host}`))];
    return [
      {
        server,
        id: 'session-around' as const,
        severity: 'error' as const,
        message: `${threads.length} sessions did not come through Interlock: ${listed(who)}`,
        mend: 'give them Interlock’s address, close the port to them, or name their hosts under around.expected',
      },
    ];
  });
}
