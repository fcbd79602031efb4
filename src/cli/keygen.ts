// `interlock keygen`: a key pair for one approver. The private half stays with its owner; the other
// goes to whoever owns the folder of approvers.
import { resolve } from 'node:path';
import { makeKey, writeNew } from '../approval/key-file.js';
import { systemClock } from '../clock.js';
import { messageOf } from '../errors.js';
import { endOfDayMs } from '../policy/expiry.js';
import { EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface KeygenOptions {
  readonly person: string;
  readonly groups: readonly string[];
  readonly accounts: readonly string[];
  readonly algorithm: 'EdDSA' | 'ES256';
  readonly notAfter?: string;
  readonly out: string;
  readonly json: boolean;
}

export async function keygenCommand(options: KeygenOptions, terminal: Terminal): Promise<ExitCode> {
  const { person, groups, accounts, algorithm, notAfter } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/.test(person)) {
    terminal.err('--person takes letters, digits and _ . @ -, at most 64 of them\n');
    return EXIT.usage;
  }
  if (notAfter !== undefined && endOfDayMs(notAfter) === undefined) {
    terminal.err('--not-after takes a day such as 2027-06-30\n');
    return EXIT.usage;
  }
  const notBefore = new Date(systemClock.now()).toISOString().slice(0, 10);
  const validity = { notBefore, ...(notAfter === undefined ? {} : { notAfter }) };
  const made = await makeKey({ person, groups, accounts, algorithm, ...validity });
  const privateFile = resolve(options.out, `${person}.key`);
  const publicFile = resolve(options.out, `${person}.json`);
  try {
    writeNew(privateFile, made.privateText, 0o600);
    writeNew(publicFile, made.publicText, 0o644);
  } catch (thrown) {
    terminal.err(`${messageOf(thrown)}\n`);
    return EXIT.notOk;
  }
  if (options.json) {
    printJson(terminal, { person, kid: made.kid, algorithm, privateFile, publicFile });
    return EXIT.ok;
  }
  terminal.out(
    `${privateFile}\n  the private key, for ${person} alone: keep it off the servers\n` +
      `${publicFile}\n  the public key, for the folder of approvers (approvals.approvers)\n`,
  );
  if (accounts.length === 0) {
    terminal.err(
      `No --accounts: list every database account ${person} uses, so that what ${person} asks ` +
        `for is not approved by ${person}.\n`,
    );
  }
  return EXIT.ok;
}
