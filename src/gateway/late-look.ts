// A store of approvals may take its time: a cluster that has lost a member answers nobody for seconds.
// What people signed for must hold when the statement leaves, not when it came; so after a slow use
// the links are looked at once more. Never makes an approval of what is none.
import type { Approvals } from '../approval/approvals.js';
import { NOTE_BYTES } from '../approval/notes.js';
import { type Asked, worsened } from '../approval/request.js';
import type { Standing } from '../approval/standing.js';
import type { Clock } from '../clock.js';
import { cutToBytes, plainWords } from '../policy/message-parts.js';
import { reachOf } from '../topology/cascade.js';
import { pictureFrom } from '../topology/leg.js';
import type { Picture } from '../topology/snapshot.js';

/**
 * What is older when the use has been taken is no picture of the links. Many that wait for one store
 * take some seconds, and a look that fails costs them their approval.
 */
export const LATE_MS = 5000;

type Approving = Pick<Approvals, 'resolve'>;
type Approved = Extract<Standing, { kind: 'approved' }>;

export interface LateLookParts {
  readonly topology: { anew(sinceMs: number): Promise<Picture | undefined> };
  readonly clock: Pick<Clock, 'monotonic'>;
}

export function lookingAgain(approvals: Approving, parts: LateLookParts): Approving {
  return {
    resolve: async (asked, recordId) => {
      const standing = await approvals.resolve(asked, recordId);
      const nowMs = parts.clock.monotonic();
      const seenMs = asked.facts.picture?.askedAtMonotonicMs ?? Number.NEGATIVE_INFINITY;
      if (standing.kind !== 'approved' || nowMs - seenMs <= LATE_MS) return standing;
      const worse = worseWords(asked, standing, await parts.topology.anew(nowMs));
      return worse === undefined ? standing : refused(standing, worse);
    },
  };
}

function worseWords(
  { question }: Asked,
  { signed }: Approved,
  picture: Picture | undefined,
): string | undefined {
  if (picture === undefined) return 'the links could not be looked at again';
  const { server } = question.requester;
  const reach = reachOf(pictureFrom(picture, server, question.leg), server);
  return worsened(signed, { rules: [], revision: '', reach })[0];
}

function refused({ approval }: Approved, worse: string): Standing {
  const used = approval.isUsed === true ? `The approval ${approval.request} is used up: ` : '';
  const note = `${used}its store was slow, and meanwhile ${worse}.`;
  return { kind: 'not-approved', approval: { note: cutToBytes(plainWords(note), NOTE_BYTES) } };
}
