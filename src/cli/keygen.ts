// `interlock keygen`: a key pair for one approver. The private half stays with its owner; the other
// goes to whoever owns the folder of approvers.
import { resolve } from 'node:path';
import { makeKey, type NewSeal, writeNew } from '../approval/key-file.js';
import { PASSPHRASE_LENGTH } from '../approval/key-lock.js';
import { systemClock } from '../clock.js';
import { messageOf } from '../errors.js';
import { endOfDayMs } from '../policy/expiry.js';
import { EXIT, type ExitCode, PASSPHRASE_VARIABLE, printJson, type Terminal } from './terminal.js';

export interface KeygenOptions {
  readonly person: string;
  readonly groups: readonly string[];
  readonly accounts: readonly string[];
  readonly algorithm: 'EdDSA' | 'ES256';
  readonly notAfter?: string;
  /** For emergencies: signs alone, for statements of `accounts` on `servers`. */
  readonly sealed: boolean;
  readonly servers: readonly string[];
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
  if (notAfter !== undefined && (endOfDayMs(notAfter) ?? 0) <= systemClock.now()) {
    terminal.err(`--not-after ${notAfter} is over: the key would never count\n`);
    return EXIT.usage;
  }
  const seal = options.sealed ? await sealOf(options, terminal) : undefined;
  if (seal === 'wrong') return EXIT.usage;
  const notBefore = new Date(systemClock.now()).toISOString().slice(0, 10);
  const validity = { notBefore, ...(notAfter === undefined ? {} : { notAfter }) };
  const made = await makeKey({
    person,
    groups,
    accounts,
    algorithm,
    ...validity,
    ...(seal && { seal }),
  });
  const privateFile = resolve(options.out, `${person}.${seal === undefined ? 'key' : 'sealed'}`);
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
  if (seal !== undefined) {
    terminal.out(sealedWords(privateFile, publicFile));
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

async function sealOf(
  { accounts, servers, groups, notAfter }: KeygenOptions,
  terminal: Terminal,
): Promise<NewSeal | 'wrong'> {
  const wrong = (text: string): 'wrong' => {
    terminal.err(`${text}\n`);
    return 'wrong';
  };
  if (accounts.length === 0) return wrong('--sealed takes --accounts: who may run what it signs');
  if (servers.length === 0) return wrong('--sealed takes --servers: where it counts');
  if (notAfter === undefined) return wrong('--sealed takes --not-after: the day it ends');
  if (groups.length > 0) return wrong('a sealed key is in no group: leave out --groups');
  const passphrase = await newPassphrase(terminal);
  if (passphrase === undefined) {
    return wrong(
      `The passphrase was not the same twice, or has less than ${PASSPHRASE_LENGTH} letters.`,
    );
  }
  return { accounts, servers, passphrase };
}

async function newPassphrase(terminal: Terminal): Promise<string | undefined> {
  const given = terminal.env[PASSPHRASE_VARIABLE];
  const first = given ?? (await terminal.askSecret?.('Passphrase for the sealed key: ')) ?? '';
  const second = given ?? (await terminal.askSecret?.('The same again: ')) ?? '';
  return first === second && first.length >= PASSPHRASE_LENGTH ? first : undefined;
}

function sealedWords(privateFile: string, publicFile: string): string {
  return (
    `${privateFile}\n  the sealed key: print it, or store it, apart from its passphrase; then delete it here\n` +
    `${publicFile}\n  the public key, for the folder of approvers (approvals.approvers)\n` +
    'Write the passphrase down in two halves for two people, or put it into an envelope that shows\n' +
    'when it was opened. Whoever has both signs alone, whatever the rules ask for.\n'
  );
}
