export type Engine = 'chromium' | 'firefox' | 'webkit';

export function findProgram(name: string): string | undefined;
export function findMiniBrowser(): string | undefined;
export function missingFor(purpose: Engine | 'nix'): Promise<string[]>;
export function playwrightsOwn(engine: Engine): Promise<string | undefined>;
export function install(): Promise<void>;
