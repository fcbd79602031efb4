// Passwords, from the environment or from files. Never shows one: an error names the
// variable or the file, and the server that needs it.
import { readFileSync } from 'node:fs';
import { fileTroubleOf } from '../errors.js';
import type { Config, Diagnostic, Loaded, MonitorConfig } from './config.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** By server name. An empty password is one; a missing one is an error. */
export function monitorPasswords(
  config: Pick<Config, 'servers' | 'file'>,
  env: Environment,
): Loaded<ReadonlyMap<string, string>> {
  const passwords = new Map<string, string>();
  const errors: Diagnostic[] = [];
  for (const server of config.servers) {
    const { name, monitor } = server;
    const need = `the monitor password of ${name} (account ${monitor.user})`;
    const found = readPassword(monitor, need, env);
    if ('password' in found) passwords.set(server.name, found.password);
    else errors.push({ severity: 'error', file: config.file, ...found });
  }
  if (errors.length > 0) return { kind: 'broken', errors };
  return { kind: 'loaded', value: passwords, warnings: [] };
}

type Found = { readonly password: string } | { readonly message: string; readonly hint: string };

/** `need` says in a message what it is for. */
export function readPassword(
  { passwordEnv, passwordFile }: Pick<MonitorConfig, 'passwordEnv' | 'passwordFile'>,
  need: string,
  env: Environment,
): Found {
  if (passwordEnv !== undefined) {
    const password = env[passwordEnv];
    if (password !== undefined) return { password };
    const message = `${need} should be in the environment variable ${passwordEnv}, which is not set`;
    return { message, hint: `set ${passwordEnv} before starting Interlock` };
  }
  if (passwordFile === undefined) {
    return { message: `${need} comes from nowhere`, hint: 'give it passwordEnv or passwordFile' };
  }
  try {
    return { password: firstLine(readFileSync(passwordFile, 'utf8')) };
  } catch (thrown) {
    const message = `${need} cannot be read from ${passwordFile}: ${fileTroubleOf(thrown)}`;
    return { message, hint: 'the file holds the password on its first line' };
  }
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}
