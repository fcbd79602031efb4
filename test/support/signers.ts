// Approvers who sign at once: their keys in a folder that several Interlocks share, signatures made
// here and handed in over the admin socket, without a program started for each.
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { socketAccess } from '../../src/admin/client.js';
import { makeKey, type PrivateKey, readPrivateKey } from '../../src/approval/key-file.js';
import { signToken } from '../../src/approval/token.js';
import { fetchRequest } from '../../src/cli/requests.js';
import { PEOPLE } from './approving.js';
import type { RunningInterlock } from './interlock.js';

export class Signers {
  /** The approvers' public keys, for `approvals.approvers`. */
  readonly path: string;
  readonly #keys: readonly PrivateKey[];

  private constructor(path: string, keys: readonly PrivateKey[]) {
    this.path = path;
    this.#keys = keys;
  }

  /** Alice and Bob sign; Carol uses the account that asks. */
  static async make(folder: string): Promise<Signers> {
    const path = join(folder, 'approvers');
    await mkdir(path);
    const keys: PrivateKey[] = [];
    for (const { person, groups, accounts } of Object.values(PEOPLE)) {
      const made = await makeKey({
        ...{ person, groups: groups.split(','), accounts: accounts.split(',') },
        ...{ algorithm: 'EdDSA', notBefore: '2026-01-01' },
      });
      await writeFile(join(path, `${person}.json`), made.publicText);
      const file = join(folder, `${person}.key`);
      await writeFile(file, made.privateText, { mode: 0o600 });
      if (person !== 'carol') keys.push(await readPrivateKey(file, async () => ''));
    }
    return new Signers(path, keys);
  }

  /** Both sign through this Interlock; what they signed. */
  async approve(running: RunningInterlock, id: string): Promise<readonly string[]> {
    const access = socketAccess(join(running.at.folder, 'admin.sock'));
    const tokens: string[] = [];
    for (const { jwk, kid, algorithm, person } of this.#keys) {
      const view = await fetchRequest(access, id);
      if (view === undefined) throw new Error(`no request ${id}`);
      const token = await signToken(view.request, {
        ...{ decision: 'approve', key: jwk, kid, algorithm, nowMs: Date.now() },
        id: randomBytes(16).toString('base64url'),
      });
      const answer = await access.tell('/tokens', { token });
      expect(answer, person).toMatchObject({ kind: 'taken' });
      tokens.push(token);
    }
    return tokens;
  }
}
