// ALTER EVENT without a body: the one that the server keeps is to run after all, at other times, or
// in another schema. What it does is catalog/'s to find; with a body it is read like CREATE EVENT.
import { advance, type Lexer, TOKEN } from '../lexer.js';
import { wordAt } from '../words.js';
import {
  emit,
  isOver,
  markOf,
  returnTo,
  skipIfExists,
  took,
  tookAny,
  tookQualifiedName,
  type Walk,
} from './walk.js';

/** At EVENT, after ALTER. False where it has a body: then the lexer is still there. */
export function readAlterEvent(walk: Walk): boolean {
  const { lexer } = walk;
  const mark = markOf(lexer);
  advance(lexer);
  skipIfExists(lexer);
  const event = tookQualifiedName(walk);
  const change = changeOf(walk);
  if (change.hasBody) {
    returnTo(lexer, mark);
    return false;
  }
  const { renamedTo } = change;
  // In another schema its bare names mean other tables; another name alone changes nothing.
  const moves = renamedTo !== undefined && renamedTo.schema !== event?.schema;
  if (event === undefined || !(change.revives || moves)) return true;
  const { deferred } = walk;
  walk.deferred = true;
  emit(walk, {
    effect: 'run-opaque',
    verb: 'ALTER EVENT',
    objects: renamedTo === undefined ? [event] : [event, renamedTo],
    reason: 'what the event does is not in this text',
  });
  walk.deferred = deferred;
  return true;
}

interface Change {
  hasBody: boolean;
  /** After it, the kept body may run where it would not have. */
  revives: boolean;
  renamedTo: ReturnType<typeof tookQualifiedName>;
}

const REVIVES: ReadonlySet<string> = new Set(['enable', 'schedule']);

/** DISABLE, COMMENT and ON COMPLETION alone make nothing run. */
function changeOf(walk: Walk): Change {
  const { lexer } = walk;
  const change: Change = { hasBody: false, revives: false, renamedTo: undefined };
  while (!isOver(lexer) && !isBody(lexer)) {
    if (tookAny(lexer, REVIVES) !== undefined) change.revives = true;
    else if (took(lexer, 'rename')) {
      took(lexer, 'to');
      change.renamedTo = tookQualifiedName(walk);
    } else advance(lexer);
  }
  change.hasBody = isBody(lexer);
  return change;
}

function isBody(lexer: Lexer): boolean {
  return lexer.kind === TOKEN.word && wordAt(lexer) === 'do';
}
