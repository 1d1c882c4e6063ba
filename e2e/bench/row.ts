import type { Means } from './means';
import type { Summary } from './measure';

export type Unit = '×' | 'ms' | 's' | 'MB' | 'KB' | 'bytes' | 'points' | 'rows';

/** What a row has to reach. */
export interface Target {
  readonly at: 'least' | 'most';
  readonly value: number;
  readonly unit: Unit;
  /** More that the number alone does not say. */
  readonly note?: string;
}

/** One row of the table. */
export interface Row {
  /** What is measured. */
  readonly measure: string;
  /** The command that does the same; undefined where nothing does. */
  readonly against?: string;
  readonly target: Target;
  /** Why it is missed, where it is. */
  readonly missedBecause: string;
}

/** A measured line of one side, such as a native tool's own time. */
export interface Line extends Summary {
  readonly what: string;
  readonly unit: Unit;
  /** Decoded bytes that it went through, where that tells more. */
  readonly bytes?: number;
}

export type Outcome =
  | {
      readonly status: 'measured';
      /** In the unit of the target. */
      readonly value: Summary;
      readonly ours?: Line;
      readonly native?: Line;
      /** A sentence to the number. */
      readonly note?: string;
    }
  | { readonly status: 'not measured'; readonly why: string };

/** Rows that are measured together. */
export interface Group {
  readonly rows: Readonly<Record<string, Row>>;
  /** Answers an outcome for each of its rows, by the same key. */
  readonly measure: (means: Means) => Promise<Readonly<Record<string, Outcome>>>;
}

/** A group whose outcomes are held against its rows by the compiler. */
export function group<Key extends string>(
  rows: Readonly<Record<Key, Row>>,
  measure: (means: Means) => Promise<Readonly<Record<Key, Outcome>>>,
): Group {
  return { rows, measure };
}

/** A row with its outcome. */
export interface Result {
  readonly row: Row;
  readonly outcome: Outcome;
}

export function isReached({ row: { target }, outcome }: Result): boolean {
  if (outcome.status !== 'measured') return false;
  const { median } = outcome.value;
  return target.at === 'least' ? median >= target.value : median <= target.value;
}

export const atLeast = (value: number, unit: Unit, note?: string): Target => ({
  at: 'least',
  value,
  unit,
  ...(note === undefined ? {} : { note }),
});
export const atMost = (value: number, unit: Unit, note?: string): Target => ({
  at: 'most',
  value,
  unit,
  ...(note === undefined ? {} : { note }),
});
