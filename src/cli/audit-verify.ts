// `interlock audit verify`: follows the chain through the audit file and its rotated past, and says
// where it does not hold. Reads only, also while an Interlock writes.
import { readFile } from 'node:fs/promises';
import { headPath, keyPath } from '../audit/audit-chain.js';
import { isAuditLocked } from '../audit/audit-lock.js';
import { type Head, headText } from '../audit/chain.js';
import { type LeftHead, readHead } from '../audit/head-file.js';
import { rotatedFiles } from '../audit/line-reader.js';
import { publicKeyIn } from '../audit/seal.js';
import {
  PROBLEMS_MAX,
  type Problem,
  placeText,
  type Verified,
  verifyFiles,
} from '../audit/verify.js';
import { messageOf } from '../errors.js';
import { configurationOf } from './configuration.js';
import { createPainter } from './paint.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface AuditVerifyOptions extends CommonOptions {
  readonly files: readonly string[];
  readonly head: readonly Head[];
  /** PEM files. */
  readonly key: readonly string[];
  readonly whole: boolean;
}

export async function auditVerifyCommand(
  options: AuditVerifyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const main = mainFileOf(options, terminal);
  if (main === undefined) return EXIT.usage;
  let verified: Verified;
  let files: readonly string[];
  try {
    const keys = await keysOf(options, main);
    // Before the file is read: it can only grow meanwhile.
    const known = await readHead(headPath(main));
    files = options.files.length > 0 ? options.files : await rotatedFiles(main);
    if (files.length === 0) throw new Error(`there is no ${main}`);
    const isWritten = await isAuditLocked(main);
    const found = await verifyFiles(files, {
      heads: [...options.head, ...(known === undefined ? [] : [known.head])],
      ...(keys === undefined ? {} : { keys }),
      whole: options.whole,
      isWritten,
    });
    const isClosed = isWritten || known?.why === 'stopped';
    verified = isClosed ? found : { ...found, notes: [...found.notes, endNote(main, known)] };
  } catch (thrown) {
    terminal.err(`The audit file could not be read: ${messageOf(thrown)}\n`);
    return EXIT.unreachable;
  }
  const ok = verified.problems.length === 0;
  if (options.json) {
    printJson(terminal, { ok, files, ...verified, head: headText(verified.head) });
  } else terminal.out(renderVerified(verified, files, terminal.color));
  return ok ? EXIT.ok : EXIT.notOk;
}

function endNote(main: string, known: LeftHead | undefined): string {
  return known === undefined
    ? `there is no ${headPath(main)}: whether the end is cut off, only --head can tell`
    : 'the last Interlock did not end in order; compare --head with its log or the metrics';
}

function mainFileOf(options: AuditVerifyOptions, terminal: Terminal): string | undefined {
  return options.files.at(-1) ?? configurationOf(options, terminal)?.audit.file;
}

/** Those given, else the one beside the file; undefined: there is none to go by. */
async function keysOf(
  { key }: AuditVerifyOptions,
  main: string,
): Promise<readonly string[] | undefined> {
  if (key.length > 0) {
    return Promise.all(key.map(async (file) => publicKeyIn(await readFile(file, 'utf8'))));
  }
  const own = await readFile(`${keyPath(main)}.pub`, 'utf8').catch(() => undefined);
  return own === undefined ? undefined : [publicKeyIn(own)];
}

export function renderVerified(
  verified: Verified,
  files: readonly string[],
  isColored: boolean,
): string {
  const paint = createPainter(isColored);
  const { problems, notes, records, checkpoints, head, first } = verified;
  const lines = problems.map((problem) => {
    return `${paint('red', `${problem.kind}:`)} ${placeOfProblem(problem)}: ${problem.message}`;
  });
  if (problems.length >= PROBLEMS_MAX) lines.push(`… only the first ${PROBLEMS_MAX} are shown`);
  lines.push(...notes.map((note) => `${paint('yellow', 'note:')} ${note}`));
  const what = `${records} records, ${checkpoints} signatures, numbers ${first} to ${head.seq}`;
  const places = problems.length === 1 ? 'one place' : `${problems.length} places`;
  const verdict =
    problems.length === 0
      ? paint('green', 'the chain holds')
      : paint('red', `the chain does not hold in ${places}`);
  const fileText = files.length === 1 ? String(files[0]) : `${files.length} files`;
  lines.push(`${fileText}: ${what}; ${verdict}`, `head ${headText(head)}`);
  return `${lines.join('\n')}\n`;
}

function placeOfProblem({ file, line, byte }: Problem): string {
  return line === undefined || byte === undefined ? file : placeText({ file, line, byte });
}
