import { useInput, useStores } from '../../store/hooks';
import buttons from '../shared/buttons.module.css';
import { Dialog } from '../shared/Dialog';
import { optionText } from './address-text';
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
          <li key={optionText(option)}>
            <button type="button" className={styles.option} onClick={() => choose(option)}>
              {optionText(option)}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
