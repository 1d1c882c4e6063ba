import { useRef } from 'react';

/** Milliseconds after which a letter begins a new word. */
const PAUSE = 700;

export interface TypeAhead {
  /** A word is being typed: every character belongs to it. */
  isTyping(): boolean;
  /** Adds a character; answers what was typed so far. */
  type(character: string): string;
}

export function useTypeAhead(): TypeAhead {
  const typed = useRef({ text: '', at: Number.NEGATIVE_INFINITY });
  const isTyping = () => performance.now() - typed.current.at < PAUSE;
  return {
    isTyping,
    type: (character) => {
      const text = isTyping() ? typed.current.text + character : character;
      typed.current = { text, at: performance.now() };
      return text;
    },
  };
}
