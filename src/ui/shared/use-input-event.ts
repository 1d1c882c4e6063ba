import { type RefObject, useEffect, useRef } from 'react';

/**
 * Tells what a text field holds whenever that changes, to be used in place of `onChange`: React does not see a value
 * that another program (a password manager, a test) set before it said so.
 */
export function useInputEvent(
  field: RefObject<HTMLInputElement | HTMLTextAreaElement | null>,
  onText: (text: string) => void,
): void {
  const latest = useRef(onText);
  useEffect(() => {
    latest.current = onText;
  });
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    const onInput = () => latest.current(element.value);
    element.addEventListener('input', onInput);
    return () => element.removeEventListener('input', onInput);
  }, [field]);
}
