// The one place that says whether people have approved a statement. The guard asks it under
// `require-approval`; the admin interface hands it signatures. It never permits: it takes a use of a
// request, durably, and says so. Whatever fails on the way approves nothing.
import { messageOf } from '../errors.js';
import { cutToBytes, plainWords } from '../policy/message-parts.js';
import type { DecisionApproval } from '../policy/verdict.js';
import { type EffectObject, objectLabel, type Sizes } from '../sql/effect.js';
import { loadApprovers } from './approvers.js';
import { type AssessedBy, type Assessment, assess } from './assessment.js';
import { type BatchRequest, batchFingerprint } from './batch.js';
import { Batches, type BatchesParts } from './batches.js';
import { differenceFrom } from './difference.js';
import { Happenings, type HappeningsParts } from './happenings.js';
import { digestOf } from './json.js';
import { hintOf, missingWords, NOTE_BYTES } from './notes.js';
import { Opening, type OpeningParts } from './opening.js';
import { ReadRequests } from './read-requests.js';
import {
  type ApprovalRequest,
  type Asked,
  fingerprintOf,
  type ObjectEstimate,
  type RequestedStatement,
  requestOf,
  type Situation,
  worsened,
} from './request.js';
import type { Standing } from './standing.js';
import type { StoreIdentity } from './store.js';
import { type Submitted, submit } from './submission.js';

export interface ApprovalsParts extends HappeningsParts, OpeningParts, BatchesParts {
  readonly approversPath: string;
  /** How long a batch may take from its first statement. */
  readonly runMs: number;
  /** How long after a sealed key's signature a statement may be run. */
  readonly breakGlassMs: number;
  /** How large these objects are, as far as it is known in time. Never rejects. */
  readonly sizes: (server: string, objects: readonly EffectObject[]) => Promise<Sizes>;
}

/** Of more objects than these nobody asks the sizes. */
const SIZED_OBJECTS = 50;

/** A restore as it is asked for, before it is a request. */
export type NewBatch = Pick<
  BatchRequest,
  'uses' | 'server' | 'requester' | 'source' | 'items' | 'rules' | 'revision' | 'reach'
>;

interface Wanted {
  readonly what: RequestedStatement;
  readonly situation: Situation;
  readonly asked: Asked;
  readonly recordId: string;
}

/** What was found of earlier requests: a use, one that waits, and why the others do not help. */
interface Found {
  readonly use?: Standing;
  readonly waiting?: Assessment;
  readonly hints: readonly string[];
}

export class Approvals {
  readonly #parts: ApprovalsParts;
  readonly #happenings: Happenings;
  readonly #opening: Opening;
  readonly #batches: Batches;
  readonly #kept = new ReadRequests();

  constructor(parts: ApprovalsParts) {
    this.#parts = parts;
    this.#happenings = new Happenings(parts);
    this.#opening = new Opening(parts, this.#happenings);
    this.#batches = new Batches(parts, this.#happenings);
  }

  /** Whether this statement may pass on what was signed; if so its use is taken. Never rejects. */
  async resolve(asked: Asked, recordId: string): Promise<Standing> {
    try {
      return await this.#resolve(asked, recordId);
    } catch (thrown) {
      const reason = messageOf(thrown);
      const { server } = asked.question.requester;
      this.#parts.warn('approvals cannot be used; nothing is approved', { server, reason });
      return notApproved(`Nothing can be approved: ${reason}`);
    }
  }

  /** Takes one signature, from the admin interface or a session. Rejects when the store fails. */
  async submit(token: string): Promise<Submitted> {
    return await this.#take(token, await this.#by());
  }

  /** The open ones, the oldest first. */
  async list(): Promise<readonly Assessment[]> {
    await this.#expire();
    const by = await this.#by();
    const found = await this.#parts.store.listOpen();
    const assessed = await Promise.all(found.map((stored) => assess(stored, by)));
    return assessed.filter((each) => each !== undefined);
  }

  async find(id: string): Promise<Assessment | undefined> {
    await this.#expire();
    const stored = await this.#parts.store.find(id);
    return stored === undefined ? undefined : await assess(stored, await this.#by());
  }

  /** Opens a request for a whole restore, or finds the same one; else says why not. */
  async openBatch(batch: NewBatch): Promise<Assessment | { readonly note: string }> {
    await this.#expire();
    const { runMs } = this.#parts;
    const { id: store } = await this.#parts.store.identity();
    const { server, requester } = batch;
    return await this.#opening.open(
      { ...this.#opening.terms(store), kind: 'batch', runMs, ...batch },
      {
        fingerprint: batchFingerprint(server.name, requester.user),
        situation: digestOf(batch),
      },
    );
  }

  /** Keys what stands for secrets in what people sign for. */
  async identity(): Promise<StoreIdentity> {
    return await this.#parts.store.identity();
  }

  async close(): Promise<void> {
    await this.#parts.store.close();
  }

  async #by(identity?: StoreIdentity): Promise<AssessedBy> {
    const { id: storeId } = identity ?? (await this.#parts.store.identity());
    const approvers = await loadApprovers(this.#parts.approversPath);
    return { approvers, nowMs: this.#parts.clock.now(), storeId, kept: this.#kept };
  }

  async #resolve(asked: Asked, recordId: string): Promise<Standing> {
    const identity = await this.#parts.store.identity();
    await this.#expire();
    const by = await this.#by(identity);
    const troubles = await this.#takeTokens(asked.question.tokens ?? [], by);
    const batch = await this.#batches.use({ asked, recordId, by, identity });
    if (batch.use !== undefined) return batch.use;
    if (batch.waiting !== undefined) {
      return waitsFor(batch.waiting, [...troubles, ...batch.hints]);
    }
    const requested = requestOf(asked, identity);
    if (requested.kind === 'unapprovable') {
      const why = `It cannot be approved: ${requested.reason}.`;
      return notApproved([...batch.hints.slice(0, 1), why].join(' '));
    }
    const wanted = { ...requested, asked, recordId };
    const { use, waiting, hints } = await this.#lookThrough(wanted, by);
    if (use !== undefined) return use;
    const request = waiting ?? (await this.#open(wanted, identity.id));
    if ('note' in request) return notApproved(request.note);
    const told = [...troubles, ...batch.hints, ...hints];
    return waitsFor(request, told.length > 0 ? told : await this.#differences(wanted.what, by));
  }

  /** Why what was approved for somebody else, or with another literal, is not for this statement. */
  async #differences(what: RequestedStatement, by: AssessedBy): Promise<readonly string[]> {
    for (const stored of await this.#parts.store.listOpen()) {
      const request = this.#kept.read(stored.body)?.request;
      if (request === undefined || request.kind === 'batch') continue;
      const difference = differenceFrom(request, what);
      if (difference === undefined) continue;
      if ((await assess(stored, by))?.phase === 'approved') return [difference];
    }
    return [];
  }

  async #lookThrough(wanted: Wanted, by: AssessedBy): Promise<Found> {
    const { what, situation } = wanted;
    const hints: string[] = [];
    let waiting: Assessment | undefined;
    for (const stored of await this.#parts.store.recent(fingerprintOf(what))) {
      const assessed = await assess(stored, { ...by, needs: situation.rules });
      if (assessed === undefined) continue;
      const against = worsened(assessed.request, situation);
      const holds = against.length === 0;
      const use =
        holds && assessed.phase === 'approved' ? await this.#use(assessed, wanted) : undefined;
      if (use !== undefined) return { use, hints };
      if (holds && assessed.phase === 'gathering') waiting ??= assessed;
      else hints.push(...hintOf(assessed, against, by.nowMs));
    }
    return { hints, ...(waiting === undefined ? {} : { waiting }) };
  }

  /** Undefined when somebody else was faster, and the next request is looked at. */
  async #use(
    { stored, request, signatures, sealedBy }: Assessment,
    { asked, recordId }: Wanted,
  ): Promise<Standing | undefined> {
    const by = signatures.map(({ person }) => person);
    const sealed = sealedBy === undefined ? {} : ({ isSealed: true } as const);
    const approval: DecisionApproval = { request: request.id, by, ...sealed };
    // Preparing runs nothing: the use is taken by what executes it.
    if (asked.question.command === 'COM_STMT_PREPARE') {
      return { kind: 'approved', approval, signed: request };
    }
    const usedMs = this.#parts.clock.now();
    const taken = await this.#parts.store.consume(stored.id, { recordId, usedMs });
    if (taken.kind !== 'consumed') {
      this.#happenings.count('replayed');
      return undefined;
    }
    const tokens = signatures.map(({ tokenId }) => tokenId);
    if (sealedBy !== undefined) this.#happenings.glassBroken(request, sealedBy.person, recordId);
    await this.#happenings.tell({ event: 'used', request, record: recordId, tokens, ...sealed });
    return { kind: 'approved', approval: { ...approval, isUsed: true }, signed: request };
  }

  async #open(wanted: Wanted, store: string): Promise<Assessment | { readonly note: string }> {
    const { what, situation } = wanted;
    const request = await this.#newRequest(wanted, store);
    return await this.#opening.open(request, {
      fingerprint: fingerprintOf(what),
      situation: digestOf({ what, situation }),
    });
  }

  async #newRequest(wanted: Wanted, store: string): Promise<ApprovalRequest> {
    const { what, situation, asked } = wanted;
    const sizes = await this.#estimates(asked);
    const { breakGlassMs } = this.#parts;
    const terms = { ...this.#opening.terms(store), uses: 1, breakGlassMs };
    return { ...terms, ...what, ...situation, sizes };
  }

  async #estimates({ question, facts }: Asked): Promise<readonly ObjectEstimate[]> {
    const objects = [...new Set(facts.effects.flatMap((effect) => effect.objects))];
    if (objects.length > SIZED_OBJECTS) return [];
    const sizes = await this.#parts.sizes(question.requester.server, objects);
    return objects.flatMap((object) => {
      const size = sizes.get(object);
      return size === undefined ? [] : [{ object: objectLabel(object), ...size }];
    });
  }

  /** What is wrong with those that a session presents, in words. */
  async #takeTokens(tokens: readonly string[], by: AssessedBy): Promise<readonly string[]> {
    const troubles: string[] = [];
    for (const token of tokens) {
      const taken = await this.#take(token, by);
      if (taken.kind === 'refused') troubles.push(`A token was refused: ${taken.reason}.`);
    }
    return troubles;
  }

  async #take(token: string, by: AssessedBy): Promise<Submitted> {
    const { store, clock } = this.#parts;
    const taken = await submit(token, { ...by, store, nowMs: clock.now() });
    if (taken.kind === 'refused') {
      this.#happenings.count(taken.isReplay ? 'replayed' : 'invalid');
      const { request, reason } = taken;
      if (request !== undefined) await this.#happenings.tell({ event: 'refused', request, reason });
    } else if (taken.isNew) {
      const event = taken.decision === 'approve' ? 'approved' : 'denied';
      const { person, tokenId, assessment, sealedFor } = taken;
      const { request } = assessment;
      const sealed =
        sealedFor === undefined ? {} : ({ isSealed: true, reason: sealedFor } as const);
      await this.#happenings.tell({ event, request, person, tokens: [tokenId], ...sealed });
    }
    return taken;
  }

  async #expire(): Promise<void> {
    for (const id of await this.#parts.store.expire(this.#parts.clock.now())) {
      await this.#happenings.tell({ event: 'expired', request: { id } });
    }
  }
}

function waitsFor({ request, quorum }: Assessment, hints: readonly string[]): Standing {
  const note = [missingWords(quorum.missing), ...hints.slice(0, 1)].join(' ');
  return { kind: 'not-approved', approval: { request: request.id, note: cut(note) } };
}

function notApproved(note: string): Standing {
  return { kind: 'not-approved', approval: { note: cut(note) } };
}

function cut(note: string): string {
  return cutToBytes(plainWords(note), NOTE_BYTES);
}
