// What `interlock links` shows of a picture, as text for people. Pure: a picture in, a string out; it
// asks nobody and judges nothing. Counterpart: links-json.ts.
import type { PairResidue } from '../residue/pair.js';
import { reachOf } from '../topology/cascade.js';
import {
  type DumpThread,
  type Link,
  type LinkState,
  type Picture,
  type ReachEntry,
  type ServerView,
  STRANGER,
} from '../topology/snapshot.js';
import { columns, indented, wrapped } from './layout.js';
import { residueLines } from './residue-view.js';

export interface LinksViewOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** What waits behind each pair; absent: it was not asked. */
  readonly residue?: readonly PairResidue[];
}

export function renderLinks(picture: Picture, nowMs: number, options: LinksViewOptions): string {
  const paint = painter(options.color);
  const sections = [
    serverLines(picture, paint),
    graphLines(picture, paint),
    tableLines(picture, nowMs, paint),
    reachLines(picture, paint),
    residueLines(options.residue ?? [], { paint, columns }),
    mendLines(picture, paint),
  ];
  const lines = sections.filter((section) => section.length > 0).flatMap((each) => ['', ...each]);
  return `${lines
    .slice(1)
    .flatMap((line) => wrapped(line, options.width))
    .join('\n')}\n`;
}

type Paint = (state: LinkState | 'title' | 'faint', text: string) => string;

const ANSI = {
  title: '1',
  faint: '2',
  severed: '32',
  armed: '33',
  live: '31',
  unknown: '35',
} as const satisfies Record<LinkState | 'title' | 'faint', string>;

function painter(color: boolean): Paint {
  return (state, text) => (color ? `\u001B[${ANSI[state]}m${text}\u001B[0m` : text);
}

function serverLines(picture: Picture, paint: Paint): readonly string[] {
  const rows = picture.entries.map((entry) => [
    entry.name,
    `${entry.host}:${entry.port}`,
    entry.guarded ? 'guarded' : 'watched',
    serverWords(picture.views.get(entry.name)),
  ]);
  return [paint('title', 'Servers'), ...columns(rows)];
}

function serverWords(view: ServerView | undefined): string {
  if (view === undefined) return 'not asked yet';
  if (view.kind === 'silent') return `SILENT (${view.reason})`;
  const name = view.flavour === 'mariadb' ? 'MariaDB' : 'MySQL';
  const words = [
    `${name} ${/^[\d.]+/.exec(view.versionText)?.[0] ?? printable(view.versionText)}`,
    `server_id ${view.identity.serverId}`,
    view.readOnly ? 'read only' : 'takes writes',
    view.logBin ? undefined : 'logs nothing',
    view.passesOn ? 'passes on what it receives' : 'passes nothing on',
  ];
  return words.filter((word) => word !== undefined).join(', ');
}

const ARROWS = {
  live: '━━━▶',
  armed: '╌╌╌▶',
  unknown: '━?━▶',
  severed: '    ',
} as const satisfies Record<LinkState, string>;

/** One line a linked pair, ⇄ pairs on both their lines; severed pairs stand in the table only. */
function graphLines(picture: Picture, paint: Paint): readonly string[] {
  const lines = picture.entries.flatMap(({ name }) => {
    const links = picture.links.filter(
      ({ source, state }) => source === name && state !== 'severed',
    );
    return links.map((link, index) => {
      const lead = index === 0 ? name : ' '.repeat(name.length);
      const reader = link.reader ? ' (reader)' : '';
      return `  ${lead} ${paint(link.state, ARROWS[link.state])} ${link.consumer}${reader}`;
    });
  });
  if (lines.length === 0) return [];
  const legend = '━━━▶ live   ╌╌╌▶ armed (fires on START or a restart)   ━?━▶ unknown';
  return [paint('title', 'Graph'), ...lines, paint('faint', `  ${legend}`)];
}

function tableLines(picture: Picture, nowMs: number, paint: Paint): readonly string[] {
  const rows = picture.links.map((link) => [
    `${link.source} → ${link.consumer}`,
    paint(link.state, link.reader ? 'reader' : link.state),
    sinceWords(link, nowMs),
    [printable(link.reason), ...remarks(link)].join('; '),
  ]);
  return [paint('title', 'Links (source → consumer)'), ...columns(rows)];
}

function sinceWords({ sinceMs }: Link, nowMs: number): string {
  return sinceMs === undefined ? 'as of now' : `for ${duration(nowMs - sinceMs)}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Delay and filters are shown for what they are: neither keeps a DROP from firing. */
function remarks(link: Link): readonly string[] {
  const { channel } = link;
  const notes: string[] = [];
  if (channel !== undefined && !channel.applying && channel.receiving) {
    notes.push('SQL thread stopped, the relay log fills');
  }
  if (channel?.receiverError !== undefined) {
    notes.push(`last error: ${printable(channel.receiverError)}`);
  }
  if (channel !== undefined && channel.delaySeconds > 0) {
    notes.push(`delayed by ${channel.delaySeconds} s (no safety)`);
  }
  if (channel !== undefined && channel.filters.length > 0) {
    notes.push(`filters, no safety: ${channel.filters.map(printable).join(', ')}`);
  }
  if (link.state === 'severed' || link.state === 'armed') notes.push(...leftovers(link.threads));
  return notes;
}

function leftovers(threads: readonly DumpThread[]): readonly string[] {
  return threads.map(({ threadId }) =>
    threadId === undefined
      ? 'leftover entry in the source’s list'
      : `leftover dump thread ${threadId} at the source (KILL ${threadId})`,
  );
}

function reachLines(picture: Picture, paint: Paint): readonly string[] {
  const guarded = picture.entries.filter((entry) => entry.guarded);
  const lines = guarded.flatMap(({ name }) => {
    const reach = reachOf(picture, name);
    if (reach.length === 0) {
      return [`  ${name}: ${paint('severed', 'no other server')}`];
    }
    return [`  ${name}:`, ...columns(reach.map((entry) => reachRow(entry, paint))).map(indented)];
  });
  if (lines.length === 0) return [];
  return [paint('title', 'A DROP issued at … would reach'), ...lines];
}

function reachRow(entry: ReachEntry, paint: Paint): readonly string[] {
  const writable = entry.writable ? 'writable' : 'read only';
  return [entry.path.join(' → '), paint(entry.state, entry.state), writable];
}

/** What to do about everything that is not as it should be. */
function mendLines(picture: Picture, paint: Paint): readonly string[] {
  const lines = [...picture.views.values()].flatMap(mendServer);
  const strangers = picture.links.filter(
    ({ consumer, reader }) => consumer === STRANGER && !reader,
  );
  const mended = [...lines, ...strangers.flatMap(mendStranger)];
  return mended.length === 0 ? [] : [paint('title', 'To mend'), ...mended.map(indented)];
}

function mendServer(view: ServerView): readonly string[] {
  if (view.kind === 'silent') return [printable(view.message)];
  const rights = view.missingRights.map(
    (right) => `${view.server}: GRANT ${right}${onEverything(right)} to the monitor account.`,
  );
  return [...rights, ...view.warnings.map((warning) => `${view.server}: ${printable(warning)}.`)];
}

function onEverything(right: string): string {
  return right.includes(' ON ') ? '' : ' ON *.*';
}

function mendStranger(link: Link): readonly string[] {
  const ids = link.threads.flatMap(({ threadId }) => (threadId === undefined ? [] : [threadId]));
  const kills = ids.map((id) => `KILL ${id}`).join('; ');
  const how = kills === '' ? '' : `, or on ${link.source} run ${kills}`;
  return [
    `${link.source}: an unknown consumer ${printable(link.reason)}. ` +
      `Name it under servers, or under readers if it applies nothing${how}.`,
  ];
}

/** Words of a server reach a terminal: what would steer it is taken out. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
