import { type FormEvent, useId, useRef, useState } from 'react';
import styles from './Preview.module.css';

interface Props {
  readonly label: string;
  readonly hint: string;
  /** False for what cannot be gone to. */
  readonly onGo: (text: string) => boolean;
}

/** A small field that goes to a line or an offset. */
export function GoTo({ label, hint, onGo }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isWrong, setWrong] = useState(false);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setWrong(!onGo(input.current?.value ?? ''));
  };
  return (
    <form className={styles.goTo} onSubmit={onSubmit}>
      <label htmlFor={id}>{label}</label>
      <input
        ref={input}
        id={id}
        placeholder={hint}
        aria-invalid={isWrong}
        autoComplete="off"
        spellCheck={false}
      />
    </form>
  );
}
