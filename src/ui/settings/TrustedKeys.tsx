import { useId, useRef } from 'react';
import { useInputEvent } from '../shared/use-input-event';
import styles from './Dialogs.module.css';

interface Props {
  /** One key a line. */
  readonly text: string;
  readonly problem: string | undefined;
  readonly onChange: (text: string) => void;
}

/** The one list of keys, to be edited. */
export function TrustedKeys({ text, problem, onChange }: Props) {
  const id = useId();
  const keys = useRef<HTMLTextAreaElement>(null);
  useInputEvent(keys, onChange);
  return (
    <>
      <h3 id={id} className={styles.heading}>
        Trusted public keys
      </h3>
      <p id={`${id}hint`} className={styles.hint}>
        Each may vouch for any path, whichever cache it comes from. One a line, as in Nix’s
        trusted-public-keys.
      </p>
      <div className={styles.fields}>
        <textarea
          ref={keys}
          aria-labelledby={id}
          aria-describedby={problem === undefined ? `${id}hint` : `${id}hint ${id}problem`}
          aria-invalid={problem !== undefined}
          defaultValue={text}
          rows={Math.max(2, text.split('\n').length)}
          placeholder="name:base64"
          spellCheck={false}
          autoCapitalize="none"
        />
        {problem !== undefined && (
          <p id={`${id}problem`} className={styles.problem} role="alert">
            {problem}
          </p>
        )}
      </div>
    </>
  );
}
