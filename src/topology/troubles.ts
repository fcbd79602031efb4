// What a picture says against the configuration it was taken with: servers that did not answer,
// rights that are missing, and servers that cannot be told apart. Pure; `interlock check` shows it.
import type { Picture, ServerAnswer, ServerView } from './snapshot.js';

export interface Trouble {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint?: string;
}

export function troublesOf(picture: Picture): readonly Trouble[] {
  const views = [...picture.views.values()];
  return [...views.flatMap(troubleWith), ...indistinguishable(views)];
}

function troubleWith(view: ServerView): readonly Trouble[] {
  if (view.kind === 'silent') {
    const message = `${view.server} could not be asked (${view.reason}): ${view.message}`;
    const hint = 'until it answers, its links are unknown and nothing destructive passes';
    return [{ severity: view.reason === 'missing-rights' ? 'error' : 'warning', message, hint }];
  }
  if (view.missingRights.length === 0) return [];
  const rights = view.missingRights.join(', ');
  return [
    {
      severity: 'error',
      message: `the monitor account lacks ${rights} on ${view.server}: its links stay unknown`,
      hint: `GRANT ${rights} ON *.* TO that account`,
    },
  ];
}

/** Copied data folders and a server_id left at 1 make two servers one in each other's eyes. */
function indistinguishable(views: readonly ServerView[]): readonly Trouble[] {
  const answers = views.filter((view): view is ServerAnswer => view.kind === 'answered');
  const named = new Map<string, readonly string[]>();
  for (const { server, identity } of answers) {
    const key = identity.serverUuid ?? `${identity.serverUid ?? ''} server_id ${identity.serverId}`;
    named.set(key, [...(named.get(key) ?? []), server]);
  }
  return [...named]
    .filter(([, servers]) => servers.length > 1)
    .map(([key, servers]) => ({
      severity: 'error',
      message: `${servers.join(' and ')} have one identity (${key.trim()}) and cannot be told apart`,
      hint: 'if they are two servers, give each its own server_uuid (auto.cnf) or server_id',
    }));
}
