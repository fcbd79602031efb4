// `interlock explain SQL`: what a text would do and what the rules say of it, for a server of the
// configuration as it is now (`--server`), or for one that is only imagined. Runs nothing.
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { systemClock } from '../clock.js';
import type { Config, EnforcementMode } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { loadRules } from '../config/rule-files.js';
import { didYouMean } from '../config/spelling.js';
import { messageOf } from '../errors.js';
import { denialMessage } from '../policy/explain.js';
import { explainDecision } from '../policy/rule-trace.js';
import type { RuleSet } from '../policy/rules.js';
import type { Facts } from '../policy/verdict.js';
import { relinkAsk, relinkResidue } from '../residue/relink.js';
import type { Dialect, Flavour, ReadContext } from '../sql/dialect.js';
import { versionNumber } from '../sql/dialect.js';
import { readTextWhole, type TextFacts } from '../sql/statement-facts.js';
import { reachOf } from '../topology/cascade.js';
import type { LinkState, Picture, ReachEntry } from '../topology/snapshot.js';
import { withCatalog } from './catalog-once.js';
import { configurationOf } from './configuration.js';
import { renderDiagnostics } from './diagnostics-view.js';
import {
  type AskerOptions,
  askerUsage,
  loggedAs,
  requesterOf,
  withGivenSizes,
} from './explain-asker.js';
import { unknownMode } from './explain-modes.js';
import { explanationJson, renderExplanation, type Told } from './explain-view.js';
import { probeOnce } from './probe-once.js';
import { LOOK_DEADLINE_MS, withResidues } from './residue-once.js';
import { type CommonOptions, EXIT, type ExitCode, printJson, type Terminal } from './terminal.js';

export interface ExplainOptions extends CommonOptions, AskerOptions {
  readonly server?: string;
  readonly links?: LinkState;
  readonly flavour?: Flavour;
  readonly version?: string;
  readonly sqlMode?: string;
  readonly charset?: string;
  /** The rule to say everything about. */
  readonly rule?: string;
}

/** What the statement is judged against: a real server's state, or an imagined one. */
interface Scene {
  readonly server: string;
  readonly mode: EnforcementMode;
  readonly dialect?: Dialect;
  readonly reach: readonly ReachEntry[];
  readonly picture?: Picture;
  readonly assumed: string;
}

export async function explainCommand(
  sql: string,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const wrong = usageError(options);
  if (wrong !== undefined) {
    terminal.err(`${wrong}\n`);
    return EXIT.usage;
  }
  const config = configOrDefault(options, terminal);
  if (config === undefined) return EXIT.usage;
  const rules = loadRules(config);
  if (rules.kind === 'broken') {
    terminal.err(renderDiagnostics(rules.errors, { color: terminal.color }));
    return EXIT.usage;
  }
  const unknown = unknownRule(options, rules.value);
  if (unknown !== undefined) {
    terminal.err(`${unknown}\n`);
    return EXIT.usage;
  }
  const scene = await sceneOf(options, config, terminal);
  if (typeof scene === 'number') return scene;
  const text = sql === '-' ? await standardInput() : Buffer.from(sql);
  const { read, elsewhere } = await readAt(scene, { options, config, terminal, text });
  const residue = await relinkResidueIn(scene, { config, terminal, text, read });
  const known = {
    ...factsOf(options, { ...scene, reach: [...elsewhere, ...scene.reach] }, read),
    ...residue,
  };
  const ask = { rules: rules.value, config, env: terminal.env };
  const facts = await withGivenSizes(known, options, ask);
  const explanation = explainDecision(facts, rules.value, scene.mode);
  const { decision } = explanation;
  const message =
    decision.verdict === 'permit'
      ? undefined
      : denialMessage({ decision, facts, recordId: 'R0000000000' });
  const { rule } = options;
  const why = rule === undefined ? {} : { rule };
  const told: Told = { text, read, facts, explanation, assumed: scene.assumed, message, ...why };
  if (options.json) printJson(terminal, explanationJson(told));
  else terminal.out(renderExplanation(told, terminal));
  return decision.verdict === 'permit' ? EXIT.ok : EXIT.notOk;
}

function unknownRule({ rule }: ExplainOptions, { rules }: RuleSet): string | undefined {
  const ids = rules.map(({ id }) => id);
  if (rule === undefined || ids.includes(rule)) return undefined;
  const hint = didYouMean(rule, ids);
  return `no rule with the id ${rule}${hint === undefined ? '' : `: ${hint}`}`;
}

/** By its descriptor: what another program feeds may be a socket, which has no path to open. */
function standardInput(): Promise<Buffer> {
  return buffer(createReadStream('', { fd: 0 }));
}

function usageError(options: ExplainOptions): string | undefined {
  const imagined = options.links ?? options.flavour ?? options.version;
  if (options.server !== undefined && imagined !== undefined) {
    return '--server asks the real one: leave out --links, --flavour and --version';
  }
  if (options.version !== undefined && versionNumber(options.version) === undefined) {
    return `--version ${options.version}: expected a number like 10.11 or 5.6.24`;
  }
  return unknownMode(options.sqlMode) ?? askerUsage(options);
}

/** Without a file, and none asked for by name, the shipped rules answer. */
function configOrDefault(
  options: ExplainOptions,
  terminal: Terminal,
): Pick<Config, 'rules' | 'mode'> | Config | undefined {
  if (options.server !== undefined || options.configGiven)
    return configurationOf(options, terminal);
  const found = loadConfig(options.config);
  if (found.kind === 'loaded') return found.value;
  return { rules: [{ kind: 'shipped', name: 'default' }], mode: 'enforce' };
}

async function sceneOf(
  options: ExplainOptions,
  config: Pick<Config, 'mode'> | Config,
  terminal: Terminal,
): Promise<Scene | ExitCode> {
  if (options.server === undefined) return imaginedScene(options, config.mode);
  if (!('servers' in config)) return EXIT.usage;
  return realScene({ name: options.server, config }, terminal);
}

function imaginedScene(options: ExplainOptions, mode: EnforcementMode): Scene {
  const state = options.links ?? 'live';
  const consumer: readonly ReachEntry[] =
    state === 'severed'
      ? []
      : [
          {
            server: 'another-server',
            path: ['this-server', 'another-server'],
            state,
            writable: true,
            reason: `as --links ${state} says`,
          },
        ];
  const dialect = imaginedDialect(options);
  const assumed = options.links === undefined ? 'links: live (say --links for another state)' : '';
  return {
    server: 'this-server',
    mode,
    reach: consumer,
    assumed,
    ...(dialect === undefined ? {} : { dialect }),
  };
}

function imaginedDialect({ flavour, version }: ExplainOptions): Dialect | undefined {
  if (flavour === undefined && version === undefined) return undefined;
  const number = version === undefined ? undefined : versionNumber(version);
  const named = flavour ?? (number !== undefined && number >= 100_000 ? 'mariadb' : 'mysql');
  return { flavour: named, version: number ?? (named === 'mariadb' ? 101_100 : 90_000) };
}

async function realScene(
  { name, config }: { readonly name: string; readonly config: Config },
  terminal: Terminal,
): Promise<Scene | ExitCode> {
  const server = config.servers.find((entry) => entry.name === name);
  if (server === undefined) {
    const known = config.servers.map((entry) => entry.name).join(', ');
    terminal.err(`no server ${name} in ${config.file}; it has ${known}\n`);
    return EXIT.usage;
  }
  try {
    const picture = await probeOnce(config, terminal.env);
    const view = picture.views.get(name);
    if (view?.kind !== 'answered') {
      terminal.err(`${name} could not be asked: ${view?.message ?? 'no answer'}\n`);
      return EXIT.unreachable;
    }
    return {
      server: name,
      mode: server.mode,
      dialect: { flavour: view.flavour, version: view.version },
      reach: reachOf(picture, name),
      picture,
      assumed: '',
    };
  } catch (thrown) {
    terminal.err(`${messageOf(thrown)}\n`);
    return EXIT.usage;
  }
}

/** What it would do: at a real server CALLs are followed, and what the server's own code does counts. */
async function readAt(
  scene: Scene,
  asked: {
    readonly options: ExplainOptions;
    readonly config: Pick<Config, 'mode'> | Config;
    readonly terminal: Terminal;
    readonly text: Uint8Array;
  },
): Promise<{ readonly read: TextFacts; readonly elsewhere: readonly ReachEntry[] }> {
  const { options, config, terminal, text } = asked;
  const context = contextOf(options, scene);
  if (scene.picture === undefined || !('servers' in config)) {
    return { read: readTextWhole(text, context), elsewhere: [] };
  }
  return await withCatalog({ config, terminal, ...scene }, async (catalogs) => {
    const { server } = scene;
    const firing = catalogs.firing(server);
    const read = readTextWhole(text, { ...context, ...(firing === undefined ? {} : { firing }) });
    const database = read.statements.length > 1 ? undefined : options.database;
    const known = await catalogs.known({ server, effects: read.effects, database });
    return { read: { ...read, effects: known.effects }, elsewhere: known.elsewhere };
  });
}

/** What a relink would replay, where a real server is asked; else it is not known. */
async function relinkResidueIn(
  { server, picture }: Scene,
  asked: {
    readonly config: Pick<Config, 'mode'> | Config;
    readonly terminal: Terminal;
    readonly text: Uint8Array;
    readonly read: TextFacts;
  },
): Promise<Pick<Facts, 'residue'>> {
  const { config, terminal, text, read } = asked;
  const isRelink = read.effects.some(({ effect }) => effect === 'relink');
  if (!isRelink || picture === undefined || !('servers' in config)) return {};
  const question = { requester: { server }, text, facts: read };
  const arrivedMs = systemClock.monotonic();
  const ask = relinkAsk({ question, picture, arrivedMs }, LOOK_DEADLINE_MS);
  return {
    residue: await withResidues(config, terminal.env, (open) => relinkResidue(open, ask)),
  };
}

function contextOf(options: ExplainOptions, scene: Scene): ReadContext {
  return {
    ...(scene.dialect === undefined ? {} : { dialect: scene.dialect }),
    ...(options.sqlMode === undefined ? {} : { sqlMode: options.sqlMode }),
    ...(options.charset === undefined ? {} : { charset: options.charset }),
    ...(options.database === undefined ? {} : { database: options.database }),
  };
}

function factsOf(options: ExplainOptions, scene: Scene, read: TextFacts): Facts {
  return {
    requester: requesterOf(options, scene.server),
    effects: read.effects,
    ...loggedAs(options),
    reach: scene.reach,
    nowMs: systemClock.now(),
    ...(scene.picture === undefined ? {} : { picture: scene.picture }),
  };
}
