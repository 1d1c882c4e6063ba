import { type FormEvent, type KeyboardEvent, type RefObject, useEffect, useState } from 'react';
import { useAddress, useInput, useStores } from '../../store/hooks';
import { fileOf } from '../../store/input-store';
import { useInputEvent } from '../shared/use-input-event';
import { addressText } from './address-text';
import styles from './Header.module.css';

interface Props {
  readonly input: RefObject<HTMLInputElement | null>;
}

/** The one input: Enter opens what it holds. Otherwise it shows what is open. */
export function InputForm({ input }: Props) {
  const { inputStore, archiveStore } = useStores();
  const place = useAddress(({ address }) => address.place);
  const fileName = useInput(({ files }) => fileOf(place, files)?.name);
  const { faint, clear } = addressText(place, fileName);
  const shown = faint + clear;
  const isChanged = useInputText(input, shown);

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const text = input.current?.value ?? '';
    const { state, retry } = archiveStore.getState();
    // What is shown of an address that cannot be read is its path: that may be a text to open.
    if (text !== shown || place.kind === 'unknown') inputStore.getState().openText(text);
    else if (state.status === 'failed') void retry();
    if (text !== '') input.current?.blur();
  };
  /** Escape takes back what was typed, and gives the keys back to the page. */
  const onKeyDown = ({ key, currentTarget }: KeyboardEvent<HTMLInputElement>) => {
    if (key !== 'Escape') return;
    currentTarget.value = shown;
    currentTarget.dispatchEvent(new Event('input'));
    currentTarget.blur();
  };
  const onBlur = () => {
    if (input.current?.value.trim() === '') input.current.value = shown;
  };

  return (
    <form className={styles.form} onSubmit={onSubmit}>
      <input
        ref={input}
        className={styles.input}
        aria-label="Store path, URL or file"
        placeholder="/nix/store/…, a hash, a narinfo or NAR URL"
        // biome-ignore lint/a11y/noAutofocus: the landing page is empty but for it, and a visit begins with it
        autoFocus={place.kind === 'landing'}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        enterKeyHint="go"
        onFocus={({ target }) => target.select()}
        onBlur={onBlur}
        onKeyDown={onKeyDown}
      />
      {!isChanged && (
        <div className={styles.tones} aria-hidden="true">
          <span className={styles.faint}>{faint}</span>
          {clear}
        </div>
      )}
    </form>
  );
}

/** Puts a text into the input whenever the text changes; answers whether the input holds something else. */
function useInputText(input: RefObject<HTMLInputElement | null>, text: string): boolean {
  const [isChanged, setChanged] = useState(false);
  useEffect(() => {
    if (input.current) input.current.value = text;
    setChanged(false);
  }, [input, text]);
  useInputEvent(input, (value) => setChanged(value !== text));
  return isChanged;
}
