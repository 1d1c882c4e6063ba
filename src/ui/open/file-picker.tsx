import { createContext, type ReactNode, type RefObject, useContext, useRef } from 'react';
import { useStores } from '../../store/hooks';
import hidden from '../shared/visually-hidden.module.css';

const PickerContext = createContext<RefObject<HTMLInputElement | null> | undefined>(undefined);

/** Lets everything below open the page's one file input. */
export function FilePickerProvider({ children }: { readonly children: ReactNode }) {
  const input = useRef<HTMLInputElement>(null);
  return <PickerContext value={input}>{children}</PickerContext>;
}

function useInputRef(): RefObject<HTMLInputElement | null> {
  const input = useContext(PickerContext);
  if (!input) throw new Error('no FilePickerProvider above this component');
  return input;
}

/** Opens the browser's dialog to pick a file. */
export function useFilePicker(): () => void {
  const input = useInputRef();
  return () => input.current?.click();
}

/** The input itself; to be rendered once. */
export function FileInput() {
  const { inputStore } = useStores();
  const input = useInputRef();
  const onPick = () => {
    const file = input.current?.files?.[0];
    if (file) inputStore.getState().openFile(file);
    // The same file picked again is opened again: it may have changed.
    if (input.current) input.current.value = '';
  };
  return (
    <input
      ref={input}
      type="file"
      aria-label="Open a local file"
      // The buttons that open it are what the keyboard reaches.
      tabIndex={-1}
      className={hidden.hidden}
      onChange={onPick}
    />
  );
}
