export function buildFuzzer(): Promise<{
  readonly worker: string;
  readonly command: string;
  readonly remove: () => void;
}>;
