// What a relinking text would start from, where it is written so plainly that every server reads it
// one way. Pure. What is not plain is 'opaque': then the worst that could be meant is judged.
import { byDomain, type Position, parseDomainGtids } from './domains.js';

export type RelinkStep =
  /** START, SHUTDOWN and their like: channels go on from where they are. Absent: all of them. */
  | { readonly kind: 'go-on'; readonly channel?: string }
  /** RESET without ALL: they would begin with the source's first event. */
  | { readonly kind: 'rewind'; readonly channel?: string }
  | ({ readonly kind: 'change' } & ChangedSource)
  /** gtid_slave_pos is set. Undefined: to something that the text does not tell. */
  | { readonly kind: 'position'; readonly position: Position | undefined }
  /** So many event groups are passed over, of the channel that starts next. */
  | { readonly kind: 'skip'; readonly groups: number }
  /** START GROUP_REPLICATION: whatever the members have is applied, by GTID. */
  | { readonly kind: 'join' }
  | { readonly kind: 'opaque' };

/** RESET … ALL links nothing, but what was set for its channels before is gone with them. */
type Step = RelinkStep | { readonly kind: 'forget' };

/** What CHANGE … TO says; what it leaves out stays as it was. */
export interface ChangedSource {
  readonly channel: string;
  readonly host?: string;
  readonly port?: number;
  readonly file?: string;
  readonly position?: number;
  readonly byGtid?: boolean;
}

interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'symbol';
  readonly text: string;
}

/**
 * Every step that the text would take; statements that relink nothing take none. `verbs` are those
 * of its relink effects, which count where the text is not plain.
 */
export function relinkSteps(text: string, verbs: readonly string[]): readonly RelinkStep[] {
  const tokens = plainTokens(text);
  const steps = tokens === undefined ? undefined : statementsOf(tokens).flatMap(stepsOf);
  return steps !== undefined && isOrderly(steps) ? steps.filter(isTaken) : verbs.map(stepOfVerb);
}

function isTaken(step: Step): step is RelinkStep {
  return step.kind !== 'forget' && !(step.kind === 'skip' && step.groups === 0);
}

/**
 * Whether each step means the same wherever it stands: first what is set, each thing once, then what
 * starts. What is set after a start, or undone by a RESET, is not what the start goes by.
 */
function isOrderly(steps: readonly Step[]): boolean {
  const kinds = steps.map(({ kind }) => kind);
  const isStart = (kind: Step['kind']): boolean => kind === 'go-on' || kind === 'join';
  const firstStart = kinds.findIndex(isStart);
  const setsLater = firstStart >= 0 && kinds.slice(firstStart).some((kind) => !isStart(kind));
  const changed = steps.flatMap((step) =>
    step.kind === 'change' ? [step.channel.toLowerCase()] : [],
  );
  const isUndone = kinds.includes('rewind') && kinds.some((kind) => SET_FOR_A_START.has(kind));
  const isChangedTwice = new Set(changed).size < changed.length;
  return (
    !(kinds.includes('opaque') || setsLater || isUndone || isChangedTwice) && isSkipPlain(kinds)
  );
}

const SET_FOR_A_START: ReadonlySet<Step['kind']> = new Set(['change', 'skip', 'position']);

/** One counter, and right behind it the one start that uses it up. */
function isSkipPlain(kinds: readonly Step['kind'][]): boolean {
  const at = kinds.indexOf('skip');
  const isOnly = at < 0 || at === kinds.length - 1;
  return isOnly || (at === kinds.length - 2 && kinds.at(-1) === 'go-on');
}

function stepOfVerb(verb: string): RelinkStep {
  if (/^START GROUP/.test(verb)) return { kind: 'join' };
  if (/^(START|SHUTDOWN|RESTART)\b/.test(verb)) return { kind: 'go-on' };
  if (/^RESET\b/.test(verb)) return { kind: 'rewind' };
  // Its value is not known, so it skips nothing for certain, and by itself it starts nothing.
  return /SKIP_COUNTER$/.test(verb) ? { kind: 'go-on' } : { kind: 'opaque' };
}

/**
 * Undefined where modes, character sets or comments could change what is read: backslashes, quotes
 * other than ', comment marks, bytes outside ASCII.
 */
function plainTokens(text: string): readonly Token[] | undefined {
  if (/[^\t\n\r\x20-\x7e]|[\\"`#]|--|\/\*/.test(text)) return undefined;
  const tokens: Token[] = [];
  const pattern = /\s+|('(?:[^']|'')*')|([A-Za-z_][\w$]*|@@?[\w.]+)|(\d+)|([=,;().:])/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    const [, string, word, number, symbol] = match;
    if (string !== undefined) {
      tokens.push({ kind: 'string', text: string.slice(1, -1).replaceAll("''", "'") });
    } else if (word !== undefined) tokens.push({ kind: 'word', text: word.toLowerCase() });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
  }
  return tokens;
}

function statementsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === ';') statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter(({ length }) => length > 0);
}

type Reader = (tokens: readonly Token[]) => readonly Step[];

const nothing: Reader = () => [];
const goOn: Reader = () => [{ kind: 'go-on' }];

/** By first word; what is not here is not known to relink nothing. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ...['select', 'show', 'use', 'stop', 'flush', 'do'].map((word) => [word, nothing] as const),
  ['shutdown', goOn],
  ['restart', goOn],
  ['start', readStart],
  ['reset', readReset],
  ['change', readChange],
  ['set', readSet],
]);

function stepsOf(tokens: readonly Token[]): readonly Step[] {
  const read = READERS.get(tokens[0]?.text ?? '');
  return read === undefined ? [{ kind: 'opaque' }] : read(tokens);
}

function readStart(tokens: readonly Token[]): readonly RelinkStep[] {
  if (tokens[1]?.text === 'all') return [{ kind: 'go-on' }];
  if (tokens[1]?.text === 'group_replication') return [{ kind: 'join' }];
  return isReplica(tokens[1]) ? [{ kind: 'go-on', ...channelIn(tokens) }] : [{ kind: 'opaque' }];
}

function readReset(tokens: readonly Token[]): readonly Step[] {
  if (!isReplica(tokens[1])) return [{ kind: 'opaque' }];
  const isAll = tokens.some(({ kind, text }) => kind === 'word' && text === 'all');
  return [isAll ? { kind: 'forget' } : { kind: 'rewind', ...channelIn(tokens) }];
}

function readChange(tokens: readonly Token[]): readonly RelinkStep[] {
  const { channel } = channelIn(tokens);
  if (tokens[1]?.text === 'master') return [changeIn(tokens, channel ?? '')];
  if (tokens[1]?.text !== 'replication') return [{ kind: 'opaque' }];
  // A filter keeps where its channel stands.
  if (tokens[2]?.text === 'filter') return [{ kind: 'go-on', ...channelIn(tokens) }];
  return [changeIn(tokens, channel ?? '')];
}

function isReplica(token: Token | undefined): boolean {
  return token?.text === 'slave' || token?.text === 'replica';
}

/** MariaDB names a connection in a string after SLAVE or MASTER, MySQL FOR CHANNEL at the end. */
function channelIn(tokens: readonly Token[]): { readonly channel?: string } {
  const third = tokens[2];
  if (third?.kind === 'string') return { channel: third.text };
  const at = tokens.findIndex(({ kind, text }) => kind === 'word' && text === 'channel');
  const name = at < 0 ? undefined : tokens[at + 1];
  return name?.kind === 'string' ? { channel: name.text } : {};
}

function changeIn(tokens: readonly Token[], channel: string): RelinkStep {
  const values = new Map<string, Token>();
  tokens.forEach((token, index) => {
    const value = tokens[index + 2];
    if (tokens[index + 1]?.text !== '=' || token.kind !== 'word' || value === undefined) return;
    values.set(token.text.replace(/^(master|source)_/, ''), value);
  });
  // A relay log's position is another server's; what a file holds is not known here.
  if (values.has('relay_log_file') || values.has('relay_log_pos')) return { kind: 'opaque' };
  const host = values.get('host')?.text;
  const file = values.get('log_file')?.text;
  const port = numberIn(values.get('port'));
  const position = numberIn(values.get('log_pos'));
  const gtid = values.get('use_gtid') ?? values.get('auto_position');
  return {
    kind: 'change',
    channel,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(file === undefined ? {} : { file }),
    ...(position === undefined ? {} : { position }),
    ...(gtid === undefined ? {} : { byGtid: gtid.text !== '0' && gtid.text !== 'no' }),
  };
}

const SKIP_COUNTERS = /^(@@global\.)?(slave|sql_slave|sql_replica)_skip_counter$/;
const SLAVE_POS = /^(@@global\.)?gtid_slave_pos$/;
const OTHER_RELINK = /wsrep_cluster_address|^(@@global\.)?replicate_/;

function readSet(tokens: readonly Token[]): readonly RelinkStep[] {
  // Kept for the next start of the server: nothing is set now.
  const isKept = tokens.some(({ kind, text }) => kind === 'word' && text === 'persist_only');
  return tokens.flatMap(({ kind, text }, index): readonly RelinkStep[] => {
    if (kind !== 'word') return [];
    if (OTHER_RELINK.test(text)) return [{ kind: 'opaque' }];
    const assigned = tokens[index + 1]?.text === '=' ? tokens.slice(index + 2) : [];
    if (SKIP_COUNTERS.test(text)) {
      return [{ kind: 'skip', groups: isKept ? 0 : (numberIn(assigned[0]) ?? 0) }];
    }
    return SLAVE_POS.test(text) ? [positionIn(assigned)] : [];
  });
}

/** One string and nothing after it; anything else is computed. */
function positionIn(assigned: readonly Token[]): RelinkStep {
  const [value, after] = assigned;
  const gtids = value?.kind === 'string' ? parseDomainGtids(value.text) : undefined;
  const isPlain = gtids !== undefined && isOver(after);
  return { kind: 'position', position: isPlain ? byDomain(gtids) : undefined };
}

function isOver(token: Token | undefined): boolean {
  return token === undefined || token.text === ',';
}

function numberIn(token: Token | undefined): number | undefined {
  if (token === undefined || !/^\d+$/.test(token.text)) return undefined;
  return Number(token.text);
}
