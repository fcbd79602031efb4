// A YAML text as a tree of nodes that know where they stand. The library reads, this file only
// arranges what it found; what the values are and how many are too many is yaml-source.ts's.
import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from 'js-yaml';

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly start: number;
  readonly text: string;
  /** Written without quotes, so that it may be a number, true or nothing at all. */
  readonly isPlain: boolean;
}

export interface SequenceNode {
  readonly kind: 'sequence';
  readonly start: number;
  readonly items: YamlNode[];
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly start: number;
  readonly pairs: { readonly key: YamlNode; readonly value: YamlNode }[];
}

export interface AliasNode {
  readonly kind: 'alias';
  readonly start: number;
  readonly name: string;
  /** The anchor of this name that stands before it. */
  readonly target: YamlNode | undefined;
}

export type YamlNode = ScalarNode | SequenceNode | MappingNode | AliasNode;

/** What must not be in one of our files, though it may be YAML. */
export class YamlTrouble extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** The one document of a text; undefined where there is nothing but comments. Throws. */
export function readTree(text: string, depthMax: number): YamlNode | undefined {
  const events = parseEvents(text, { maxDepth: depthMax });
  return new TreeBuilder(text, events).document();
}

class TreeBuilder {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, YamlNode>();
  #at = 0;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  document(): YamlNode | undefined {
    if (this.#next()?.type !== EVENT_ID.DOCUMENT) return undefined;
    const root = this.#node(0);
    // Past the end of the document, and past a second one's beginning, is what must not be there.
    this.#at += 1;
    if (this.#next() !== undefined) {
      const second = this.#node(root?.start ?? 0);
      const offset = second?.start ?? root?.start ?? 0;
      throw new YamlTrouble('there is a second document: one file is one', offset);
    }
    return root;
  }

  #next(): Event | undefined {
    const event = this.#events[this.#at];
    this.#at += 1;
    return event;
  }

  /** The node that begins here; undefined at the end of what holds it. */
  #node(before: number): YamlNode | undefined {
    const event = this.#next();
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#kept(event, this.#scalar(event, before));
      case EVENT_ID.SEQUENCE: {
        this.#refuseTag(event);
        const node: SequenceNode = { kind: 'sequence', start: event.start, items: [] };
        this.#kept(event, node);
        this.#fillSequence(node);
        return node;
      }
      case EVENT_ID.MAPPING: {
        this.#refuseTag(event);
        const node: MappingNode = { kind: 'mapping', start: event.start, pairs: [] };
        this.#kept(event, node);
        this.#fillMapping(node);
        return node;
      }
      case EVENT_ID.ALIAS: {
        const name = this.#text.slice(event.anchorStart, event.anchorEnd);
        const start = event.anchorStart - 1;
        return { kind: 'alias', start, name, target: this.#anchors.get(name) };
      }
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
      case undefined:
        return undefined;
      default:
        return event satisfies undefined;
    }
  }

  #fillSequence(node: SequenceNode): void {
    for (;;) {
      const item = this.#node(node.items.at(-1)?.start ?? node.start);
      if (item === undefined) return;
      node.items.push(item);
    }
  }

  #fillMapping(node: MappingNode): void {
    for (;;) {
      const key = this.#node(node.start);
      if (key === undefined) return;
      const value = this.#node(key.start);
      if (value === undefined) return;
      node.pairs.push({ key, value });
    }
  }

  /** Where nothing is written (`key:`), its place is that of what comes before. */
  #scalar(event: Event & { type: typeof EVENT_ID.SCALAR }, before: number): ScalarNode {
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    if (event.tagStart >= 0 && tag !== '!!str') this.#refuseTag(event);
    const isQuoted =
      event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    return {
      kind: 'scalar',
      start: event.valueStart < 0 ? before : event.valueStart - Number(isQuoted),
      text: getScalarValue(this.#text, event),
      isPlain: event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0,
    };
  }

  #kept<Node extends YamlNode>(
    event: { readonly anchorStart: number; readonly anchorEnd: number },
    node: Node,
  ): Node {
    if (event.anchorStart >= 0) {
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
    }
    return node;
  }

  #refuseTag(event: { readonly tagStart: number; readonly tagEnd: number }): void {
    if (event.tagStart < 0) return;
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    throw new YamlTrouble(`the tag ${tag} is not read here`, event.tagStart);
  }
}
