import type { KeyboardEvent } from 'react';
import type { NarListing } from '../../../nix/nar/listing';
import { useSettings, useStores } from '../../../store/hooks';
import type { Navigation } from '../use-navigation';
import { type TreeStep, treeStep } from './tree-keys';
import { findTyped } from './tree-rows';
import { useTypeAhead } from './use-type-ahead';

interface Parts {
  readonly listing: NarListing;
  readonly rows: Uint32Array;
  readonly index: number;
  readonly pageRows: number;
  readonly navigation: Navigation;
  /** Moves the keyboard to a row in sight. */
  focusRow(row: number): void;
}

/** Letters that mean something on the whole page: they begin no type-ahead as long as letter keys are on. */
const PAGE_KEYS = 'yYdi?/';

/** The tree's key handler. What it does not know is left to the page. */
export function useTreeKeys({ listing, rows, index, pageRows, navigation, focusRow }: Parts) {
  const { treeStore } = useStores();
  const letterKeys = useSettings((settings) => settings.letterKeys);
  const typeAhead = useTypeAhead();

  const take = (step: TreeStep) => {
    const tree = treeStore.getState();
    switch (step.to) {
      case 'focus':
        return focusRow(step.row);
      case 'expand':
        return tree.expand(step.rows);
      case 'collapse':
        return tree.collapse([step.row]);
      case 'open':
        return navigation.open(step.row);
      case 'select':
        return navigation.select(step.row);
    }
  };

  return (event: KeyboardEvent) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isCharacter = [...key].length === 1;
    const continuesWord = isCharacter && typeAhead.isTyping();
    const { expanded } = treeStore.getState();
    const view = { listing, rows, expanded, index, pageRows, letterKeys };
    const step = continuesWord ? undefined : treeStep(key, view);
    if (step) {
      event.preventDefault();
      return take(step);
    }
    if (!continuesWord && (!isCharacter || (letterKeys && PAGE_KEYS.includes(key)))) return;
    event.preventDefault();
    const row = findTyped(listing, rows, index, typeAhead.type(key));
    if (row !== undefined) focusRow(row);
  };
}
