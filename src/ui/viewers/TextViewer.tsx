import { type MouseEvent, useMemo, useRef } from 'react';
import { groupDigits } from '../../nix/format';
import { useAddress, useStores } from '../../store/hooks';
import type { Position } from '../../store/position';
import { isPlainClick } from '../shared/AddressLink';
import { classes } from '../shared/classes';
import { GoTo } from './GoTo';
import styles from './TextViewer.module.css';
import { clickedLines, isLineIn, linePieces, splitLines } from './text-lines';
import { numbersBetween, useRowsInSight, useScrollToRow } from './use-rows-in-sight';
import type { ViewerProps } from './viewer';

/** Pixels; `.line` in the style sheet. */
const LINE_HEIGHT = 20;
/** Up to so many lines all of them exist, and the browser's own find sees them. */
const ALL_LINES = 2000;
/** Characters of a line that are shown. */
const LINE_LIMIT = 10_000;

export default function TextViewer({ part }: ViewerProps) {
  const { addressStore } = useStores();
  const position = useAddress(({ address }) => address.position);
  const lines = useMemo(() => splitLines(part.text ?? ''), [part]);
  const content = useRef<HTMLDivElement>(null);
  const marker = useRef<HTMLDivElement>(null);
  const inSight = useRowsInSight(content, lines.length, LINE_HEIGHT);
  const { first, end } = lines.length <= ALL_LINES ? { first: 0, end: lines.length } : inSight;
  const marked = position?.kind === 'lines' ? position.ranges[0]?.first : undefined;
  const wanted = marked === undefined ? undefined : Math.min(marked, lines.length);
  useScrollToRow(marker, wanted);

  const goTo = (to: Position) => {
    const { address, rewrite } = addressStore.getState();
    rewrite({ ...address, position: to });
  };
  const onGo = (text: string) => {
    const line = Number(text);
    if (!Number.isInteger(line) || line < 1 || line > lines.length) return false;
    goTo(clickedLines(undefined, line, false));
    return true;
  };
  const onClick = (event: MouseEvent) => {
    const line = event.target instanceof HTMLElement ? Number(event.target.dataset.line) : 0;
    if (!line || !(isPlainClick(event) || event.shiftKey)) return;
    event.preventDefault();
    goTo(clickedLines(position, line, event.shiftKey));
  };

  return (
    <>
      <GoTo label="Line" hint={`1 to ${groupDigits(lines.length)}`} onGo={onGo} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by keyboard */}
      <section className={styles.scroller} aria-label="Text" tabIndex={0}>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above does the same with keys */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: it watches the links inside of it */}
        <div
          ref={content}
          className={styles.content}
          style={{ height: lines.length * LINE_HEIGHT }}
          onClick={onClick}
        >
          <div ref={marker} className={styles.marker} style={{ top: ((wanted ?? 1) - 1) * LINE_HEIGHT }} />
          <div
            className={styles.lines}
            style={{ top: first * LINE_HEIGHT, '--digits': String(lines.length).length }}
          >
            {numbersBetween(first, end).map((index) => (
              <Line
                key={index}
                line={lines[index] ?? ''}
                number={index + 1}
                isMarked={isLineIn(position, index + 1)}
              />
            ))}
          </div>
        </div>
      </section>
      {marked !== undefined && marked > lines.length && (
        <p className={styles.past}>
          Line {groupDigits(marked)} of the address is not among the {groupDigits(lines.length)} that are
          shown.
        </p>
      )}
    </>
  );
}

interface LineProps {
  readonly line: string;
  readonly number: number;
  readonly isMarked: boolean;
}

function Line({ line, number, isMarked }: LineProps) {
  const href = useAddress(({ address, hrefOf }) =>
    hrefOf({ ...address, position: clickedLines(undefined, number, false) }),
  );
  const hidden = line.length - LINE_LIMIT;
  return (
    <div className={classes(styles.line, isMarked && styles.marked)}>
      <a className={styles.number} href={href} data-line={number} tabIndex={-1}>
        {number}
      </a>
      <code className={styles.code}>
        {linePieces(line.slice(0, LINE_LIMIT)).map(({ text, start, isEscape }) =>
          isEscape ? (
            <span key={start} className={styles.escape}>
              {text}
            </span>
          ) : (
            text
          ),
        )}
        {hidden > 0 && <span className={styles.escape}> … {groupDigits(hidden)} more characters</span>}
      </code>
    </div>
  );
}
