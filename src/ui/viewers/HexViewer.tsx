import { type MouseEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { useAddress, useStores } from '../../store/hooks';
import type { Position } from '../../store/position';
import { isPlainClick } from '../shared/AddressLink';
import { GoTo } from './GoTo';
import styles from './HexViewer.module.css';
import {
  clickedBytes,
  formatByte,
  formatCharacter,
  formatOffset,
  type HexRow,
  hexRowAt,
  markedBytes,
  parseOffset,
} from './hex-rows';
import { numbersBetween, useRowsInSight, useScrollToRow } from './use-rows-in-sight';
import type { ViewerProps } from './viewer';

/** Pixels; `--row` in tokens.css. */
const ROW_HEIGHT = 26;
/** Pixels that 16 bytes a row need. */
const WIDE = 640;

export default function HexViewer({ part }: ViewerProps) {
  const { addressStore } = useStores();
  const position = useAddress(({ address }) => address.position);
  const content = useRef<HTMLDivElement>(null);
  const marker = useRef<HTMLDivElement>(null);
  const rowLength = useIsWide(content) ? 16 : 8;
  const rowCount = Math.ceil(part.bytes.length / rowLength);
  const { first, end } = useRowsInSight(content, rowCount, ROW_HEIGHT);
  const marked = position?.kind === 'bytes' ? position.span.first - part.fileOffset : undefined;
  const markedRow = marked === undefined ? undefined : Math.floor(marked / rowLength);
  useScrollToRow(marker, markedRow);

  const goTo = (to: Position) => {
    const { address, rewrite } = addressStore.getState();
    rewrite({ ...address, position: to });
  };
  const onGo = (text: string) => {
    const fileOffset = parseOffset(text);
    if (fileOffset === undefined || fileOffset >= part.fileSize) return false;
    goTo(clickedBytes(undefined, fileOffset, false));
    return true;
  };
  const onClick = (event: MouseEvent) => {
    const { offset } = event.target instanceof HTMLElement ? event.target.dataset : {};
    if (offset === undefined || !(isPlainClick(event) || event.shiftKey)) return;
    event.preventDefault();
    goTo(clickedBytes(position, Number(offset), event.shiftKey));
  };

  return (
    <>
      <GoTo label="Offset" hint="0x1f40 or 8000" onGo={onGo} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by keyboard */}
      <section className={styles.scroller} aria-label="Hex" tabIndex={0}>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above does the same with keys */}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: it watches the links inside of it */}
        <div
          ref={content}
          className={styles.content}
          style={{ height: rowCount * ROW_HEIGHT }}
          onClick={onClick}
        >
          <div ref={marker} className={styles.marker} style={{ top: (markedRow ?? 0) * ROW_HEIGHT }} />
          <div className={styles.rows} style={{ top: first * ROW_HEIGHT }}>
            {numbersBetween(first, end).map((index) => (
              <Row
                key={index}
                row={hexRowAt(part, rowLength, index)}
                rowLength={rowLength}
                position={position}
              />
            ))}
          </div>
        </div>
      </section>
    </>
  );
}

interface RowProps {
  readonly row: HexRow;
  readonly rowLength: number;
  readonly position: Position | undefined;
}

function Row({ row, rowLength, position }: RowProps) {
  const href = useAddress(({ address, hrefOf }) =>
    hrefOf({ ...address, position: clickedBytes(undefined, row.fileOffset, false) }),
  );
  const { from, to } = markedBytes(position, row) ?? { from: 0, to: 0 };
  const hex = (start: number, end: number) => spaced(row.bytes, start, end);
  const text = (start: number, end: number) =>
    Array.from(row.bytes.subarray(start, end), formatCharacter).join('');
  return (
    <div className={styles.row}>
      <a className={styles.offset} href={href} data-offset={row.fileOffset} tabIndex={-1}>
        {formatOffset(row.fileOffset)}
      </a>
      <code style={{ width: `${rowLength * 3 + (rowLength > 8 ? 1 : 0)}ch` }}>
        {hex(0, from)}
        {to > from && <mark className={styles.marked}>{hex(from, to)}</mark>}
        {hex(to, row.bytes.length)}
      </code>
      <code className={styles.text}>
        {text(0, from)}
        {to > from && <mark className={styles.marked}>{text(from, to)}</mark>}
        {text(to, row.bytes.length)}
      </code>
    </div>
  );
}

/** Bytes of a row with a blank after each, and one more in the middle of sixteen. */
function spaced(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += `${formatByte(bytes[at] ?? 0)} ${at === 7 ? ' ' : ''}`;
  return text;
}

/** Follows the width that the dump really has, not the window's. */
function useIsWide(content: RefObject<HTMLElement | null>): boolean {
  const [isWide, setWide] = useState(true);
  useLayoutEffect(() => {
    const element = content.current;
    if (!element) return;
    const measure = () => setWide((element.parentElement?.clientWidth ?? 0) >= WIDE);
    measure();
    const observer = new ResizeObserver(measure);
    if (element.parentElement) observer.observe(element.parentElement);
    return () => observer.disconnect();
  }, [content]);
  return isWide;
}
