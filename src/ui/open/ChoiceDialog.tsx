import type { Recognised } from '../../archive/input';
import { displayBytes, displayText } from '../../nix/text';
import { useInput, useStores } from '../../store/hooks';
import buttons from '../shared/buttons.module.css';
import { Dialog } from '../shared/Dialog';
import styles from './ChoiceDialog.module.css';

/** A pasted text named several things: one is to be chosen. */
export function ChoiceDialog() {
  const { inputStore } = useStores();
  const state = useInput((input) => input.state);
  if (state.status !== 'choosing') return null;
  const { choose, dismiss } = inputStore.getState();
  return (
    <Dialog
      title={`${state.options.length} paths in that text: which one?`}
      onClose={dismiss}
      actions={
        <button type="button" className={buttons.button} onClick={dismiss}>
          Cancel
        </button>
      }
    >
      <ul>
        {state.options.map((option) => (
          <li key={textOf(option)}>
            <button type="button" className={styles.option} onClick={() => choose(option)}>
              {textOf(option)}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function textOf(option: Recognised): string {
  if (option.kind === 'nar-url') return displayText(option.url);
  const { hashPart, name, narPath, cacheUrl } = option;
  const inside = narPath.length > 0 ? `/${displayBytes(narPath)}` : '';
  const from = cacheUrl === undefined ? '' : ` from ${displayText(cacheUrl)}`;
  return `${name === undefined ? hashPart : `/nix/store/${hashPart}-${name}`}${inside}${from}`;
}
