import buttons from './buttons.module.css';
import { useCopy } from './use-copy';

interface Props {
  readonly text: string;
  /** Ends "Copy …" and "copied …". */
  readonly what: string;
  readonly className?: string | undefined;
}

/** Says "Copy"; its name says what. */
export function CopyButton({ text, what, className = buttons.quiet }: Props) {
  const copy = useCopy();
  return (
    <button
      type="button"
      className={className}
      aria-label={`Copy ${what}`}
      onClick={() => void copy(text, what)}
    >
      Copy
    </button>
  );
}
