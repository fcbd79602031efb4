// Approved restores at work: the first statement of a batch makes it its session's, and each takes
// its part of the list, durably, before it leaves. What does not fit is named, and takes nothing.
import type { Clock } from '../clock.js';
import type { DecisionApproval, Requester } from '../policy/verdict.js';
import type { Picture } from '../topology/snapshot.js';
import { type AssessedBy, type Assessment, assess } from './assessment.js';
import {
  ANY_ADDRESS,
  type BatchIndex,
  type BatchRequest,
  batchFingerprint,
  type ItemText,
  indexOf,
  itemsOf,
  itemWords,
  takingOf,
} from './batch.js';
import { canonicalStatement } from './canonical.js';
import type { Happenings } from './happenings.js';
import { digestOf } from './json.js';
import { hintOf, isNews } from './notes.js';
import { type Asked, identityOf, keyedHashOf, situationOf, worsened } from './request.js';
import type { Standing } from './standing.js';
import type { ApprovalStore, StoredRequest, StoreIdentity, Taking } from './store.js';

export interface BatchesParts {
  readonly store: ApprovalStore;
  readonly clock: Clock;
  /** Tells this process's sessions from those of others that share the store. */
  readonly process: string;
}

/** What the batches of the account have for a statement. */
export interface BatchFound {
  readonly use?: Standing;
  /** It lists the statement, and waits for signatures. */
  readonly waiting?: Assessment;
  /** Why none of them helps. */
  readonly hints: readonly string[];
}

interface AskedOf {
  readonly asked: Asked;
  readonly recordId: string;
  readonly by: AssessedBy;
  readonly identity: StoreIdentity;
}

/** How many lists are kept read. */
const INDEXES_MAX = 16;

export class Batches {
  readonly #parts: BatchesParts;
  readonly #happenings: Pick<Happenings, 'tell'>;
  /** By request: what its body was when it was indexed. */
  readonly #indexes = new Map<string, { readonly body: string; readonly index: BatchIndex }>();

  constructor(parts: BatchesParts, happenings: Pick<Happenings, 'tell'>) {
    this.#parts = parts;
    this.#happenings = happenings;
  }

  /** Takes the statement's part of the first batch that has it. Rejects when the store fails. */
  async use(of: AskedOf): Promise<BatchFound> {
    const { server, user } = of.asked.question.requester;
    const hints: string[] = [];
    let waiting: Assessment | undefined;
    const rows = await this.#parts.store.recent(batchFingerprint(server, user));
    for (const stored of rows.filter((row) => isOfUse(row, of.by.nowMs))) {
      const assessed = await assess(stored, of.by);
      if (assessed?.request.kind !== 'batch') continue;
      const { request, phase } = assessed;
      if (phase !== 'approved' && phase !== 'gathering') {
        hints.push(...hintOf(assessed, [], of.by.nowMs));
        continue;
      }
      const fit = this.#fit(assessed, request, of);
      if ('differs' in fit) hints.push(`${request.id} ${fit.differs}.`);
      else if (phase === 'gathering') waiting ??= assessed;
      else {
        const use = await this.#take(assessed, fit.taking, of);
        if (typeof use !== 'string') return { use, hints };
        hints.push(use);
      }
    }
    return { hints, ...(waiting === undefined ? {} : { waiting }) };
  }

  /** What the statement takes of this batch; or how it differs from what was asked for. */
  #fit(
    { stored }: Assessment,
    request: BatchRequest,
    { asked, identity }: AskedOf,
  ): { readonly taking: Taking } | { readonly differs: string } {
    const { requester } = asked.question;
    if (identityOf(asked.facts.picture, requester.server) !== request.server.identity) {
      return { differs: `is for another server (${request.server.identity})` };
    }
    const { address } = request.requester;
    if (address !== ANY_ADDRESS && address !== requester.address) {
      return { differs: `is for ${request.requester.user} at ${address}` };
    }
    const session = `${this.#parts.process}/${requester.session}`;
    const { hold } = stored;
    if (hold !== undefined && hold.session !== session) {
      return { differs: heldWords(hold.session) };
    }
    const { text, isStreamed } = asked.question;
    // Its text is only the beginning of what would run.
    if (isStreamed === true) return { differs: 'lists nothing larger than 16 MiB' };
    const { picture, effects } = asked.facts;
    const items = itemsOf(effects, () => itemTextOf({ requester, text, picture }, identity));
    if ('reason' in items) return { differs: `lists nothing of the kind: ${items.reason}` };
    const taking = takingOf(this.#indexOf(stored.body, request), items);
    if ('unlisted' in taking) return { differs: `does not list ${itemWords(taking.unlisted)}` };
    const [worse] = worsened(request, situationOf(asked));
    if (worse !== undefined) return { differs: `no longer holds: ${worse}` };
    return { taking: { session, items: taking.takes } };
  }

  /** Why not, in words, when somebody else was faster or nothing is left. */
  async #take(
    { stored, request, signatures }: Assessment,
    taking: Taking,
    { asked, recordId }: AskedOf,
  ): Promise<Standing | string> {
    const by = signatures.map(({ person }) => person);
    const approval: DecisionApproval = { request: request.id, by };
    // Preparing runs nothing: the use is taken by what executes it.
    if (asked.question.command === 'COM_STMT_PREPARE') {
      return { kind: 'approved', approval, signed: request };
    }
    const use = { recordId, usedMs: this.#parts.clock.now() };
    const taken = await this.#parts.store.consume(stored.id, use, taking);
    switch (taken.kind) {
      case 'consumed': {
        if (stored.hold === undefined) {
          const tokens = signatures.map(({ tokenId }) => tokenId);
          await this.#happenings.tell({ event: 'used', request, record: recordId, tokens });
        }
        return { kind: 'approved', approval: { ...approval, isUsed: true }, signed: request };
      }
      case 'spent':
        return `${request.id} ${spentWords(request, taken.item)}.`;
      case 'held':
        return `${request.id} ${heldWords(taken.hold.session)}.`;
      case 'ended':
        return `${request.id} has ended meanwhile.`;
      case 'no-request':
        return `${request.id} is gone.`;
    }
    return taken satisfies never;
  }

  #indexOf(body: string, request: BatchRequest): BatchIndex {
    const known = this.#indexes.get(request.id);
    if (known?.body === body) return known.index;
    const index = indexOf(request);
    this.#indexes.set(request.id, { body, index });
    const [oldest] = this.#indexes.keys();
    if (this.#indexes.size > INDEXES_MAX && oldest !== undefined) this.#indexes.delete(oldest);
    return index;
  }
}

/** What ended long ago is not worth reading its list for. */
function isOfUse(row: StoredRequest, nowMs: number): boolean {
  return row.state === 'open' || isNews(row, nowMs);
}

function heldWords(session: string): string {
  return `is in use by session ${session.split('/').at(-1)}, and it is one session's`;
}

function spentWords(request: Assessment['request'], number: number): string {
  const item = request.kind === 'batch' ? request.items[number] : undefined;
  if (item === undefined) return 'has nothing left of it';
  return `has nothing left of ${itemWords(item)} (${item.count} of ${item.count} used)`;
}

/** As it is bound: white space and case of keywords aside. Undefined where nobody could judge it. */
export function itemTextOf(
  of: {
    readonly requester: Pick<Requester, 'server' | 'database'>;
    readonly text: Uint8Array;
    readonly picture: Picture | undefined;
  },
  identity: Pick<StoreIdentity, 'key'>,
): ItemText | undefined {
  const { server, database } = of.requester;
  const view = of.picture?.views.get(server);
  if (view?.kind !== 'answered') return undefined;
  const { flavour, version } = view;
  const context = {
    dialect: { flavour, version },
    ...(database === undefined ? {} : { database }),
  };
  const read = canonicalStatement(of.text, context, keyedHashOf(identity));
  if (read.kind === 'unapprovable') return undefined;
  const { forms, secrets } = read;
  return { digest: digestOf({ forms, secrets }), forms };
}
