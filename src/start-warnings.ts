// What an operator should know at the start, though it stops nothing: lines for the log. Pure.
import type { Config } from './config/config.js';

export function startWarnings(
  { servers, tls }: Pick<Config, 'servers' | 'tls'>,
  { isRoot }: { readonly isRoot: boolean },
): readonly string[] {
  const unverified = servers.filter((server) => server.tls.verify === 'none');
  const warnings: string[] = [];
  if (isRoot) {
    warnings.push(
      'running as root: Interlock needs no rights but to its ports and its folder; ' +
        'give it an account of its own',
    );
  }
  if (unverified.length > 0) {
    const names = unverified.map(({ name }) => name).join(', ');
    warnings.push(
      `tls.verify is none for ${names}: whoever can put himself between Interlock and the server ` +
        'can read passwords and change statements; name a ca',
    );
  }
  if (tls.certificateFile === undefined) {
    warnings.push(
      'tls has no certificate: clients get a self-signed one, which those that verify refuse',
    );
  }
  return warnings;
}
