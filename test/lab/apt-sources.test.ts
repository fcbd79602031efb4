// The machine's own mirror is found in both forms of an apt sources file.
import { describe, expect, it } from 'vitest';
import { DEFAULT_KEYRING, debianMirror, sourcesList } from '../../src/lab/apt-sources.js';

const STANZAS = `Types: deb
# http://snapshot.example/debian
URIs: http://mirror.example/debian http://second.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /keys/debian.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /keys/debian.gpg
`;

describe('debianMirror', () => {
  it('reads deb822 stanzas with comments inside', () => {
    expect(debianMirror([STANZAS])).toEqual({
      uri: 'http://mirror.example/debian',
      securityUri: 'http://mirror.example/debian-security',
      signedBy: '/keys/debian.gpg',
    });
  });

  it('reads one-line sources, with and without options', () => {
    const text = [
      '# deb http://old.example/debian bookworm main',
      'deb-src http://source.example/debian bookworm main',
      'deb [arch=amd64 signed-by=/keys/one.gpg] http://one.example/debian bookworm main',
      'deb http://one.example/debian-security bookworm-security main',
    ].join('\n');
    expect(debianMirror([text])).toEqual({
      uri: 'http://one.example/debian',
      securityUri: 'http://one.example/debian-security',
      signedBy: '/keys/one.gpg',
    });
  });

  it('passes over sources that are disabled or no Debian', () => {
    const disabled = STANZAS.replace('Types: deb\n#', 'Types: deb\nEnabled: no\n#');
    const other = 'deb http://packages.example/ubuntu noble main';
    expect(() => debianMirror([other, disabled])).toThrow('INTERLOCK_DEBIAN_MIRROR');
  });

  it('uses the archive keyring when a key is given by fingerprint', () => {
    const text = STANZAS.replaceAll('/keys/debian.gpg', 'ABCDEF0123456789');
    expect(debianMirror([text]).signedBy).toBe(DEFAULT_KEYRING);
  });

  it('says what to set on a machine whose sources name none', () => {
    expect(() => debianMirror([''])).toThrow(/name no Debian mirror; set INTERLOCK_DEBIAN_MIRROR/);
  });

  it('takes the mirror that was chosen before any other', () => {
    expect(debianMirror([STANZAS], 'http://chosen.example/debian')).toEqual({
      uri: 'http://chosen.example/debian',
      signedBy: DEFAULT_KEYRING,
    });
  });
});

describe('sourcesList', () => {
  it('asks unstable for unstable only', () => {
    const list = sourcesList(debianMirror([STANZAS]), 'sid');
    expect(list).toContain('Suites: sid\n');
    expect(list).not.toContain('bookworm');
  });

  it('asks for security updates where the machine does', () => {
    expect(sourcesList(debianMirror([STANZAS]), 'bookworm')).toContain('bookworm-security');
    expect(sourcesList(debianMirror([''], 'http://one.example/debian'), 'bookworm')).not.toContain(
      'security',
    );
  });

  it('can be read back', () => {
    const mirror = debianMirror([STANZAS]);
    expect(debianMirror([sourcesList(mirror, 'bookworm')])).toEqual(mirror);
  });
});
