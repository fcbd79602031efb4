// `interlock reseed-check`: what is left to do before and after a server is reseeded, with the
// statements to type and where. It types none of them.
import { open } from 'node:fs/promises';
import { systemClock } from '../clock.js';
import type { Config } from '../config/config.js';
import { messageOf } from '../errors.js';
import { DUMP_HEAD_BYTES, type DumpHead, readDumpHead } from '../residue/dump-head.js';
import { isReady, planAfter, planBefore, type ReseedFacts } from '../residue/reseed.js';
import type { Picture, ServerAnswer } from '../topology/snapshot.js';
import { configurationOf } from './configuration.js';
import { probeOnce } from './probe-once.js';
import { renderReseed } from './reseed-view.js';
import { LOOK_DEADLINE_MS, withResidues } from './residue-once.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface ReseedOptions extends CommonOptions {
  readonly server: string;
  /** Whose data it gets; the only other one that takes writes if left out. */
  readonly from?: string;
  /** The dump it is or was restored from. */
  readonly dump?: string;
  readonly after: boolean;
  /** It only follows: there is no link back. */
  readonly oneWay: boolean;
}

export async function reseedCheckCommand(
  options: ReseedOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const config = configurationOf(options, terminal);
  if (config === undefined) return EXIT.usage;
  try {
    const dump = options.dump === undefined ? undefined : await dumpHead(options.dump);
    const picture = await probeOnce(config, terminal.env);
    const ends = endsOf(options, picture, config);
    if (ends.kind === 'wrong') {
      terminal.err(`${ends.message}\n`);
      return ends.exit;
    }
    const found = await factsOf({ config, terminal, picture, dump, ...ends });
    const facts = { ...found, isOneWay: options.oneWay };
    const plan = options.after ? planAfter(facts) : planBefore(facts);
    const ready = isReady(plan);
    if (options.json) printJson(terminal, { v: 1, ready, ...plan });
    else terminal.out(renderReseed(plan, ready));
    return ready ? EXIT.ok : EXIT.notOk;
  } catch (thrown) {
    terminal.err(`${messageOf(thrown)}\n`);
    return EXIT.usage;
  }
}

async function dumpHead(path: string): Promise<DumpHead> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(DUMP_HEAD_BYTES), 0);
    return readDumpHead(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await file.close();
  }
}

type Ends =
  | { readonly kind: 'ends'; readonly server: ServerAnswer; readonly from: ServerAnswer }
  | { readonly kind: 'wrong'; readonly message: string; readonly exit: ExitCode };

function endsOf(options: ReseedOptions, picture: Picture, config: Config): Ends {
  const names = config.servers.map(({ name }) => name);
  const others = names.filter((name) => name !== options.server);
  const writable = others.filter((name) => {
    const view = picture.views.get(name);
    return view?.kind === 'answered' && !view.readOnly;
  });
  const guarded = config.servers.filter(({ listen }) => listen.length > 0).map(({ name }) => name);
  const likely = writable.filter((name) => guarded.includes(name));
  const only = likely.length === 1 ? likely[0] : writable.length === 1 ? writable[0] : undefined;
  const unheard = [options.server, options.from ?? options.server].find(
    (name) => !names.includes(name),
  );
  if (unheard !== undefined) {
    const message = `no server ${unheard} in ${config.file}; it has ${names.join(', ')}`;
    return { kind: 'wrong', message, exit: EXIT.usage };
  }
  const from = options.from ?? only;
  if (from === undefined) {
    const message = `say --from: whose data does ${options.server} get? ${others.join(', ')}`;
    return { kind: 'wrong', message, exit: EXIT.usage };
  }
  if (from === options.server) {
    const message = `${from} cannot get its own data: --from takes another of ${others.join(', ')}`;
    return { kind: 'wrong', message, exit: EXIT.usage };
  }
  const one = picture.views.get(options.server);
  const other = picture.views.get(from);
  for (const view of [one, other]) {
    if (view?.kind === 'silent') {
      return { kind: 'wrong', message: view.message, exit: EXIT.unreachable };
    }
  }
  if (one?.kind !== 'answered' || other?.kind !== 'answered') {
    return { kind: 'wrong', message: 'not every server could be asked', exit: EXIT.unreachable };
  }
  return { kind: 'ends', server: one, from: other };
}

async function factsOf(at: {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly picture: Picture;
  readonly dump: DumpHead | undefined;
  readonly server: ServerAnswer;
  readonly from: ServerAnswer;
}): Promise<ReseedFacts> {
  const { config, terminal, picture, dump, server, from } = at;
  const pair = { source: server.server, consumer: from.server };
  const back = await withResidues(config, terminal.env, async (residues) => {
    const deadlineAtMs = systemClock.monotonic() + LOOK_DEADLINE_MS;
    await residues.catchUp(picture, [server.server], deadlineAtMs);
    return residues.of(picture, pair);
  });
  return { picture, server, from, back, ...(dump === undefined ? {} : { dump }) };
}
