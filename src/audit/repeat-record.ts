// What the audit file has of a denial that came again and again. Types only.

/** How often a denial was repeated in its session since the record before; `id` is the decision's. */
export interface RepeatRecord {
  readonly v: 1;
  readonly kind: 'repeat';
  readonly id: string;
  readonly time: string;
  readonly server: string;
  readonly count: number;
  readonly firstTime: string;
  readonly lastTime: string;
}
