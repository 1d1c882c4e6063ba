import { copyText } from './clipboard';
import { usePage } from './page';

/** Copies, and says in the status line what became of it. */
export function useCopy(): (text: string, what: string) => Promise<void> {
  const { say } = usePage();
  return async (text, what) => {
    const isCopied = await copyText(text);
    say(isCopied ? `copied ${what}` : `The browser did not let the page copy ${what}: select it by hand.`);
  };
}
