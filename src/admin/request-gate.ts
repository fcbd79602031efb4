// What a request to an admin interface must look like before anything of it is believed: one of our
// own names as its host, no browser behind it, a body of a stated length. Pure; both interfaces ask.
import { isIP } from 'node:net';

export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

export interface Objection {
  readonly status: number;
  readonly reason: string;
}

/** The path and query of the longest request, with room. */
const TARGET_CHARACTERS = 512;

/** A browser says these, and no approver is one: whatever page it shows may be somebody else's. */
const OF_BROWSERS = /^(?:origin|referer|cookie|sec-.*|access-control-.*)$/;
/** Ways to send a body that no command of ours uses, and that two readers may read in two ways. */
const ODD_BODIES = /^(?:transfer-encoding|content-encoding|expect|upgrade|trailer|te)$/;
/** Said twice, each reader takes another one. */
const ONCE = ['host', 'content-length', 'content-type', 'authorization'];

/** Undefined when there is nothing against it. */
export function objectionTo(
  head: RequestHead,
  isOurName: (name: string) => boolean,
): Objection | undefined {
  const headers = headersOf(head.rawHeaders);
  return (
    formObjection(head, headers) ??
    hostObjection(headers.get('host')?.[0] ?? '', isOurName) ??
    senderObjection([...headers.keys()]) ??
    bodyObjection(head, headers)
  );
}

type Headers = ReadonlyMap<string, readonly string[]>;

function headersOf(raw: readonly string[]): Headers {
  const headers = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), raw[at + 1] ?? '']);
  }
  return headers;
}

function formObjection(head: RequestHead, headers: Headers): Objection | undefined {
  if (head.httpVersion !== '1.1') return { status: 505, reason: 'only HTTP/1.1 is spoken here' };
  const target = head.url ?? '';
  if (!target.startsWith('/') || target.length > TARGET_CHARACTERS) {
    return { status: 400, reason: 'a request names a path, and a short one' };
  }
  const twice = ONCE.find((name) => (headers.get(name)?.length ?? 0) > 1);
  if (twice !== undefined) return { status: 400, reason: `${twice} is there twice` };
  return undefined;
}

/** A name that is not ours may be a page's own, which its owner lets point here (DNS rebinding). */
function hostObjection(host: string, isOurName: (name: string) => boolean): Objection | undefined {
  const name = nameOf(host);
  if (name === undefined) return { status: 400, reason: 'the Host header is no name and port' };
  // An address is nobody's name: no page can have it but one that is served from here.
  if (isIP(name) !== 0 || name === 'localhost' || isOurName(name)) return undefined;
  const reason = 'this Interlock has another name: use one of its certificate, or of admin.hosts';
  return { status: 421, reason };
}

function nameOf(host: string): string | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9_.-]+))(?::\d{1,5})?$/.exec(host);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

function senderObjection(names: readonly string[]): Objection | undefined {
  if (names.some((name) => OF_BROWSERS.test(name))) {
    return { status: 403, reason: 'browsers are not answered: use the interlock command' };
  }
  if (names.some((name) => ODD_BODIES.test(name))) {
    return { status: 400, reason: 'a body is sent in one piece, of a stated length' };
  }
  return undefined;
}

function bodyObjection({ method }: RequestHead, headers: Headers): Objection | undefined {
  const length = headers.get('content-length')?.[0] ?? '0';
  if (length === '0') return undefined;
  if (method !== 'POST') return { status: 400, reason: 'only POST has a body' };
  const type = headers.get('content-type')?.[0]?.trim().toLowerCase();
  if (type === 'application/json') return undefined;
  return { status: 415, reason: 'a body is application/json' };
}

/** The status of what fastify found wrong with a request; undefined for what went wrong with us. */
export function requestFault(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return undefined;
  const { statusCode } = thrown;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
    ? statusCode
    : undefined;
}
