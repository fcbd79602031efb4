import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adminAccess, privateKeyOf } from '../../src/cli/admin-access.js';
import { approveCommand } from '../../src/cli/approve.js';
import { requestsCommand } from '../../src/cli/requests.js';
import { approverScene } from '../admin/approver-scene.js';
import { temporaryFolder } from '../audit/temporary-folder.js';
import { recordedTerminal } from './recorded-terminal.js';

const NOWHERE = { config: '/nowhere.yaml', configGiven: false, json: false };

async function stage() {
  const made = await approverScene();
  // The command line signs by the clock of the machine.
  made.scene.nowMs = Date.now();
  const own = made.key('alice');
  const key = join(made.scene.folder, 'alice.key');
  const text = JSON.stringify({ ...own.jwk, kid: own.kid, alg: 'EdDSA', person: 'alice' });
  writeFileSync(key, text, { mode: 0o600 });
  const admin = `https://127.0.0.1:${made.port}`;
  const lower = made.fingerprint.toLowerCase();
  const adminFingerprint = lower.replace(/(..)(?=.)/g, '$1:');
  return { ...made, options: { ...NOWHERE, admin, adminFingerprint, key }, keyFile: key };
}

describe('interlock with --admin', () => {
  it('needs no configuration: shows, approves and denies from anywhere', async () => {
    const { scene, options } = await stage();
    const terminal = recordedTerminal();
    const { id } = await scene.request();
    expect(await requestsCommand(options, terminal)).toBe(0);
    expect(terminal.said.out).toContain(id);
    const one = { ...options, id, yes: true };
    expect(await approveCommand({ ...one, decision: 'approve' }, terminal)).toBe(0);
    expect(terminal.said.out).toContain('approved by alice');
    expect(await approveCommand({ ...one, decision: 'deny' }, terminal)).toBe(0);
    expect(terminal.said.out).toContain(`${id}: denied by alice`);
    expect(scene.results).toEqual(expect.arrayContaining(['approved', 'denied']));
  });

  it('takes all of it from the environment, unless a configuration is named', async () => {
    const { options, keyFile } = await stage();
    const env = {
      INTERLOCK_ADMIN: options.admin,
      INTERLOCK_ADMIN_FINGERPRINT: options.adminFingerprint,
      INTERLOCK_KEY: keyFile,
    };
    expect(await requestsCommand(NOWHERE, recordedTerminal({ env }))).toBe(0);
    const named = recordedTerminal({ env });
    expect(await requestsCommand({ ...NOWHERE, configGiven: true }, named)).toBe(2);
    expect(named.said.err).toContain('nowhere.yaml');
  });

  it('sends nothing to a certificate it cannot trust, and shows which it is', async () => {
    const { options, fingerprint, results } = await stage();
    const { adminFingerprint: _, ...untrusting } = options;
    const terminal = recordedTerminal();
    expect(await requestsCommand(untrusting, terminal)).toBe(3);
    expect(terminal.said.err).toContain('nothing was sent');
    expect(terminal.said.err).toContain(fingerprint);
    expect(results).not.toContain('challenged');
  });

  it('says what is missing or wrong before it asks anybody', async () => {
    const { options } = await stage();
    const { key: _, adminFingerprint: __, ...bare } = options;
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ ...options, admin: 'http://127.0.0.1:1' }, /--admin takes https/],
      [{ ...options, admin: '127.0.0.1:9708' }, /--admin takes https/],
      [{ ...options, admin: 'https://alice:x@h/' }, /--admin takes https/],
      [{ ...options, admin: 'https://h/requests' }, /--admin takes https/],
      [{ ...options, adminFingerprint: 'AB:CD' }, /64 hexadecimal digits/],
      [{ ...options, adminCa: 'ca.pem' }, /which one counts/],
      [bare, /Which key\?/],
      [{ ...NOWHERE, adminCa: 'ca.pem' }, /go with --admin/],
    ];
    for (const [given, words] of cases) {
      const terminal = recordedTerminal();
      expect(await adminAccess({ ...NOWHERE, ...given }, terminal)).toBeUndefined();
      expect(terminal.said.err).toMatch(words);
    }
    const noCa = join(temporaryFolder(), 'ca.pem');
    writeFileSync(noCa, 'no certificate');
    for (const adminCa of [noCa, '/nowhere.pem']) {
      const given = { ...bare, ...NOWHERE, key: options.key, adminCa };
      await expect(adminAccess(given, recordedTerminal())).rejects.toThrow(
        /--admin-ca .* cannot be read/,
      );
    }
    const key = await privateKeyOf({ key: options.key }, recordedTerminal());
    expect(key?.person).toBe('alice');
  });
});
