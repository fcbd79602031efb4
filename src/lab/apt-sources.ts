// Where this machine gets Debian packages from, read from its own apt sources, so that the lab
// asks the mirror the machine's owner chose. Text in, mirrors out; debian.ts reads the files.
import { InterlockError } from '../errors.js';

export interface DebianMirror {
  readonly uri: string;
  /** Absent where the machine has no source of security updates. */
  readonly securityUri?: string;
  /** The keyring the machine checks this mirror with. */
  readonly signedBy: string;
}

export const DEFAULT_KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

const NO_MIRROR =
  'the apt sources of this machine name no Debian mirror; set INTERLOCK_DEBIAN_MIRROR to the ' +
  'address of one (it ends in /debian)';

interface Entry {
  readonly uri: string;
  readonly suite: string;
  readonly signedBy?: string;
}

/**
 * Each text is one sources file; a deb822 one and a one-line one are told apart by content. `chosen`
 * (INTERLOCK_DEBIAN_MIRROR) goes before them. LAB_FAILED where nothing names a Debian mirror.
 */
export function debianMirror(files: readonly string[], chosen = ''): DebianMirror {
  if (chosen !== '') return { uri: chosen, signedBy: DEFAULT_KEYRING };
  const entries = files.flatMap(parseSources).filter((entry) => /debian/i.test(entry.uri));
  const security = entries.find(isSecurity);
  const main = entries.find((entry) => !isSecurity(entry));
  if (main === undefined) throw new InterlockError('LAB_FAILED', NO_MIRROR);
  return {
    uri: main.uri,
    ...(security === undefined ? {} : { securityUri: security.uri }),
    signedBy: main.signedBy ?? DEFAULT_KEYRING,
  };
}

/** The deb822 text of an apt sources list of the lab's own. */
export function sourcesList(mirror: DebianMirror, suite: 'bookworm' | 'sid'): string {
  const stanza = (uri: string, suites: string) =>
    [
      'Types: deb',
      `URIs: ${uri}`,
      `Suites: ${suites}`,
      'Components: main',
      `Signed-By: ${mirror.signedBy}`,
      '',
    ].join('\n');
  if (suite === 'sid') return stanza(mirror.uri, 'sid');
  const main = stanza(mirror.uri, 'bookworm bookworm-updates');
  const security = mirror.securityUri;
  return security === undefined ? main : `${main}\n${stanza(security, 'bookworm-security')}`;
}

function isSecurity(entry: Entry): boolean {
  return /security/.test(entry.suite) || /debian-security/.test(entry.uri);
}

function parseSources(text: string): readonly Entry[] {
  return /^URIs:/im.test(text) ? parseStanzas(text) : parseLines(text);
}

function parseStanzas(text: string): readonly Entry[] {
  const uncommented = text.replace(/^#.*\n?/gm, '');
  return uncommented.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) =>
      new RegExp(`^${name}:[ \\t]*(\\S.*)$`, 'im').exec(stanza)?.[1]?.trim();
    const uri = field('URIs')?.split(/\s+/)[0];
    if (uri === undefined || /^no$/i.test(field('Enabled') ?? 'yes')) return [];
    if (!(field('Types') ?? '').split(/\s+/).includes('deb')) return [];
    return [entryOf(uri, field('Suites')?.split(/\s+/)[0] ?? '', field('Signed-By'))];
  });
}

/** `deb [signed-by=…] URI suite components…` */
function parseLines(text: string): readonly Entry[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)/.exec(line);
    const [, options = '', uri, suite = ''] = found ?? [];
    if (uri === undefined) return [];
    return [entryOf(uri, suite, /signed-by=(\S+)/i.exec(options)?.[1])];
  });
}

/** A key given by fingerprint or in place can't be pointed at: Debian's own keyring is used. */
function entryOf(uri: string, suite: string, signedBy: string | undefined): Entry {
  const keyring = signedBy?.startsWith('/') === true ? signedBy : undefined;
  return { uri, suite, ...(keyring === undefined ? {} : { signedBy: keyring }) };
}
