import { type MouseEvent, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { type NarListing, NodeCode } from '../../../nix/nar/listing';
import { useAddress, useSelectedRow, useStores, useTree } from '../../../store/hooks';
import { visibleRows } from '../../../store/tree-store';
import type { Identity } from '../identity';
import { useNavigation } from '../use-navigation';
import styles from './Tree.module.css';
import { TreeRow } from './TreeRow';
import { indexOfRow, shownIndex } from './tree-rows';
import { ROW_HEIGHT, useScrolledRows } from './use-scrolled-rows';
import { useTreeKeys } from './use-tree-keys';

interface Props {
  readonly listing: NarListing;
  readonly identity: Identity;
  /** A row was opened by hand. */
  readonly onOpen: (row: number) => void;
}

/**
 * The entries as a WAI-ARIA tree. Only rows in sight exist, and the one that the keyboard is on: it keeps the focus when it
 * is scrolled away.
 */
export function Tree({ listing, identity, onOpen }: Props) {
  const { treeStore } = useStores();
  const expanded = useTree((tree) => tree.expanded);
  const focused = useTree((tree) => tree.focused);
  const address = useAddress((state) => state.address);
  const selected = useSelectedRow();
  const select = useNavigation();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => visibleRows(listing, expanded), [listing, expanded]);
  const scrolled = useScrolledRows(scroller, rows.length);
  const index = shownIndex(listing, rows, focused);
  const { show, pageRows } = scrolled;

  const navigation = {
    ...select,
    open: (row: number) => {
      select.open(row);
      onOpen(row);
    },
  };
  /** The row that is to get the focus as soon as it exists. */
  const awaited = useRef<number>(undefined);
  const focusRow = (row: number) => {
    awaited.current = row;
    treeStore.getState().focus(row);
    const at = indexOfRow(rows, row);
    if (at >= 0) show(at);
    // Nothing is rendered anew when the row was the focused one already.
    focusElement(scroller.current, row);
  };
  useLayoutEffect(() => {
    if (awaited.current === undefined || !focusElement(scroller.current, awaited.current)) return;
    awaited.current = undefined;
  });

  useRevealed(selected, listing, rows, show);
  const onKeyDown = useTreeKeys({ listing, rows, index, pageRows, navigation, focusRow });
  const onClick = (event: MouseEvent) => {
    const row = rowOf(event.target);
    if (row === undefined || event.defaultPrevented || isModified(event)) return;
    treeStore.getState().focus(row);
    navigation.open(row);
  };

  return (
    <div
      ref={scroller}
      role="tree"
      aria-label="Files"
      className={styles.tree}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <div role="none" className={styles.space} style={{ height: scrolled.height }}>
        {mountedIndices(scrolled, index).map((at) => {
          const row = rows[at] ?? 0;
          return (
            <TreeRow
              key={row}
              listing={listing}
              row={row}
              top={scrolled.origin + at * ROW_HEIGHT}
              isExpanded={expanded.has(row)}
              isSelected={row === selected}
              isCurrent={at === index}
              address={address}
              storePath={identity.storePath}
              rootName={identity.name}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The rows in sight and the focused one, in order. */
function mountedIndices({ first, end }: { first: number; end: number }, focused: number): number[] {
  const mounted = Array.from({ length: end - first }, (_, i) => first + i);
  if (focused < first) return [focused, ...mounted];
  return focused >= end ? [...mounted, focused] : mounted;
}

/** An entry that the address came to name is brought into sight; a directory that was out of sight stands open, too. */
function useRevealed(
  selected: number | undefined,
  listing: NarListing,
  rows: Uint32Array,
  show: (index: number) => void,
) {
  const { treeStore } = useStores();
  const latest = useRef({ listing, rows });
  latest.current = { listing, rows };
  const awaited = useRef<number>(undefined);

  useEffect(() => {
    if (selected === undefined || selected === 0) return;
    const wasInSight = indexOfRow(latest.current.rows, selected) >= 0;
    treeStore.getState().reveal(latest.current.listing, selected);
    const isDirectory = latest.current.listing.kind[selected] === NodeCode.directory;
    if (isDirectory && !wasInSight) treeStore.getState().expand([selected]);
    awaited.current = selected;
  }, [selected, treeStore]);

  useEffect(() => {
    if (awaited.current === undefined) return;
    const at = indexOfRow(rows, awaited.current);
    if (at < 0) return;
    awaited.current = undefined;
    show(at);
  });
}

function focusElement(scroller: HTMLElement | null, row: number): boolean {
  const element = scroller?.querySelector<HTMLElement>(`[data-row="${row}"]`);
  element?.focus({ preventScroll: true });
  return element !== undefined && element !== null;
}

function rowOf(target: EventTarget): number | undefined {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
  return element ? Number(element.dataset.row) : undefined;
}

function isModified(event: MouseEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
}
