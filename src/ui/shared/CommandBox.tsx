import styles from './CommandBox.module.css';
import { CopyButton } from './CopyButton';

interface Props {
  readonly command: string;
  /** What it needs: `curl`, `Nix`. */
  readonly needs?: string;
}

/** A command line to copy. */
export function CommandBox({ command, needs }: Props) {
  const [main = '', ...rest] = command.split(/(?= && chmod)/);
  return (
    <div className={styles.box}>
      {/* Long lines break anywhere: nothing scrolls, and what is selected by hand is whole. */}
      <code className={styles.command}>
        {main}
        <span className={styles.rest}>{rest.join('')}</span>
      </code>
      <CopyButton
        text={command}
        what={needs ? `the command line with ${needs}` : 'the command line'}
        className={styles.copy}
      />
    </div>
  );
}
