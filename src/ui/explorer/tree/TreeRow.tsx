import { memo } from 'react';
import { formatIec, groupDigits } from '../../../nix/format';
import { type NarListing, type NarNode, nodeAt } from '../../../nix/nar/listing';
import { followSymlink } from '../../../nix/nar/symlinks';
import type { StorePath } from '../../../nix/store-path';
import { displayBytes } from '../../../nix/text';
import type { Address } from '../../../store/address';
import { AddressLink } from '../../shared/AddressLink';
import { classes } from '../../shared/classes';
import { addressOfFollowed } from '../use-navigation';
import styles from './Tree.module.css';
import { setPositionOf } from './tree-rows';

/** Pixels. Directories deeper than 24 levels stand below each other: the row's `aria-level` still tells them apart. */
const EDGE = 12;
const INDENT = 18;

interface Props {
  readonly listing: NarListing;
  readonly row: number;
  /** Pixels from the top of the scroll space. */
  readonly top: number;
  readonly isExpanded: boolean;
  readonly isSelected: boolean;
  /** The one row that Tab reaches. */
  readonly isCurrent: boolean;
  /** Where the tree is shown: links are made from it. */
  readonly address: Address;
  readonly storePath: StorePath | undefined;
  /** What an archive that is one file is called. */
  readonly rootName: string;
}

export const TreeRow = memo(function TreeRow(props: Props) {
  const { listing, row, isExpanded, isSelected, isCurrent } = props;
  const node = nodeAt(listing, row);
  if (!node) return null;
  const isDirectory = node.kind === 'directory';
  const name = row === 0 ? props.rootName : displayBytes(node.name);
  const depth = listing.depth[row] ?? 1;
  const { position, count } = setPositionOf(listing, row);
  return (
    <div
      role="treeitem"
      data-row={row}
      tabIndex={isCurrent ? 0 : -1}
      className={classes(styles.row, isSelected && styles.selected)}
      style={{ top: props.top, paddingInlineStart: EDGE + Math.min(Math.max(0, depth - 1), 24) * INDENT }}
      aria-description={descriptionOf(node)}
      aria-level={Math.max(1, depth)}
      aria-posinset={position}
      aria-setsize={count}
      aria-expanded={isDirectory ? isExpanded : undefined}
      aria-selected={isSelected}
      title={name}
    >
      <span className={classes(styles.twisty, isDirectory && (isExpanded ? styles.open : styles.shut))} />
      <bdi className={classes(styles.name, isDirectory && styles.directory)}>{name}</bdi>
      {/* Said by the description: the item is called what the entry is called, and nothing else. */}
      <span className={styles.facts} aria-hidden="true">
        {node.kind === 'regular' && node.executable && <span className={styles.executable}>*</span>}
        {node.kind === 'symlink' && <Target {...props} target={node.target} />}
        <Sizes node={node} />
      </span>
    </div>
  );
});

function descriptionOf(node: NarNode): string {
  switch (node.kind) {
    case 'symlink':
      return `symlink to ${displayBytes(node.target)}`;
    case 'directory':
      return `${groupDigits(node.size)} bytes below`;
    case 'regular':
      return `${node.executable ? 'executable, ' : ''}${groupDigits(node.size)} bytes`;
  }
}

function Target({ listing, row, address, storePath, target }: Props & { readonly target: Uint8Array }) {
  const to = addressOfFollowed(address, listing, followSymlink(listing, row, storePath));
  const text = <bdi>{displayBytes(target)}</bdi>;
  return (
    <span className={styles.target}>
      <span className={styles.arrow}>→ </span>
      {to ? (
        <AddressLink to={to} tabIndex={-1}>
          {text}
        </AddressLink>
      ) : (
        text
      )}
    </span>
  );
}

function Sizes({ node }: { readonly node: NarNode }) {
  if (node.kind === 'symlink') return <span className={styles.size}>link</span>;
  return (
    <>
      <span className={styles.iec}>{node.size < 1024 ? '' : formatIec(node.size)}</span>
      <span className={styles.size}>{groupDigits(node.size)}</span>
    </>
  );
}
